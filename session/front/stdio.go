package front

import (
	"go/ast"
	"go/types"
)

// stdio replaces a variable such as os.Stdout, where a cell passes it as an
// interface, by the runtime's writer that knows which cell is writing.
func (g *gen) stdio(e ast.Expr) string {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok || g.info.Selections[sel] != nil {
		return ""
	}
	o, ok := g.info.Uses[sel.Sel].(*types.Var)
	if !ok || o.Pkg() == nil {
		return ""
	}
	if n := g.s.opts.Stdio[o.Pkg().Path()+"."+o.Name()]; n != "" {
		return runtimeName + "." + n
	}
	return ""
}
