package front

import (
	"fmt"
	"go/ast"
	"go/types"
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
		s := "make(" + g.typ(g.info.Types[x.Args[0]].Type)
		for _, a := range x.Args[1:] {
			s += ", " + g.expr(a)
		}
		return s + ")"
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
			switch u := t.Underlying().(type) {
			case *types.Map:
				return fmt.Sprintf("func %s(m %s) { for k := range m { delete(m, k) } }\n", n, g.s.typ(t))
			case *types.Slice:
				return fmt.Sprintf("func %s(m %s) { var z %s; for i := range m { m[i] = z } }\n", n, g.s.typ(t), g.s.typ(u.Elem()))
			}
			return ""
		})
		return h + "(" + g.expr(x.Args[0]) + ")"
	case "panic":
		return "rtᐧ.Panic(" + g.expr(x.Args[0]) + ")"
	case "recover":
		if g.fn.inDefer != "" {
			return g.fn.inDefer + ".Recover()"
		}
		return "recover()"
	}
	return name + "(" + g.exprs(x.Args) + dots + ")"
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
