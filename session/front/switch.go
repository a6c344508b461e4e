package front

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

func (g *gen) clauses(l []ast.Stmt, each func(cc *ast.CaseClause)) {
	for _, c := range l {
		each(c.(*ast.CaseClause))
	}
}

func (g *gen) switchStmt(x *ast.SwitchStmt, label string) {
	l := g.push(&loop{label: label, kind: "switch"})
	defer g.pop()
	g.w("{\n")
	if x.Init != nil {
		g.stmt(x.Init, "")
	}
	tag := ""
	ifc := false
	var tagType types.Type
	if x.Tag != nil {
		tag = g.tmp("tag")
		t := types.Default(g.typeOf(x.Tag))
		tagType = t
		ifc = isIface(t)
		g.w("var %s %s = %s\n", tag, g.s.typ(t), g.expr(x.Tag))
	}
	g.labeled(l, func() {
		g.w("switch {\n")
		g.clauses(x.Body.List, func(cc *ast.CaseClause) {
			if cc.List == nil {
				g.w("default:\n")
			} else {
				var cs []string
				for _, e := range cc.List {
					switch {
					case tag == "":
						cs = append(cs, g.expr(e))
					case (ifc || isIface(g.typeOf(e))) && !isNil(g.typeOf(e)):
						cs = append(cs, "rtᐧ.Eq("+g.s.conv(tag, tagType, anyType)+", "+g.interfaceOf(e)+")")
					default:
						cs = append(cs, tag+" == "+g.expr(e))
					}
				}
				g.w("case %s:\n", strings.Join(cs, " || "))
			}
			g.stmts(cc.Body)
		})
		g.w("}\n")
	})
	g.w("}\n")
}

func (g *gen) typeSwitch(x *ast.TypeSwitchStmt, label string) {
	l := g.push(&loop{label: label, kind: "switch"})
	defer g.pop()
	g.w("{\n")
	if x.Init != nil {
		g.stmt(x.Init, "")
	}
	var src ast.Expr
	switch a := x.Assign.(type) {
	case *ast.AssignStmt:
		src = a.Rhs[0].(*ast.TypeAssertExpr).X
	case *ast.ExprStmt:
		src = a.X.(*ast.TypeAssertExpr).X
	}
	v, k := g.tmp("sw"), g.tmp("k")
	st := g.typeOf(src)
	g.w("var %s %s = %s\n%s := -1\n", v, g.s.typ(st), g.expr(src), k)
	// pick the clause
	n := 0
	first := true
	vars := map[*ast.CaseClause]string{}
	var sel strings.Builder
	g.clauses(x.Body.List, func(cc *ast.CaseClause) {
		idx := n
		n++
		o := g.info.Implicits[cc]
		for _, e := range cc.List {
			t := g.sub(g.info.Types[e].Type)
			els := "else "
			if first {
				els = ""
				first = false
			}
			if isNil(t) {
				fmt.Fprintf(&sel, "%sif %s == nil { %s = %d } ", els, v, k, idx)
				continue
			}
			ok, val := g.tmp("ok"), "_"
			set := ""
			if o != nil && len(cc.List) == 1 {
				val = g.tmp("tv")
				n := g.tmp(o.Name())
				g.w("var %s %s\n", n, g.s.typ(t))
				vars[cc] = n
				set = n + " = " + val + "; "
			}
			fmt.Fprintf(&sel, "%sif %s, %s := %s; %s { %s%s = %d } ", els, val, ok, g.s.assert(v, st, t, true), ok, set, k, idx)
		}
	})
	g.w("%s\n", sel.String())
	g.labeled(l, func() {
		g.w("switch %s {\n", k)
		n := 0
		g.clauses(x.Body.List, func(cc *ast.CaseClause) {
			if cc.List == nil {
				g.w("default:\n")
			} else {
				g.w("case %d:\n", n)
			}
			n++
			if o := g.info.Implicits[cc]; o != nil {
				nm := v
				if vars[cc] != "" {
					nm = vars[cc]
				}
				g.w("%s := %s\nrtᐧ.Use(%s)\n", g.local(o), nm, g.local(o))
			}
			g.stmts(cc.Body)
		})
		g.w("}\n")
	})
	g.w("}\n")
}
