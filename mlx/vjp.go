package mlx

import (
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// cotangent is what reaches input k of n when g reaches n: nil for nothing.
func (t *tape) cotangent(n *node, k int, g *node) *node {
	in := n.in[k]
	switch n.kind {
	case kApply:
		if op.Code(n.code) == op.Imag { // the only factor that no formula over real ops has
			return call(op.Multiply, g, fullNode(op.Complex64, nil, op.ComplexValue(1i), true))
		}
		e := op.Of(op.Code(n.code)).Deriv[k]
		if e == nil {
			return nil
		}
		if n.dtype == op.Complex64 && op.Of(op.Code(n.code)).Holomorphic() {
			return sumTo(conj(formula(e, n, conj(g))), in.shape)
		}
		return sumTo(formula(e, n, g), in.shape)
	case kCast:
		if !in.dtype.IsInexact() {
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
	case kDepends:
		if k == 0 {
			return g
		}
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
		at.mode = scatterAdd
		return scatterNode(fullNode(g.dtype, in.shape, 0, true), g, n.in[1:], &at)
	case kScatter:
		return scatterCotangent(n, k, g)
	case kCustom:
		return n.rare.custom.cotangent(n, k, g, t.forward)
	case kHost:
		if f := hostCotangents[n.code]; f != nil {
			return f(n, k, g)
		}
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
		return call(op.Multiply, g, conj(othersProduct(x, out, n.ints)))
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
	l, r := conj(n.in[0]), conj(n.in[1])
	if k == 0 {
		return MatMul(wrap(g), wrap(flip(r))).n
	}
	return MatMul(wrap(flip(l)), wrap(g)).n
}

// scatterCotangent: what was put or combined gets the cotangent of its place;
// what was there keeps its own, as far as it still counts.
func scatterCotangent(n *node, k int, g *node) *node {
	base, updates := n.in[0], n.in[1]
	put := func(to, what *node, mode scatterMode) *node {
		at := *n.at
		at.mode = mode
		return scatterNode(to, what, n.in[2:], &at)
	}
	at := func(m *node) *node { return gatherAt(m, updates.shape, n.in[2:], n.at) }
	zeros := func(shape []int) *node { return fullNode(g.dtype, shape, 0, true) }
	if k > 1 {
		return nil
	}
	switch n.at.mode {
	case scatterAdd:
		if k == 0 {
			return g
		}
		return at(g)
	case scatterMultiply:
		if k == 0 {
			return call(op.Multiply, g, put(fullNode(g.dtype, g.shape, op.Cast(g.dtype, op.Bool, 1), true), updates, scatterMultiply))
		}
		// The product of the others, also where one of them is zero.
		zero := call(op.Equal, updates, constNode(updates.dtype, 0))
		safe := call(op.Select, zero, constNode(updates.dtype, 1), updates)
		count := at(put(zeros(base.shape), castNode("equal", zero, g.dtype), scatterAdd))
		others := at(put(base, safe, scatterMultiply))
		alone := call(op.Equal, count, castNode("equal", zero, g.dtype))
		return call(op.Select, alone, call(op.Divide, call(op.Multiply, at(g), others), safe), constNode(g.dtype, 0))
	case scatterMaximum, scatterMinimum:
		if k == 0 {
			return call(op.Multiply, g, castNode("equal", call(op.Equal, n, base), g.dtype))
		}
		return call(op.Multiply, at(g), castNode("equal", call(op.Equal, at(n), updates), g.dtype))
	}
	if k == 0 {
		return put(g, zeros(updates.shape), scatterSet)
	}
	return at(g)
}

// gatherAt reads, at every point of the shape, the place that an indexing names.
func gatherAt(m *node, shape []int, index []*node, at *indexing) *node {
	read := *at
	read.mode = scatterSet
	if len(index) == 0 { // a slice
		return place{indexing: &read, shape: shape}.view(m)
	}
	x := newNode(kGather, m.dtype, shape, append([]*node{m}, index...)...)
	x.at = &read
	return x
}
