package front

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// hoist turns the cell's top-level := and var statements into package-level
// variable specs, leaving a marker statement where they are to be executed.
func (s *Session) hoist(c *cell) {
	h := hoister{s: s, c: c, seen: map[string]bool{}}
	for _, st := range c.body {
		h.stmt(st)
	}
	c.body = h.out
	if n := len(h.out); n > 0 {
		c.last, _ = h.out[n-1].(*ast.ExprStmt)
	}
}

type hoister struct {
	s    *Session
	c    *cell
	seen map[string]bool
	temp int
	out  []ast.Stmt
}

func (h *hoister) stmt(st ast.Stmt) {
	switch x := st.(type) {
	case *ast.AssignStmt:
		if x.Tok == token.DEFINE && h.define(x) {
			return
		}
	case *ast.DeclStmt:
		if g, ok := x.Decl.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, sp := range g.Specs {
				vs := sp.(*ast.ValueSpec)
				h.previous(vs.Names, vs.Values)
				h.add(vs, vs.Pos())
			}
			return
		}
	}
	h.out = append(h.out, st)
}

func (h *hoister) add(vs *ast.ValueSpec, pos token.Pos) {
	for _, n := range vs.Names {
		if n.Name != "_" {
			h.seen[n.Name] = true
			h.c.names[n.Name] = true
		}
	}
	m := &ast.EmptyStmt{Semicolon: pos}
	h.c.vars = append(h.c.vars, vs)
	h.c.marks[m] = vs
	h.out = append(h.out, m)
}

// define hoists names := values. A name that the cell has defined before is
// assigned through a temporary.
func (h *hoister) define(x *ast.AssignStmt) bool {
	vs := &ast.ValueSpec{Values: x.Rhs}
	var again []ast.Stmt
	for i, l := range x.Lhs {
		id, ok := l.(*ast.Ident)
		if !ok {
			return false
		}
		if !h.seen[id.Name] || id.Name == "_" {
			vs.Names = append(vs.Names, id)
			continue
		}
		h.temp++
		tmp := &ast.Ident{NamePos: id.NamePos, Name: fmt.Sprintf("%sᐧᐧt%d", id.Name, h.temp)}
		vs.Names = append(vs.Names, tmp)
		value := &ast.Ident{NamePos: x.Rhs[min(i, len(x.Rhs)-1)].Pos(), Name: tmp.Name}
		again = append(again, &ast.AssignStmt{Lhs: []ast.Expr{id}, TokPos: x.TokPos, Tok: token.ASSIGN, Rhs: []ast.Expr{value}})
	}
	h.previous(vs.Names, vs.Values)
	h.add(vs, x.Pos())
	h.out = append(h.out, again...)
	return true
}

// previous lets x := x + 1 mean the x of an earlier cell on the right.
func (h *hoister) previous(names []*ast.Ident, values []ast.Expr) {
	for _, id := range names {
		old, ok := h.s.objs[id.Name].(*types.Var)
		if !ok || h.seen[id.Name] {
			continue
		}
		for _, v := range values {
			h.rename(v, id.Name, old)
		}
	}
}

func (h *hoister) rename(value ast.Expr, name string, old *types.Var) {
	member := map[*ast.Ident]bool{}
	ast.Inspect(value, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit: // a closure may well mean the new variable
			return false
		case *ast.SelectorExpr:
			member[n.Sel] = true
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok {
				member[id] = true
			}
		case *ast.Ident:
			if n.Name == name && !member[n] {
				n.Name = h.s.previousVar(h.c, name, old)
			}
		}
		return true
	})
}

// previousVar makes an earlier cell's variable visible to the cell under a second name.
func (s *Session) previousVar(c *cell, name string, old *types.Var) string {
	alias := name + "ᐧᐧprev"
	if c.prev[alias] == nil {
		v := types.NewVar(old.Pos(), old.Pkg(), alias, old.Type())
		put(s, s.low, types.Object(v), s.low[old])
		c.prev[alias] = v
	}
	return alias
}
