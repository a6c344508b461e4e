package cpu

import (
	"testing"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// TestTaken: regions of every op that vector programs have are taken by them, and
// others are left.
func TestTaken(t *testing.T) {
	row := backend.Index{Strides: []int{1}}
	load := backend.Node{Kind: backend.Load, Dtype: op.Float32, Index: row}
	word := backend.Node{Kind: backend.Load, Dtype: op.Uint32, Index: backend.Index{Strides: []int{0}}}
	apply := func(c op.Code, d op.Dtype, args ...int) backend.Node {
		return backend.Node{Kind: backend.Apply, Op: c, Dtype: d, Args: args}
	}
	taken := func(nodes ...backend.Node) bool {
		r := &backend.Region{Space: []int{100}, Nodes: nodes,
			Phases: []backend.Phase{{Stores: []backend.Store{{Node: len(nodes) - 1, Buffer: 9, Index: row}}}}}
		return compileVector(r, interp) != nil
	}
	for c := range unary {
		if !taken(load, apply(c, op.Float32, 0)) {
			t.Errorf("%v is not taken", c)
		}
	}
	for c := range binary {
		if !taken(load, apply(c, op.Float32, 0, 0)) {
			t.Errorf("%v is not taken", c)
		}
	}
	for c := range predicates {
		if !taken(load, apply(c, op.Bool, 0, 0), apply(op.IsNaN, op.Bool, 0), apply(op.LogicalOr, op.Bool, 1, 2),
			apply(op.LogicalNot, op.Bool, 3), apply(op.Select, op.Float32, 4, 0, 0)) {
			t.Errorf("%v is not taken", c)
		}
	}
	bits := backend.Node{Kind: backend.Bits, Dtype: op.Uint32, Args: []int{0, 0}, Index: row, High: 100}
	cast := backend.Node{Kind: backend.Cast, Dtype: op.Float32, Args: []int{1}}
	if !taken(word, bits, cast) {
		t.Error("random bits are not taken")
	}
	for name, nodes := range map[string][]backend.Node{
		"power":                  {load, apply(op.Power, op.Float32, 0, 0)},
		"a key in a parameter":   {{Kind: backend.Param, Dtype: op.Uint32}, bits, cast},
		"float64":                {{Kind: backend.Load, Dtype: op.Float64, Index: row}},
		"a mask":                 {load, apply(op.Less, op.Bool, 0, 0)},
		"every second element":   {{Kind: backend.Load, Dtype: op.Float32, Index: backend.Index{Strides: []int{2}}}},
		"a load behind a guard":  {load, {Kind: backend.Load, Dtype: op.Float32, Index: row, Guard: []int{0}}},
		"casts to integers":      {load, {Kind: backend.Cast, Dtype: op.Int32, Args: []int{0}}},
		"integers from a buffer": {{Kind: backend.Load, Dtype: op.Int32, Index: row}, {Kind: backend.Cast, Dtype: op.Float32, Args: []int{0}}},
	} {
		if taken(nodes...) {
			t.Errorf("%s is taken", name)
		}
	}
}

// TestMerge: axes become one where the maps go on, and only there.
func TestMerge(t *testing.T) {
	index := func(s ...int) backend.Index { return backend.Index{Strides: s} }
	r := merge(&backend.Region{Space: []int{2, 3, 1, 4, 5}, Nodes: []backend.Node{{Index: index(60, 20, 7, 5, 1)}, {Index: index(0, 0, 0, 5, 1)}},
		Phases: []backend.Phase{{Stores: []backend.Store{{Index: index(60, 20, 20, 5, 1)}}}}})
	if len(r.Space) != 2 || r.Space[0] != 6 || r.Space[1] != 20 || r.Nodes[0].Index.Strides[0] != 20 || r.Nodes[1].Index.Strides[0] != 0 {
		t.Errorf("space %v, maps %v", r.Space, r.Nodes)
	}
}
