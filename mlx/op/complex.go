package op

import (
	"math"
	"math/cmplx"
)

// Complex numbers: a [Value] of complex64 holds the bits of its real part, and
// above them those of its imaginary part. They are computed in complex128 and
// rounded.

// ComplexValue holds z, rounded to complex64.
func ComplexValue(z complex128) Value {
	return Value(math.Float32bits(float32(real(z)))) | Value(math.Float32bits(float32(imag(z))))<<32
}

// Complex is the number that v of dtype d stands for.
func (v Value) Complex(d Dtype) complex128 {
	if d == Complex64 {
		return complex(float64(math.Float32frombits(uint32(v))), float64(math.Float32frombits(uint32(v>>32))))
	}
	return complex(v.Float(d), 0)
}

// onComplex is what an op does with complex operands: to a complex number, to a
// real one, or as a predicate. Ops that are not here do not take them.
type onComplex struct {
	c1 func(complex128) complex128
	c2 func(x, y complex128) complex128
	r1 func(complex128) float64
	p1 func(complex128) bool
	p2 func(x, y complex128) bool
	// plain marks a derivative that does not get conjugated: of a function that
	// is not holomorphic.
	plain bool
}

var complexOps = map[Code]onComplex{
	Negative: {c1: func(x complex128) complex128 { return -x }},
	Abs:      {r1: cmplx.Abs, plain: true},
	Sign: {plain: true, c1: func(x complex128) complex128 {
		if x == 0 {
			return x
		}
		return x / complex(cmplx.Abs(x), 0)
	}},
	Square:     {c1: func(x complex128) complex128 { return x * x }},
	Sqrt:       {c1: complexSqrt},
	Rsqrt:      {c1: func(x complex128) complex128 { return 1 / cmplx.Sqrt(x) }},
	Reciprocal: {c1: func(x complex128) complex128 { return 1 / x }},
	Exp:        {c1: cmplx.Exp},
	Expm1:      {c1: func(x complex128) complex128 { return cmplx.Exp(x) - 1 }},
	Log:        {c1: cmplx.Log},
	Log1p:      {c1: func(x complex128) complex128 { return cmplx.Log(1 + x) }},
	Log2:       {c1: func(x complex128) complex128 { return cmplx.Log(x) / math.Ln2 }},
	Log10:      {c1: cmplx.Log10},
	Sin:        {c1: cmplx.Sin},
	Cos:        {c1: cmplx.Cos},
	Tan:        {c1: cmplx.Tan},
	Arcsin:     {c1: cmplx.Asin},
	Arccos:     {c1: cmplx.Acos},
	Arctan:     {c1: cmplx.Atan},
	Sinh:       {c1: cmplx.Sinh},
	Cosh:       {c1: cmplx.Cosh},
	Tanh:       {c1: complexTanh},
	Arcsinh:    {c1: cmplx.Asinh},
	Arccosh:    {c1: cmplx.Acosh},
	Arctanh:    {c1: cmplx.Atanh},
	Sigmoid:    {c1: func(x complex128) complex128 { return 1 / (1 + cmplx.Exp(-x)) }},
	Round: {c1: func(x complex128) complex128 {
		return complex(math.RoundToEven(real(x)), math.RoundToEven(imag(x)))
	}},
	LogicalNot: {p1: func(x complex128) bool { return x == 0 }},
	IsNaN:      {p1: HasNaN},
	IsInf:      {p1: func(x complex128) bool { return math.IsInf(real(x), 0) || math.IsInf(imag(x), 0) }},
	Real:       {r1: func(x complex128) float64 { return real(x) }, plain: true},
	Imag:       {r1: func(x complex128) float64 { return imag(x) }, plain: true},
	Conjugate:  {c1: cmplx.Conj, plain: true},
	Add:        {c2: func(x, y complex128) complex128 { return x + y }},
	Subtract:   {c2: func(x, y complex128) complex128 { return x - y }},
	Multiply:   {c2: func(x, y complex128) complex128 { return x * y }},
	Divide:     {c2: func(x, y complex128) complex128 { return x / y }},
	Power:      {c2: cmplx.Pow},
	LogAddExp:  {c2: logAddExpComplex},
	Maximum: {c2: func(x, y complex128) complex128 {
		if HasNaN(x) || !HasNaN(y) && above(x, y) {
			return x
		}
		return y
	}},
	Minimum: {c2: func(x, y complex128) complex128 {
		if HasNaN(x) || !HasNaN(y) && above(y, x) {
			return x
		}
		return y
	}},
	Equal:        {p2: func(x, y complex128) bool { return x == y }},
	NotEqual:     {p2: func(x, y complex128) bool { return x != y }},
	Less:         {p2: func(x, y complex128) bool { return above(y, x) }},
	LessEqual:    {p2: func(x, y complex128) bool { return x == y || above(y, x) }},
	Greater:      {p2: above},
	GreaterEqual: {p2: func(x, y complex128) bool { return x == y || above(x, y) }},
	LogicalAnd:   {},
	LogicalOr:    {},
	Select:       {},
}

// HasNaN reports whether either part of x is NaN: such a number is not equal
// to itself. (cmplx.IsNaN says no when the other part is infinite.)
func HasNaN(x complex128) bool { return math.IsNaN(real(x)) || math.IsNaN(imag(x)) }

// above orders complex numbers by their real and then by their imaginary part.
func above(x, y complex128) bool {
	return real(x) > real(y) || real(x) == real(y) && imag(x) > imag(y)
}

func logAddExpComplex(x, y complex128) complex128 {
	if above(y, x) {
		x, y = y, x
	}
	if math.IsInf(real(y), -1) || math.IsInf(real(x), 1) || HasNaN(x) || HasNaN(y) {
		return x
	}
	return x + cmplx.Log(1+cmplx.Exp(y-x))
}

// complexSqrt and complexTanh follow C, annex G, where package math/cmplx does
// not: the root of NaN is NaN in both parts, and the imaginary part of tanh does
// not change a real part of zero.
func complexSqrt(x complex128) complex128 {
	if math.IsNaN(real(x)) && !math.IsInf(imag(x), 0) {
		return cmplx.NaN()
	}
	return cmplx.Sqrt(x)
}

func complexTanh(x complex128) complex128 {
	if real(x) == 0 && math.IsInf(imag(x), 0) {
		return complex(real(x), math.NaN())
	}
	return cmplx.Tanh(x)
}

// TakesComplex reports whether the op is defined for complex numbers.
func (o *Op) TakesComplex() bool {
	_, ok := complexOps[o.Code]
	return ok
}

// Holomorphic reports whether the derivative of the table is that by a complex
// number, so that a cotangent is multiplied by its conjugate.
func (o *Op) Holomorphic() bool { return !complexOps[o.Code].plain }

func (o *Op) applyComplex(v []Value) Value {
	f := complexOps[o.Code]
	x := v[0].Complex(Complex64)
	switch {
	case f.c1 != nil:
		return ComplexValue(f.c1(x))
	case f.r1 != nil:
		return FloatValue(Float32, f.r1(x))
	case f.p1 != nil:
		return truth(f.p1(x))
	case f.p2 != nil:
		return truth(f.p2(x, v[1].Complex(Complex64)))
	}
	return ComplexValue(f.c2(x, v[1].Complex(Complex64)))
}

// Least is the least value of a dtype that is not inexact.
func Least(d Dtype) Value {
	if d.IsSigned() {
		return Value(int64(-1) << (8*d.Size() - 1))
	}
	return 0
}

// Greatest is the greatest value of a dtype that is not inexact.
func Greatest(d Dtype) Value {
	switch {
	case d == Bool:
		return 1
	case d.IsSigned():
		return ^Least(d)
	}
	return Value(math.MaxUint64 >> (64 - 8*d.Size()))
}
