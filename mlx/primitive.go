package mlx

import "github.com/ingot-go/ingot/mlx/backend"

// buildPrimitive makes the step of a node that is not a loop nest. Where that
// needs another node in memory first, it returns that node instead.
func (s *scheduler) buildPrimitive(n *node) (p *backend.Primitive, need *node) {
	defer catchNeeded(&need)
	switch n.kind {
	case kMatMul:
		return s.matmul(n), nil
	case kGather:
		return s.gather(n), nil
	case kScatter:
		return s.scatter(n), nil
	case kHost:
		return s.host(n), nil
	}
	cs := newCoords(n.shape, nil)
	return &backend.Primitive{Name: "argsort", Space: n.shape, Dtype: n.dtype, Out: int(n.index),
		Operands: []backend.Operand{s.operand(cs, n.in[0], cs.whole(n.shape))}}, nil
}

// whole is the coord of an array whose axes are the index space's first ones.
func (s *coords) whole(shape []int) *coord {
	rows := make([]backend.Index, len(shape))
	for k := range rows {
		rows[k] = s.unit(k)
	}
	return s.intern(coord{rows: rows})
}

// operand reads a node at c out of memory, through the nodes that only rearrange.
func (s *scheduler) operand(cs *coords, n *node, c *coord) backend.Operand {
	for !s.inMemory(n) {
		if len(n.in) == 0 || n.kind == kPad {
			panic(needed{n})
		}
		in, at := s.behind(cs, n, c)
		if at == nil {
			panic(needed{n})
		}
		n, c = in, at
	}
	return backend.Operand{Buffer: int(n.index), Index: cs.linear(c, n.shape)}
}

func (s *scheduler) matmul(n *node) *backend.Primitive {
	a, b := n.in[0], n.in[1]
	d := len(n.shape)
	k := a.shape[d-1]
	cs := newCoords(n.shape, []int{k})
	rows := func(last ...int) *coord {
		c := coord{}
		for i := range d - 2 {
			c.rows = append(c.rows, cs.unit(i))
		}
		for _, i := range last {
			c.rows = append(c.rows, cs.unit(i))
		}
		return cs.intern(c)
	}
	return &backend.Primitive{Name: "matmul", Space: n.shape, Contract: k, Dtype: n.dtype, Out: int(n.index),
		Operands: []backend.Operand{s.operand(cs, a, rows(d-2, d)), s.operand(cs, b, rows(d, d-1))}}
}

// address is the affine part of where an indexing leads in an array of the shape.
func (x *indexing) address(cs *coords, shape []int) backend.Index {
	at := cs.zero()
	for k, st := range rowStrides(shape) {
		row := cs.zero()
		row.Offset = x.rows[k].Offset
		copy(row.Strides, x.rows[k].Strides)
		at = plus(at, scaled(row, st))
	}
	return at
}

// indexOperands reads the index arrays, which all have the shape of the index space.
func (s *scheduler) indexOperands(cs *coords, x *indexing, index []*node, space, shape []int) []backend.Operand {
	strides := rowStrides(shape)
	out := make([]backend.Operand, len(index))
	for j, n := range index {
		out[j] = s.operand(cs, n, cs.whole(space))
		out[j].Stride, out[j].Size = strides[x.axes[j]], shape[x.axes[j]]
	}
	return out
}

func (s *scheduler) gather(n *node) *backend.Primitive {
	src := n.in[0]
	if !s.inMemory(src) {
		panic(needed{src})
	}
	cs := newCoords(n.shape, nil)
	from := backend.Operand{Buffer: int(src.index), Index: n.at.address(cs, src.shape)}
	return &backend.Primitive{Name: "gather", Space: n.shape, Dtype: n.dtype, Out: int(n.index),
		Operands: append([]backend.Operand{from}, s.indexOperands(cs, n.at, n.in[1:], n.shape, src.shape)...)}
}

func (s *scheduler) scatter(n *node) *backend.Primitive {
	base, updates := n.in[0], n.in[1]
	p := &backend.Primitive{Name: "scatter", Mode: n.at.mode.String(), Space: updates.shape, Dtype: n.dtype, Out: int(n.index)}
	cs := newCoords(updates.shape, nil)
	first := backend.Operand{}
	if base.kind == kFull && base.fixed && base.value == 0 {
		p.Zero = true
	} else if s.inMemory(base) {
		first.Buffer = int(base.index)
	} else {
		panic(needed{base})
	}
	p.Target = n.at.address(cs, n.shape)
	update := s.operand(cs, updates, cs.whole(updates.shape))
	if p.Zero {
		first = update // a zeroed output has nothing to start from
	}
	p.Operands = append([]backend.Operand{first, update}, s.indexOperands(cs, n.at, n.in[2:], updates.shape, n.shape)...)
	return p
}
