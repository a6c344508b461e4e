package mlx

import (
	"math"
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// NoAxis among the axes of [VMapN] marks an argument that all calls share.
const NoAxis = math.MinInt

// VMap is f, a function of arrays without the first axis, for arrays with it: it
// gives what stacking the results of f for each element of that axis would. f is
// called once, and what it computes is done for the whole axis at a time.
func VMap(f func(*Array) *Array) func(*Array) *Array {
	g := VMapN(func(a ...*Array) []*Array { return []*Array{f(a[0])} }, nil, nil)
	return func(x *Array) *Array { return g(x)[0] }
}

// VMapN is [VMap] for functions of several arrays with several results. inAxes
// says along which axis of each argument to go, or [NoAxis]; outAxes where the
// axis is to be in each result. Nil is axis 0 for all.
func VMapN(f func(...*Array) []*Array, inAxes, outAxes []int) func(...*Array) []*Array {
	const name = "vmap"
	inAxes, outAxes = slices.Clone(inAxes), slices.Clone(outAxes)
	return func(args ...*Array) []*Array {
		m := newMapping(name, args, inAxes)
		defer m.tape.end()
		outs := f(m.traced...)
		ys := make([]*node, len(outs))
		for i, o := range outs {
			ys[i] = o.result(name)
		}
		m.tape.walk(ys, true)
		for _, n := range m.tape.order {
			if m.done[n] == nil {
				m.done[n] = m.batch(n)
			}
		}
		results := make([]*Array, len(ys))
		for i, y := range ys {
			at := 0
			if i < len(outAxes) {
				at = outAxes[i]
			}
			if at == NoAxis {
				if m.done[y] != nil {
					fail(name, "axis", "result %d differs along the mapped axis", i)
				}
				results[i] = wrap(y)
				continue
			}
			results[i] = Moveaxis(wrap(m.mapped(y)), 0, normAxis(name, at, len(y.shape)+1))
		}
		return results
	}
}

// mapping is a call of a mapped function on its way: done holds, for each node
// that differs along the mapped axis, what it is with that axis in front.
type mapping struct {
	size   int
	tape   *tape
	traced []*Array
	done   map[*node]*node
	rules  map[*node][]*node // the results of custom calls that map themselves, by their first one
}

func newMapping(name string, args []*Array, axes []int) *mapping {
	tr := &trace{symbolic: true}
	m := &mapping{size: -1, tape: &tape{trace: tr, set: &traces{[]*trace{tr}}}, done: map[*node]*node{}, rules: map[*node][]*node{}}
	for i, a := range args {
		n := a.node(name)
		at := 0
		if i < len(axes) {
			at = axes[i]
		}
		if at == NoAxis {
			m.traced = append(m.traced, wrap(n))
			continue
		}
		at = normAxis(name, at, len(n.shape))
		if m.size >= 0 && m.size != n.shape[at] {
			fail(name, "shape", "mapped axes of lengths %d and %d", m.size, n.shape[at])
		}
		m.size = n.shape[at]
		front := Moveaxis(wrap(n), at, 0).n
		p := placeholder(m.tape.set.join(n.traces), n.dtype, front.shape[1:])
		m.done[p] = front
		m.traced = append(m.traced, wrap(p))
	}
	if m.size < 0 {
		fail(name, "axis", "no argument is mapped")
	}
	return m
}

// placeholder stands for an argument while a function is traced.
func placeholder(t *traces, d op.Dtype, shape []int) *node {
	p := newNode(kPlace, d, shape)
	p.traces = t
	return p
}

// mapped is the node with the mapped axis in front, repeated along it if need be.
func (m *mapping) mapped(n *node) *node {
	if b := m.done[n]; b != nil {
		return b
	}
	return broadcastNode(reshapeNode(n, m.with(n.shape, 1)), m.with(n.shape, m.size))
}

func (m *mapping) with(shape []int, size int) []int { return append([]int{size}, shape...) }

// aligned is an operand of a node with ndim axes: the mapped axis stays in front.
func (m *mapping) aligned(n *node, ndim int) *node {
	b := m.done[n]
	if b == nil {
		return n
	}
	shape := slices.Repeat([]int{1}, ndim+1)
	shape[0] = m.size
	copy(shape[1+ndim-len(n.shape):], n.shape)
	return reshapeNode(b, shape)
}

// batch is the node for the whole mapped axis.
func (m *mapping) batch(n *node) *node {
	whole := m.with(n.shape, m.size)
	shifted := func(axes []int) []int {
		out := make([]int, len(axes))
		for i, a := range axes {
			out[i] = a + 1
		}
		return out
	}
	in := func(k int) *node { return m.mapped(n.in[k]) }
	switch n.kind {
	case kApply:
		args := make([]*node, len(n.in))
		for i, x := range n.in {
			args[i] = m.aligned(x, len(n.shape))
		}
		return applyNode(op.Code(n.code), n.dtype, args...)
	case kCast:
		return castNode("astype", in(0), n.dtype)
	case kReduce:
		return reduceNode(backend.Reduction(n.code), n.dtype, in(0), shifted(n.ints), false)
	case kReshape:
		return reshapeNode(in(0), whole)
	case kTranspose:
		return transposeNode(in(0), append([]int{0}, shifted(n.ints)...))
	case kBroadcast:
		return broadcastNode(m.aligned(n.in[0], len(n.shape)), whole)
	case kSlice:
		d := len(n.shape)
		return sliceNode(in(0), m.with(n.ints[:d], 0), m.with(n.ints[d:], 1), whole)
	case kPad:
		return m.pad(n, whole)
	case kConcat:
		parts := make([]*node, len(n.in))
		for i := range parts {
			parts[i] = in(i)
		}
		c := newNode(kConcat, n.dtype, whole, parts...)
		c.ints = []int{n.ints[0] + 1}
		return c
	case kSame, kStop:
		return newNode(n.kind, n.dtype, whole, in(0))
	case kDepends:
		first := make([]*node, 0, len(n.in))
		for k := range n.in[1:] {
			first = append(first, in(k+1))
		}
		return newNode(kDepends, n.dtype, whole, append([]*node{in(0)}, first...)...)
	case kMatMul:
		return newNode(kMatMul, n.dtype, whole, in(0), in(1))
	case kGather:
		return m.gather(n, whole)
	case kScatter:
		index := make([]*node, 0, len(n.in))
		for k := range n.in[2:] {
			index = append(index, in(k+2))
		}
		return scatterNode(in(0), in(1), index, n.at.batched(true))
	case kArgSort:
		return newNode(kArgSort, n.dtype, whole, in(0))
	case kHost:
		if backend.Kernel(n.code) == backend.Search && m.done[n.in[0]] == nil {
			return hostNode(backend.Search, n.dtype, whole, n.ints, n.in[0], in(1))
		}
		if backend.Kernel(n.code).Batches() {
			args := make([]*node, len(n.in))
			for i := range args {
				args[i] = in(i)
			}
			return hostNode(backend.Kernel(n.code), n.dtype, whole, n.ints, args...)
		}
	case kCustom:
		return n.rare.custom.batched(m, n)
	}
	return m.loop(n)
}

// loop computes the node once for each element of the mapped axis: for what has
// no other way.
func (m *mapping) loop(n *node) *node {
	parts := make([]*Array, m.size)
	for i := range parts {
		args := make([]*node, len(n.in))
		for k, x := range n.in {
			args[k] = x
			if b := m.done[x]; b != nil {
				args[k] = wrap(b).At(i).n
			}
		}
		parts[i] = wrap(n.with(args))
	}
	if len(parts) == 0 {
		return fullNode(n.dtype, m.with(n.shape, 0), 0, true)
	}
	return Stack(parts).n
}

// with is what n computes, of other inputs with the same shapes.
func (n *node) with(in []*node) *node {
	x := newNode(n.kind, n.dtype, n.shape, in...)
	x.code, x.ints, x.at, x.value, x.fixed = n.code, n.ints, n.at, n.value, n.fixed
	if c := n.few().custom; c != nil {
		x.own().custom = c.like()
	}
	return x
}

func (m *mapping) pad(n *node, whole []int) *node {
	x := m.mapped(n.in[0])
	before := m.with(n.ints, 0)
	if m.done[n.in[1]] == nil {
		return padNode(x, before, whole, n.in[1])
	}
	around := fullNode(n.dtype, []int{}, 0, true)
	inside := padNode(fullNode(op.Bool, x.shape, 1, true), before, whole, fullNode(op.Bool, []int{}, 0, true))
	return call(op.Select, inside, padNode(x, before, whole, around), m.aligned(n.in[1], len(n.shape)))
}

func (m *mapping) gather(n *node, whole []int) *node {
	src, ownAxis := n.in[0], m.done[n.in[0]] != nil
	if ownAxis {
		src = m.done[src]
	}
	args := []*node{src}
	for _, i := range n.in[1:] {
		args = append(args, m.mapped(i))
	}
	g := newNode(kGather, n.dtype, whole, args...)
	g.at = n.at.batched(ownAxis)
	return g
}

// batched is the indexing with one more axis in front of the index space; with
// own the indexed array has it too.
func (x *indexing) batched(own bool) *indexing {
	y := &indexing{mode: x.mode}
	shift := 0
	if own {
		shift = 1
		y.rows = append(y.rows, backend.Index{Strides: []int{1}})
	}
	for _, r := range x.rows {
		if len(r.Strides) > 0 {
			r.Strides = append([]int{0}, r.Strides...)
		}
		y.rows = append(y.rows, r)
	}
	for _, a := range x.axes {
		y.axes = append(y.axes, a+shift)
	}
	return y
}
