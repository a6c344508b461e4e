package front

import (
	"go/ast"
	"go/token"
	"go/types"
)

// checkBounds writes checks of the indices that a statement is certain to use,
// so that an error tells the index and the length: the interpreter's does not.
// In loops, where a check would take as long as the access, it is left out.
func (g *gen) checkBounds(st ast.Node) {
	if st == nil || g.inLoop() {
		return
	}
	switch st.(type) {
	case *ast.ExprStmt, *ast.AssignStmt, *ast.IncDecStmt, *ast.ReturnStmt, *ast.SendStmt, *ast.ValueSpec:
	default:
		return
	}
	where := g.beforeCalls(st)
	if where == nil {
		return
	}
	ast.Inspect(where, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.FuncLit: // may come later
			return false
		case *ast.BinaryExpr:
			return x.Op != token.LAND && x.Op != token.LOR
		case *ast.IndexExpr:
			g.checkIndex(x)
		}
		return true
	})
}

// beforeCalls is the part of a statement that is evaluated before anything that
// might change a variable: all of it, the only call in it, or nothing.
func (g *gen) beforeCalls(st ast.Node) (where ast.Node) {
	where = st
	n := 0
	ast.Inspect(st, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.FuncLit:
			return false
		case *ast.UnaryExpr:
			if x.Op == token.ARROW {
				n += 2
			}
		case *ast.CallExpr:
			if tv := g.info.Types[ast.Unparen(x.Fun)]; !tv.IsType() && !tv.IsBuiltin() {
				where = x
				n++
			}
		}
		return true
	})
	if n > 1 {
		return nil
	}
	return where
}

// inLoop reports whether the statement is in a loop of its function.
func (g *gen) inLoop() bool {
	for _, l := range g.fn.loops {
		if l.kind == "for" {
			return true
		}
	}
	return false
}

func (g *gen) checkIndex(x *ast.IndexExpr) {
	if tv := g.info.Types[x.X]; tv.IsType() || tv.Value != nil || isGenericRef(g.info, x.X) || !g.plainPlace(x.X) || !g.plainPlace(x.Index) {
		return
	}
	switch t := g.typeOf(x.X).Underlying().(type) {
	case *types.Slice:
	case *types.Basic:
		if t.Info()&types.IsString == 0 {
			return
		}
	case *types.Array:
		if g.info.Types[x.Index].Value != nil { // checked already
			return
		}
	default:
		return
	}
	if b, ok := g.typeOf(x.Index).Underlying().(*types.Basic); !ok || b.Kind() == types.Uint64 || b.Kind() == types.Uintptr {
		return // may not fit an int
	}
	i := "int(" + g.plain(x.Index) + ")"
	n := "len(" + g.under(x.X) + ")"
	g.w("if uint(%s) >= uint(%s) { %s.Index(%s, %s) }\n", i, n, runtimeName, i, n)
}

// plainPlace reports whether an expression can be evaluated twice: a constant,
// a variable, a field of one, or arithmetic on those that cannot fail.
func (g *gen) plainPlace(e ast.Expr) bool {
	if g.info.Types[e].Value != nil {
		return true
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		_, ok := g.obj(e).(*types.Var)
		return ok
	case *ast.SelectorExpr:
		sel := g.info.Selections[e]
		if sel == nil || sel.Kind() != types.FieldVal || len(sel.Index()) > 1 {
			return false
		}
		_, ptr := sel.Recv().Underlying().(*types.Pointer)
		return !ptr && g.plainPlace(e.X)
	case *ast.CallExpr:
		id, ok := ast.Unparen(e.Fun).(*ast.Ident)
		return ok && g.info.Types[id].IsBuiltin() && (id.Name == "len" || id.Name == "cap") && g.plainPlace(e.Args[0])
	case *ast.BinaryExpr:
		switch e.Op {
		case token.ADD, token.SUB, token.MUL:
			return g.plainPlace(e.X) && g.plainPlace(e.Y)
		}
	}
	return false
}
