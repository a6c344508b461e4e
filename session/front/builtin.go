package front

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"strings"
)

func (g *gen) builtin(x *ast.CallExpr, fun ast.Expr) string {
	name := ""
	switch f := fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
		return g.s.importName("unsafe") + "." + name + "(" + g.exprs(x.Args) + ")"
	}
	dots := ""
	if x.Ellipsis.IsValid() {
		dots = "..."
	}
	switch name {
	case "make":
		t := g.sub(g.info.Types[x.Args[0]].Type)
		s := "make(" + g.s.typ(g.plainType(t))
		for _, a := range x.Args[1:] {
			s += ", " + g.makeLen(x.Args[0], a)
		}
		return g.s.refill(s+")", g.plainType(t), t)
	case "append":
		return g.appendCall(x, dots)
	case "new":
		if g.info.Types[x.Args[0]].IsType() {
			return "new(" + g.typ(g.info.Types[x.Args[0]].Type) + ")"
		}
		t := g.typeOf(x).(*types.Pointer).Elem()
		return fmt.Sprintf("func(vᐧ %s) *%s { return &vᐧ }(%s)", g.s.typ(t), g.s.typ(t), g.expr(x.Args[0]))
	case "min", "max":
		t := g.typeOf(x)
		h := g.s.helper(name+":"+g.s.key(t), name, func(n string) string {
			ty := g.s.typ(t)
			op := "<"
			if name == "max" {
				op = ">"
			}
			nan := ""
			if b, ok := t.Underlying().(*types.Basic); ok && b.Info()&types.IsFloat != 0 {
				nan = "if a != a { return a }; if b != b { return b }; "
			}
			return fmt.Sprintf("func %s(a, b %s) %s { %sif b %s a { return b }; return a }\n", n, ty, ty, nan, op)
		})
		s := g.expr(x.Args[0])
		for _, a := range x.Args[1:] {
			s = h + "(" + s + ", " + g.expr(a) + ")"
		}
		return s
	case "clear":
		t := g.typeOf(x.Args[0])
		h := g.s.helper("clear:"+g.s.key(t), "clear", func(n string) string {
			ty := g.s.typ(g.plainType(t))
			switch u := t.Underlying().(type) {
			case *types.Map:
				return fmt.Sprintf("func %s(m %s) { for k := range m { delete(m, k) } }\n", n, ty)
			case *types.Slice:
				return fmt.Sprintf("func %s(m %s) { var z %s; for i := range m { m[i] = z } }\n", n, ty, g.s.typ(u.Elem()))
			}
			return ""
		})
		return h + "(" + g.under(x.Args[0]) + ")"
	case "panic":
		return "rtᐧ.Panic(" + g.interfaceOf(x.Args[0]) + ")"
	case "delete":
		key := g.typeOf(x.Args[0]).Underlying().(*types.Map).Key()
		return "delete(" + g.under(x.Args[0]) + ", " + g.exprTo(x.Args[1], key) + ")"
	case "recover":
		if g.fn.inDefer != "" {
			return g.fn.inDefer + ".Recover()"
		}
		return "recover()"
	}
	var args []string
	for _, a := range x.Args {
		args = append(args, g.under(a))
	}
	return name + "(" + strings.Join(args, ", ") + dots + ")"
}

// plainType is the type whose values Core Go has for t: of a hollow type what
// is in it.
func (g *gen) plainType(t types.Type) types.Type {
	if g.s.hollow(t) {
		return t.Underlying()
	}
	return t
}

func (s *Session) helper(key, name string, mk func(n string) string) string {
	if n := s.helpers[key]; n != "" {
		return n
	}
	n := s.fresh(name + "ᐧh")
	put(s, s.helpers, key, n)
	s.out.funcs = append(s.out.funcs, mk(n))
	return n
}

// makeLen guards a length given to make: a huge one would end the process.
func (g *gen) makeLen(t, n ast.Expr) string {
	var elem types.Type
	switch u := g.sub(g.info.Types[t].Type).Underlying().(type) {
	case *types.Slice:
		elem = u.Elem()
	case *types.Chan:
		elem = u.Elem()
	default:
		return g.expr(n)
	}
	if v := g.info.Types[n].Value; v != nil {
		if c, exact := constant.Int64Val(constant.ToInt(v)); exact && c < 1<<20 {
			return g.expr(n)
		}
	}
	return fmt.Sprintf("%s.Len(int(%s), %d)", runtimeName, g.expr(n), sizes.Sizeof(elem))
}

// appendCall lowers append. A slice appended to a slice of interfaces as one
// element would be taken for its elements.
func (g *gen) appendCall(x *ast.CallExpr, dots string) string {
	t := g.typeOf(x)
	s, ok := t.Underlying().(*types.Slice)
	if !ok {
		return g.fail(x, "cannot append to %s", t)
	}
	args := []string{g.under(x.Args[0])}
	for _, a := range x.Args[1:] {
		if dots != "" {
			args = append(args, g.under(a))
			continue
		}
		val := g.exprTo(a, s.Elem())
		if at := g.typeOf(a); isIface(s.Elem()) && at != nil {
			if _, isSlice := at.Underlying().(*types.Slice); isSlice {
				h := g.s.helper("elem:"+g.s.key(s.Elem()), "elem", func(n string) string {
					ty := g.s.typ(s.Elem())
					return fmt.Sprintf("func %s(v %s) %s { return v }\n", n, ty, ty)
				})
				val = h + "(" + val + ")"
			}
		}
		args = append(args, val)
	}
	return g.s.refill("append("+strings.Join(args, ", ")+dots+")", g.plainType(t), t)
}
