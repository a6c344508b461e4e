package front

import (
	"go/ast"
	"go/types"
)

// Global variables of Core Go that the executor declares: where the running code
// is, an int64, and whether it shall look if it has been stopped, a bool.
const (
	LineVar = "lineᐧ"
	StopVar = "stopᐧ"
)

// poll stands at the head of loops and of functions that may recurse. It reads
// a variable, which costs 7 ns; a call would cost 190.
var poll = pollAt("")

// pollAt is a poll behind a line directive. As the first thing in a function it
// is where the interpreter places the function.
func pollAt(line string) string {
	return "if " + line + StopVar + " { " + runtimeName + ".Interrupt() }\n"
}

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
