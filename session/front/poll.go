package front

import (
	"fmt"
	"go/ast"
	"go/types"
)

// poll stands at the head of loops and of functions that may recurse. It reads
// a flag through a pointer, which costs 10 ns; a call would cost 190.
const poll = "if *" + runtimeName + ".P { " + runtimeName + ".Interrupt() }\n"

// callsSession reports whether a body calls a function of the session, so that
// it may be part of a recursion.
func callsSession(b *ast.BlockStmt, info *types.Info) bool {
	found := false
	ast.Inspect(b, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		switch f := ast.Unparen(call.Fun).(type) {
		case *ast.Ident:
			o, isFunc := info.Uses[f].(*types.Func)
			found = isFunc && isMain(o)
		case *ast.SelectorExpr:
			found = info.Selections[f] != nil
		case *ast.IndexExpr, *ast.IndexListExpr:
			found = true
		}
		return !found
	})
	return found
}

// where notes the line before a statement that works on arrays, so that an
// array can tell the line it comes from.
func (g *gen) where(n ast.Node) string {
	if !g.s.usesArrays() {
		return ""
	}
	pos := g.s.fset.Position(n.Pos())
	cell, line, _, ok := ParsePos(pos.String())
	if !ok {
		return ""
	}
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			return false
		case *ast.CallExpr:
			found = found || g.isArrayCall(m)
		}
		return !found
	})
	if !found {
		return ""
	}
	return fmt.Sprintf("%s.At(%d, %d)\n", runtimeName, cell, line)
}

// isArrayCall reports whether a call takes or gives arrays.
func (g *gen) isArrayCall(x *ast.CallExpr) bool {
	if g.s.operators(known(g.info.TypeOf(x))) != nil {
		return true
	}
	if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok && g.s.operators(known(g.info.TypeOf(sel.X))) != nil {
		return true
	}
	for _, a := range x.Args {
		if g.s.operators(known(g.info.TypeOf(a))) != nil {
			return true
		}
	}
	return false
}

// known turns nil, which operators cannot take, into an invalid type.
func known(t types.Type) types.Type {
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t
}
