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
		args = append(args, g.visible(vs[i], t))
	}
	g.w("%s.%s([]string{%s}, %s)\n", runtimeName, fn, strings.Join(names, ", "), strings.Join(args, ", "))
}

// quiet reports whether a semicolon ends the cell.
func (c *cell) quiet() bool {
	return c.opts.Quiet || strings.HasSuffix(strings.TrimRight(c.src, " \t\r\n"), ";")
}

// visible makes the methods of a session type that matter for showing a value
// known to compiled code, which sees interpreted values without methods.
func (g *gen) visible(val string, t types.Type) string {
	if isIface(t) || g.s.sessionNamed(t) == nil {
		return val
	}
	if m := method(t, "DisplayMIME"); m != nil && isDisplayer(m.Signature()) {
		fn, arg := g.callee(val, t, "DisplayMIME", m.Pkg(), true, nil)
		if arg != "" {
			arg += ", "
		}
		ctx := g.s.importName("context")
		return fmt.Sprintf("%s.MIME(%s, func(ctx %s.Context) (map[string]interface{}, error) { return %s(%sctx) })", runtimeName, val, ctx, fn, arg)
	}
	switch {
	case hasMethod(t, "Error"):
		return runtimeName + ".AsErr(" + val + ")"
	case hasMethod(t, "String"):
		return fmt.Sprintf("%s.Fmt(%s, %s)", runtimeName, val, val)
	}
	return val
}

// isDisplayer recognises func(context.Context) (map[string]any, error).
func isDisplayer(sig *types.Signature) bool {
	if sig.Params().Len() != 1 || sig.Results().Len() != 2 || !isError(sig.Results().At(1).Type()) {
		return false
	}
	m, ok := sig.Results().At(0).Type().Underlying().(*types.Map)
	return ok && types.Identical(m.Key(), types.Typ[types.String]) && isAny(m.Elem()) && types.TypeString(sig.Params().At(0).Type(), nil) == "context.Context"
}

func method(t types.Type, name string) *types.Func {
	ms := types.NewMethodSet(t)
	for i := range ms.Len() {
		if f := ms.At(i).Obj().(*types.Func); f.Name() == name {
			return f
		}
	}
	return nil
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
