package front

import (
	"go/ast"
	"go/types"
	"iter"
)

// members lists the fields and methods that can be selected on a value of type
// t, promoted ones included.
func (s *Session) members(t types.Type) (l []types.Object) {
	pt := t
	if _, ok := t.Underlying().(*types.Pointer); !ok && !isIface(t) {
		pt = types.NewPointer(t)
	}
	ms := types.NewMethodSet(pt)
	for i := range ms.Len() {
		if o := ms.At(i).Obj(); o.Exported() || isMain(o) {
			l = append(l, o)
		}
	}
	return append(l, s.fields(t, 0)...)
}

func (s *Session) fields(t types.Type, depth int) (l []types.Object) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || depth > 4 {
		return nil
	}
	for f := range st.Fields() {
		if f.Exported() || isMain(f) {
			l = append(l, f)
		}
		if f.Embedded() {
			l = append(l, s.fields(f.Type(), depth+1)...)
		}
	}
	return l
}

// nodes yields every syntax node of a cell.
func (c *cell) nodes() iter.Seq[ast.Node] {
	return func(yield func(ast.Node) bool) {
		done := false
		visit := func(n ast.Node) {
			ast.Inspect(n, func(n ast.Node) bool {
				if done || n == nil {
					return false
				}
				done = !yield(n)
				return !done
			})
		}
		for _, f := range c.funcs {
			visit(f)
		}
		for _, v := range c.vars {
			visit(v)
		}
		for _, st := range c.body {
			visit(st)
		}
	}
}

// selectorsNamed yields the cell's selector expressions for a name.
func selectorsNamed(c *cell, name string) iter.Seq[*ast.SelectorExpr] {
	return func(yield func(*ast.SelectorExpr) bool) {
		for n := range c.nodes() {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == name && !yield(sel) {
				return
			}
		}
	}
}
