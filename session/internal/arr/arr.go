// Package arr is a small array for tests of operators in cells. It has the
// shape of package mlx: a pointer type, and functions of two operands of any
// type that panic with a typed error.
package arr

// Array is a vector of numbers.
type Array struct{ v []float64 }

// Error is what operations panic with.
type Error struct{ msg string }

func (e *Error) Error() string { return e.msg }

// ArrayError marks the error for a session.
func (e *Error) ArrayError() bool { return true }

// Of makes an array.
func Of(v ...float64) *Array { return &Array{v} }

// Where is set by the test to learn where operations run.
var Where = func() string { return "" }

// At returns where the last operation ran.
func At() string { return last }

var last string

// Values returns the elements.
func (a *Array) Values() []float64 { return a.v }

// Shape returns the length.
func (a *Array) Shape() []int { return []int{len(a.v)} }

// Dtype returns the name of the element type.
func (a *Array) Dtype() string { return "float64" }

// Sum adds the elements.
func (a *Array) Sum() *Array {
	s := 0.0
	for _, x := range a.v {
		s += x
	}
	return Of(s)
}

// String prints the elements.
func (a *Array) String() string {
	s := "array("
	for i, x := range a.v {
		if i > 0 {
			s += ", "
		}
		s += itoa(int(x))
	}
	return s + ")"
}

func itoa(n int) string {
	if n < 0 {
		return "-" + itoa(-n)
	}
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

func operand(x any) *Array {
	switch x := x.(type) {
	case *Array:
		return x
	case int:
		return Of(float64(x))
	case float64:
		return Of(x)
	}
	panic(&Error{"operand is neither an array nor a number"})
}

func zip(name string, x, y any, f func(a, b float64) float64) *Array {
	last = Where()
	a, b := operand(x), operand(y)
	n := max(len(a.v), len(b.v))
	if len(a.v) != n && len(a.v) != 1 || len(b.v) != n && len(b.v) != 1 {
		panic(&Error{name + ": lengths " + itoa(len(a.v)) + " and " + itoa(len(b.v)) + " do not fit"})
	}
	r := make([]float64, n)
	for i := range r {
		r[i] = f(a.v[min(i, len(a.v)-1)], b.v[min(i, len(b.v)-1)])
	}
	return Of(r...)
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Add is x + y.
func Add(x, y any) *Array { return zip("add", x, y, func(a, b float64) float64 { return a + b }) }

// Sub is x - y.
func Sub(x, y any) *Array { return zip("sub", x, y, func(a, b float64) float64 { return a - b }) }

// Mul is x * y.
func Mul(x, y any) *Array { return zip("mul", x, y, func(a, b float64) float64 { return a * b }) }

// Div is x / y.
func Div(x, y any) *Array { return zip("div", x, y, func(a, b float64) float64 { return a / b }) }

// Equal is x == y.
func Equal(x, y any) *Array {
	return zip("equal", x, y, func(a, b float64) float64 { return truth(a == b) })
}

// NotEqual is x != y.
func NotEqual(x, y any) *Array {
	return zip("not equal", x, y, func(a, b float64) float64 { return truth(a != b) })
}

// Less is x < y.
func Less(x, y any) *Array {
	return zip("less", x, y, func(a, b float64) float64 { return truth(a < b) })
}

// Greater is x > y.
func Greater(x, y any) *Array { return Less(y, x) }

// BitwiseAnd is x & y of truth values.
func BitwiseAnd(x, y any) *Array { return Mul(x, y) }

// Neg is -x.
func Neg(x *Array) *Array { return Sub(0, x) }

// LogicalNot is !x.
func LogicalNot(x *Array) *Array { return Equal(x, 0) }

// Grad is the derivative of f, by differences.
func Grad(f func(x *Array) *Array) func(x *Array) *Array {
	return func(x *Array) *Array {
		r := make([]float64, len(x.v))
		for i := range r {
			at := func(d float64) float64 {
				v := append([]float64{}, x.v...)
				v[i] += d
				return f(Of(v...)).v[0]
			}
			r[i] = (at(0.5) - at(-0.5))
		}
		return Of(r...)
	}
}
