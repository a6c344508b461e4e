package cpu_test

import (
	"fmt"
	"testing"

	"github.com/ingot-go/ingot/cpu"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/backend/reference"
	"github.com/ingot-go/ingot/mlx/op"
)

// softmaxPlan is a softmax over the rows, or the columns, of a matrix, with the sum
// of sines and the number of positive elements of each row beside it, and the
// elements shifted down the axis by one, as a padded load, added at the end.
func softmaxPlan(rows, cols int, down, shifted bool) *backend.Plan {
	f := op.Float32
	at := backend.Index{Strides: []int{cols, 1}}
	space, inner := rows, cols
	if down {
		at, space, inner = backend.Index{Strides: []int{1, cols}}, cols, rows
	}
	node := func(c op.Code, d op.Dtype, args ...int) backend.Node {
		return backend.Node{Kind: backend.Apply, Op: c, Dtype: d, Args: args, Inner: true}
	}
	reduce := func(r backend.Reduction, d op.Dtype, arg int) backend.Node {
		return backend.Node{Kind: backend.Reduce, Reduction: r, Dtype: d, Args: []int{arg}}
	}
	r := &backend.Region{Space: []int{space}, Inner: []int{inner}, Nodes: []backend.Node{
		{Kind: backend.Load, Dtype: f, Index: at, Inner: true}, // 0
		reduce(backend.Max, f, 0),
		node(op.Subtract, f, 0, 1),
		node(op.Exp, f, 2),
		reduce(backend.Sum, f, 3),
		node(op.Divide, f, 3, 4), // 5
		node(op.Sin, f, 0),
		reduce(backend.Sum, f, 6),
		{Kind: backend.Const, Dtype: f},
		node(op.Greater, op.Bool, 0, 8),
		{Kind: backend.Cast, Dtype: op.Int32, Args: []int{9}, Inner: true}, // 10
		reduce(backend.Sum, op.Int32, 10),
	}}
	out := backend.Index{Strides: []int{1, 0}}
	last := backend.Phase{Loop: true, Nodes: []int{0, 2, 3, 5}, Stores: []backend.Store{{Node: 5, Buffer: 1, Index: at}}}
	if shifted {
		before := at
		before.Offset = -at.Strides[1]
		r.Nodes = append(r.Nodes, backend.Node{Kind: backend.Inside, Dtype: op.Bool, Index: backend.Index{Strides: []int{0, 1}}, Low: 1, High: inner, Inner: true},
			backend.Node{Kind: backend.Load, Dtype: f, Index: before, Guard: []int{12}, Inner: true},
			node(op.Add, f, 5, 13))
		last.Nodes = append(last.Nodes, 12, 13, 14)
		last.Stores[0].Node = 14
	}
	r.Phases = []backend.Phase{
		{Loop: true, Nodes: []int{0, 6}, Reduce: []int{1, 7}},
		{Loop: true, Nodes: []int{0, 2, 3, 8, 9, 10}, Reduce: []int{4, 11}},
		last,
		{Stores: []backend.Store{{Node: 7, Buffer: 2, Index: out}, {Node: 11, Buffer: 3, Index: out}}},
	}
	return &backend.Plan{Inputs: []backend.Spec{{Dtype: f, Size: rows * cols}},
		Outputs: []backend.Spec{{Dtype: f, Size: rows * cols}, {Dtype: f, Size: space}, {Dtype: op.Int32, Size: space}},
		Steps:   []backend.Step{{Region: r}}}
}

// TestGroups runs regions with reductions on every engine: those that are
// compiled and evaluated give the same bits, near the reference's.
func TestGroups(t *testing.T) {
	for _, shape := range [][2]int{{1, 1}, {3, 70}, {70, 3}, {40, 1000}, {5, 5000}, {1, 150_000}, {130, 600}} {
		for _, form := range []struct{ down, shifted bool }{{false, false}, {true, false}, {false, true}, {true, true}} {
			name := fmt.Sprint(shape, form)
			p := softmaxPlan(shape[0], shape[1], form.down, form.shifted)
			in := randomFloats(shape[0] * shape[1])
			in[len(in)/2] = 7e4 // beyond sin in machine code, alone in the softmax of its row
			rec := &backend.Record{Plan: p, Inputs: [][]byte{backend.From(op.Float32, in).Bytes}}
			results := map[string][]*backend.Buffer{}
			for _, engine := range []string{"scalar", "avx2", "avx512", "tiles"} {
				t.Setenv(cpu.Variable, engine)
				got, err := rec.Run(cpu.Backend{})
				if err != nil {
					continue // this processor does not have it
				}
				results[engine] = got
			}
			want, err := rec.Run(reference.Backend{})
			if err != nil {
				t.Fatal(err)
			}
			for engine, got := range results {
				for k := range got {
					if err := got[k].Differs(want[k], 1e-4, 1e-4); err != nil {
						t.Errorf("%s output %d on %s: %v", name, k, engine, err)
					}
					if engine != "tiles" && string(got[k].Bytes) != string(results["scalar"][k].Bytes) {
						t.Errorf("%s output %d: %s gives other bits than scalar", name, k, engine)
					}
				}
			}
		}
	}
}
