package mlx

import (
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// cotangent is what reaches input k of n when g reaches n: nil for nothing.
func cotangent(n *node, k int, g *node) *node {
	in := n.in[k]
	switch n.kind {
	case kApply:
		e := op.Of(op.Code(n.code)).Deriv[k]
		if e == nil {
			return nil
		}
		return sumTo(formula(e, n, g), in.shape)
	case kCast:
		if !in.dtype.IsFloat() {
			return nil
		}
		return castNode("astype", g, in.dtype)
	case kReduce:
		return reduceCotangent(n, g)
	case kReshape:
		return reshapeNode(g, in.shape)
	case kTranspose:
		inverse := make([]int, len(n.ints))
		for i, p := range n.ints {
			inverse[p] = i
		}
		return transposeNode(g, inverse)
	case kBroadcast:
		return sumTo(g, in.shape)
	case kSame:
		return g
	case kSlice:
		return sliceCotangent(n, g)
	case kPad:
		inside := partNode(g, n.ints, n.in[0].shape)
		if k == 0 {
			return inside
		}
		return call(op.Subtract, sumTo(g, in.shape), sumTo(inside, in.shape))
	case kConcat:
		starts := make([]int, len(in.shape))
		for _, before := range n.in[:k] {
			starts[n.ints[0]] += before.shape[n.ints[0]]
		}
		return partNode(g, starts, in.shape)
	case kMatMul:
		return matmulCotangent(n, k, g)
	case kGather:
		if k > 0 {
			return nil
		}
		at := *n.at
		at.add = true
		return scatterNode(fullNode(g.dtype, in.shape, 0, true), g, n.in[1:], &at)
	case kScatter:
		return scatterCotangent(n, k, g)
	}
	return nil
}

// formula builds the nodes of a derivative of the table for the node n.
func formula(e *op.Expr, n, g *node) *node {
	switch e.Leaf {
	case op.Number:
		return constNode(g.dtype, e.Value)
	case op.G:
		return g
	case op.X:
		return n.in[0]
	case op.Y:
		return n.in[1]
	case op.Z:
		return n.in[2]
	case op.Out:
		return n
	}
	args := make([]*node, len(e.Args))
	for i, a := range e.Args {
		args[i] = formula(a, n, g)
	}
	return call(e.Code, args...)
}

// sumTo undoes a broadcast: it adds up what went to each element of the shape.
func sumTo(g *node, shape []int) *node {
	if equalShape(g.shape, shape) {
		return g
	}
	var axes []int
	off := len(g.shape) - len(shape)
	for i, d := range g.shape {
		if i < off || shape[i-off] == 1 && d != 1 {
			axes = append(axes, i)
		}
	}
	if len(axes) > 0 {
		g = reduceNode(backend.Sum, g.dtype, g, axes, false)
	}
	return reshapeNode(g, shape)
}

// partNode is the part of n that begins at starts and has the shape.
func partNode(n *node, starts, shape []int) *node {
	return sliceNode(n, starts, slices.Repeat([]int{1}, len(shape)), shape)
}

// sliceCotangent puts g back where the slice came from.
func sliceCotangent(n, g *node) *node {
	in := n.in[0]
	starts, steps := n.ints[:len(in.shape)], n.ints[len(in.shape):]
	if !slices.ContainsFunc(steps, func(s int) bool { return s != 1 }) {
		return padNode(g, starts, in.shape, fullNode(g.dtype, []int{}, 0, true))
	}
	at := &indexing{}
	for k := range starts {
		at.rows = append(at.rows, backend.Index{Offset: starts[k], Strides: append(make([]int, k), steps[k])})
	}
	return scatterNode(fullNode(g.dtype, in.shape, 0, true), g, nil, at)
}

// reduceCotangent spreads g over what was reduced.
func reduceCotangent(n, g *node) *node {
	x := n.in[0]
	kept := slices.Clone(x.shape)
	for _, a := range n.ints {
		kept[a] = 1
	}
	g = reshapeNode(g, kept)
	out := reshapeNode(n, kept)
	switch backend.Reduction(n.code) {
	case backend.Sum:
		return broadcastNode(g, x.shape)
	case backend.Prod:
		return call(op.Multiply, g, othersProduct(x, out, n.ints))
	case backend.Max, backend.Min:
		if x.dtype == op.Bool {
			return nil
		}
		// Equal elements share.
		mask := castNode("equal", call(op.Equal, x, out), g.dtype)
		return call(op.Divide, call(op.Multiply, g, mask), reduceNode(backend.Sum, g.dtype, mask, n.ints, true))
	}
	return nil
}

// othersProduct is, for each element, the product of the others along the axes,
// also where elements are zero.
func othersProduct(x, product *node, axes []int) *node {
	zero := call(op.Equal, x, constNode(x.dtype, 0))
	zeros := reduceNode(backend.Sum, x.dtype, castNode("equal", zero, x.dtype), axes, true)
	safe := call(op.Select, zero, constNode(x.dtype, 1), x)
	rest := reduceNode(backend.Prod, x.dtype, safe, axes, true)
	alone := call(op.LogicalAnd, zero, call(op.Equal, zeros, constNode(x.dtype, 1)))
	without := call(op.Equal, zeros, constNode(x.dtype, 0))
	return call(op.Select, without, call(op.Divide, product, safe), call(op.Select, alone, rest, constNode(x.dtype, 0)))
}

func matmulCotangent(n *node, k int, g *node) *node {
	flip := func(m *node) *node { return Swapaxes(wrap(m), -1, -2).n }
	l, r := n.in[0], n.in[1]
	if k == 0 {
		return MatMul(wrap(g), wrap(flip(r))).n
	}
	return MatMul(wrap(flip(l)), wrap(g)).n
}

// scatterCotangent: what was put or added gets the cotangent of its place; what
// was there keeps its own, except where something else was put.
func scatterCotangent(n *node, k int, g *node) *node {
	updates := n.in[1]
	switch {
	case k == 0 && n.at.add:
		return g
	case k == 0:
		at := *n.at
		return scatterNode(g, fullNode(g.dtype, updates.shape, 0, true), n.in[2:], &at)
	case k > 1:
		return nil
	}
	at := *n.at
	at.add = false
	if len(n.in) == 2 { // no index arrays: a slice
		return place{indexing: &at, shape: updates.shape}.view(g)
	}
	x := newNode(kGather, g.dtype, updates.shape, append([]*node{g}, n.in[2:]...)...)
	x.at = &at
	return x
}
