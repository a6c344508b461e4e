package mlx

import (
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// scheduler turns a walked graph into a plan. Some nodes are kept: they get
// memory of their own and a step that computes them. All others are fused into
// the steps that use them, in each of which they are computed again.
type scheduler struct {
	order  []*node
	want   []*node
	kept   []bool // by number
	done   []bool // kept, and its step exists
	steps  []backend.Step
	alias  [][2]int32
	inputs []int32 // nodes whose elements the plan reads
	// outputs are the kept nodes, params the scalars that are data, and temps the
	// nodes whose elements live no longer than the evaluation.
	outputs, params, temps []int32
	wanted                 []bool
	pinned                 map[*backend.Region]bool // which must not be computed earlier
}

// Limits of what one region fuses, chosen so that a Metal kernel can hold it.
const (
	maxOperands = 24  // buffers read
	maxSpan     = 200 // nodes on the longest way through
	cheap       = 12  // cost up to which a shared node is computed in each of its users
)

func newScheduler(order, want []*node) *scheduler {
	return &scheduler{order: order, want: want, kept: make([]bool, len(order)), done: make([]bool, len(order)), wanted: make([]bool, len(order)), pinned: map[*backend.Region]bool{}}
}

// inMemory reports whether a region finds the node's elements in memory.
func (s *scheduler) inMemory(n *node) bool { return s.kept[n.index] || n.buf.Load() != nil }

func (s *scheduler) plan() *backend.Plan {
	s.keepWanted()
	for _, n := range s.order {
		s.keepForUse(n)
	}
	s.keepByLimits()
	s.keepShared()
	for _, n := range s.order {
		if s.kept[n.index] {
			s.emit(n)
		}
	}
	s.steps = s.merge(s.steps)
	return s.number()
}

// isAlias reports whether the node has the elements of its input, in order.
func (n *node) isAlias() bool {
	return n.kind == kReshape || n.kind == kSame || n.kind == kStop || n.kind == kCustom || n.kind == kDepends
}

// keepWanted keeps the results. A wanted reshape keeps what it reshapes, and
// shares its memory.
func (s *scheduler) keepWanted() {
	for _, w := range s.want {
		base := w
		for base.buf.Load() == nil && base.isAlias() && base.in[0].kind != kFull {
			base = base.in[0]
		}
		if base.buf.Load() == nil {
			s.kept[base.index], s.wanted[base.index] = true, true
		}
		if base != w {
			s.alias = append(s.alias, [2]int32{w.index, base.index})
		}
	}
}

// keepForUse keeps primitives, what they read, and what was fused away before
// and is now needed again.
func (s *scheduler) keepForUse(n *node) {
	if n.buf.Load() != nil {
		return
	}
	switch n.kind {
	case kMatMul, kGather, kScatter, kArgSort, kConcat, kHost:
		s.kept[n.index] = true
	case kDepends:
		for _, first := range n.in[1:] {
			if !s.inMemory(first) && first.kind != kFull {
				s.kept[first.index] = true
			}
		}
	case kApply, kReduce, kBits:
		if n.fused {
			s.kept[n.index] = true
		}
	}
}

// keepByLimits cuts what would become too large a region.
func (s *scheduler) keepByLimits() {
	reads := make([][]int32, len(s.order)) // kept and evaluated nodes that a region with this one reads
	span := make([]int, len(s.order))
	for i, n := range s.order {
		if n.buf.Load() != nil || n.kind == kFull {
			continue
		}
		for {
			widest := -1
			reads[i], span[i] = nil, 0
			for k, in := range n.in {
				j := in.index
				if s.inMemory(in) {
					reads[i] = union(reads[i], []int32{j})
					continue
				}
				reads[i], span[i] = union(reads[i], reads[j]), max(span[i], span[j])
				if widest < 0 || len(reads[j]) > len(reads[n.in[widest].index]) {
					widest = k
				}
			}
			if len(reads[i]) <= maxOperands || widest < 0 || len(reads[n.in[widest].index]) < 2 {
				break
			}
			s.kept[n.in[widest].index] = true
		}
		if span[i]++; span[i] > maxSpan {
			s.kept[i], span[i] = true, 0
		}
	}
}

// union merges two sorted sets.
func union(a, b []int32) []int32 {
	if len(a) == 0 || len(b) == 0 || slices.Equal(a, b) {
		return append(a[:len(a):len(a)], b...)[:max(len(a), len(b))]
	}
	out := make([]int32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case a[0] > b[0]:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// keepShared keeps nodes that several kept ones need and that are costly to
// compute more than once.
func (s *scheduler) keepShared() {
	const shared = -1
	user := make([]int, len(s.order)) // the kept node that needs this one, plus 1
	cost := s.costs()
	for i := len(s.order) - 1; i >= 0; i-- {
		n := s.order[i]
		if n.buf.Load() != nil {
			continue
		}
		if user[i] == shared && cost[i] > cheap && (n.kind == kApply || n.kind == kReduce || n.kind == kCast || n.kind == kBits) {
			s.kept[i] = true
		}
		mine := user[i]
		if s.kept[i] {
			mine = i + 1
		}
		for _, in := range n.in {
			switch u := &user[in.index]; *u {
			case 0, mine:
				*u = mine
			default:
				*u = shared
			}
		}
	}
}

// costs estimates what computing one element of each node takes, in additions,
// counting what would be fused into it.
func (s *scheduler) costs() []int {
	cost := make([]int, len(s.order))
	for i, n := range s.order {
		if n.buf.Load() != nil || n.kind == kFull {
			continue
		}
		c := 0
		for _, in := range n.in {
			if !s.inMemory(in) {
				c += cost[in.index]
			}
		}
		switch n.kind {
		case kApply:
			c++
			if op.Of(op.Code(n.code)).Rule == op.Float && n.code != uint8(op.Divide) {
				c += 8
			}
		case kBits:
			c += 40
		case kReduce:
			c += 1000
		}
		cost[i] = min(c, 1<<20)
	}
	return cost
}

// firstReduction finds a reduction that would be fused into the step of n.
func (s *scheduler) firstReduction(n *node) *node {
	seen := map[*node]bool{}
	stack := []*node{n}
	for len(stack) > 0 {
		m := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[m] || m != n && s.inMemory(m) {
			continue
		}
		seen[m] = true
		if m.kind == kReduce {
			return m
		}
		stack = append(stack, m.in...)
	}
	return nil
}

// emit adds the step that computes n, after those of what it turns out to need.
func (s *scheduler) emit(n *node) {
	if s.done[n.index] {
		return
	}
	s.kept[n.index] = true
	for n.size > 0 {
		var need *node
		var step backend.Step
		switch n.kind {
		case kMatMul, kGather, kScatter, kArgSort, kHost:
			step.Primitive, need = s.buildPrimitive(n)
		case kConcat:
			need = s.emitParts(n)
		default:
			step.Region, need = s.buildRegion(n, destination{n, rowStrides(n.shape), 0})
		}
		if need == nil {
			if n.kind != kConcat {
				s.steps = append(s.steps, step)
			}
			break
		}
		s.emit(need)
	}
	s.done[n.index] = true
}

// emitParts adds a region for each part of a concatenation, which writes its
// share of the result.
func (s *scheduler) emitParts(n *node) (need *node) {
	var parts []backend.Step
	from, axis := 0, n.ints[0]
	strides := rowStrides(n.shape)
	for _, in := range n.in {
		if in.size > 0 {
			r, need := s.buildRegion(in, destination{n, strides, from * strides[axis]})
			if need != nil {
				return need
			}
			parts = append(parts, backend.Step{Region: r})
		}
		from += in.shape[axis]
	}
	s.steps = append(s.steps, parts...)
	return nil
}

// behind follows one node that only rearranges: where its result is asked for at
// c, it gives the input and where that is read. A nil coord means that there is
// no affine map.
func (s *scheduler) behind(cs *coords, n *node, c *coord) (*node, *coord) {
	in := n.in[0]
	switch n.kind {
	case kReshape:
		return in, cs.reshape(c, n.shape, in.shape)
	case kSame, kStop, kCustom, kDepends:
		return in, c
	case kBroadcast:
		return in, cs.broadcast(c, n.shape, in.shape)
	}
	if c.rows == nil {
		return in, nil
	}
	rows := make([]backend.Index, len(in.shape))
	switch n.kind {
	case kTranspose:
		for k, p := range n.ints {
			rows[p] = c.rows[k]
		}
	case kSlice:
		for k := range rows {
			rows[k] = scaled(c.rows[k], n.ints[len(rows)+k])
			rows[k].Offset += n.ints[k]
		}
	default:
		return in, nil
	}
	return in, cs.intern(coord{rows: rows, guard: c.guard})
}

// number gives the plan's buffers and parameters their numbers.
func (s *scheduler) number() *backend.Plan {
	p := &backend.Plan{Inputs: []backend.Spec{}, Outputs: []backend.Spec{}, Steps: s.steps}
	buffer, param := make([]int, len(s.order)), make([]int, len(s.order))
	for i := range buffer {
		buffer[i], param[i] = -1, -1
	}
	visit(s.steps, func(b *int) {
		if n := s.order[*b]; n.buf.Load() != nil && buffer[*b] < 0 {
			buffer[*b] = len(s.inputs)
			s.inputs = append(s.inputs, n.index)
			p.Inputs = append(p.Inputs, backend.Spec{Dtype: n.dtype, Size: n.size})
		}
	}, func(x *int) {
		if param[*x] < 0 {
			param[*x] = len(s.params)
			s.params = append(s.params, int32(*x))
			p.Params = append(p.Params, s.order[*x].dtype)
		}
		*x = param[*x]
	})
	for i, n := range s.order {
		if s.kept[i] && !s.temporary(i) {
			buffer[i] = len(s.inputs) + len(s.outputs)
			s.outputs = append(s.outputs, int32(i))
			p.Outputs = append(p.Outputs, backend.Spec{Dtype: n.dtype, Size: n.size})
		}
	}
	p.Temps = s.share(buffer, len(s.inputs)+len(s.outputs))
	visit(s.steps, func(b *int) { *b = buffer[*b] }, func(*int) {})
	return p
}

// visit calls f with every mention of a buffer in the steps, and g with every
// mention of a parameter.
func visit(steps []backend.Step, f, g func(*int)) {
	nodes := func(list []backend.Node) {
		for i := range list {
			switch list[i].Kind {
			case backend.Load:
				f(&list[i].Buffer)
			case backend.Param:
				g(&list[i].Param)
			}
		}
	}
	for _, st := range steps {
		if p := st.Primitive; p != nil {
			for i := range p.Operands {
				f(&p.Operands[i].Buffer)
			}
			nodes(p.Nodes)
			for i := range p.Stores {
				f(&p.Stores[i].Buffer)
			}
			if len(p.Stores) == 0 {
				f(&p.Out)
			}
			continue
		}
		nodes(st.Region.Nodes)
		for _, ph := range st.Region.Phases {
			for i := range ph.Stores {
				f(&ph.Stores[i].Buffer)
			}
		}
	}
}

// fusedAway lists the nodes that were computed without being kept, and that
// cost something.
func (s *scheduler) fusedAway() (list []int32) {
	for i, n := range s.order {
		if !s.inMemory(n) && (n.kind == kApply || n.kind == kReduce || n.kind == kBits) {
			list = append(list, int32(i))
		}
	}
	return list
}
