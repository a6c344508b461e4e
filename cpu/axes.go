package cpu

import (
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
)

// merge gives the region over a space with as few axes as possible: without those
// of length one, and with neighbours made one where every map goes on from the
// end of a row to the beginning of the next. The last axis is then as long as it
// can be. A region that visits its points one by one has its coordinates in no
// other place than its maps.
func merge(r *backend.Region) *backend.Region {
	out := *r
	out.Nodes = slices.Clone(r.Nodes)
	out.Phases = slices.Clone(r.Phases)
	var maps []*backend.Index
	for i := range out.Nodes {
		maps = append(maps, &out.Nodes[i].Index)
	}
	for i := range out.Phases {
		out.Phases[i].Stores = slices.Clone(out.Phases[i].Stores)
		for k := range out.Phases[i].Stores {
			maps = append(maps, &out.Phases[i].Stores[k].Index)
		}
	}
	out.Space = nil
	strides := make([][]int, len(maps))
	for axis, length := range r.Space {
		if length == 1 {
			continue
		}
		last := len(out.Space) - 1
		follows := last >= 0
		for k, m := range maps {
			follows = follows && strides[k][last] == stride(*m, axis)*length
		}
		if follows {
			out.Space[last] *= length
		} else {
			out.Space = append(out.Space, length)
			last++
		}
		for k, m := range maps {
			if follows {
				strides[k][last] = stride(*m, axis)
			} else {
				strides[k] = append(strides[k], stride(*m, axis))
			}
		}
	}
	if len(out.Space) == 0 { // a single point, from which no stride leads away
		out.Space = []int{1}
		for k := range strides {
			strides[k] = []int{1}
		}
	}
	for k, m := range maps {
		m.Strides = strides[k]
	}
	return &out
}
