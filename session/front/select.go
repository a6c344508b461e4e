package front

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

func chanElem(t types.Type) types.Type { return t.Underlying().(*types.Chan).Elem() }

// selectStmt writes a select that finds out which clause it is, and a switch
// with what the clauses do: yaegi forgets a jump that stands in a clause, takes
// its break for that of the loop around, and may compile it without end.
func (g *gen) selectStmt(x *ast.SelectStmt, label string) {
	l := g.push(&loop{label: label, kind: "switch"})
	defer g.pop()
	g.w("{\n")
	type cl struct {
		comm, init string
		body       []ast.Stmt
	}
	var cs []cl
	for _, c := range x.Body.List {
		cc := c.(*ast.CommClause)
		switch st := cc.Comm.(type) {
		case nil:
			cs = append(cs, cl{"default:", "", cc.Body})
		case *ast.SendStmt:
			ch, v := g.tmp("ch"), g.tmp("v")
			g.w("%s := %s\nvar %s %s = %s\n", ch, g.under(st.Chan), v, g.s.typ(chanElem(g.typeOf(st.Chan))), g.exprTo(st.Value, chanElem(g.typeOf(st.Chan))))
			cs = append(cs, cl{fmt.Sprintf("case %s <- %s:", ch, v), "", cc.Body})
		case *ast.ExprStmt:
			u := ast.Unparen(st.X).(*ast.UnaryExpr)
			ch := g.tmp("ch")
			g.w("%s := %s\n", ch, g.under(u.X))
			cs = append(cs, cl{fmt.Sprintf("case <-%s:", ch), "", cc.Body})
		case *ast.AssignStmt:
			u := ast.Unparen(st.Rhs[0]).(*ast.UnaryExpr)
			ch := g.tmp("ch")
			g.w("%s := %s\n", ch, g.under(u.X))
			et := chanElem(g.typeOf(u.X))
			v, ok := g.tmp("v"), g.tmp("ok")
			g.w("var %s %s\n", v, g.s.typ(et))
			got := g.tmp("got") // yaegi's clause always makes variables of its own
			lhs, keep := got, fmt.Sprintf("%s = %s\n", v, got)
			if len(st.Lhs) == 2 {
				g.w("var %s bool\n", ok)
				more := g.tmp("more")
				lhs += ", " + more
				keep += fmt.Sprintf("%s = %s\n", ok, more)
			}
			init := ""
			for i, e := range st.Lhs {
				if id, isID := e.(*ast.Ident); isID && id.Name == "_" {
					continue
				}
				op := "="
				n := ""
				if st.Tok == token.DEFINE {
					op = ":="
					n = g.local(g.info.Defs[e.(*ast.Ident)])
				} else {
					n = g.expr(e)
				}
				val := []string{v, ok}[i]
				if i == 0 && st.Tok == token.ASSIGN {
					val = g.s.conv(val, et, g.typeOf(e))
				}
				init += fmt.Sprintf("%s %s %s\n", n, op, val)
			}
			cs = append(cs, cl{fmt.Sprintf("case %s := <-%s:\n%s", lhs, ch, keep), init, cc.Body})
		}
	}
	k := g.tmp("k")
	g.w("%s := 0\nselect {\n", k)
	for i, c := range cs {
		g.w("%s\n%s = %d\n", c.comm, k, i)
	}
	g.w("}\n")
	g.labeled(l, func() {
		g.w("switch {\n")
		for i, c := range cs {
			g.w("case %s == %d:\n%s", k, i, c.init)
			g.stmts(c.body)
		}
		g.w("}\n")
	})
	g.w("}\n")
}
