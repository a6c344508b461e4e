package mlx

import "github.com/ingot-go/ingot/mlx/op"

// The functions of two operands, which broadcast against each other and meet
// in the dtype to which their dtypes promote. Comparisons give bools.

// Add is a + b.
func Add(a, b Operand) *Array { return binary(op.Add, a, b) }

// Add is a + b.
func (a *Array) Add(b Operand) *Array { return binary(op.Add, a, b) }

// Sub is a - b.
func Sub(a, b Operand) *Array { return binary(op.Subtract, a, b) }

// Sub is a - b.
func (a *Array) Sub(b Operand) *Array { return binary(op.Subtract, a, b) }

// Mul is a * b, element by element.
func Mul(a, b Operand) *Array { return binary(op.Multiply, a, b) }

// Mul is a * b, element by element.
func (a *Array) Mul(b Operand) *Array { return binary(op.Multiply, a, b) }

// Div is a / b; integers are divided as float32.
func Div(a, b Operand) *Array { return binary(op.Divide, a, b) }

// Div is a / b; integers are divided as float32.
func (a *Array) Div(b Operand) *Array { return binary(op.Divide, a, b) }

// FloorDivide is a / b rounded down; by an integer zero it is 0.
func FloorDivide(a, b Operand) *Array {
	x, y := toOperand("floor_divide", a), toOperand("floor_divide", b)
	if promoted(x, y).IsFloat() { // the quotient is rounded to its dtype first
		return Floor(Div(a, b))
	}
	return binary(op.FloorDivide, a, b)
}

// FloorDivide is a / b rounded down; by an integer zero it is 0.
func (a *Array) FloorDivide(b Operand) *Array { return FloorDivide(a, b) }

// Rem is the remainder of a / b, with the sign of b.
func Rem(a, b Operand) *Array { return binary(op.Remainder, a, b) }

// Rem is the remainder of a / b, with the sign of b.
func (a *Array) Rem(b Operand) *Array { return binary(op.Remainder, a, b) }

// Arctan2 is the angle of the point (b, a), from -π to π.
func Arctan2(a, b Operand) *Array { return binary(op.Arctan2, a, b) }

// Arctan2 is the angle of the point (b, a), from -π to π.
func (a *Array) Arctan2(b Operand) *Array { return binary(op.Arctan2, a, b) }

// LogAddExp is ln(eᵃ + eᵇ).
func LogAddExp(a, b Operand) *Array { return binary(op.LogAddExp, a, b) }

// LogAddExp is ln(eᵃ + eᵇ).
func (a *Array) LogAddExp(b Operand) *Array { return binary(op.LogAddExp, a, b) }

// Maximum is the greater of a and b; NaN where one is NaN.
func Maximum(a, b Operand) *Array { return binary(op.Maximum, a, b) }

// Maximum is the greater of a and b; NaN where one is NaN.
func (a *Array) Maximum(b Operand) *Array { return binary(op.Maximum, a, b) }

// Minimum is the lesser of a and b; NaN where one is NaN.
func Minimum(a, b Operand) *Array { return binary(op.Minimum, a, b) }

// Minimum is the lesser of a and b; NaN where one is NaN.
func (a *Array) Minimum(b Operand) *Array { return binary(op.Minimum, a, b) }

// Equal is whether a == b.
func Equal(a, b Operand) *Array { return binary(op.Equal, a, b) }

// Equal is whether a == b.
func (a *Array) Equal(b Operand) *Array { return binary(op.Equal, a, b) }

// NotEqual is whether a != b.
func NotEqual(a, b Operand) *Array { return binary(op.NotEqual, a, b) }

// NotEqual is whether a != b.
func (a *Array) NotEqual(b Operand) *Array { return binary(op.NotEqual, a, b) }

// Less is whether a < b.
func Less(a, b Operand) *Array { return binary(op.Less, a, b) }

// Less is whether a < b.
func (a *Array) Less(b Operand) *Array { return binary(op.Less, a, b) }

// LessEqual is whether a <= b.
func LessEqual(a, b Operand) *Array { return binary(op.LessEqual, a, b) }

// LessEqual is whether a <= b.
func (a *Array) LessEqual(b Operand) *Array { return binary(op.LessEqual, a, b) }

// Greater is whether a > b.
func Greater(a, b Operand) *Array { return binary(op.Greater, a, b) }

// Greater is whether a > b.
func (a *Array) Greater(b Operand) *Array { return binary(op.Greater, a, b) }

// GreaterEqual is whether a >= b.
func GreaterEqual(a, b Operand) *Array { return binary(op.GreaterEqual, a, b) }

// GreaterEqual is whether a >= b.
func (a *Array) GreaterEqual(b Operand) *Array { return binary(op.GreaterEqual, a, b) }

// LogicalAnd is whether both a and b are not zero.
func LogicalAnd(a, b Operand) *Array { return binary(op.LogicalAnd, a, b) }

// LogicalAnd is whether both a and b are not zero.
func (a *Array) LogicalAnd(b Operand) *Array { return binary(op.LogicalAnd, a, b) }

// LogicalOr is whether a or b is not zero.
func LogicalOr(a, b Operand) *Array { return binary(op.LogicalOr, a, b) }

// LogicalOr is whether a or b is not zero.
func (a *Array) LogicalOr(b Operand) *Array { return binary(op.LogicalOr, a, b) }

// BitwiseAnd is the bits set in both integers.
func BitwiseAnd(a, b Operand) *Array { return binary(op.BitwiseAnd, a, b) }

// BitwiseAnd is the bits set in both integers.
func (a *Array) BitwiseAnd(b Operand) *Array { return binary(op.BitwiseAnd, a, b) }

// BitwiseOr is the bits set in one of the integers.
func BitwiseOr(a, b Operand) *Array { return binary(op.BitwiseOr, a, b) }

// BitwiseOr is the bits set in one of the integers.
func (a *Array) BitwiseOr(b Operand) *Array { return binary(op.BitwiseOr, a, b) }

// BitwiseXor is the bits set in just one of the integers.
func BitwiseXor(a, b Operand) *Array { return binary(op.BitwiseXor, a, b) }

// BitwiseXor is the bits set in just one of the integers.
func (a *Array) BitwiseXor(b Operand) *Array { return binary(op.BitwiseXor, a, b) }

// LeftShift is a shifted to the left by b bits.
func LeftShift(a, b Operand) *Array { return binary(op.LeftShift, a, b) }

// LeftShift is a shifted to the left by b bits.
func (a *Array) LeftShift(b Operand) *Array { return binary(op.LeftShift, a, b) }

// RightShift is a shifted to the right by b bits.
func RightShift(a, b Operand) *Array { return binary(op.RightShift, a, b) }

// RightShift is a shifted to the right by b bits.
func (a *Array) RightShift(b Operand) *Array { return binary(op.RightShift, a, b) }
