package mlx

import (
	"math"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// Tests and comparisons made of the ops of the table.

// LogicalXor is whether just one of a and b is not zero.
func LogicalXor(a, b Operand) *Array {
	const name = "logical_xor"
	truth := func(v Operand) *Array { return wrap(toOperand(name, v).as(name, op.Bool)) }
	return NotEqual(truth(a), truth(b))
}

// LogicalXor is whether just one of a and b is not zero.
func (a *Array) LogicalXor(b Operand) *Array { return LogicalXor(a, b) }

// IsPosInf is whether each element is positive infinity.
func IsPosInf(a *Array) *Array { return Equal(a, math.Inf(1)) }

// IsPosInf is whether each element is positive infinity.
func (a *Array) IsPosInf() *Array { return IsPosInf(a) }

// IsNegInf is whether each element is negative infinity.
func IsNegInf(a *Array) *Array { return Equal(a, math.Inf(-1)) }

// IsNegInf is whether each element is negative infinity.
func (a *Array) IsNegInf() *Array { return IsNegInf(a) }

// CloseOptions are the tolerances of [IsClose]; the zero value means 1e-5
// relative, 1e-8 absolute, and that NaN is close to nothing.
type CloseOptions struct {
	RTol, ATol float64
	Exact      bool // use RTol and ATol even where they are zero
	EqualNaN   bool
}

// IsClose is whether |a-b| <= atol + rtol·|b|, element by element; infinities
// of the same sign are close.
func IsClose(a, b Operand, options ...CloseOptions) *Array {
	const name = "isclose"
	o := CloseOptions{}
	if len(options) > 0 {
		o = options[0]
	}
	if !o.Exact {
		if o.RTol == 0 {
			o.RTol = 1e-5
		}
		if o.ATol == 0 {
			o.ATol = 1e-8
		}
	}
	x, y := wrap(toOperand(name, a).asNatural(name)), wrap(toOperand(name, b).asNatural(name))
	near := LessEqual(Abs(Sub(x, y)), Add(Mul(Abs(y), o.RTol), o.ATol))
	infinite := LogicalOr(IsInf(x), IsInf(y))
	near = Where(infinite, Equal(x, y), near)
	if o.EqualNaN {
		near = LogicalOr(near, LogicalAnd(IsNaN(x), IsNaN(y)))
	}
	return near
}

// asNatural is the node of an operand in the dtype that it has by itself.
func (o operand) asNatural(name string) *node { return o.as(name, o.natural()) }

// AllClose is whether all elements of a and b are close; see [IsClose].
func AllClose(a, b Operand, options ...CloseOptions) *Array {
	return AllTrue(IsClose(a, b, options...))
}

// ArrayEqual is whether a and b have the same shape and elements. NaN equals
// NaN where equalNaN is given and true.
func ArrayEqual(a, b Operand, equalNaN ...bool) *Array {
	const name = "array_equal"
	x, y := wrap(toOperand(name, a).asNatural(name)), wrap(toOperand(name, b).asNatural(name))
	if !equalShape(x.n.shape, y.n.shape) {
		return Full([]int{}, false)
	}
	same := Equal(x, y)
	if len(equalNaN) > 0 && equalNaN[0] {
		same = LogicalOr(same, LogicalAnd(IsNaN(x), IsNaN(y)))
	}
	return AllTrue(same)
}

// NaNOptions are the replacements of [NaNToNum]: NaN becomes NaN, which is 0
// unless set; nil infinities become the greatest and least finite numbers.
type NaNOptions struct {
	NaN            float64
	PosInf, NegInf Operand
}

// NaNToNum replaces NaN and infinities by numbers.
func NaNToNum(a Operand, options ...NaNOptions) *Array {
	const name = "nan_to_num"
	o := NaNOptions{}
	if len(options) > 0 {
		o = options[0]
	}
	x := wrap(toOperand(name, a).asNatural(name))
	d := x.n.dtype
	if !d.IsFloat() {
		if d == op.Complex64 {
			fail(name, "dtype", "%v is not supported", d)
		}
		return x
	}
	top := map[Dtype]float64{Float16: 65504, BFloat16: 0x1.FEp127, Float32: math.MaxFloat32, Float64: math.MaxFloat64}[d]
	if o.PosInf == nil {
		o.PosInf = top
	}
	if o.NegInf == nil {
		o.NegInf = -top
	}
	in := func(v Operand) *Array { return wrap(toOperand(name, v).as(name, d)) }
	y := Where(IsNaN(x), in(o.NaN), x)
	y = Where(IsPosInf(x), in(o.PosInf), y)
	return Where(IsNegInf(x), in(o.NegInf), y)
}

// CountNonzero is how many elements over the axes are not zero, as int32.
func CountNonzero(a *Array, axes ...int) *Array { return countOf(a, axes, false) }

// CountNonzeroKeep is how many elements over the axes are not zero, as int32.
// The axes stay, with length 1.
func CountNonzeroKeep(a *Array, axes ...int) *Array { return countOf(a, axes, true) }

func countOf(a *Array, axes []int, keep bool) *Array {
	return sumOf("count_nonzero", AsType(AsType(a, op.Bool), op.Int32), backend.Sum, axes, keep)
}

// Degrees converts radians to degrees.
func Degrees(a *Array) *Array { return Mul(floating("degrees", a), 180/math.Pi) }

// Radians converts degrees to radians.
func Radians(a *Array) *Array { return Mul(floating("radians", a), math.Pi/180) }

// floating is a, as float32 unless it is inexact.
func floating(name string, a *Array) *Array {
	n := a.node(name)
	return wrap(castNode(name, n, op.AtLeastFloat(n.dtype)))
}

// Trunc rounds each element towards zero.
func Trunc(a *Array) *Array {
	n := a.node("trunc")
	if !n.dtype.IsFloat() {
		return Floor(a)
	}
	return Where(Less(a, 0), Ceil(a), Floor(a))
}

// Trunc rounds each element towards zero.
func (a *Array) Trunc() *Array { return Trunc(a) }

// Positive is a itself.
func Positive(a *Array) *Array { return wrap(a.node("positive")) }

// DivMod is the quotient a / b, rounded down, and the remainder, which has the
// sign of b.
func DivMod(a, b Operand) (quotient, remainder *Array) { return FloorDivide(a, b), Rem(a, b) }

// DivMod is the quotient a / b, rounded down, and the remainder, which has the
// sign of b.
func (a *Array) DivMod(b Operand) (quotient, remainder *Array) { return DivMod(a, b) }
