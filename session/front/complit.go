package front

import (
	"go/ast"
	"go/types"
	"strings"
)

func fieldType(st *types.Struct, name string) types.Type {
	for f := range st.Fields() {
		if f.Name() == name {
			return f.Type()
		}
	}
	return nil
}

func (g *gen) compLit(x *ast.CompositeLit, t types.Type) string {
	pre := ""
	u := t.Underlying()
	if p, ok := u.(*types.Pointer); ok {
		pre, t = "&", p.Elem()
		u = t.Underlying()
	}
	elemOf := func(e ast.Expr, et types.Type) string {
		if c, ok := e.(*ast.CompositeLit); ok && c.Type == nil {
			return g.compLit(c, et)
		}
		return g.exprTo(e, et)
	}
	var parts []string
	switch u := u.(type) {
	case *types.Struct:
		for i, e := range x.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				name := kv.Key.(*ast.Ident).Name
				parts = append(parts, name+": "+elemOf(kv.Value, fieldType(u, name)))
			} else {
				parts = append(parts, u.Field(i).Name()+": "+g.exprTo(e, u.Field(i).Type()))
			}
		}
	case *types.Map:
		for _, e := range x.Elts {
			kv := e.(*ast.KeyValueExpr)
			parts = append(parts, elemOf(kv.Key, u.Key())+": "+elemOf(kv.Value, u.Elem()))
		}
	default:
		var et types.Type
		switch u := u.(type) {
		case *types.Slice:
			et = u.Elem()
		case *types.Array:
			et = u.Elem()
		}
		for _, e := range x.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				parts = append(parts, g.expr(kv.Key)+": "+bare(elemOf(kv.Value, et)))
			} else {
				parts = append(parts, bare(elemOf(e, et)))
			}
		}
	}
	if g.s.hollow(t) {
		if pre != "" {
			return g.fail(x, "the address of a literal of type %s, which refers to itself, is not supported", typeName(t))
		}
		return g.s.fill(g.s.typ(t.Underlying())+"{"+strings.Join(parts, ", ")+"}", t)
	}
	return pre + g.s.typ(t) + "{" + strings.Join(parts, ", ") + "}"
}
