package front

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// path follows embedded fields; it returns the source of the holder and its type.
func (g *gen) path(base string, t types.Type, idx []int) (string, types.Type) {
	src, ft, er := g.path2(base, t, idx)
	if er {
		return g.s.load(src, ft), ft
	}
	return src, ft
}

// path2 is path without the load of a final erased field.
func (g *gen) path2(base string, t types.Type, idx []int) (string, types.Type, bool) {
	er := false
	for _, i := range idx {
		if er {
			base = g.s.load(base, t)
		}
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		st := t.Underlying().(*types.Struct)
		er = false
		if n, ok := types.Unalias(t).(*types.Named); ok {
			er = g.s.erased(n, i)
		}
		base += "." + st.Field(i).Name()
		t = st.Field(i).Type()
	}
	return base, t, er
}

func (g *gen) selector(x *ast.SelectorExpr) string {
	if sel := g.info.Selections[x]; sel != nil {
		switch sel.Kind() {
		case types.FieldVal:
			s, _ := g.path(g.expr(x.X), g.sub(sel.Recv()), sel.Index())
			return s
		case types.MethodVal:
			return g.methodVal(x, sel)
		case types.MethodExpr:
			return g.methodExpr(x, sel)
		}
	}
	// qualified identifier
	switch o := g.info.Uses[x.Sel].(type) {
	case *types.Func:
		return g.funcRef(x)
	case *types.TypeName:
		return g.typ(o.Type())
	case *types.Var:
		return g.pkgVar(o)
	}
	return g.fail(x, "selector %s", x.Sel.Name)
}

// callee resolves a method call: either a plain function with the receiver as
// first argument, or a native method expression.
func (g *gen) callee(recv string, rt types.Type, name string, pkg *types.Package, addressable bool, at ast.Node) (fn, arg string) {
	obj, idx, _ := types.LookupFieldOrMethod(rt, true, pkg, name)
	m, ok := obj.(*types.Func)
	if !ok {
		return g.fail(at, "no method %s on %s", name, rt), ""
	}
	holder, ht := g.path(recv, rt, idx[:len(idx)-1])
	base := ht
	isPtr := false
	if p, ok := types.Unalias(ht).(*types.Pointer); ok {
		base, isPtr = p.Elem(), true
	}
	if n, ok := types.Unalias(base).(*types.Named); ok && !isIface(base) {
		if n.TypeArgs().Len() > 0 && !g.s.isSession(n.Obj()) {
			if sn := g.s.shadowNamed(n); sn != nil {
				n = sn
			}
		}
		if fd := g.s.method(n, name); fd != nil {
			var targs []types.Type
			for i := 0; i < n.TypeArgs().Len(); i++ {
				targs = append(targs, n.TypeArgs().At(i))
			}
			_, wantPtr := types.Unalias(m.Signature().Recv().Type()).(*types.Pointer)
			switch {
			case wantPtr && !isPtr:
				if strings.HasPrefix(holder, "(*") && strings.Count(holder, "(") == 1 {
					holder = strings.TrimSuffix(holder[2:], ")")
				} else {
					holder = "&" + holder
				}
			case !wantPtr && isPtr:
				holder = "*" + holder
			}
			return g.s.instance(fd, targs), holder
		}
		if g.s.ghosts[n.Obj()][name] {
			panic(unsupported{msg: fmt.Sprintf("%s has no method %s: the cell that declares it failed", n.Obj().Name(), name)})
		}
	}
	if isIface(ht) && !g.s.foreign(ht) {
		return g.s.dispatch(name, m.Signature()), holder
	}
	return holder + "." + name, ""
}

func (g *gen) methodVal(x *ast.SelectorExpr, sel *types.Selection) string {
	rt := g.sub(sel.Recv())
	fn, arg := g.callee("rᐧ", rt, x.Sel.Name, sel.Obj().Pkg(), true, x)
	sig := g.sub(sel.Type()).(*types.Signature)
	if arg == "" && !isIface(rt) {
		ps, args := g.params(sig)
		ret := ""
		if sig.Results().Len() > 0 {
			ret = "return "
		}
		bt, bv := rt, g.expr(x.X)
		if _, isPtr := types.Unalias(rt).(*types.Pointer); !isPtr {
			bt, bv = types.NewPointer(rt), "&"+bv
		}
		return fmt.Sprintf("func(rᐧ %s) %s { return func%s { %s%s(%s) } }(%s)", g.s.typ(bt), g.s.typ(sig), g.s.sig(sig, ps), ret, fn, args, bv)
	}
	if arg == "" { // an interface of a compiled package
		f2, _ := g.callee(g.expr(x.X), rt, x.Sel.Name, sel.Obj().Pkg(), true, x)
		return f2
	}
	_ = fn
	// bind the receiver now
	obj := sel.Obj().(*types.Func)
	_, wantPtr := types.Unalias(obj.Signature().Recv().Type()).(*types.Pointer)
	_, isPtr := types.Unalias(rt).(*types.Pointer)
	bt, bv := rt, g.expr(x.X)
	if wantPtr && !isPtr {
		bt, bv = types.NewPointer(rt), "&"+bv
	}
	fn, arg = g.callee("rᐧ", bt, x.Sel.Name, sel.Obj().Pkg(), true, x)
	ps, args := g.params(sig)
	ret := ""
	if sig.Results().Len() > 0 {
		ret = "return "
	}
	if arg != "" && args != "" {
		arg += ", "
	}
	return fmt.Sprintf("func(rᐧ %s) %s { return func%s { %s%s(%s%s) } }(%s)", g.s.typ(bt), g.s.typ(sig), g.s.sig(sig, ps), ret, fn, arg, args, bv)
}

func (g *gen) params(sig *types.Signature) (names []string, args string) {
	for i := 0; i < sig.Params().Len(); i++ {
		n := fmt.Sprintf("aᐧp%d", i)
		names = append(names, n)
		if i > 0 {
			args += ", "
		}
		args += n
		if sig.Variadic() && i == sig.Params().Len()-1 {
			args += "..."
		}
	}
	return
}

func (g *gen) methodExpr(x *ast.SelectorExpr, sel *types.Selection) string {
	rt := g.sub(sel.Recv())
	sig := g.sub(sel.Type()).(*types.Signature) // receiver is the first parameter
	ps, args := g.params(sig)
	fn, arg := g.callee(ps[0], rt, x.Sel.Name, sel.Obj().Pkg(), true, x)
	rest := strings.TrimPrefix(strings.TrimPrefix(args, ps[0]), ", ")
	if arg != "" && rest != "" {
		arg += ", "
	}
	ret := ""
	if sig.Results().Len() > 0 {
		ret = "return "
	}
	return fmt.Sprintf("func%s { %s%s(%s%s) }", g.s.sig(sig, ps), ret, fn, arg, rest)
}
