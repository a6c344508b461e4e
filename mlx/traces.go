package mlx

import (
	"slices"
	"sync/atomic"
)

// A trace is one call of a function that is transformed. While it is active, the
// nodes that depend on its arguments keep their inputs, because it is going to
// walk them. In a symbolic one the arguments have no elements that could be read.
type trace struct {
	ended    atomic.Bool
	symbolic bool
}

// traces is the set of traces that a node depends on. It is nil for most nodes.
type traces struct{ list []*trace }

func (t *traces) active() bool {
	if t == nil {
		return false
	}
	for _, x := range t.list {
		if !x.ended.Load() {
			return true
		}
	}
	return false
}

// symbolic reports whether what depends on the traces cannot be read.
func (t *traces) symbolic() bool {
	return t != nil && slices.ContainsFunc(t.list, func(x *trace) bool { return x.symbolic && !x.ended.Load() })
}

// join is the traces of a node with inputs in t and u; those that ended are left out.
func (t *traces) join(u *traces) *traces {
	switch {
	case t == u:
		return t
	case !u.active():
		return t
	case !t.active():
		return u
	}
	more := slices.DeleteFunc(slices.Clone(u.list), func(x *trace) bool {
		return slices.Contains(t.list, x) || x.ended.Load()
	})
	if len(more) == 0 {
		return t
	}
	return &traces{append(slices.Clone(t.list), more...)}
}
