package front

import (
	"fmt"
	"go/ast"
	"go/types"
)

// A named map, slice, channel or function type that refers to itself is more
// than the executor can build. In Core Go it is a struct whose one field holds
// the value as an interface{}:
//
//	type M map[string]M     type Mᐧ1 struct { V interface{} }
//
// What is done to the value is done to what the field holds; see under. Arrays
// and pointers are refused.

// hollow reports whether a type is such a struct in Core Go.
func (s *Session) hollow(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || !s.lowered(n) {
		return false
	}
	switch n.Underlying().(type) {
	case *types.Struct, *types.Interface, *types.Basic:
		return false
	}
	k := "hollow:" + s.key(n)
	if is, ok := s.erase[k]; ok {
		return is
	}
	is := s.refersTo(n.Underlying(), n)
	if is {
		switch n.Underlying().(type) {
		case *types.Array, *types.Pointer:
			panic(unsupported{
				pos: s.fset.Position(n.Obj().Pos()).String(),
				msg: "type " + n.Obj().Name() + " refers to itself; of arrays and pointers that is not supported in a session (put it in a struct)",
			})
		}
	}
	s.erase[k] = is
	return is
}

// refersTo reports whether n occurs in t, looking through all named types.
func (s *Session) refersTo(t types.Type, n *types.Named) bool {
	seen := map[types.Type]bool{}
	var reaches func(t types.Type) bool
	tuple := func(l *types.Tuple) bool {
		for v := range l.Variables() {
			if reaches(v.Type()) {
				return true
			}
		}
		return false
	}
	reaches = func(t types.Type) bool {
		switch t := types.Unalias(t).(type) {
		case *types.Named:
			if types.Identical(t, n) {
				return true
			}
			if seen[t] || !s.isSession(t.Obj()) || types.IsInterface(t) {
				return false
			}
			seen[t] = true
			return reaches(t.Underlying())
		case *types.Struct:
			for f := range t.Fields() {
				if reaches(f.Type()) {
					return true
				}
			}
		case *types.Pointer:
			return reaches(t.Elem())
		case *types.Slice:
			return reaches(t.Elem())
		case *types.Array:
			return reaches(t.Elem())
		case *types.Chan:
			return reaches(t.Elem())
		case *types.Map:
			return reaches(t.Key()) || reaches(t.Elem())
		case *types.Signature:
			return tuple(t.Params()) || tuple(t.Results())
		}
		return false
	}
	return reaches(t)
}

// fill makes a hollow type of its underlying one.
func (s *Session) fill(val string, t types.Type) string {
	h := s.helper("fill:"+s.key(t), "fill", func(n string) string {
		ty := s.typ(t)
		return fmt.Sprintf("func %s(v %s) %s { return %s{V: v} }\n", n, s.typ(t.Underlying()), ty, ty)
	})
	return h + "(" + val + ")"
}

// opened is the underlying value of a hollow type.
func (s *Session) opened(val string, t types.Type) string {
	return s.load("("+val+").V", t.Underlying())
}

// under lowers e for an operation on its underlying value.
func (g *gen) under(e ast.Expr) string {
	s := g.expr(e)
	if t := g.typeOf(e); t != nil && g.s.hollow(t) {
		return g.s.opened(s, t)
	}
	return s
}

// refill converts between a hollow type and its underlying one.
func (s *Session) refill(val string, from, to types.Type) string {
	if from == nil || to == nil {
		return val
	}
	switch f, t := s.hollow(from), s.hollow(to); {
	case t && isNil(from):
		return s.typ(to) + "{}"
	case t && !f:
		return s.fill(val, to)
	case f && !t && !isIface(to):
		return s.opened(val, from)
	case f && t && !types.Identical(from, to):
		return s.fill(s.opened(val, from), to)
	}
	return val
}
