package mlx

import "slices"

// fitted is a node like n with the shape that follows from inputs of other
// shapes than its own. What does not depend on the inputs stays.
func (n *node) fitted(in []*node) *node {
	x := &node{kind: n.kind, code: n.code, dtype: n.dtype, fixed: n.fixed, ints: n.ints, at: n.at, value: n.value, rare: n.rare}
	x.shape = n.shapeFor(in)
	return x
}

func (n *node) shapeFor(in []*node) []int {
	switch n.kind {
	case kApply:
		shape := in[0].shape
		for _, x := range in[1:] {
			shape = broadcastShape("compile", shape, x.shape)
		}
		return shape
	case kCast, kSame, kStop, kArgSort, kDepends, kCustom:
		return in[0].shape
	case kReduce:
		var shape []int
		for k, d := range in[0].shape {
			if !slices.Contains(n.ints, k) {
				shape = append(shape, d)
			}
		}
		return append([]int{}, shape...)
	case kTranspose:
		shape := make([]int, len(n.ints))
		for k, p := range n.ints {
			shape[k] = in[0].shape[p]
		}
		return shape
	case kReshape:
		return n.reshapedFor(in[0].shape)
	case kConcat:
		shape := slices.Clone(in[0].shape)
		for _, x := range in[1:] {
			shape[n.ints[0]] += x.shape[n.ints[0]]
		}
		return shape
	case kMatMul:
		d := len(n.shape)
		shape := slices.Clone(in[0].shape)
		shape[d-1] = in[1].shape[d-1]
		return shape
	case kPad:
		shape := slices.Clone(n.shape)
		for k := range shape {
			shape[k] += in[0].shape[k] - n.in[0].shape[k]
		}
		return shape
	}
	return n.shape
}

// reshapedFor: where a reshape only adds or takes axes of length 1, the others
// follow those of the argument.
func (n *node) reshapedFor(in []int) []int {
	was := n.in[0].shape
	shape := slices.Clone(n.shape)
	k := 0
	for i, d := range shape {
		if d == 1 {
			continue
		}
		for k < len(was) && was[k] == 1 {
			k++
		}
		if k == len(was) || was[k] != d {
			return n.shape
		}
		shape[i] = in[k]
		k++
	}
	for ; k < len(was); k++ {
		if was[k] != 1 {
			return n.shape
		}
	}
	return shape
}

// sameAs reports whether p, for the arguments of q, which have other shapes, is q.
func (p *program) sameAs(q *program) bool {
	if len(p.code) != len(q.code) || !slices.Equal(p.results, q.results) || !slices.Equal(p.captured, q.captured) || len(p.drawn) != len(q.drawn) {
		return false
	}
	values := slices.Concat(q.args, q.drawn, q.captured)
	for i, c := range p.code {
		d := q.code[i]
		in := make([]*node, len(c.in))
		for k, at := range c.in {
			in[k] = values[at]
		}
		if !slices.Equal(c.in, d.in) || c.n.few().custom != nil {
			return false
		}
		x := c.n.fitted(in)
		if x.text(nil) != d.n.text(nil) {
			return false
		}
		values = append(values, x)
	}
	return true
}
