package mlx

import (
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
)

// simplify gives a region as few axes as its maps allow: axes of length 1 go,
// and neighbours that every map walks through without a break become one.
func simplify(r *backend.Region) {
	maps := indexMaps(r)
	r.Space = fold(r.Space, 0, maps)
	r.Inner = fold(r.Inner, len(r.Space), maps)
}

func indexMaps(r *backend.Region) []*backend.Index {
	var maps []*backend.Index
	for i := range r.Nodes {
		switch r.Nodes[i].Kind {
		case backend.Load, backend.Iota, backend.Inside, backend.Bits:
			maps = append(maps, &r.Nodes[i].Index)
		}
	}
	for p := range r.Phases {
		for i := range r.Phases[p].Stores {
			maps = append(maps, &r.Phases[p].Stores[i].Index)
		}
	}
	// Maps may share their strides, which are going to change.
	for _, m := range maps {
		m.Strides = slices.Clone(m.Strides)
	}
	return maps
}

// fold merges the axes of one of the two spaces, whose coordinates begin at from.
func fold(space []int, from int, maps []*backend.Index) []int {
	out := slices.Clone(space)
	drop := func(k int) {
		out = slices.Delete(out, k, k+1)
		for _, m := range maps {
			m.Strides = slices.Delete(m.Strides, from+k, from+k+1)
		}
	}
	for k := len(out) - 1; k >= 0; k-- {
		if out[k] == 1 {
			drop(k)
			continue
		}
		if k+1 >= len(out) {
			continue
		}
		next := out[k+1]
		if slices.ContainsFunc(maps, func(m *backend.Index) bool {
			return m.Strides[from+k] != m.Strides[from+k+1]*next
		}) {
			continue
		}
		out[k+1] *= out[k]
		drop(k)
	}
	return out
}

// Limits of a region that came out of a merge.
const (
	mergedNodes = 256
	mergedLoads = maxOperands
)

// merge joins pointwise regions over the same points into one with several
// outputs, where no step between them stands in the way.
func (s *scheduler) merge(steps []backend.Step) []backend.Step {
	var out []backend.Step
	for _, st := range steps {
		if st.Region == nil || s.pinned[st.Region] || !mergeable(st.Region) || !mergeInto(out, st.Region) {
			out = append(out, st)
		}
	}
	return out
}

func mergeable(r *backend.Region) bool {
	return len(r.Phases) == 1 && len(r.Inner) == 0 && len(r.Phases[0].Reduce) == 0
}

// mergeInto tries the steps from the last one backwards.
func mergeInto(steps []backend.Step, r *backend.Region) bool {
	reads := map[int]bool{}
	for _, n := range r.Nodes {
		if n.Kind == backend.Load {
			reads[n.Buffer] = true
		}
	}
	for i := len(steps) - 1; i >= 0; i-- {
		h := steps[i].Region
		if h != nil && mergeable(h) && slices.Equal(h.Space, r.Space) && len(h.Nodes)+len(r.Nodes) <= mergedNodes && join(h, r) {
			return true
		}
		if slices.ContainsFunc(writes(steps[i]), func(b int) bool { return reads[b] }) {
			return false
		}
	}
	return false
}

func writes(st backend.Step) (list []int) {
	if p := st.Primitive; p != nil {
		return []int{p.Out}
	}
	for _, ph := range st.Region.Phases {
		for _, s := range ph.Stores {
			list = append(list, s.Buffer)
		}
	}
	return list
}

// join appends the nodes of r to those of h, equal ones once. What h stores and
// r loads at the same place becomes a use of the node.
func join(h, r *backend.Region) bool {
	stored := map[int]backend.Store{}
	for _, s := range h.Phases[0].Stores {
		stored[s.Buffer] = s
	}
	nodes, loads := slices.Clone(h.Nodes), map[int]bool{}
	known := map[string]int{}
	for i, n := range nodes {
		known[contents(n)] = i
		if n.Kind == backend.Load {
			loads[n.Buffer] = true
		}
	}
	at := make([]int, len(r.Nodes))
	for i, n := range r.Nodes {
		if s, ok := stored[n.Buffer]; ok && n.Kind == backend.Load {
			if len(n.Guard) > 0 || n.Index.Offset != s.Index.Offset || !slices.Equal(n.Index.Strides, s.Index.Strides) {
				return false
			}
			at[i] = s.Node
			continue
		}
		n.Args, n.Guard = renumber(n.Args, at), renumber(n.Guard, at)
		key := contents(n)
		if k, ok := known[key]; ok {
			at[i] = k
			continue
		}
		if n.Kind == backend.Load {
			loads[n.Buffer] = true
		}
		known[key], at[i] = len(nodes), len(nodes)
		nodes = append(nodes, n)
	}
	if len(loads) > mergedLoads {
		return false
	}
	h.Nodes = nodes
	ph := &h.Phases[0]
	for _, s := range r.Phases[0].Stores {
		s.Node = at[s.Node]
		ph.Stores = append(ph.Stores, s)
	}
	want := make([]bool, len(nodes))
	for _, s := range ph.Stores {
		want[s.Node] = true
	}
	ph.Nodes = closure(nodes, want)
	return true
}

func renumber(list, at []int) []int {
	var out []int
	for _, a := range list {
		out = append(out, at[a])
	}
	return out
}
