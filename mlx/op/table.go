package op

import (
	"cmp"
	"math"
)

// The ops, in the order of the table.
const (
	Negative Code = iota
	Abs
	Sign
	Square
	Sqrt
	Rsqrt
	Reciprocal
	Exp
	Expm1
	Log
	Log1p
	Log2
	Log10
	Sin
	Cos
	Tan
	Arcsin
	Arccos
	Arctan
	Sinh
	Cosh
	Tanh
	Arcsinh
	Arccosh
	Arctanh
	Erf
	Erfinv
	Sigmoid
	Floor
	Ceil
	Round
	LogicalNot
	BitwiseInvert
	IsNaN
	IsInf
	Real
	Imag
	Conjugate
	Add
	Subtract
	Multiply
	Divide
	FloorDivide
	Remainder
	Power
	Arctan2
	LogAddExp
	Maximum
	Minimum
	Equal
	NotEqual
	Less
	LessEqual
	Greater
	GreaterEqual
	LogicalAnd
	LogicalOr
	BitwiseAnd
	BitwiseOr
	BitwiseXor
	LeftShift
	RightShift
	Select
)

var table = [...]Op{
	Negative: {Name: "negative", Arity: 1, Rule: Same,
		F1: func(x float64) float64 { return -x }, I1: func(x int64) int64 { return -x },
		Metal: "-#1", Deriv: []*Expr{neg(g)}, TeX: "-#1", Bind: bindSum},
	Abs: {Name: "abs", Arity: 1, Rule: Magnitude, F1: math.Abs, I1: absInt,
		Metal: "abs(#1)", Deriv: []*Expr{mul(g, e(Sign, x))}, Domain: [][2]float64{{0.2, 3}}, TeX: `\left|#1\right|`},
	Sign: {Name: "sign", Arity: 1, Rule: Same, F1: signFloat, I1: func(x int64) int64 { return int64(cmp.Compare(x, 0)) },
		Metal: "ingot_sign(#1)", Deriv: []*Expr{nil}, Domain: [][2]float64{{0.2, 3}}, TeX: `\operatorname{sign}\left(#1\right)`},
	Square: {Name: "square", Arity: 1, Rule: Same,
		F1: func(x float64) float64 { return x * x }, I1: func(x int64) int64 { return x * x },
		Metal: "#1 * #1", Deriv: []*Expr{mul(g, mul(num(2), x))}, TeX: `#1^{2}`, Bind: bindPower},
	Sqrt: {Name: "sqrt", Arity: 1, Rule: Float, F1: math.Sqrt,
		Metal: "sqrt(#1)", Deriv: []*Expr{div(g, mul(num(2), out))}, Domain: [][2]float64{{0.1, 4}}, TeX: `\sqrt{#1}`},
	Rsqrt: {Name: "rsqrt", Arity: 1, Rule: Float, F1: func(x float64) float64 { return 1 / math.Sqrt(x) },
		Metal: "precise::rsqrt(#1)", Deriv: []*Expr{mul(mul(num(-0.5), g), div(out, x))},
		Domain: [][2]float64{{0.1, 4}}, TeX: `\frac{1}{\sqrt{#1}}`},
	Reciprocal: {Name: "reciprocal", Arity: 1, Rule: Float, F1: func(x float64) float64 { return 1 / x },
		Metal: "1 / #1", Deriv: []*Expr{neg(mul(g, sq(out)))}, Domain: [][2]float64{{0.3, 3}}, TeX: `\frac{1}{#1}`},
	Exp: {Name: "exp", Arity: 1, Rule: Float, F1: math.Exp,
		Metal: "precise::exp(#1)", Deriv: []*Expr{mul(g, out)}, TeX: `e^{#1}`},
	Expm1: {Name: "expm1", Arity: 1, Rule: Float, F1: math.Expm1,
		Metal: "ingot_expm1(#1)", Deriv: []*Expr{mul(g, add(out, one))}, TeX: `\operatorname{expm1}\left(#1\right)`},
	Log: {Name: "log", Arity: 1, Rule: Float, F1: math.Log,
		Metal: "precise::log(#1)", Deriv: []*Expr{div(g, x)}, Domain: [][2]float64{{0.1, 4}}, TeX: `\ln\left(#1\right)`},
	Log1p: {Name: "log1p", Arity: 1, Rule: Float, F1: math.Log1p,
		Metal: "ingot_log1p(#1)", Deriv: []*Expr{div(g, add(one, x))}, Domain: [][2]float64{{-0.8, 3}}, TeX: `\operatorname{log1p}\left(#1\right)`},
	Log2: {Name: "log2", Arity: 1, Rule: Float, F1: math.Log2,
		Metal: "precise::log2(#1)", Deriv: []*Expr{div(g, mul(num(math.Ln2), x))}, Domain: [][2]float64{{0.1, 4}}, TeX: `\log_{2}\left(#1\right)`},
	Log10: {Name: "log10", Arity: 1, Rule: Float, F1: math.Log10,
		Metal: "precise::log10(#1)", Deriv: []*Expr{div(g, mul(num(math.Ln10), x))}, Domain: [][2]float64{{0.1, 4}}, TeX: `\log_{10}\left(#1\right)`},
	Sin: {Name: "sin", Arity: 1, Rule: Float, F1: math.Sin,
		Metal: "precise::sin(#1)", Deriv: []*Expr{mul(g, e(Cos, x))}, TeX: `\sin\left(#1\right)`},
	Cos: {Name: "cos", Arity: 1, Rule: Float, F1: math.Cos,
		Metal: "precise::cos(#1)", Deriv: []*Expr{neg(mul(g, e(Sin, x)))}, TeX: `\cos\left(#1\right)`},
	Tan: {Name: "tan", Arity: 1, Rule: Float, F1: math.Tan,
		Metal: "precise::tan(#1)", Deriv: []*Expr{mul(g, add(one, sq(out)))}, Domain: [][2]float64{{-1.2, 1.2}}, TeX: `\tan\left(#1\right)`},
	Arcsin: {Name: "arcsin", Arity: 1, Rule: Float, F1: math.Asin,
		Metal: "precise::asin(#1)", Deriv: []*Expr{mul(g, e(Rsqrt, sub(one, sq(x))))}, Domain: [][2]float64{{-0.9, 0.9}}, TeX: `\arcsin\left(#1\right)`},
	Arccos: {Name: "arccos", Arity: 1, Rule: Float, F1: math.Acos,
		Metal: "precise::acos(#1)", Deriv: []*Expr{neg(mul(g, e(Rsqrt, sub(one, sq(x)))))}, Domain: [][2]float64{{-0.9, 0.9}}, TeX: `\arccos\left(#1\right)`},
	Arctan: {Name: "arctan", Arity: 1, Rule: Float, F1: math.Atan,
		Metal: "precise::atan(#1)", Deriv: []*Expr{div(g, add(one, sq(x)))}, TeX: `\arctan\left(#1\right)`},
	Sinh: {Name: "sinh", Arity: 1, Rule: Float, F1: math.Sinh,
		Metal: "precise::sinh(#1)", Deriv: []*Expr{mul(g, e(Cosh, x))}, TeX: `\sinh\left(#1\right)`},
	Cosh: {Name: "cosh", Arity: 1, Rule: Float, F1: math.Cosh,
		Metal: "precise::cosh(#1)", Deriv: []*Expr{mul(g, e(Sinh, x))}, TeX: `\cosh\left(#1\right)`},
	Tanh: {Name: "tanh", Arity: 1, Rule: Float, F1: math.Tanh,
		Metal: "precise::tanh(#1)", Deriv: []*Expr{mul(g, sub(one, sq(out)))}, TeX: `\tanh\left(#1\right)`},
	Arcsinh: {Name: "arcsinh", Arity: 1, Rule: Float, F1: math.Asinh,
		Metal: "precise::asinh(#1)", Deriv: []*Expr{mul(g, e(Rsqrt, add(sq(x), one)))}, TeX: `\operatorname{arsinh}\left(#1\right)`},
	Arccosh: {Name: "arccosh", Arity: 1, Rule: Float, F1: math.Acosh,
		Metal: "precise::acosh(#1)", Deriv: []*Expr{mul(g, e(Rsqrt, sub(sq(x), one)))}, Domain: [][2]float64{{1.2, 4}}, TeX: `\operatorname{arcosh}\left(#1\right)`},
	Arctanh: {Name: "arctanh", Arity: 1, Rule: Float, F1: math.Atanh,
		Metal: "precise::atanh(#1)", Deriv: []*Expr{div(g, sub(one, sq(x)))}, Domain: [][2]float64{{-0.9, 0.9}}, TeX: `\operatorname{artanh}\left(#1\right)`},
	Erf: {Name: "erf", Arity: 1, Rule: Float, F1: math.Erf, Metal: "ingot_erf(#1)",
		Deriv: []*Expr{mul(g, mul(num(2/math.SqrtPi), e(Exp, neg(sq(x)))))}, TeX: `\operatorname{erf}\left(#1\right)`},
	Erfinv: {Name: "erfinv", Arity: 1, Rule: Float, F1: math.Erfinv, S1: Erfinv32, Metal: "ingot_erfinv(#1)",
		Deriv:  []*Expr{mul(g, mul(num(math.SqrtPi/2), e(Exp, sq(out))))},
		Domain: [][2]float64{{-0.9, 0.9}}, TeX: `\operatorname{erf}^{-1}\left(#1\right)`},
	Sigmoid: {Name: "sigmoid", Arity: 1, Rule: Float, F1: func(x float64) float64 { return 1 / (1 + math.Exp(-x)) },
		Metal: "1 / (1 + precise::exp(-#1))", Deriv: []*Expr{mul(g, mul(out, sub(one, out)))}, TeX: `\sigma\left(#1\right)`},
	Floor: {Name: "floor", Arity: 1, Rule: Same, F1: math.Floor, I1: same,
		Metal: "floor(#1)", MetalInt: "#1", Deriv: []*Expr{nil}, Domain: [][2]float64{{0.1, 0.9}}, TeX: `\left\lfloor #1\right\rfloor`},
	Ceil: {Name: "ceil", Arity: 1, Rule: Same, F1: math.Ceil, I1: same,
		Metal: "ceil(#1)", MetalInt: "#1", Deriv: []*Expr{nil}, Domain: [][2]float64{{0.1, 0.9}}, TeX: `\left\lceil #1\right\rceil`},
	Round: {Name: "round", Arity: 1, Rule: Same, F1: math.RoundToEven, I1: same,
		Metal: "rint(#1)", MetalInt: "#1", Deriv: []*Expr{nil}, Domain: [][2]float64{{0.6, 1.4}}, TeX: `\operatorname{round}\left(#1\right)`},
	LogicalNot: {Name: "logical_not", Arity: 1, Rule: Logical, P1: func(x float64) bool { return x == 0 },
		Metal: "!#1", Deriv: []*Expr{nil}, TeX: `\lnot #1`, Bind: bindPower},
	BitwiseInvert: {Name: "bitwise_invert", Arity: 1, Rule: Bitwise, I1: func(x int64) int64 { return ^x },
		MetalInt: "~#1", Deriv: []*Expr{nil}, TeX: `\lnot #1`, Bind: bindPower},
	IsNaN: {Name: "isnan", Arity: 1, Rule: Compare, P1: func(x float64) bool { return x != x },
		Metal: "isnan(#1)", MetalInt: "false", Deriv: []*Expr{nil}, TeX: `\operatorname{isnan}\left(#1\right)`},
	IsInf: {Name: "isinf", Arity: 1, Rule: Compare, P1: func(x float64) bool { return math.IsInf(x, 0) },
		Metal: "isinf(#1)", MetalInt: "false", Deriv: []*Expr{nil}, TeX: `\operatorname{isinf}\left(#1\right)`},
	Real: {Name: "real", Arity: 1, Rule: Magnitude, F1: func(x float64) float64 { return x }, I1: same,
		Metal: "#1", Deriv: []*Expr{g}, TeX: `\operatorname{Re}\left(#1\right)`},
	Imag: {Name: "imag", Arity: 1, Rule: Magnitude, F1: func(float64) float64 { return 0 }, I1: func(int64) int64 { return 0 },
		Metal: "#1 * 0", Deriv: []*Expr{nil}, TeX: `\operatorname{Im}\left(#1\right)`},
	Conjugate: {Name: "conjugate", Arity: 1, Rule: Same, F1: func(x float64) float64 { return x }, I1: same,
		Metal: "#1", Deriv: []*Expr{e(Conjugate, g)}, TeX: `\overline{#1}`},

	Add: {Name: "add", Arity: 2, Rule: Same,
		F2: func(x, y float64) float64 { return x + y }, I2: func(x, y int64) int64 { return x + y },
		U2:    func(x, y uint64) uint64 { return x + y },
		Metal: "#1 + #2", Deriv: []*Expr{g, g}, TeX: `#1 + #2`, Bind: bindSum},
	Subtract: {Name: "subtract", Arity: 2, Rule: Same,
		F2: func(x, y float64) float64 { return x - y }, I2: func(x, y int64) int64 { return x - y },
		Metal: "#1 - #2", Deriv: []*Expr{g, neg(g)}, TeX: `#1 - #2`, Bind: bindSum},
	Multiply: {Name: "multiply", Arity: 2, Rule: Same,
		F2: func(x, y float64) float64 { return x * y }, I2: func(x, y int64) int64 { return x * y },
		Metal: "#1 * #2", Deriv: []*Expr{mul(g, y), mul(g, x)}, TeX: `#1 \cdot #2`, Bind: bindProduct},
	Divide: {Name: "divide", Arity: 2, Rule: Float, F2: func(x, y float64) float64 { return x / y },
		Metal: "#1 / #2", Deriv: []*Expr{div(g, y), neg(mul(g, div(out, y)))},
		Domain: [][2]float64{{-3, 3}, {0.5, 3}}, TeX: `\frac{#1}{#2}`},
	FloorDivide: {Name: "floor_divide", Arity: 2, Rule: Same,
		F2: func(x, y float64) float64 { return math.Floor(x / y) }, I2: floorDivInt, U2: divUint,
		Metal: "floor(#1 / #2)", MetalInt: "ingot_floordiv(#1, #2)", Deriv: []*Expr{nil, nil},
		Domain: [][2]float64{{0.1, 0.9}, {1, 2}}, TeX: `\left\lfloor\frac{#1}{#2}\right\rfloor`},
	Remainder: {Name: "remainder", Arity: 2, Rule: Same, F2: remFloat, I2: remInt, U2: remUint,
		Metal: "ingot_rem(#1, #2)", MetalInt: "ingot_rem(#1, #2)",
		Deriv:  []*Expr{g, neg(mul(g, e(Floor, div(x, y))))},
		Domain: [][2]float64{{2.2, 2.8}, {0.95, 1.05}}, TeX: `#1 \bmod #2`, Bind: bindProduct},
	Power: {Name: "power", Arity: 2, Rule: Same, F2: math.Pow, I2: powInt, U2: powUint,
		Metal: "ingot_pow(#1, #2)", MetalInt: "ingot_ipow(#1, #2)",
		Deriv: []*Expr{
			// x**(y-1) is 0**-1 at the harmless exponent 0.
			mul(g, e(Select, e(Equal, y, nought), nought, mul(y, e(Power, x, sub(y, one))))),
			mul(g, e(Select, e(Equal, out, nought), nought, mul(out, e(Log, x)))),
		},
		Domain: [][2]float64{{0.3, 2}, {-2, 2}}, TeX: `#1^{#2}`, Bind: bindPower},
	Arctan2: {Name: "arctan2", Arity: 2, Rule: Float, F2: math.Atan2,
		Metal:  "precise::atan2(#1, #2)",
		Deriv:  []*Expr{mul(g, div(y, add(sq(x), sq(y)))), neg(mul(g, div(x, add(sq(x), sq(y)))))},
		Domain: [][2]float64{{0.3, 3}, {0.3, 3}}, TeX: `\operatorname{arctan2}\left(#1, #2\right)`},
	LogAddExp: {Name: "logaddexp", Arity: 2, Rule: Float, F2: logAddExp,
		Metal: "ingot_logaddexp(#1, #2)",
		Deriv: []*Expr{mul(g, e(Sigmoid, sub(x, y))), mul(g, e(Sigmoid, sub(y, x)))}, TeX: `\ln\left(e^{#1} + e^{#2}\right)`},
	Maximum: {Name: "maximum", Arity: 2, Rule: Same, F2: maxFloat,
		I2: func(x, y int64) int64 { return max(x, y) }, U2: func(x, y uint64) uint64 { return max(x, y) },
		Metal: "ingot_max(#1, #2)", MetalInt: "max(#1, #2)",
		Deriv:  []*Expr{e(Select, e(Greater, x, y), g, nought), e(Select, e(Greater, x, y), nought, g)},
		Domain: [][2]float64{{-1, 0.9}, {1, 2}}, TeX: `\max\left(#1, #2\right)`},
	Minimum: {Name: "minimum", Arity: 2, Rule: Same, F2: minFloat,
		I2: func(x, y int64) int64 { return min(x, y) }, U2: func(x, y uint64) uint64 { return min(x, y) },
		Metal: "ingot_min(#1, #2)", MetalInt: "min(#1, #2)",
		Deriv:  []*Expr{e(Select, e(Less, x, y), g, nought), e(Select, e(Less, x, y), nought, g)},
		Domain: [][2]float64{{-1, 0.9}, {1, 2}}, TeX: `\min\left(#1, #2\right)`},

	Equal: {Name: "equal", Arity: 2, Rule: Compare, P2: func(x, y float64) bool { return x == y },
		Q2: func(x, y int64) bool { return x == y }, R2: func(x, y uint64) bool { return x == y },
		Metal: "#1 == #2", Deriv: []*Expr{nil, nil}, TeX: `#1 = #2`, Bind: bindSum},
	NotEqual: {Name: "not_equal", Arity: 2, Rule: Compare, P2: func(x, y float64) bool { return x != y },
		Q2: func(x, y int64) bool { return x != y }, R2: func(x, y uint64) bool { return x != y },
		Metal: "#1 != #2", Deriv: []*Expr{nil, nil}, TeX: `#1 \neq #2`, Bind: bindSum},
	Less: {Name: "less", Arity: 2, Rule: Compare, P2: func(x, y float64) bool { return x < y },
		Q2: func(x, y int64) bool { return x < y }, R2: func(x, y uint64) bool { return x < y },
		Metal: "#1 < #2", Deriv: []*Expr{nil, nil}, TeX: `#1 < #2`, Bind: bindSum},
	LessEqual: {Name: "less_equal", Arity: 2, Rule: Compare, P2: func(x, y float64) bool { return x <= y },
		Q2: func(x, y int64) bool { return x <= y }, R2: func(x, y uint64) bool { return x <= y },
		Metal: "#1 <= #2", Deriv: []*Expr{nil, nil}, TeX: `#1 \leq #2`, Bind: bindSum},
	Greater: {Name: "greater", Arity: 2, Rule: Compare, P2: func(x, y float64) bool { return x > y },
		Q2: func(x, y int64) bool { return x > y }, R2: func(x, y uint64) bool { return x > y },
		Metal: "#1 > #2", Deriv: []*Expr{nil, nil}, TeX: `#1 > #2`, Bind: bindSum},
	GreaterEqual: {Name: "greater_equal", Arity: 2, Rule: Compare, P2: func(x, y float64) bool { return x >= y },
		Q2: func(x, y int64) bool { return x >= y }, R2: func(x, y uint64) bool { return x >= y },
		Metal: "#1 >= #2", Deriv: []*Expr{nil, nil}, TeX: `#1 \geq #2`, Bind: bindSum},
	LogicalAnd: {Name: "logical_and", Arity: 2, Rule: Logical, R2: func(x, y uint64) bool { return x&y != 0 },
		Metal: "#1 && #2", Deriv: []*Expr{nil, nil}, TeX: `#1 \land #2`, Bind: bindSum},
	LogicalOr: {Name: "logical_or", Arity: 2, Rule: Logical, R2: func(x, y uint64) bool { return x|y != 0 },
		Metal: "#1 || #2", Deriv: []*Expr{nil, nil}, TeX: `#1 \lor #2`, Bind: bindSum},
	BitwiseAnd: {Name: "bitwise_and", Arity: 2, Rule: Bitwise, I2: func(x, y int64) int64 { return x & y },
		MetalInt: "#1 & #2", Deriv: []*Expr{nil, nil}, TeX: `#1 \mathbin{\&} #2`, Bind: bindSum},
	BitwiseOr: {Name: "bitwise_or", Arity: 2, Rule: Bitwise, I2: func(x, y int64) int64 { return x | y },
		MetalInt: "#1 | #2", Deriv: []*Expr{nil, nil}, TeX: `#1 \mathbin{|} #2`, Bind: bindSum},
	BitwiseXor: {Name: "bitwise_xor", Arity: 2, Rule: Bitwise, I2: func(x, y int64) int64 { return x ^ y },
		MetalInt: "#1 ^ #2", Deriv: []*Expr{nil, nil}, TeX: `#1 \oplus #2`, Bind: bindSum},
	LeftShift: {Name: "left_shift", Arity: 2, Rule: Shift, I2: shiftLeft, U2: func(x, y uint64) uint64 { return x << y },
		MetalInt: "ingot_shl(#1, #2)", Deriv: []*Expr{nil, nil}, TeX: `#1 \ll #2`, Bind: bindSum},
	RightShift: {Name: "right_shift", Arity: 2, Rule: Shift, I2: shiftRight, U2: func(x, y uint64) uint64 { return x >> y },
		MetalInt: "ingot_shr(#1, #2)", Deriv: []*Expr{nil, nil}, TeX: `#1 \gg #2`, Bind: bindSum},
	Select: {Name: "select", Arity: 3, Rule: Choose, Metal: "#1 ? #2 : #3",
		Deriv: []*Expr{nil, e(Select, x, g, nought), e(Select, x, nought, g)},
		TeX:   `\operatorname{where}\left(#1, #2, #3\right)`},
}
