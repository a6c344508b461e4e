package mlx

import (
	"math"
	"reflect"

	"github.com/ingot-go/ingot/mlx/op"
)

// Pow is a to the power of b. Integers stay integers, and to a negative power
// they are 0.
func Pow(a, b Operand) *Array {
	if _, ok := a.(*Array); ok {
		if o := toOperand("power", b); o.weak && o.f == 2 && o.kind != reflect.Bool {
			return unary(op.Square, promotedTo("power", a, o))
		}
	}
	return binary(op.Power, a, b)
}

// promotedTo is the array a in the dtype in which it meets o.
func promotedTo(name string, a Operand, o operand) *Array {
	x := toOperand(name, a)
	return wrap(x.as(name, promoted(x, o)))
}

// Pow is a to the power of b. Integers stay integers, and to a negative power
// they are 0.
func (a *Array) Pow(b Operand) *Array { return Pow(a, b) }

// Where takes each element from a where cond is not zero, and from b elsewhere.
// The three broadcast.
func Where(cond, a, b Operand) *Array {
	const name = "where"
	return wrap(tableNode(op.Of(op.Select), toOperand(name, cond), toOperand(name, a), toOperand(name, b)))
}

// AsType is a in another dtype. Floats are truncated to integers; what is not
// zero is true.
func AsType(a *Array, d Dtype) *Array { return wrap(castNode("astype", a.node("astype"), d)) }

// AsType is a in another dtype. Floats are truncated to integers; what is not
// zero is true.
func (a *Array) AsType(d Dtype) *Array { return AsType(a, d) }

// Clip is a with every element brought into the range from low to high. Either
// may be nil for no bound.
func Clip(a *Array, low, high Operand) *Array {
	a.node("clip")
	if low == nil && high == nil {
		fail("clip", "value", "at least one of the bounds must be given")
	}
	if low != nil {
		a = Maximum(a, low)
	}
	if high != nil {
		a = Minimum(a, high)
	}
	return a
}

// Clip is a with every element brought into the range from low to high. Either
// may be nil for no bound.
func (a *Array) Clip(low, high Operand) *Array { return Clip(a, low, high) }

// Round rounds each element to an integer, or to the given number of decimals;
// halves go to the even neighbour. The dtype stays.
func Round(a *Array, decimals ...int) *Array {
	n := a.node("round")
	if len(decimals) == 0 || decimals[0] == 0 || !n.dtype.IsInexact() && decimals[0] > 0 {
		return unary(op.Round, a)
	}
	scale := math.Pow(10, math.Abs(float64(decimals[0])))
	d := n.dtype
	if !d.IsInexact() {
		d = Float32
	}
	if decimals[0] > 0 {
		return Div(Round(Mul(a, scale)), scale).AsType(d)
	}
	return Mul(Round(Div(a, scale)), scale).AsType(n.dtype)
}

// Round rounds each element to an integer, or to the given number of decimals;
// halves go to the even neighbour. The dtype stays.
func (a *Array) Round(decimals ...int) *Array { return Round(a, decimals...) }

// IsFinite is whether each element is neither infinite nor NaN.
func IsFinite(a *Array) *Array { return LogicalNot(LogicalOr(IsNaN(a), IsInf(a))) }

// IsFinite is whether each element is neither infinite nor NaN.
func (a *Array) IsFinite() *Array { return IsFinite(a) }

// ReLU is a where it is positive and 0 elsewhere.
func ReLU(a *Array) *Array { return Maximum(a, 0) }

// ReLU is a where it is positive and 0 elsewhere.
func (a *Array) ReLU() *Array { return Maximum(a, 0) }

// SiLU is a·sigmoid(a).
func SiLU(a *Array) *Array { return Mul(a, Sigmoid(a)) }

// GELU is a·Φ(a), where Φ is the distribution function of the normal
// distribution, through [Erf].
func GELU(a *Array) *Array {
	return Mul(a, Mul(Add(Erf(Mul(a, 1/math.Sqrt2)), 1), 0.5))
}

// GELUApprox is GELU in the usual approximation by tanh:
// a/2·(1 + tanh(√(2/π)·(a + 0.044715·a³))).
func GELUApprox(a *Array) *Array {
	inner := Mul(Add(a, Mul(Mul(Square(a), a), 0.044715)), math.Sqrt(2/math.Pi))
	return Mul(Mul(a, 0.5), Add(Tanh(inner), 1))
}

// Softplus is ln(1 + eᵃ).
func Softplus(a *Array) *Array { return LogAddExp(a, 0) }

// StopGradient is a, through which no derivative passes.
func StopGradient(a *Array) *Array {
	n := a.node("stop_gradient")
	return wrap(newNode(kStop, n.dtype, n.shape, n))
}

// StopGradient is a, through which no derivative passes.
func (a *Array) StopGradient() *Array { return StopGradient(a) }

// Depends is a, which is not computed before all of the others are.
func Depends(a *Array, others ...*Array) *Array {
	const name = "depends"
	n := a.node(name)
	in := []*node{n}
	for _, o := range others {
		in = append(in, o.node(name))
	}
	return wrap(newNode(kDepends, n.dtype, n.shape, in...))
}
