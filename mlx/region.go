package mlx

import (
	varint "encoding/binary"
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// regionBuilder turns a node of the graph, and what can be fused with it, into
// a region. Buffers are named by the number of the node that they hold.
type regionBuilder struct {
	s            *scheduler
	target       *node
	dest         destination
	space, inner []int
	coords       *coords
	nodes        []backend.Node
	memo         map[memoKey]int
	pinned       bool
	known        map[string]int // nodes by their contents, so that equal ones are there once
}

// destination is where the elements of a region's target go: into the memory of
// a node, from element offset on, with one stride for each axis of the target.
type destination struct {
	n       *node
	strides []int
	offset  int
}

type memoKey struct {
	n *node
	c *coord
}

// needed is panicked with inside the builder when a node cannot be fused and
// must be computed by a step of its own.
type needed struct{ n *node }

// catchNeeded is deferred by who builds a step: it turns the panic with needed
// into the node, and lets any other go on.
func catchNeeded(need **node) {
	switch e := recover().(type) {
	case nil:
	case needed:
		*need = e.n
	default:
		panic(e)
	}
}

// buildRegion makes the region that computes n. Where that needs another node in
// memory first, it returns that node instead.
func (s *scheduler) buildRegion(n *node, to destination) (r *backend.Region, need *node) {
	defer catchNeeded(&need)
	b := &regionBuilder{s: s, target: n, dest: to, memo: map[memoKey]int{}, known: map[string]int{}}
	var d *node
	if !b.inMemory(n) {
		d = s.firstReduction(n)
	}
	root := b.layOut(d)
	at := b.expand(n, root)
	store := b.coords.zero()
	store.Offset = to.offset
	for k, st := range to.strides {
		store = plus(store, scaled(root.rows[k], st))
	}
	r = b.finish(at, store)
	simplify(r)
	s.pinned[r] = b.pinned
	return r, nil
}

// Where the outer space is this small and the inner one this large, a loop that
// writes every point is better a region of its own, whose points all are outer.
const (
	fewPoints  = 16
	manyPoints = 1 << 16
)

// layOut chooses the index spaces for a region with the reduction d in it, or
// none, and gives the coord of the target.
func (b *regionBuilder) layOut(d *node) *coord {
	shape := b.target.shape
	if d == nil {
		b.space = shape
		b.coords = newCoords(shape, nil)
		return b.coords.intern(coord{rows: b.units(0, len(shape))})
	}
	in := d.in[0].shape
	for k, n := range in {
		if slices.Contains(d.ints, k) {
			b.inner = append(b.inner, n)
		} else {
			b.space = append(b.space, n)
		}
	}
	b.coords = newCoords(b.space, b.inner)
	if squeezed(shape, d.shape) {
		at := b.coords.intern(coord{rows: b.units(0, len(b.space))})
		if d == b.target {
			return at
		}
		c := b.coords.reshape(at, d.shape, shape)
		if c.rows != nil || len(shape) == 0 {
			return c
		}
		panic(needed{d})
	}
	tooLong := backend.Volume(b.space) < fewPoints && backend.Volume(b.inner) > manyPoints
	if !equalShape(shape, in) || tooLong || b.target.size == 0 {
		panic(needed{d})
	}
	return b.coords.intern(coord{rows: b.across(d, b.units(0, len(b.space)))})
}

// units is the maps to count coordinates of the index space from k on.
func (b *regionBuilder) units(k, count int) []backend.Index {
	rows := make([]backend.Index, count)
	for i := range rows {
		rows[i] = b.coords.unit(k + i)
	}
	return rows
}

// across is the maps for the axes of a reduction's argument: those of the
// result, with the inner coordinates between them.
func (b *regionBuilder) across(d *node, outer []backend.Index) []backend.Index {
	var rows []backend.Index
	next := len(b.space)
	for k := range d.in[0].shape {
		if slices.Contains(d.ints, k) {
			rows = append(rows, b.coords.unit(next))
			next++
		} else {
			rows, outer = append(rows, outer[0]), outer[1:]
		}
	}
	return rows
}

// squeezed reports whether two shapes differ in axes of length 1 only.
func squeezed(a, b []int) bool {
	one := func(d int) bool { return d == 1 }
	return slices.Equal(slices.DeleteFunc(slices.Clone(a), one), slices.DeleteFunc(slices.Clone(b), one))
}

func (b *regionBuilder) add(n backend.Node) int {
	n.Inner = b.isInner(n)
	key := contents(n)
	i, ok := b.known[key]
	if !ok {
		i = len(b.nodes)
		b.known[key] = i
		b.nodes = append(b.nodes, n)
	}
	return i
}

// contents is a key that two nodes share when they are equal.
func contents(n backend.Node) string {
	k := []byte{byte(n.Kind), byte(n.Dtype), byte(n.Op), byte(n.Reduction)}
	put := func(list ...int) {
		k = append(k, 0xff)
		for _, v := range list {
			k = varint.AppendVarint(k, int64(v))
		}
	}
	put(n.Args...)
	put(n.Guard...)
	put(n.Index.Strides...)
	put(n.Index.Offset, n.Buffer, n.Param, n.Low, n.High, int(n.Value))
	return string(k)
}

// isInner reports whether the node differs between the inner points.
func (b *regionBuilder) isInner(n backend.Node) bool {
	if n.Kind == backend.Reduce {
		return false
	}
	for _, list := range [][]int{n.Args, n.Guard} {
		for _, a := range list {
			if b.nodes[a].Inner {
				return true
			}
		}
	}
	for k := len(b.space); k < len(n.Index.Strides); k++ {
		if n.Index.Strides[k] != 0 {
			return true
		}
	}
	return false
}

// expand gives the number of the region's node that holds the element of n at c.
func (b *regionBuilder) expand(n *node, c *coord) int {
	key := memoKey{n, c}
	if i, ok := b.memo[key]; ok {
		return i
	}
	i := b.make(n, c)
	b.memo[key] = i
	return i
}

// inMemory reports whether the region reads n rather than computes it.
func (b *regionBuilder) inMemory(n *node) bool { return n != b.dest.n && b.s.inMemory(n) }

func (b *regionBuilder) make(n *node, c *coord) int {
	if b.inMemory(n) {
		return b.add(backend.Node{Kind: backend.Load, Dtype: n.dtype, Buffer: int(n.index),
			Index: b.coords.linear(c, n.shape), Guard: c.guard})
	}
	switch n.kind {
	case kFull:
		if n.fixed {
			return b.add(backend.Node{Kind: backend.Const, Dtype: n.dtype, Value: n.value})
		}
		return b.add(backend.Node{Kind: backend.Param, Dtype: n.dtype, Param: int(n.index)})
	case kIota:
		x := scaled(b.coords.linear(c, n.shape), n.ints[1])
		x.Offset += n.ints[0]
		return b.add(backend.Node{Kind: backend.Iota, Dtype: n.dtype, Index: x})
	case kBits:
		return b.bits(n, c)
	case kApply:
		args := make([]int, len(n.in))
		for i, x := range n.in {
			args[i] = b.expand(x, b.broadcast(n, c, x))
		}
		return b.add(backend.Node{Kind: backend.Apply, Dtype: n.dtype, Op: op.Code(n.code), Args: args})
	case kCast:
		return b.add(backend.Node{Kind: backend.Cast, Dtype: n.dtype, Args: []int{b.expand(n.in[0], c)}})
	case kDepends:
		b.pinned = true
		return b.expand(n.in[0], c)
	case kSame, kStop, kCustom:
		return b.expand(n.in[0], c)
	case kReduce:
		return b.reduce(n, c)
	case kPad:
		return b.pad(n, c)
	}
	in, at := b.s.behind(b.coords, n, c)
	if at == nil {
		panic(needed{n})
	}
	return b.expand(in, at)
}

func (b *regionBuilder) broadcast(n *node, c *coord, x *node) *coord {
	at := b.coords.broadcast(c, n.shape, x.shape)
	if at == nil {
		panic(needed{n})
	}
	return at
}

// bits numbers the random words by the elements of the result.
func (b *regionBuilder) bits(n *node, c *coord) int {
	args := make([]int, 2)
	for i := range args {
		at := b.coords.zero()
		at.Offset = i
		args[i] = b.expand(n.in[0], b.coords.intern(coord{rows: []backend.Index{at}}))
	}
	return b.add(backend.Node{Kind: backend.Bits, Dtype: n.dtype, Args: args,
		Index: b.coords.linear(c, n.shape), High: n.size})
}

// reduce fuses a reduction whose result is one element for each outer point and
// whose reduced axes are the inner space.
func (b *regionBuilder) reduce(n *node, c *coord) int {
	if !b.fits(n, c) {
		panic(needed{n})
	}
	arg := b.expand(n.in[0], b.coords.intern(coord{rows: b.across(n, c.rows)}))
	return b.add(backend.Node{Kind: backend.Reduce, Dtype: n.dtype, Reduction: backend.Reduction(n.code), Args: []int{arg}})
}

func (b *regionBuilder) fits(n *node, c *coord) bool {
	var inner []int
	for _, k := range n.ints {
		inner = append(inner, n.in[0].shape[k])
	}
	if !slices.Equal(inner, b.inner) || c.rows == nil || b.inner == nil && len(n.ints) > 0 {
		return false
	}
	next := 0
	for k, d := range n.shape {
		if d == 1 {
			continue
		}
		for next < len(b.space) && b.space[next] == 1 {
			next++
		}
		if next == len(b.space) || b.space[next] != d || !isUnit(c.rows[k], next) {
			return false
		}
		next++
	}
	for ; next < len(b.space); next++ {
		if b.space[next] != 1 {
			return false
		}
	}
	return true
}

func isUnit(x backend.Index, at int) bool {
	for k, s := range x.Strides {
		if (k == at) != (s == 1) || k != at && s != 0 {
			return false
		}
	}
	return x.Offset == 0
}

// pad chooses between the argument and the value around it.
func (b *regionBuilder) pad(n *node, c *coord) int {
	if c.rows == nil {
		panic(needed{n})
	}
	in := n.in[0]
	rows, guard, cond := slices.Clone(c.rows), slices.Clone(c.guard), -1
	for k, d := range in.shape {
		if n.shape[k] == d {
			continue
		}
		rows[k] = plus(rows[k], b.coords.zero())
		rows[k].Offset -= n.ints[k]
		g := b.add(backend.Node{Kind: backend.Inside, Dtype: op.Bool, Index: rows[k], High: d})
		guard = append(guard, g)
		if cond >= 0 {
			g = b.add(backend.Node{Kind: backend.Apply, Dtype: op.Bool, Op: op.LogicalAnd, Args: []int{cond, g}})
		}
		cond = g
	}
	inside := b.expand(in, b.coords.intern(coord{rows: rows, guard: guard}))
	around := b.expand(n.in[1], b.coords.intern(coord{rows: []backend.Index{}}))
	return b.add(backend.Node{Kind: backend.Apply, Dtype: n.dtype, Op: op.Select, Args: []int{cond, inside, around}})
}

// finish arranges the nodes in phases: a reduction is accumulated in one phase
// and has its value from the next one on.
func (b *regionBuilder) finish(root int, store backend.Index) *backend.Region {
	phase := make([]int, len(b.nodes))
	for i, n := range b.nodes {
		for _, a := range n.Args {
			phase[i] = max(phase[i], phase[a])
		}
		if n.Kind == backend.Reduce {
			phase[i]++
		}
	}
	last := phase[root]
	if last >= backend.MaxPhases {
		panic(needed{b.firstInPhase(phase, 1)})
	}
	r := &backend.Region{Space: b.space, Inner: b.inner, Nodes: b.nodes, Phases: make([]backend.Phase, last+1)}
	for p := range r.Phases {
		ph := &r.Phases[p]
		want := make([]bool, len(b.nodes))
		for i, n := range b.nodes {
			if n.Kind == backend.Reduce && phase[i] == p+1 {
				ph.Loop = true
				ph.Reduce = append(ph.Reduce, i)
				want[n.Args[0]] = true
			}
		}
		if p == last {
			ph.Loop = ph.Loop || b.nodes[root].Inner || hasInner(store, len(b.space))
			ph.Stores = []backend.Store{{Node: root, Buffer: int(b.dest.n.index), Index: store}}
			want[root] = true
		}
		ph.Nodes = closure(b.nodes, want)
	}
	return r
}

func hasInner(x backend.Index, outer int) bool {
	for _, s := range x.Strides[outer:] {
		if s != 0 {
			return true
		}
	}
	return false
}

// firstInPhase is the graph's node of the first reduction that has its value in phase p.
func (b *regionBuilder) firstInPhase(phase []int, p int) (first *node) {
	at := len(b.nodes)
	for key, i := range b.memo {
		if i < at && b.nodes[i].Kind == backend.Reduce && phase[i] == p && key.n.kind == kReduce {
			first, at = key.n, i
		}
	}
	return first
}

// closure lists, in order, the wanted nodes and what they need, up to reductions.
func closure(nodes []backend.Node, want []bool) []int {
	var list []int
	for i := len(nodes) - 1; i >= 0; i-- {
		if !want[i] || nodes[i].Kind == backend.Reduce {
			continue
		}
		list = append(list, i)
		for _, a := range nodes[i].Args {
			want[a] = true
		}
		for _, a := range nodes[i].Guard {
			want[a] = true
		}
	}
	slices.Reverse(list)
	return list
}
