package front

import (
	"go/ast"
	"go/types"
	"strings"
)

// spread evaluates the callee and arguments of a go or defer call; it returns
// the statement to run later.
func (g *gen) spread(x *ast.CallExpr) string {
	fun := ast.Unparen(x.Fun)
	tv := g.info.Types[fun]
	sig, _ := g.typeOf(fun).Underlying().(*types.Signature)
	if tv.IsBuiltin() || sig == nil {
		return g.expr(g.builtinNow(x))
	}
	dots := ""
	if x.Ellipsis.IsValid() {
		dots = "..."
	}
	var compiled types.Object
	if f, ok := fun.(*ast.SelectorExpr); ok {
		compiled = g.compiled(g.info.Uses[f.Sel], ".")
	}
	names, single := g.tupleNow(x, sig, compiled)
	for i, a := range single {
		pt := paramType(sig, i, dots != "")
		t := g.tmp("a")
		if tv := g.info.Types[a]; tv.Value != nil || isNil(g.typeOf(a)) {
			names = append(names, g.argTo(a, pt, compiled, false))
			continue
		}
		g.w("var %s %s = %s\n", t, g.s.typ(pt), g.argTo(a, pt, compiled, false))
		names = append(names, t)
	}
	args := strings.Join(names, ", ") + dots
	switch f := fun.(type) {
	case *ast.FuncLit:
		return "" // handled by callers
	case *ast.SelectorExpr:
		if sl := g.info.Selections[f]; sl != nil && sl.Kind() == types.MethodVal {
			rt := g.sub(sl.Recv())
			recv := g.expr(f.X)
			obj := sl.Obj().(*types.Func)
			_, wantPtr := types.Unalias(obj.Signature().Recv().Type()).(*types.Pointer)
			if _, isPtr := types.Unalias(rt).(*types.Pointer); wantPtr && !isPtr && !isIface(rt) {
				rt = types.NewPointer(rt)
				recv = "&" + recv
			}
			r := g.tmp("rc")
			g.w("%s := %s\n", r, recv)
			fn, arg := g.callee(r, rt, f.Sel.Name, obj.Pkg(), true, f)
			if arg != "" && args != "" {
				arg += ", "
			}
			return fn + "(" + arg + args + ")"
		}
	}
	if o, ok := fun.(*ast.Ident); ok {
		if _, isFn := g.obj(o).(*types.Func); isFn {
			return g.expr(fun) + "(" + args + ")"
		}
	}
	if _, ok := fun.(*ast.SelectorExpr); ok {
		return g.expr(fun) + "(" + args + ")"
	}
	fv := g.tmp("f")
	g.w("%s := %s\n", fv, g.under(fun))
	return fv + "(" + args + ")"
}

// tupleNow evaluates the argument of f(g()) that has several values, into the
// variables names. Other arguments it gives back.
func (g *gen) tupleNow(x *ast.CallExpr, sig *types.Signature, compiled types.Object) (names []string, single []ast.Expr) {
	t := g.soleTuple(x)
	if t == nil {
		return nil, x.Args
	}
	for range t.Len() {
		names = append(names, g.tmp("a"))
	}
	g.w("%s := %s\n", strings.Join(names, ", "), g.spreadArgs(x, sig, compiled, t))
	return names, nil
}

// builtinNow evaluates the arguments of a builtin and returns a call with the
// variables that hold them.
func (g *gen) builtinNow(x *ast.CallExpr) *ast.CallExpr {
	call := *x
	call.Args = nil
	for _, a := range x.Args {
		tv := g.info.Types[a]
		if tv.IsType() || tv.Value != nil || isNil(g.typeOf(a)) {
			call.Args = append(call.Args, a)
			continue
		}
		t := g.typeOf(a)
		id := &ast.Ident{NamePos: a.Pos(), Name: g.tmp("a")}
		g.w("var %s %s = %s\n", id.Name, g.s.typ(t), g.exprTo(a, t))
		v := types.NewVar(a.Pos(), g.s.pkg, id.Name, t)
		g.info.Uses[id], g.info.Types[id], g.names[v] = v, tv, id.Name
		call.Args = append(call.Args, id)
	}
	g.info.Types[&call] = g.info.Types[x]
	return &call
}

func (g *gen) litCall(x *ast.CallExpr, lit *ast.FuncLit, deferVar string) string {
	sig := g.sub(g.info.Types[lit].Type).(*types.Signature)
	names, single := g.tupleNow(x, sig, nil)
	for i, a := range single {
		pt := sig.Params().At(min(i, sig.Params().Len()-1)).Type()
		if sig.Variadic() && i >= sig.Params().Len()-1 && !x.Ellipsis.IsValid() {
			pt = pt.(*types.Slice).Elem()
		}
		t := g.tmp("a")
		g.w("var %s %s = %s\n", t, g.s.typ(pt), g.exprTo(a, pt))
		names = append(names, t)
	}
	f := g.tmp("f")
	g.w("%s := %s\n", f, g.funcLit(lit, deferVar))
	dots := ""
	if x.Ellipsis.IsValid() {
		dots = "..."
	}
	return f + "(" + strings.Join(names, ", ") + dots + ")"
}

const goGuard = "defer func() { if r := recover(); r != nil { rtᐧ.GoPanic(r) } }()\n"

func (g *gen) goStmt(x *ast.GoStmt) {
	save := g.fn
	g.fn = &fctx{sig: save.sig, parent: save, defers: save.defers, inDefer: save.inDefer} // it mentions variables when the cell may be over
	defer func() { g.fn = save }()
	g.w("{\n")
	call := ""
	if lit, ok := ast.Unparen(x.Call.Fun).(*ast.FuncLit); ok {
		call = g.litCall(x.Call, lit, "")
	} else {
		call = g.spread(x.Call)
	}
	g.w("go func() {\n%s%s\n}()\n}\n", goGuard, call)
}

func (g *gen) deferStmt(x *ast.DeferStmt) {
	d := g.fn.defers
	call := ""
	g.w("{\n")
	if lit, ok := ast.Unparen(x.Call.Fun).(*ast.FuncLit); ok {
		call = g.litCall(x.Call, lit, d)
	} else {
		call = g.spread(x.Call)
	}
	h := g.tmp("h")
	g.w("%s := func() { %s }\n%s.Push(%s)\n}\n", h, call, d, h)
}
