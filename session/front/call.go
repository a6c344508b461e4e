package front

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

func (g *gen) call(x *ast.CallExpr) string {
	fun := ast.Unparen(x.Fun)
	tv := g.info.Types[fun]
	if tv.IsType() { // conversion
		return g.convert(x.Args[0], g.sub(tv.Type))
	}
	if tv.IsBuiltin() {
		return g.builtin(x, fun)
	}
	dots := ""
	if x.Ellipsis.IsValid() {
		dots = "..."
	}
	sig, _ := g.typeOf(fun).Underlying().(*types.Signature)
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		if out := g.stdio(sel.X); out != "" && (sel.Sel.Name == "Write" || sel.Sel.Name == "WriteString") {
			return out + "." + sel.Sel.Name + "(" + g.exprs(x.Args) + ")"
		}
		if sl := g.info.Selections[sel]; sl != nil && sl.Kind() == types.MethodVal {
			if out := g.template(x, sel, sl); out != "" {
				return out
			}
			fn, arg := g.callee(g.expr(sel.X), g.sub(sl.Recv()), sel.Sel.Name, sl.Obj().Pkg(), true, sel)
			args := g.args(x, sig, fn, sl.Obj())
			if arg != "" && args != "" {
				arg += ", "
			}
			return fn + "(" + arg + args + dots + ")"
		}
	}
	fn := g.under(fun)
	var fobj types.Object
	switch f := fun.(type) {
	case *ast.Ident:
		fobj = g.obj(f)
	case *ast.SelectorExpr:
		fobj = g.info.Uses[f.Sel]
	}
	if fobj != nil && fobj.Pkg() != nil && fobj.Pkg().Path() == "errors" && len(x.Args) == 2 {
		err := types.Universe.Lookup("error").Type()
		switch fobj.Name() {
		case "As":
			return "rtᐧ.ErrorsAs(" + g.exprTo(x.Args[0], err) + ", " + g.interfaceOf(x.Args[1]) + ")"
		case "Is":
			return "rtᐧ.ErrorsIs(" + g.exprTo(x.Args[0], err) + ", " + g.exprTo(x.Args[1], err) + ")"
		}
	}
	return fn + "(" + g.args(x, sig, fn, fobj) + dots + ")"
}

// template lowers the execution of a template: which methods of the data are
// called depends on it.
func (g *gen) template(x *ast.CallExpr, sel *ast.SelectorExpr, sl *types.Selection) string {
	f := sl.Obj().(*types.Func)
	if f.Pkg() == nil || passing(f) != data || !strings.HasPrefix(f.Name(), "Execute") || len(sl.Index()) > 1 {
		return ""
	}
	recv := g.expr(sel.X)
	if _, ptr := g.typeOf(sel.X).Underlying().(*types.Pointer); !ptr {
		recv = "&" + recv
	}
	name := ""
	if len(x.Args) == 3 {
		name = g.exprTo(x.Args[1], types.Typ[types.String])
	}
	return fmt.Sprintf("%s.ExecuteTemplate(%s, %s, []string{%s}, %s)", runtimeName, recv, g.exprTo(x.Args[0], f.Signature().Params().At(0).Type()), name, g.interfaceOf(x.Args[len(x.Args)-1]))
}

// paramType is the type that argument i of a call is assigned to.
func paramType(sig *types.Signature, i int, spread bool) types.Type {
	n := sig.Params().Len()
	switch {
	case sig.Variadic() && i >= n-1 && !spread:
		return sig.Params().At(n - 1).Type().(*types.Slice).Elem()
	case i < n:
		return sig.Params().At(i).Type()
	}
	return nil
}

// soleTuple is the type of g() in f(g()) when it has several values.
func (g *gen) soleTuple(x *ast.CallExpr) *types.Tuple {
	if len(x.Args) != 1 {
		return nil
	}
	return g.tuple(x.Args[0])
}

// spreadArgs lowers the argument of f(g()), as a call of a helper that converts
// the values, whose results are passed on.
func (g *gen) spreadArgs(x *ast.CallExpr, sig *types.Signature, fobj types.Object, t *types.Tuple) string {
	how := kept
	if fobj != nil {
		how = passing(fobj)
	}
	var vals, ps, rs []string
	var to []types.Type
	for i := range t.Len() {
		v := fmt.Sprintf("a%d", i)
		pt := paramType(sig, i, false)
		vals, to = append(vals, v), append(to, pt)
		ps = append(ps, v+" "+g.s.typ(g.sub(t.At(i).Type())))
		rs = append(rs, g.s.typ(pt))
	}
	out, changed := g.convTuple(vals, t, to)
	for i := range out {
		if isAny(to[i]) && how == view {
			out[i], changed = runtimeName+".View("+out[i]+")", true
		}
	}
	s := g.expr(x.Args[0])
	if !changed {
		return s
	}
	text := fmt.Sprintf("(%s) (%s) { return %s }\n", strings.Join(ps, ", "), strings.Join(rs, ", "), strings.Join(out, ", "))
	return g.s.helper("spread:"+text, "spread", func(n string) string { return "func " + n + text }) + "(" + s + ")"
}

// args lowers the arguments of a call of fobj, which is fn in Core Go.
func (g *gen) args(x *ast.CallExpr, sig *types.Signature, fn string, fobj types.Object) string {
	_, declared := fobj.(*types.Func)
	if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok && g.info.Selections[sel] != nil {
		declared = declared && g.info.Selections[sel].Kind() != types.MethodExpr
	}
	declared = declared && g.s.isSession(fobj)
	fobj = g.compiled(fobj, fn)
	if t := g.soleTuple(x); t != nil {
		return g.spreadArgs(x, sig, fobj, t)
	}
	var out []string
	for i, a := range x.Args {
		var pt types.Type
		if sig != nil {
			pt = paramType(sig, i, x.Ellipsis.IsValid())
		}
		out = append(out, g.argTo(a, pt, fobj, x.Ellipsis.IsValid() && i == len(x.Args)-1))
	}
	if n := variadic(sig); !declared && n >= 0 && len(x.Args) == n && !x.Ellipsis.IsValid() {
		// a call by reflection makes an empty list, where Go gives nil
		out = append(out, "("+g.s.typ(sig.Params().At(n).Type())+")(nil)...")
	}
	return strings.Join(out, ", ")
}

// variadic is the number of a function's variadic parameter, or -1.
func variadic(sig *types.Signature) int {
	if sig == nil || !sig.Variadic() {
		return -1
	}
	return sig.Params().Len() - 1
}

// compiled returns fobj if what is called as fn in Core Go is compiled code.
func (g *gen) compiled(fobj types.Object, fn string) types.Object {
	if fobj == nil || fobj.Pkg() == nil || g.s.isSession(fobj) || !strings.Contains(fn, ".") {
		return nil
	}
	if _, isVar := fobj.(*types.Var); isVar && g.s.shadows[fobj.Pkg().Path()] != nil {
		return nil
	}
	return fobj
}

// argTo lowers an argument for a parameter of type pt. A compiled function fobj
// gets values of cells in one of four ways: see passing.
func (g *gen) argTo(a ast.Expr, pt types.Type, fobj types.Object, spread bool) string {
	if fobj == nil {
		return g.exprTo(a, pt)
	}
	if out := g.stdio(a); out != "" && isIface(pt) {
		return out
	}
	how := passing(fobj)
	if spread {
		if sl, ok := pt.Underlying().(*types.Slice); ok && isAny(sl.Elem()) && how == view {
			return runtimeName + ".Views(" + g.expr(a) + ")"
		}
	}
	at := g.typeOf(a)
	if !isAny(pt) || at == nil || isNil(at) {
		return g.idWrap(a, g.exprTo(a, pt))
	}
	if isError(at) && how == view { // it stays one
		return g.expr(a)
	}
	switch how {
	case view:
		return runtimeName + ".View(" + g.interfaceOf(a) + ")"
	case data:
		return runtimeName + ".Data(" + g.interfaceOf(a) + ")"
	case raw:
		if !isIface(at) {
			return g.idWrap(a, g.expr(a))
		}
		return runtimeName + ".Raw(" + g.interfaceOf(a) + ")"
	}
	return g.interfaceOf(a)
}

// Ways to pass a value as any.
const (
	raw  = iota // as the executor has it, for functions that work on it by reflection
	view        // with its names and methods, for functions that print or encode it
	data        // as structs, maps and slices, for templates
	kept        // as cells hold it, for functions that give it back
)

func passing(fobj types.Object) int {
	switch p := fobj.Pkg().Path(); {
	case strings.Contains(fobj.Name(), "can"): // Scan, Sscanf
		return raw
	case slices.Contains([]string{"fmt", "log", "log/slog", "encoding/json", "testing"}, p), strings.HasSuffix(p, "/display"):
		return view
	case p == "text/template" || p == "html/template":
		return data
	case slices.Contains([]string{"container/list", "container/heap", "container/ring", "sync", "sync/atomic", "context", "unique"}, p), fobj.Name() == "DeepEqual":
		return kept
	}
	return raw
}

func isAny(t types.Type) bool {
	if t == nil {
		return false
	}
	it, ok := t.Underlying().(*types.Interface)
	return ok && it.NumMethods() == 0
}

// idWrap routes a function literal through an interpreted identity function:
// yaegi otherwise captures the frame by reference, so literals retained by
// compiled code would all see the last iteration's variables.
func (g *gen) idWrap(e ast.Expr, s string) string {
	switch x := ast.Unparen(e).(type) {
	case *ast.FuncLit:
	default:
		if !g.namesFunc(x) {
			return s
		}
	}
	t := g.typeOf(e)
	h := g.s.helper("id:"+g.s.key(t), "id", func(n string) string {
		ty := g.s.typ(t)
		return fmt.Sprintf("func %s(f %s) %s { return f }\n", n, ty, ty)
	})
	if strings.HasPrefix(s, h+"(") { // it has been
		return s
	}
	return h + "(" + s + ")"
}

// namesFunc reports whether an expression is the name of a function that is
// declared in Core Go.
func (g *gen) namesFunc(e ast.Expr) bool {
	var o types.Object
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		o = g.obj(x)
	case *ast.SelectorExpr:
		if g.info.Selections[x] == nil {
			o = g.info.Uses[x.Sel]
		}
	case *ast.IndexExpr:
		return g.namesFunc(x.X)
	case *ast.IndexListExpr:
		return g.namesFunc(x.X)
	}
	fn, ok := o.(*types.Func)
	return ok && (g.s.isSession(fn) || fn.Signature().TypeParams().Len() > 0)
}

func (g *gen) convert(a ast.Expr, t types.Type) string {
	if at := g.typeOf(a); g.s.hollow(t) || at != nil && g.s.hollow(at) && !isIface(t) {
		return g.exprTo(a, t)
	}
	ty := g.s.typ(t)
	switch types.Unalias(t).(type) {
	case *types.Pointer, *types.Signature, *types.Chan:
		ty = "(" + ty + ")"
	}
	if isNil(g.typeOf(a)) {
		return ty + "(nil)"
	}
	return ty + "(" + g.idWrap(a, g.exprTo(a, t)) + ")"
}
