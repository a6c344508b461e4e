package front

import (
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
			found = isFunc && isPkgLevel(o)
		case *ast.SelectorExpr:
			found = info.Selections[f] != nil
		case *ast.IndexExpr, *ast.IndexListExpr:
			found = true
		}
		return !found
	})
	return found
}
