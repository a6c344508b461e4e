package front

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// Position packs the place of a statement into one number, which running code
// leaves where the runtime finds it.
type Position int64

// At packs a position; columns and lines beyond their room are cut.
func At(cell, line, col int) Position {
	return Position(int64(cell)<<36 | int64(min(line, 1<<20-1))<<16 | int64(min(col, 1<<16-1)))
}

// Split unpacks it.
func (p Position) Split() (cell, line, col int) {
	return int(p >> 36), int(p >> 16 & (1<<20 - 1)), int(p & (1<<16 - 1))
}

// note stores the position before a statement that may panic or that calls: the
// interpreter's own account of a panic only knows functions. A store to a global
// variable of Core Go costs 14 ns; a race detector wants a call instead.
func (g *gen) note(n ast.Node) string {
	if !g.mayPanic(n) || n == g.noted {
		return ""
	}
	return g.noteAt(n.Pos())
}

// noteLoop stores the position of the one statement in a loop that may panic,
// before the loop: nothing in there stores another. It leaves alone loops with
// calls, closures and more than one such statement.
func (g *gen) noteLoop(body *ast.BlockStmt, heads ...ast.Node) {
	for _, h := range heads {
		if h != nil && g.mayPanic(h) {
			return
		}
	}
	var sole ast.Stmt
	ok := true
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			tv := g.info.Types[ast.Unparen(n.Fun)]
			ok = ok && (tv.IsType() || tv.IsBuiltin())
		case *ast.FuncLit, *ast.GoStmt, *ast.DeferStmt, *ast.SelectStmt, *ast.LabeledStmt, *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt:
			ok = false
		case *ast.BlockStmt:
		case ast.Stmt:
			if g.mayPanic(n) {
				ok = ok && sole == nil
				sole = n
			}
		}
		return ok
	})
	if ok && sole != nil {
		g.w("%s", g.noteAt(sole.Pos()))
		g.noted = sole
	}
}

func (g *gen) noteAt(pos token.Pos) string {
	cell, line, col, ok := ParsePos(g.s.fset.Position(pos).String())
	if !ok {
		return ""
	}
	if g.s.opts.NoteByCall {
		return fmt.Sprintf("%s.At(%d)\n", runtimeName, At(cell, line, col))
	}
	return fmt.Sprintf("%s = %d\n", LineVar, At(cell, line, col))
}

// mayPanic looks at a statement without the blocks in it, which have notes of
// their own.
func (g *gen) mayPanic(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit, *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			return false
		case *ast.CallExpr:
			tv := g.info.Types[ast.Unparen(m.Fun)]
			found = found || !tv.IsType()
		case *ast.IndexExpr, *ast.SliceExpr, *ast.StarExpr, *ast.TypeAssertExpr, *ast.SendStmt:
			found = true
		case *ast.BinaryExpr:
			if m.Op == token.QUO || m.Op == token.REM {
				found = found || g.info.Types[m.Y].Value == nil
			}
		case *ast.AssignStmt:
			found = found || m.Tok == token.QUO_ASSIGN || m.Tok == token.REM_ASSIGN
		case *ast.SelectorExpr:
			if sel := g.info.Selections[m]; sel != nil {
				_, ptr := sel.Recv().Underlying().(*types.Pointer)
				found = found || ptr
			}
		}
		return !found
	})
	return found
}
