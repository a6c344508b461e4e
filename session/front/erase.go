package front

import (
	"fmt"
	"go/ast"
	"go/types"
)

func refLike(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Signature:
		return true
	}
	return false
}

func (s *Session) erased(n *types.Named, i int) bool {
	st, ok := n.Underlying().(*types.Struct)
	if !ok || !s.isSession(n.Obj()) && s.shadows[n.Obj().Pkg().Path()] == nil {
		return false
	}
	ft := st.Field(i).Type()
	if !refLike(ft) || st.Field(i).Embedded() {
		return false
	}
	self := s.key(n)
	k := fmt.Sprintf("erase:%s:%d", self, i)
	if v, ok := s.erase[k]; ok {
		return v
	}
	seen := map[string]bool{}
	var walk func(t types.Type, ind bool) bool
	walk = func(t types.Type, ind bool) bool {
		switch t := types.Unalias(t).(type) {
		case *types.Named:
			if t.Obj().Pkg() == nil {
				return false
			}
			if s.isSession(t.Obj()) && s.hollow(t) {
				return false
			}
			tk := s.key(t)
			if tk == self {
				return ind
			}
			if seen[tk] || !s.isSession(t.Obj()) {
				return false
			}
			seen[tk] = true
			return walk(t.Underlying(), true)
		case *types.Pointer:
			return walk(t.Elem(), ind)
		case *types.Slice:
			return walk(t.Elem(), ind)
		case *types.Array:
			return walk(t.Elem(), ind)
		case *types.Chan:
			return walk(t.Elem(), ind)
		case *types.Map:
			return walk(t.Key(), ind) || walk(t.Elem(), ind)
		case *types.Struct:
			for i := 0; i < t.NumFields(); i++ {
				if walk(t.Field(i).Type(), ind) {
					return true
				}
			}
		case *types.Signature:
			for i := 0; i < t.Params().Len(); i++ {
				if walk(t.Params().At(i).Type(), true) {
					return true
				}
			}
			for i := 0; i < t.Results().Len(); i++ {
				if walk(t.Results().At(i).Type(), true) {
					return true
				}
			}
		}
		return false
	}
	r := walk(ft, false)
	s.erase[k] = r
	return r
}

// load returns the typed value of an erased field.
func (s *Session) load(src string, t types.Type) string {
	h := s.helper("ld:"+s.key(t), "ld", func(n string) string {
		ty := s.typ(t)
		return fmt.Sprintf("func %s(v interface{}) %s { if v == nil { var z %s; return z }; return v.(%s) }\n", n, ty, ty, ty)
	})
	return h + "(" + src + ")"
}

// erasedLHS returns the raw field expression when e is an erased field.
func (g *gen) erasedLHS(e ast.Expr) (string, bool) {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	sl := g.info.Selections[sel]
	if sl == nil || sl.Kind() != types.FieldVal {
		return "", false
	}
	src, _, er := g.path2(g.expr(sel.X), g.sub(sl.Recv()), sl.Index())
	return src, er
}
