package front

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

func (g *gen) ifStmt(x *ast.IfStmt) {
	if x.Init != nil {
		g.w("{\n")
		g.stmt(x.Init, "")
	}
	g.w("if %s ", condition(g.plain(x.Cond)))
	g.block(x.Body)
	if x.Else != nil {
		g.w(" else ")
		switch e := x.Else.(type) {
		case *ast.BlockStmt:
			g.block(e)
		case *ast.IfStmt:
			if e.Init == nil {
				g.ifStmt(e)
			} else {
				g.w("{\n")
				g.ifStmt(e)
				g.w("\n}")
			}
		}
	}
	if x.Init != nil {
		g.w("\n}")
	}
}

// captured reports whether obj is used by a closure, or its address is taken, in n.
func (g *gen) captured(o types.Object, n ast.Node) bool {
	found := false
	depth := 0
	var walk func(n ast.Node) bool
	walk = func(n ast.Node) bool {
		if n == nil || found {
			return false
		}
		switch x := n.(type) {
		case *ast.FuncLit:
			depth++
			ast.Inspect(x.Body, walk)
			depth--
			return false
		case *ast.DeferStmt:
			return true
		case *ast.UnaryExpr:
			if x.Op == token.AND {
				if id, ok := ast.Unparen(x.X).(*ast.Ident); ok && g.obj(id) == o {
					found = true
				}
			}
		case *ast.SelectorExpr:
			if id, ok := x.X.(*ast.Ident); ok && g.obj(id) == o && g.info.Selections[x] != nil && g.info.Selections[x].Kind() == types.MethodVal {
				if _, ptr := o.Type().Underlying().(*types.Pointer); !ptr {
					found = true
				}
			}
		case *ast.Ident:
			if depth > 0 && g.obj(x) == o {
				found = true
			}
		}
		return true
	}
	ast.Inspect(n, walk)
	return found
}

func (g *gen) forStmt(x *ast.ForStmt, label string) {
	l := g.push(&loop{label: label, kind: "for"})
	defer g.pop()
	var boxed []types.Object
	if as, ok := x.Init.(*ast.AssignStmt); ok && as.Tok == token.DEFINE {
		for _, lh := range as.Lhs {
			id := lh.(*ast.Ident)
			if o := g.info.Defs[id]; o != nil && id.Name != "_" && (g.captured(o, x.Body) || x.Post != nil && g.captured(o, x.Post) || x.Cond != nil && g.captured(o, x.Cond)) {
				boxed = append(boxed, o)
			}
		}
	}
	g.w("{\n")
	if x.Init != nil {
		g.stmt(x.Init, "")
	}
	ptr := map[types.Object]string{}
	for _, o := range boxed { // per-iteration copies live behind a pointer
		n := g.local(o)
		p := g.tmp(o.Name() + "p")
		ptr[o] = p
		g.w("%s := func(v %s) *%s { return &v }(%s)\n", p, g.typ(o.Type()), g.typ(o.Type()), n)
		g.names[o] = "(*" + p + ")"
	}
	if len(boxed) == 0 {
		g.noteLoop(x.Body, x.Cond, x.Post)
	}
	g.labeled(l, func() {
		cond := ""
		if x.Cond != nil {
			cond = condition(g.plain(x.Cond))
		}
		post := ""
		if x.Post != nil {
			if len(boxed) == 0 {
				save := g.b
				g.b = strings.Builder{}
				switch p := x.Post.(type) {
				case *ast.IncDecStmt:
					g.w("%s%s", g.expr(p.X), p.Tok)
				case *ast.AssignStmt:
					g.assign(p)
				case *ast.ExprStmt:
					g.w("%s", g.expr(p.X))
				case *ast.SendStmt:
					g.w("%s <- %s", g.expr(p.Chan), g.expr(p.Value))
				}
				post = strings.TrimSuffix(g.b.String(), "\n")
				g.b = save
			} else {
				save := g.b
				g.b = strings.Builder{}
				var ps, ns []string
				for _, o := range boxed {
					q := g.tmp("q")
					g.w("%s := func(v %s) *%s { return &v }(*%s)\n", q, g.typ(o.Type()), g.typ(o.Type()), ptr[o])
					g.names[o] = "(*" + q + ")"
					ps = append(ps, ptr[o])
					ns = append(ns, q)
				}
				g.stmt(x.Post, "")
				var ts []string
				for _, o := range boxed {
					ts = append(ts, "*"+g.typ(o.Type()))
				}
				body := g.b.String()
				g.b = save
				post = fmt.Sprintf("%s = func() (%s) {\n%sreturn %s\n}()", strings.Join(ps, ", "), strings.Join(ts, ", "), body, strings.Join(ns, ", "))
			}
		}
		if x.Post == nil && x.Init == nil || cond == "" && post == "" {
			g.w("for %s {\n", cond)
		} else {
			g.w("for ; %s; %s {\n", cond, post)
		}
		g.w("%s", poll)
		for _, o := range boxed {
			bp := g.tmp(o.Name() + "b")
			g.w("%s := %s\n", bp, ptr[o])
			g.names[o] = "(*" + bp + ")"
		}
		g.stmts(x.Body.List)
		g.w("}\n")
	})
	g.w("}\n")
}
