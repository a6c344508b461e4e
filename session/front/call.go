package front

import (
	"fmt"
	"go/ast"
	"go/types"
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
			fn, arg := g.callee(g.expr(sel.X), g.sub(sl.Recv()), sel.Sel.Name, sl.Obj().Pkg(), true, sel)
			args := g.args(x, sig, fn, sl.Obj())
			if arg != "" && args != "" {
				arg += ", "
			}
			return fn + "(" + arg + args + dots + ")"
		}
	}
	fn := g.expr(fun)
	var fobj types.Object
	switch f := fun.(type) {
	case *ast.Ident:
		fobj = g.obj(f)
	case *ast.SelectorExpr:
		fobj = g.info.Uses[f.Sel]
	}
	if fobj != nil && fobj.Pkg() != nil && fobj.Pkg().Path() == "errors" && fobj.Name() == "As" {
		return "rtᐧ.ErrorsAs(" + g.exprs(x.Args) + ")"
	}
	return fn + "(" + g.args(x, sig, fn, fobj) + dots + ")"
}

// args lowers call arguments, making interpreted methods visible to compiled code.
func (g *gen) args(x *ast.CallExpr, sig *types.Signature, fn string, fobj types.Object) string {
	compiled := fobj != nil && fobj.Pkg() != nil && !g.s.isSession(fobj)
	var out []string
	for i, a := range x.Args {
		var pt types.Type
		if sig != nil && !(len(x.Args) == 1 && sig.Params().Len() > 1) {
			if n := sig.Params().Len(); n > 0 {
				if sig.Variadic() && i >= n-1 && !x.Ellipsis.IsValid() {
					pt = sig.Params().At(n - 1).Type().(*types.Slice).Elem()
				} else if i < n {
					pt = sig.Params().At(i).Type()
				}
			}
		}
		s := g.exprTo(a, pt)
		if compiled {
			s = g.idWrap(a, s)
		}
		if at := g.typeOf(a); compiled && isAny(pt) && at != nil && !isIface(at) {
			s = g.adapt(s, at, fobj.Pkg())
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// adapt makes the methods that package p looks for on a value visible to it.
func (g *gen) adapt(val string, t types.Type, p *types.Package) string {
	if g.s.sessionNamed(t) == nil {
		return val
	}
	switch {
	case hasMethod(t, "Error"):
		return runtimeName + ".AsErr(" + val + ")"
	case p.Name() == "display":
		return g.visible(val, t)
	case (p.Path() == "fmt" || p.Path() == "log") && hasMethod(t, "String"):
		return fmt.Sprintf("%s.Fmt(%s, %s)", runtimeName, val, val)
	}
	return val
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
	case *ast.Ident:
		if _, ok := g.obj(x).(*types.Func); !ok {
			return s
		}
	default:
		return s
	}
	t := g.typeOf(e)
	h := g.s.helper("id:"+g.s.key(t), "id", func(n string) string {
		ty := g.s.typ(t)
		return fmt.Sprintf("func %s(f %s) %s { return f }\n", n, ty, ty)
	})
	return h + "(" + s + ")"
}

func (s *Session) sessionNamed(t types.Type) *types.Named {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok && s.isSession(n.Obj()) {
		return n
	}
	return nil
}

func hasMethod(t types.Type, name string) bool {
	ms := types.NewMethodSet(t)
	for i := 0; i < ms.Len(); i++ {
		f := ms.At(i).Obj().(*types.Func)
		if f.Name() == name && f.Signature().Params().Len() == 0 && f.Signature().Results().Len() == 1 {
			return true
		}
	}
	return false
}

func (g *gen) convert(a ast.Expr, t types.Type) string {
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
