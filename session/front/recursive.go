package front

import "go/types"

// rejectRecursive refuses a named type other than a struct or an interface that
// refers to itself: the interpreter cannot build it, and may die trying.
func (s *Session) rejectRecursive(n *types.Named) {
	switch n.Underlying().(type) {
	case *types.Struct, *types.Interface:
		return
	}
	seen := map[types.Type]bool{}
	var reaches func(t types.Type) bool
	reaches = func(t types.Type) bool {
		switch t := types.Unalias(t).(type) {
		case *types.Named:
			if t == n {
				return true
			}
			if seen[t] || !s.isSession(t.Obj()) || types.IsInterface(t) {
				return false
			}
			if _, ok := t.Underlying().(*types.Struct); ok {
				return false // its fields are erased where they close a cycle
			}
			seen[t] = true
			return reaches(t.Underlying())
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
			for v := range t.Params().Variables() {
				if reaches(v.Type()) {
					return true
				}
			}
			for v := range t.Results().Variables() {
				if reaches(v.Type()) {
					return true
				}
			}
		}
		return false
	}
	if reaches(n.Underlying()) {
		panic(unsupported{
			pos: s.fset.Position(n.Obj().Pos()).String(),
			msg: "type " + n.Obj().Name() + " refers to itself; in a session only structs and interfaces can (put it in a struct)",
		})
	}
}
