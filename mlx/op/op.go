// Package op is the table of pointwise ops: everything that the library knows
// of an op, in one block of plain data. Scheduling, derivatives, the Metal
// printer, the formulae shown to learners and the property tests all read it,
// so adding an op means adding one block to table.go.
package op

import "math"

// Code numbers an op of the table.
type Code uint8

// Rule says how the dtype of the result and the dtype in which the op works
// follow from the dtypes of the operands.
type Rule uint8

// The dtype rules.
const (
	Same       Rule = iota // operands are promoted to one type, which is the result's
	Float                  // as Same, after raising the type to a floating one
	Compare                // operands are promoted, the result is bool
	Logical                // operands are cast to bool, the result is bool
	Bitwise                // as Same, for integers and bool only
	Shift                  // as Bitwise, with bool raised to uint8
	AtLeastInt             // as Same, with bool raised to int32
	Magnitude              // as Same, but of complex numbers the result is float32
	Choose                 // the first operand is cast to bool, the other two are as Same
)

// Op is one row of the table. The scalar functions take operands that are
// already promoted; which of them exist depends on the rule: a nil I means
// that the op never sees integers, a nil U that unsigned integers are computed
// by I on the same bits.
type Op struct {
	Code  Code
	Name  string // as in error messages and plans: MLX's name
	Arity int
	Rule  Rule

	F1 func(x float64) float64
	I1 func(x int64) int64
	S1 func(x float32) float32 // where float32 must agree with MLX to the last bit
	F2 func(x, y float64) float64
	I2 func(x, y int64) int64
	U2 func(x, y uint64) uint64

	// Predicates, for the rules Compare and Logical.
	P1 func(x float64) bool
	P2 func(x, y float64) bool
	Q2 func(x, y int64) bool
	R2 func(x, y uint64) bool

	// Metal is the op as an expression of the Metal Shading Language, with #1,
	// #2, #3 for the operands, which are parenthesised or names; MetalInt where
	// integers need another one. Functions named ingot_ are in MetalPrelude.
	Metal    string
	MetalInt string

	// Deriv holds for each operand the cotangent that reaches it, nil for none.
	Deriv []*Expr

	// Domain holds for each operand the interval in which the op is smooth
	// enough to be tested; operands without one take values from -3 to 3.
	Domain [][2]float64

	TeX  string // notation, with #1, #2, #3 for the operands
	Bind int    // how tightly it binds
}

var byName = map[string]Code{}

func init() {
	for c := range table {
		o := &table[c]
		o.Code = Code(c)
		if o.Bind == 0 {
			o.Bind = bindAtom
		}
		byName[o.Name] = o.Code
	}
}

// Of is the row of an op.
func Of(c Code) *Op { return &table[c] }

// Count is the number of ops in the table; codes run from 0.
func Count() int { return len(table) }

// Named finds an op by its name.
func Named(name string) (*Op, bool) {
	c, ok := byName[name]
	if !ok {
		return nil, false
	}
	return &table[c], true
}

// String is the name of the op.
func (c Code) String() string { return table[c].Name }

// Interval is the domain of operand i.
func (o *Op) Interval(i int) (lo, hi float64) {
	if i < len(o.Domain) {
		return o.Domain[i][0], o.Domain[i][1]
	}
	return -3, 3
}

// Types gives the dtype to which operands of the promoted dtype d are cast
// and the dtype of the result. It is not ok when the op does not take d.
func (o *Op) Types(d Dtype) (operands, result Dtype, ok bool) {
	if d == Complex64 && !o.TakesComplex() {
		return d, d, false
	}
	switch o.Rule {
	case Float:
		d = AtLeastFloat(d)
		return d, d, true
	case Compare:
		return d, Bool, true
	case Logical:
		return Bool, Bool, true
	case Magnitude:
		if d == Complex64 {
			return d, Float32, true
		}
		return d, d, true
	case Bitwise:
		return d, d, !d.IsInexact()
	case Shift:
		if d == Bool {
			d = Uint8
		}
		return d, d, !d.IsInexact()
	}
	return d, d, true
}

// A Value is one element in the form in which formulas are interpreted: a
// float as the bits of a float64, a signed integer as an int64, an unsigned
// one as a uint64, a bool as 0 or 1.
type Value uint64

// FloatValue holds x, rounded to d.
func FloatValue(d Dtype, x float64) Value {
	if d == Complex64 {
		return ComplexValue(complex(x, 0))
	}
	return Value(math.Float64bits(roundTo(d, x)))
}

// Float is the number that v of dtype d stands for, as near as a float64 comes;
// the real part of a complex one.
func (v Value) Float(d Dtype) float64 {
	switch {
	case d.IsFloat():
		return math.Float64frombits(uint64(v))
	case d.IsSigned():
		return float64(int64(v))
	case d == Complex64:
		return real(v.Complex(d))
	}
	return float64(v)
}

func roundTo(d Dtype, x float64) float64 {
	switch d {
	case Float32:
		return float64(float32(x))
	case Float16:
		return float64(FromHalf(Half(float32(x))))
	case BFloat16:
		return float64(FromBrain(Brain(float32(x))))
	}
	return x
}

func wrap(d Dtype, v uint64) Value {
	switch d {
	case Bool:
		return truth(v != 0)
	case Uint8:
		return Value(uint8(v))
	case Uint16:
		return Value(uint16(v))
	case Uint32:
		return Value(uint32(v))
	case Int8:
		return Value(int8(v))
	case Int16:
		return Value(int16(v))
	case Int32:
		return Value(int32(v))
	}
	return Value(v)
}

// Cast converts v from one dtype to another as MLX does: floats to integers by
// truncation (small ones by way of int32), anything to bool by comparison with zero.
func Cast(to, from Dtype, v Value) Value {
	switch {
	case to == from:
		return v
	case to == Bool && from == Complex64:
		return truth(v.Complex(from) != 0)
	case from == Complex64:
		return Cast(to, Float32, FloatValue(Float32, v.Float(from)))
	case to == Bool:
		return truth(v.Float(from) != 0)
	case to.IsInexact():
		return FloatValue(to, v.Float(from))
	case from.IsFloat() && to.IsSigned() && to != Int64:
		return wrap(to, FloatToInt(min(max(v.Float(from), math.MinInt32), math.MaxInt32)))
	case from.IsFloat():
		return wrap(to, FloatToInt(v.Float(from)))
	}
	return wrap(to, uint64(v))
}

// FloatToInt truncates x to 64 bits, the same on every processor: what fits
// neither an int64 nor a uint64 saturates, and NaN is 0.
func FloatToInt(x float64) uint64 {
	switch {
	case x != x:
		return 0
	case x >= 1<<64:
		return math.MaxUint64
	case x >= 1<<63:
		return uint64(x)
	case x <= -1<<63:
		return 1 << 63
	}
	return uint64(int64(x))
}

func truth(b bool) Value {
	if b {
		return 1
	}
	return 0
}

// Apply computes the op for operands of dtype d, as Types gives it, and rounds
// or wraps the result. (The first operand of a Choose op is a bool.)
func (o *Op) Apply(d Dtype, v ...Value) Value {
	switch o.Rule {
	case Choose:
		if v[0] != 0 {
			return v[1]
		}
		return v[2]
	}
	if d == Complex64 {
		return o.applyComplex(v)
	}
	switch o.Rule {
	case Compare, Logical:
		return truth(o.predicate(d, v))
	}
	if d.IsFloat() {
		switch {
		case o.S1 != nil && d != Float64:
			return FloatValue(d, float64(o.S1(float32(v[0].Float(d)))))
		case o.Arity == 1:
			return FloatValue(d, o.F1(v[0].Float(d)))
		}
		return FloatValue(d, o.F2(v[0].Float(d), v[1].Float(d)))
	}
	switch {
	case o.Arity == 1:
		return wrap(d, uint64(o.I1(int64(v[0]))))
	case o.U2 != nil && !d.IsSigned():
		return wrap(d, o.U2(uint64(v[0]), uint64(v[1])))
	}
	return wrap(d, uint64(o.I2(int64(v[0]), int64(v[1]))))
}

func (o *Op) predicate(d Dtype, v []Value) bool {
	switch {
	case o.Arity == 1:
		return o.P1(v[0].Float(d))
	case d.IsFloat():
		return o.P2(v[0].Float(d), v[1].Float(d))
	case d.IsSigned():
		return o.Q2(int64(v[0]), int64(v[1]))
	}
	return o.R2(uint64(v[0]), uint64(v[1]))
}
