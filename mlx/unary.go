package mlx

import "github.com/ingot-go/ingot/mlx/op"

// The functions of one array, element by element. Those that can give
// fractions work in float32 on integers and bools; the others keep the dtype.

// Neg is -a.
func Neg(a *Array) *Array { return unary(op.Negative, a) }

// Neg is -a.
func (a *Array) Neg() *Array { return unary(op.Negative, a) }

// Abs is the absolute value of each element.
func Abs(a *Array) *Array { return unary(op.Abs, a) }

// Abs is the absolute value of each element.
func (a *Array) Abs() *Array { return unary(op.Abs, a) }

// Sign is -1, 0 or 1, by the sign of each element; 0 for NaN.
func Sign(a *Array) *Array { return unary(op.Sign, a) }

// Sign is -1, 0 or 1, by the sign of each element; 0 for NaN.
func (a *Array) Sign() *Array { return unary(op.Sign, a) }

// Square is a*a.
func Square(a *Array) *Array { return unary(op.Square, a) }

// Square is a*a.
func (a *Array) Square() *Array { return unary(op.Square, a) }

// Sqrt is the square root of each element.
func Sqrt(a *Array) *Array { return unary(op.Sqrt, a) }

// Sqrt is the square root of each element.
func (a *Array) Sqrt() *Array { return unary(op.Sqrt, a) }

// Rsqrt is 1/√a.
func Rsqrt(a *Array) *Array { return unary(op.Rsqrt, a) }

// Rsqrt is 1/√a.
func (a *Array) Rsqrt() *Array { return unary(op.Rsqrt, a) }

// Reciprocal is 1/a.
func Reciprocal(a *Array) *Array { return unary(op.Reciprocal, a) }

// Reciprocal is 1/a.
func (a *Array) Reciprocal() *Array { return unary(op.Reciprocal, a) }

// Exp is e to the power of each element.
func Exp(a *Array) *Array { return unary(op.Exp, a) }

// Exp is e to the power of each element.
func (a *Array) Exp() *Array { return unary(op.Exp, a) }

// Expm1 is eᵃ-1, precise for small elements.
func Expm1(a *Array) *Array { return unary(op.Expm1, a) }

// Expm1 is eᵃ-1, precise for small elements.
func (a *Array) Expm1() *Array { return unary(op.Expm1, a) }

// Log is the natural logarithm of each element.
func Log(a *Array) *Array { return unary(op.Log, a) }

// Log is the natural logarithm of each element.
func (a *Array) Log() *Array { return unary(op.Log, a) }

// Log1p is ln(1+a), precise for small elements.
func Log1p(a *Array) *Array { return unary(op.Log1p, a) }

// Log1p is ln(1+a), precise for small elements.
func (a *Array) Log1p() *Array { return unary(op.Log1p, a) }

// Log2 is the logarithm to base 2.
func Log2(a *Array) *Array { return unary(op.Log2, a) }

// Log2 is the logarithm to base 2.
func (a *Array) Log2() *Array { return unary(op.Log2, a) }

// Log10 is the logarithm to base 10.
func Log10(a *Array) *Array { return unary(op.Log10, a) }

// Log10 is the logarithm to base 10.
func (a *Array) Log10() *Array { return unary(op.Log10, a) }

// Sin is the sine of each element, in radians.
func Sin(a *Array) *Array { return unary(op.Sin, a) }

// Sin is the sine of each element, in radians.
func (a *Array) Sin() *Array { return unary(op.Sin, a) }

// Cos is the cosine of each element, in radians.
func Cos(a *Array) *Array { return unary(op.Cos, a) }

// Cos is the cosine of each element, in radians.
func (a *Array) Cos() *Array { return unary(op.Cos, a) }

// Tan is the tangent of each element, in radians.
func Tan(a *Array) *Array { return unary(op.Tan, a) }

// Tan is the tangent of each element, in radians.
func (a *Array) Tan() *Array { return unary(op.Tan, a) }

// Arcsin is the inverse sine, from -π/2 to π/2.
func Arcsin(a *Array) *Array { return unary(op.Arcsin, a) }

// Arcsin is the inverse sine, from -π/2 to π/2.
func (a *Array) Arcsin() *Array { return unary(op.Arcsin, a) }

// Arccos is the inverse cosine, from 0 to π.
func Arccos(a *Array) *Array { return unary(op.Arccos, a) }

// Arccos is the inverse cosine, from 0 to π.
func (a *Array) Arccos() *Array { return unary(op.Arccos, a) }

// Arctan is the inverse tangent, from -π/2 to π/2.
func Arctan(a *Array) *Array { return unary(op.Arctan, a) }

// Arctan is the inverse tangent, from -π/2 to π/2.
func (a *Array) Arctan() *Array { return unary(op.Arctan, a) }

// Sinh is the hyperbolic sine.
func Sinh(a *Array) *Array { return unary(op.Sinh, a) }

// Sinh is the hyperbolic sine.
func (a *Array) Sinh() *Array { return unary(op.Sinh, a) }

// Cosh is the hyperbolic cosine.
func Cosh(a *Array) *Array { return unary(op.Cosh, a) }

// Cosh is the hyperbolic cosine.
func (a *Array) Cosh() *Array { return unary(op.Cosh, a) }

// Tanh is the hyperbolic tangent.
func Tanh(a *Array) *Array { return unary(op.Tanh, a) }

// Tanh is the hyperbolic tangent.
func (a *Array) Tanh() *Array { return unary(op.Tanh, a) }

// Arcsinh is the inverse hyperbolic sine.
func Arcsinh(a *Array) *Array { return unary(op.Arcsinh, a) }

// Arcsinh is the inverse hyperbolic sine.
func (a *Array) Arcsinh() *Array { return unary(op.Arcsinh, a) }

// Arccosh is the inverse hyperbolic cosine.
func Arccosh(a *Array) *Array { return unary(op.Arccosh, a) }

// Arccosh is the inverse hyperbolic cosine.
func (a *Array) Arccosh() *Array { return unary(op.Arccosh, a) }

// Arctanh is the inverse hyperbolic tangent.
func Arctanh(a *Array) *Array { return unary(op.Arctanh, a) }

// Arctanh is the inverse hyperbolic tangent.
func (a *Array) Arctanh() *Array { return unary(op.Arctanh, a) }

// Erf is the error function of each element.
func Erf(a *Array) *Array { return unary(op.Erf, a) }

// Erf is the error function of each element.
func (a *Array) Erf() *Array { return unary(op.Erf, a) }

// Erfinv is the inverse of the error function.
func Erfinv(a *Array) *Array { return unary(op.Erfinv, a) }

// Erfinv is the inverse of the error function.
func (a *Array) Erfinv() *Array { return unary(op.Erfinv, a) }

// Sigmoid is 1/(1+e⁻ᵃ).
func Sigmoid(a *Array) *Array { return unary(op.Sigmoid, a) }

// Sigmoid is 1/(1+e⁻ᵃ).
func (a *Array) Sigmoid() *Array { return unary(op.Sigmoid, a) }

// Floor is the greatest integer not above each element, in the dtype of a.
func Floor(a *Array) *Array { return unary(op.Floor, a) }

// Floor is the greatest integer not above each element, in the dtype of a.
func (a *Array) Floor() *Array { return unary(op.Floor, a) }

// Ceil is the least integer not below each element, in the dtype of a.
func Ceil(a *Array) *Array { return unary(op.Ceil, a) }

// Ceil is the least integer not below each element, in the dtype of a.
func (a *Array) Ceil() *Array { return unary(op.Ceil, a) }

// LogicalNot is whether each element is zero.
func LogicalNot(a *Array) *Array { return unary(op.LogicalNot, a) }

// LogicalNot is whether each element is zero.
func (a *Array) LogicalNot() *Array { return unary(op.LogicalNot, a) }

// BitwiseInvert is each integer with its bits inverted, and each bool inverted.
func BitwiseInvert(a *Array) *Array {
	if a.node("bitwise_invert").dtype == op.Bool {
		return LogicalNot(a)
	}
	return unary(op.BitwiseInvert, a)
}

// BitwiseInvert is each integer with its bits inverted, and each bool inverted.
func (a *Array) BitwiseInvert() *Array { return BitwiseInvert(a) }

// IsNaN is whether each element is not a number.
func IsNaN(a *Array) *Array { return unary(op.IsNaN, a) }

// IsNaN is whether each element is not a number.
func (a *Array) IsNaN() *Array { return unary(op.IsNaN, a) }

// IsInf is whether each element is infinite.
func IsInf(a *Array) *Array { return unary(op.IsInf, a) }

// IsInf is whether each element is infinite.
func (a *Array) IsInf() *Array { return unary(op.IsInf, a) }
