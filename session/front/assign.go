package front

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

func (g *gen) assign(x *ast.AssignStmt) {
	if x.Tok == token.DEFINE {
		var lhs []string
		allNew := true
		fresh := false
		for _, l := range x.Lhs {
			id := l.(*ast.Ident)
			if id.Name == "_" {
				lhs = append(lhs, "_")
				continue
			}
			o := g.info.Defs[id]
			if o == nil {
				allNew = false
				lhs = append(lhs, g.expr(id))
				continue
			}
			lhs = append(lhs, g.local(o))
		}
		if len(x.Rhs) == 1 && len(x.Lhs) == 2 {
			switch ast.Unparen(x.Rhs[0]).(type) {
			case *ast.IndexExpr, *ast.TypeAssertExpr, *ast.UnaryExpr:
				fresh = true
			}
		}
		if allNew && !fresh {
			// explicit conversion where the variable's type is an interface or the constant is untyped
			g.w("%s := %s", strings.Join(lhs, ", "), g.rhs(x.Rhs, nil))
			return
		}
		if allNew && fresh { // comma-ok: yaegi reuses the variables across iterations
			var ts, rs []string
			for _, n := range lhs {
				if n == "_" {
					ts = append(ts, "_")
					continue
				}
				t := g.tmp("k")
				ts = append(ts, t)
				rs = append(rs, fmt.Sprintf("%s := %s", n, t))
			}
			g.w("%s := %s\n%s", strings.Join(ts, ", "), g.rhs(x.Rhs, nil), strings.Join(rs, "\n"))
			return
		}
		var lt []types.Type
		for i, l := range x.Lhs {
			id := l.(*ast.Ident)
			o := g.info.Defs[id]
			if o != nil && lhs[i] != "_" {
				g.w("var %s %s\n", lhs[i], g.typ(o.Type()))
			}
			if id.Name == "_" {
				lt = append(lt, nil)
			} else {
				lt = append(lt, g.sub(g.obj(id).Type()))
			}
		}
		g.assignTo(lhs, "=", x.Rhs, lt)
		return
	}
	if len(x.Lhs) == 1 && len(x.Rhs) == 1 && x.Tok == token.ASSIGN {
		if raw, er := g.erasedLHS(x.Lhs[0]); er {
			g.w("%s = %s", raw, g.idWrap(x.Rhs[0], g.exprTo(x.Rhs[0], g.typeOf(x.Lhs[0]))))
			return
		}
		if id, ok := x.Lhs[0].(*ast.Ident); ok && id.Name == "_" {
			if isNil(g.typeOf(x.Rhs[0])) {
				return
			}
			g.w("rtᐧ.Use(%s)", g.expr(x.Rhs[0]))
			return
		}
		if _, ok := ast.Unparen(x.Rhs[0]).(*ast.CompositeLit); ok {
			if _, ok := x.Lhs[0].(*ast.Ident); ok { // see V17
				t := g.tmp("z")
				g.w("%s := %s\n%s = %s", t, g.exprTo(x.Rhs[0], g.typeOf(x.Lhs[0])), g.expr(x.Lhs[0]), t)
				return
			}
		}
	}
	if len(x.Lhs) == 1 {
		if sel, ok := x.Lhs[0].(*ast.SelectorExpr); ok && g.info.Selections[sel] == nil {
			if o, ok := g.info.Uses[sel.Sel].(*types.Var); ok && !g.s.isSession(o) {
				rhs := g.expr(x.Rhs[0])
				if x.Tok != token.ASSIGN {
					rhs = g.expr(x.Lhs[0]) + " " + strings.TrimSuffix(x.Tok.String(), "=") + " (" + rhs + ")"
				}
				g.w("rtᐧ.SetVar(%q, %s)", o.Pkg().Path()+"."+o.Name(), rhs)
				return
			}
		}
	}
	var lt []types.Type
	if x.Tok == token.ASSIGN {
		for _, l := range x.Lhs {
			if id, ok := l.(*ast.Ident); ok && id.Name == "_" {
				lt = append(lt, nil)
			} else {
				lt = append(lt, g.typeOf(l))
			}
		}
	}
	var lh []string
	apart := len(x.Lhs) == len(x.Rhs) && len(x.Lhs) > 1 && (slices.ContainsFunc(lt, isIface) || clash(x))
	for _, l := range x.Lhs {
		if ix, ok := ast.Unparen(l).(*ast.IndexExpr); ok && apart { // indices count as they are before
			lh = append(lh, g.under(ix.X)+"["+g.indexTemp(ix)+"]")
			continue
		}
		if raw, er := g.erasedLHS(l); er {
			lh = append(lh, raw)
			continue
		}
		s := g.expr(l)
		if len(s) > 2 && strings.HasPrefix(s, "(*") && strings.HasSuffix(s, ")") && strings.Count(s, "(") == 1 {
			s = s[1 : len(s)-1] // "(*p) = v" has no effect in yaegi
		}
		lh = append(lh, s)
	}
	if apart {
		var rs []string
		for i, e := range x.Rhs {
			rs = append(rs, g.rhs([]ast.Expr{e}, lt[i:i+1]))
		}
		g.assignApart(lh, rs, lt)
		return
	}
	g.assignTo(lh, x.Tok.String(), x.Rhs, lt)
}

// clash reports whether an assignment may give a variable two values, of which
// the last stays, or may change what it is about to read: yaegi assigns from the
// right, and reads fields late. Values that only change places are safe.
func clash(x *ast.AssignStmt) bool {
	texts := func(l []ast.Expr) (out []string) {
		for _, e := range l {
			out = append(out, types.ExprString(e))
		}
		return out
	}
	to, from := texts(x.Lhs), texts(x.Rhs)
	elements, names := 0, map[string]bool{}
	for i, e := range x.Lhs {
		if _, ok := ast.Unparen(e).(*ast.Ident); !ok {
			elements++
		}
		if to[i] != "_" && names[to[i]] {
			return true
		}
		names[to[i]] = true
	}
	if elements == 0 {
		return false
	}
	slices.Sort(to)
	slices.Sort(from)
	return !slices.Equal(to, from)
}

// assignApart assigns several values after evaluating all of them. Assigned at
// once, interfaces are wrong in yaegi.
func (g *gen) assignApart(lhs, rhs []string, to []types.Type) {
	var then strings.Builder
	for i, l := range lhs {
		if to[i] == nil || l == "_" {
			if rhs[i] != "nil" {
				g.w("rtᐧ.Use(%s)\n", rhs[i])
			}
			continue
		}
		t := g.tmp("q")
		g.w("var %s %s = %s\n", t, g.s.typ(to[i]), rhs[i])
		fmt.Fprintf(&then, "%s = %s\n", l, t)
	}
	g.w("%s", then.String())
}

// indexTemp is the index of x, evaluated now.
func (g *gen) indexTemp(x *ast.IndexExpr) string {
	if g.info.Types[x.Index].Value != nil {
		return g.expr(x.Index)
	}
	t := g.tmp("ix")
	if m, ok := g.typeOf(x.X).Underlying().(*types.Map); ok {
		g.w("var %s %s = %s\n", t, g.s.typ(m.Key()), g.exprTo(x.Index, m.Key()))
	} else {
		g.w("%s := %s\n", t, g.expr(x.Index))
	}
	return t
}
