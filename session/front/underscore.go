package front

import (
	"fmt"
	"go/ast"
	"go/types"
)

// lastName is the session's name for the last shown value, which cells call _.
const lastName = "ᐧᐧlast"

// underscore lets a cell read _ as the last shown value. Where _ discards a
// value or a name it stays what it is in Go.
func (s *Session) underscore(c *cell) {
	if s.objs[lastName] == nil || c.file == nil {
		return
	}
	discards := map[ast.Node]bool{}
	mark := func(exprs ...ast.Expr) {
		for _, e := range exprs {
			if id, ok := e.(*ast.Ident); ok {
				discards[id] = true
			}
		}
	}
	markAll := func(ids []*ast.Ident) {
		for _, id := range ids {
			discards[id] = true
		}
	}
	ast.Inspect(c.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			mark(n.Lhs...)
		case *ast.RangeStmt:
			mark(n.Key, n.Value)
		case *ast.ValueSpec:
			markAll(n.Names)
		case *ast.Field:
			markAll(n.Names)
		case *ast.ImportSpec:
			mark(n.Name)
		case *ast.LabeledStmt:
			mark(n.Label)
		case *ast.FuncDecl:
			mark(n.Name)
		case *ast.TypeSpec:
			mark(n.Name)
		case *ast.IndexExpr: // the receiver of a method of a generic type
			mark(n.Index)
		case *ast.IndexListExpr:
			mark(n.Indices...)
		case *ast.Ident:
			if n.Name == "_" && !discards[n] {
				n.Name = lastName
			}
		}
		return true
	})
}

// keptResults is how many shown values keep their name _N.
const keptResults = 1000

// keepLast makes room for the value of the cell's last expression, so that
// later cells can call it _ and _N.
func (s *Session) keepLast(c *cell, t types.Type) string {
	name := fmt.Sprintf("_%d", c.n)
	c.result = types.NewVar(c.last.Pos(), s.pkg, name, t)
	low := s.fresh("out")
	put(s, s.low, types.Object(c.result), low)
	s.out.vars = append(s.out.vars, fmt.Sprintf("var %s %s\n", low, s.typ(t)))
	return low
}
