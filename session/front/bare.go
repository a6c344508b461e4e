package front

import (
	"go/ast"
	"go/parser"
	"strings"
)

// condition writes what stands after if, for and case.
func condition(code string) string {
	code = bare(code)
	if strings.HasPrefix(code, "(") && strings.HasSuffix(code, ")") {
		return code + " == true" // a literal that cannot stand there without them
	}
	return code
}

// bare takes off parentheses around a whole expression. yaegi takes (*p * 2) as
// an element of a slice for a type, and runs in circles where a condition has
// them and a branch begins with a jump.
func bare(code string) string {
	if !strings.HasPrefix(code, "(") || !strings.HasSuffix(code, ")") {
		return code
	}
	e, err := parser.ParseExpr(code)
	if err != nil {
		return code
	}
	p, ok := e.(*ast.ParenExpr)
	if !ok {
		return code
	}
	literal := false
	ast.Inspect(p.X, func(n ast.Node) bool {
		_, is := n.(*ast.CompositeLit)
		literal = literal || is
		return !literal
	})
	if literal {
		return code
	}
	inside := code[1 : len(code)-1]
	if _, ok := p.X.(*ast.ParenExpr); ok {
		return bare(inside)
	}
	return inside
}
