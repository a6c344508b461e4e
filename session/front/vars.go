package front

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// varInit lowers the execution of a var specification.
func (g *gen) varInit(vs *ast.ValueSpec, top bool) {
	if top {
		var lhs []string
		for _, id := range vs.Names {
			if id.Name == "_" {
				lhs = append(lhs, "_")
			} else {
				lhs = append(lhs, g.s.low[g.info.Defs[id]])
			}
		}
		if len(vs.Values) == 0 {
			for i, id := range vs.Names {
				if id.Name != "_" {
					z := g.tmp("z")
					g.w("var %s %s\n%s = %s\n", z, g.s.typ(g.info.Defs[id].Type()), lhs[i], z)
				}
			}
			return
		}
		if len(vs.Values) == len(lhs) && len(lhs) > 1 {
			g.parallel(vs, lhs)
			return
		}
		g.setVars(lhs, vs.Values[0], g.varTypes(vs))
		return
	}
	var t types.Type
	if vs.Type != nil {
		t = g.sub(g.info.Types[vs.Type].Type)
	}
	if len(vs.Values) == 0 || len(vs.Values) == len(vs.Names) {
		for i, id := range vs.Names {
			vt := t
			if vt == nil {
				vt = g.typeOf(vs.Values[i])
				if o := g.info.Defs[id]; o != nil {
					vt = g.sub(o.Type())
				}
			}
			val := ""
			if len(vs.Values) > 0 {
				val = g.rhs(vs.Values[i:i+1], []types.Type{vt})
			}
			if id.Name == "_" {
				if val != "" {
					g.w("rtᐧ.Use(%s)\n", val)
				}
				continue
			}
			n := g.local(g.info.Defs[id])
			g.w("var %s %s", n, g.s.typ(vt))
			if val != "" {
				g.w(" = %s", val)
			}
			g.w("\n")
		}
		return
	}
	var lhs []string
	for _, id := range vs.Names {
		if id.Name == "_" {
			lhs = append(lhs, "_")
			continue
		}
		n := g.local(g.info.Defs[id])
		g.w("var %s %s\n", n, g.typ(g.info.Defs[id].Type()))
		lhs = append(lhs, n)
	}
	g.assignTo(lhs, "=", vs.Values, g.varTypes(vs))
}

// setVars assigns the value or values of an expression to lowered variables.
func (g *gen) setVars(lhs []string, e ast.Expr, to []types.Type) {
	if len(lhs) == 1 && lhs[0] == "_" {
		g.w("rtᐧ.Use(%s)\n", g.expr(e))
		return
	}
	if _, ok := ast.Unparen(e).(*ast.CompositeLit); ok { // its closures may use the variable
		t := g.tmp("z")
		g.w("%s := %s\n%s = %s\n", t, g.exprTo(e, to[0]), lhs[0], t)
		return
	}
	g.assignTo(lhs, "=", []ast.Expr{e}, to)
}

// varTypes are the types of declared variables, nil for blanks.
func (g *gen) varTypes(vs *ast.ValueSpec) (l []types.Type) {
	for _, id := range vs.Names {
		if o := g.info.Defs[id]; o != nil && id.Name != "_" {
			l = append(l, g.sub(o.Type()))
		} else {
			l = append(l, nil)
		}
	}
	return l
}

// assignTo assigns values, or those of one expression, to variables of the
// types in to, nil for blanks.
func (g *gen) assignTo(lhs []string, op string, l []ast.Expr, to []types.Type) {
	if len(l) == 1 && len(lhs) > 1 {
		call, vals := g.convCall(l[0], to)
		if vals != nil {
			g.assignApart(lhs, vals, to)
		} else {
			g.w("%s %s %s\n", strings.Join(lhs, ", "), op, call)
		}
		return
	}
	if len(l) > 1 && slices.ContainsFunc(to, isIface) {
		var rs []string
		for i, e := range l {
			rs = append(rs, g.rhs([]ast.Expr{e}, to[i:i+1]))
		}
		g.assignApart(lhs, rs, to)
		return
	}
	g.w("%s %s %s\n", strings.Join(lhs, ", "), op, g.rhs(l, to))
}

func (g *gen) declStmt(x *ast.DeclStmt) {
	d := x.Decl.(*ast.GenDecl)
	switch d.Tok {
	case token.VAR:
		for _, sp := range d.Specs {
			g.varInit(sp.(*ast.ValueSpec), false)
		}
	default: // types are hoisted on use, constants are folded
		g.w("\n")
	}
}

func (g *gen) rhs(l []ast.Expr, lt []types.Type) string {
	var out []string
	for i, e := range l {
		var t types.Type
		if i < len(lt) {
			t = lt[i]
		}
		s := g.exprTo(e, t)
		if len(s) > 2 && strings.HasPrefix(s, "(*") && strings.HasSuffix(s, ")") && strings.Count(s, "(") == 1 {
			s = s[1 : len(s)-1] // yaegi copies "*p" but not "(*p)"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// exprTo lowers e for use as a value of type t.
func (g *gen) exprTo(e ast.Expr, t types.Type) string {
	s := g.plain(e)
	if g.namesFunc(e) && !isIface(t) { // yaegi would assign its own node
		s = g.idWrap(e, s)
	}
	if t == nil {
		return s
	}
	if !isIface(t) {
		return g.s.refill(s, g.typeOf(e), t)
	}
	if r := g.stdio(e); r != "" {
		return r
	}
	return g.s.conv(g.idWrap(e, s), g.typeOf(e), t)
}

// parallel evaluates all values before it assigns any: a, b := b, a.
func (g *gen) parallel(vs *ast.ValueSpec, lhs []string) {
	var assign strings.Builder
	for i, v := range vs.Values {
		o := g.info.Defs[vs.Names[i]]
		if lhs[i] == "_" || o == nil {
			g.w("rtᐧ.Use(%s)\n", g.expr(v))
			continue
		}
		t := g.tmp("z")
		g.w("var %s %s = %s\n", t, g.s.typ(o.Type()), g.exprTo(v, o.Type()))
		fmt.Fprintf(&assign, "%s = %s\n", lhs[i], t)
	}
	g.w("%s", assign.String())
}
