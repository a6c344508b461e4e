package front

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// show lowers the cell's last expression: it is evaluated, kept, and handed to
// the runtime together with its static types, which the executor forgets.
func (g *gen) show(x *ast.ExprStmt) {
	tv := g.info.Types[x.X]
	switch t := tv.Type.(type) {
	case nil:
		g.w("%s\n", g.expr(x.X))
	case *types.Tuple:
		if t.Len() == 0 {
			g.w("%s\n", g.expr(x.X))
			return
		}
		g.showAll(x.X, t)
	default:
		switch {
		case tv.IsVoid():
			g.w("%s\n", g.expr(x.X))
		case tv.IsType() || tv.IsBuiltin():
			g.fail(x, "%s is not an expression", types.ExprString(x.X))
		default:
			g.showOne(x.X, types.Default(tv.Type))
		}
	}
}

func (g *gen) showOne(e ast.Expr, t types.Type) {
	val := g.exprTo(e, nil)
	quiet := g.cell.quiet()
	if g.cell.opts.Keep && !isNil(t) && !quiet {
		low := g.s.keepLast(g.cell, t)
		g.w("%s = %s\n", low, val)
		val = low
	} else if !isNil(t) {
		tmp := g.tmp("v")
		g.w("%s := %s\n", tmp, val)
		val = tmp
	}
	_, call := ast.Unparen(e).(*ast.CallExpr)
	g.present(quiet, call, []types.Type{t}, []string{val})
}

func (g *gen) showAll(e ast.Expr, t *types.Tuple) {
	var ts []types.Type
	var vs []string
	for v := range t.Variables() {
		ts = append(ts, v.Type())
		vs = append(vs, g.tmp("v"))
	}
	g.w("%s := %s\n", strings.Join(vs, ", "), g.expr(e))
	g.present(g.cell.quiet() || isCount(t), true, ts, vs)
}

// isCount recognises the result (n int, err error) of functions that write or
// print: nobody wants to see it.
func isCount(t *types.Tuple) bool {
	return t.Len() == 2 && t.At(0).Name() == "n" && t.At(0).Type() == types.Typ[types.Int] && isError(t.At(1).Type())
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// present calls the runtime: Show shows the values, ShowCall does without a
// final nil error, Quiet only looks for an error.
func (g *gen) present(quiet, call bool, ts []types.Type, vs []string) {
	if isError(ts[len(ts)-1]) { // the runtime may fail the cell
		g.w("%s", g.noteAt(g.cell.last.Pos()))
	}
	fn := "Show"
	switch {
	case quiet:
		fn = "Quiet"
	case call && isError(ts[len(ts)-1]):
		fn = "ShowCall"
	}
	var names, args []string
	for i, t := range ts {
		names = append(names, fmt.Sprintf("%q", typeName(t)))
		args = append(args, g.s.conv(vs[i], t, anyType))
	}
	g.w("%s.%s([]string{%s}, %s)\n", runtimeName, fn, strings.Join(names, ", "), strings.Join(args, ", "))
}

// quiet reports whether a semicolon ends the cell.
func (c *cell) quiet() bool {
	return c.opts.Quiet || strings.HasSuffix(strings.TrimRight(c.src, " \t\r\n"), ";")
}

// typeName writes a type as a cell would.
func typeName(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == "main" {
			return ""
		}
		return p.Name()
	})
}
