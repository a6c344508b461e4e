package metal

import (
	"fmt"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// productRegion writes a matrix product as a region: at each point of the
// product, the sum over the contracted axis, then the epilogue.
func productRegion(plan *backend.Plan, p *backend.Primitive) (*backend.Region, error) {
	if p.Name != "matmul" {
		return nil, fmt.Errorf("%s has no Metal kernel", p.Name)
	}
	r := &backend.Region{Space: p.Space, Inner: []int{p.Contract}}
	add := func(n backend.Node) int {
		r.Nodes = append(r.Nodes, n)
		return len(r.Nodes) - 1
	}
	var factors []int
	wide := p.Dtype
	if narrow(wide) { // products are exact in float32
		wide = op.Float32
	}
	for _, o := range p.Operands[:2] {
		d := plan.Buffer(o.Buffer).Dtype
		f := add(backend.Node{Kind: backend.Load, Dtype: d, Buffer: o.Buffer, Index: o.Index, Inner: true})
		if d != wide {
			f = add(backend.Node{Kind: backend.Cast, Dtype: wide, Args: []int{f}, Inner: true})
		}
		factors = append(factors, f)
	}
	term := add(backend.Node{Kind: backend.Apply, Op: op.Multiply, Dtype: wide, Args: factors, Inner: true})
	loop := backend.Phase{Loop: true}
	for n := range r.Nodes {
		loop.Nodes = append(loop.Nodes, n)
	}
	sum := add(backend.Node{Kind: backend.Reduce, Reduction: backend.Sum, Dtype: p.Dtype, Args: []int{term}})
	loop.Reduce = []int{sum}
	r.Phases = []backend.Phase{loop, epilogue(p, r, sum)}
	return r, nil
}

// epilogue appends the nodes of the primitive's epilogue to r, with node result
// for its value, and returns the phase that stores them.
func epilogue(p *backend.Primitive, r *backend.Region, result int) backend.Phase {
	if len(p.Stores) == 0 {
		return backend.Phase{Stores: []backend.Store{{Node: result, Buffer: p.Out, Index: rowMajor(p.Space)}}}
	}
	var ph backend.Phase
	at := make([]int, len(p.Nodes)) // where each node of the epilogue is in r
	moved := func(nodes []int) (out []int) {
		for _, n := range nodes {
			out = append(out, at[n])
		}
		return out
	}
	for i, n := range p.Nodes {
		if n.Kind == backend.Result {
			at[i] = result
			continue
		}
		n.Args, n.Guard = moved(n.Args), moved(n.Guard)
		at[i] = len(r.Nodes)
		r.Nodes = append(r.Nodes, n)
		ph.Nodes = append(ph.Nodes, at[i])
	}
	for _, s := range p.Stores {
		s.Node = at[s.Node]
		ph.Stores = append(ph.Stores, s)
	}
	return ph
}

func rowMajor(space []int) backend.Index {
	strides, n := make([]int, len(space)), 1
	for k := len(space) - 1; k >= 0; k-- {
		strides[k] = n
		n *= space[k]
	}
	return backend.Index{Strides: strides}
}
