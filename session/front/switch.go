package front

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
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
	test := func(cc *ast.CaseClause) string {
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
		return condition(strings.Join(cs, " || "))
	}
	number := ""
	if at := defaultClause(x.Body.List); at >= 0 && at < len(x.Body.List)-1 {
		number = g.choose(x.Body.List, at, test)
	}
	g.labeled(l, func() {
		g.w("switch {\n")
		n := 0
		g.clauses(x.Body.List, func(cc *ast.CaseClause) {
			switch {
			case number != "":
				g.w("case %s == %d:\n", number, n)
			case cc.List == nil:
				g.w("default:\n")
			default:
				g.w("case %s:\n", test(cc))
			}
			n++
			g.stmts(cc.Body)
		})
		g.w("}\n")
	})
	g.w("}\n")
}

// defaultClause is the number of the default clause, or -1.
func defaultClause(l []ast.Stmt) int {
	return slices.IndexFunc(l, func(c ast.Stmt) bool { return c.(*ast.CaseClause).List == nil })
}

// choose writes the choice of a clause where the default is not the last one,
// which yaegi puts in its place, and returns the variable with the number.
func (g *gen) choose(l []ast.Stmt, otherwise int, test func(*ast.CaseClause) string) string {
	k := g.tmp("k")
	g.w("%s := %d\n", k, otherwise)
	n, els := 0, ""
	g.clauses(l, func(cc *ast.CaseClause) {
		if cc.List != nil {
			g.w("%sif %s { %s = %d }", els, test(cc), k, n)
			els = " else "
		}
		n++
	})
	g.w("\n")
	return k
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
