package session

import (
	"go/token"

	"github.com/ingot-go/ingot/session/front"
)

// Operators names the functions of a package that stand for operators.
type Operators = front.Operators

// ArrayOperators is the table for the pointer type *pkg.typ whose package has
// NumPy-like functions Add, Sub and so on, each of two operands of any type.
// Comparison with nil stays a comparison of pointers.
func ArrayOperators(pkg, typ string) map[string]Operators {
	return map[string]Operators{"*" + pkg + "." + typ: {
		Package: pkg,
		Binary: map[token.Token]string{
			token.ADD: "Add", token.SUB: "Sub", token.MUL: "Mul", token.QUO: "Div", token.REM: "Rem",
			token.EQL: "Equal", token.NEQ: "NotEqual",
			token.LSS: "Less", token.LEQ: "LessEqual", token.GTR: "Greater", token.GEQ: "GreaterEqual",
			token.AND: "BitwiseAnd", token.OR: "BitwiseOr", token.XOR: "BitwiseXor",
		},
		Unary: map[token.Token]string{token.SUB: "Neg", token.NOT: "LogicalNot"},
		Index: &front.Indexing{At: "At", Set: "Set", Span: "S", Rest: "Rest", NewAxis: "NewAxis"},
	}}
}
