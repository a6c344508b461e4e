package front

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
)

func (g *gen) stmts(l []ast.Stmt) {
	if g.cell != nil && g.fn.parent == nil {
		l = g.initOrder(l)
	}
	left := false
	for _, st := range l {
		if left && !sought(st, l) { // yaegi may compile a loop that nothing leads to without end
			continue
		}
		g.stmt(st, "")
		left = leaves(st)
	}
}

// sought reports whether st is labelled and a goto in its list leads to it.
func sought(st ast.Stmt, list []ast.Stmt) (found bool) {
	labelled, ok := st.(*ast.LabeledStmt)
	if !ok {
		return false
	}
	for _, s := range list {
		ast.Inspect(s, func(n ast.Node) bool {
			b, ok := n.(*ast.BranchStmt)
			found = found || ok && b.Tok == token.GOTO && b.Label.Name == labelled.Label.Name
			return !found
		})
	}
	return found
}

// leaves reports whether what follows a statement can only be reached by a goto.
func leaves(st ast.Stmt) bool {
	last := func(b *ast.BlockStmt) bool { return len(b.List) > 0 && leaves(b.List[len(b.List)-1]) }
	switch st := st.(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return st.Tok != token.FALLTHROUGH
	case *ast.BlockStmt:
		return last(st)
	case *ast.IfStmt:
		return last(st.Body) && st.Else != nil && leaves(st.Else)
	}
	return false
}

func (g *gen) block(b *ast.BlockStmt) {
	g.w("{\n")
	g.stmts(b.List)
	g.w("}")
}

func (g *gen) stmt(st ast.Stmt, label string) {
	if st == nil {
		return
	}
	if g.cell != nil && g.fn.parent == nil {
		if vs := g.cell.marks[st]; vs != nil {
			g.s.at = vs.Pos()
			g.w("%s%s", g.line(vs.Pos()), g.note(vs))
			g.checkBounds(vs)
			g.varInit(vs, true)
			return
		}
	}
	switch st.(type) {
	case *ast.LabeledStmt, *ast.EmptyStmt, *ast.BlockStmt:
		g.stmt1(st, label)
		return
	}
	g.s.at = st.Pos()
	g.w("%s%s", g.line(st.Pos()), g.note(st))
	g.checkBounds(st)
	g.stmt1(st, label)
}

func (g *gen) stmt1(st ast.Stmt, label string) {
	switch x := st.(type) {
	case *ast.EmptyStmt:
	case *ast.BlockStmt:
		g.block(x)
		g.w("\n")
	case *ast.ExprStmt:
		if g.cell != nil && x == g.cell.last && g.fn.parent == nil {
			g.show(x)
			return
		}
		g.w("%s\n", g.expr(x.X))
	case *ast.AssignStmt:
		g.assign(x)
		g.w("\n")
	case *ast.IncDecStmt:
		g.w("%s%s\n", g.expr(x.X), x.Tok)
	case *ast.SendStmt:
		g.w("%s <- %s\n", g.under(x.Chan), g.exprTo(x.Value, chanElem(g.typeOf(x.Chan))))
	case *ast.DeclStmt:
		g.declStmt(x)
	case *ast.ReturnStmt:
		g.ret(x)
	case *ast.BranchStmt:
		g.branch(x)
	case *ast.LabeledStmt:
		switch x.Stmt.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			g.stmt(x.Stmt, x.Label.Name)
		default:
			g.w("%s:\n%s", x.Label.Name, poll)
			g.stmt(x.Stmt, "")
		}
	case *ast.IfStmt:
		g.ifStmt(x)
		g.w("\n")
	case *ast.ForStmt:
		g.forStmt(x, label)
	case *ast.RangeStmt:
		g.rangeStmt(x, label)
	case *ast.SwitchStmt:
		g.switchStmt(x, label)
	case *ast.TypeSwitchStmt:
		g.typeSwitch(x, label)
	case *ast.SelectStmt:
		g.selectStmt(x, label)
	case *ast.GoStmt:
		g.goStmt(x)
	case *ast.DeferStmt:
		g.deferStmt(x)
	default:
		g.fail(st, "cannot lower %T", st)
	}
}

// initOrder sorts runs of consecutive variable definitions by dependency.
func (g *gen) initOrder(l []ast.Stmt) []ast.Stmt {
	rank := map[types.Object]int{}
	for i, in := range g.info.InitOrder {
		for _, v := range in.Lhs {
			rank[v] = i
		}
	}
	out := append([]ast.Stmt{}, l...)
	for i := 0; i < len(out); {
		if g.cell.marks[out[i]] == nil {
			i++
			continue
		}
		j := i
		for j < len(out) && g.cell.marks[out[j]] != nil {
			j++
		}
		sort.SliceStable(out[i:j], func(a, b int) bool {
			r := func(k int) int {
				return rank[g.info.Defs[g.cell.marks[out[i+k]].Names[0]]]
			}
			return r(a) < r(b)
		})
		i = j
	}
	return out
}
