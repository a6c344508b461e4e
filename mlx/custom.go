package mlx

import (
	"slices"
	"sync"
)

// CustomRules are what the caller of [Custom] knows better. At least one of VJP
// and JVP must be given; the other follows from it.
type CustomRules struct {
	// VJP gives the cotangent of each primal from those of the results; nil is zero.
	VJP func(primals, cotangents, outputs []*Array) []*Array
	// JVP gives the tangent of each result from those of the primals, in which it
	// must be linear.
	JVP func(primals, tangents []*Array) []*Array
	// VMap gives the results for a mapped axis, in front of them. It is also in
	// front of those arguments that are mapped. Without it the function is mapped
	// through what it is made of.
	VMap func(args []*Array, mapped []bool) []*Array
}

// customCall is one call of a custom function, seen from one of its results. The
// inputs of its node are that result, the other results, and the primals.
type customCall struct {
	rules          CustomRules
	which, results int

	mu   sync.Mutex
	of   *node // the cotangent for which last was computed
	mode bool
	last []*Array // for each primal
}

// like is the same call of other arrays.
func (c *customCall) like() *customCall {
	return &customCall{rules: c.rules, which: c.which, results: c.results}
}

// Custom is f with the derivatives that the rules give. What f captures gets no
// derivative.
func Custom(f func(...*Array) []*Array, rules CustomRules) func(...*Array) []*Array {
	const name = "custom"
	if rules.VJP == nil && rules.JVP == nil {
		fail(name, "transform", "neither a VJP nor a JVP rule is given")
	}
	return func(args ...*Array) []*Array {
		held, prims := make([]*Array, len(args)), make([]*node, len(args))
		for i, a := range args {
			prims[i] = a.node(name)
			held[i] = StopGradient(a)
		}
		outs := f(held...)
		ys := make([]*node, len(outs))
		for i, o := range outs {
			ys[i] = o.result(name)
		}
		results := make([]*Array, len(outs))
		for i := range ys {
			results[i] = wrap(customNode(&customCall{rules: rules, which: i, results: len(ys)}, ys, prims))
		}
		return results
	}
}

func customNode(c *customCall, ys, prims []*node) *node {
	y := ys[c.which]
	in := append([]*node{y}, ys[:c.which]...)
	in = append(append(in, ys[c.which+1:]...), prims...)
	n := newNode(kCustom, y.dtype, y.shape, in...)
	n.own().custom = c
	return n
}

// parts takes the inputs of a node apart again.
func (c *customCall) parts(n *node) (ys, prims []*node) {
	ys = append(ys, n.in[1:1+c.which]...)
	ys = append(append(ys, n.in[0]), n.in[1+c.which:c.results]...)
	return ys, n.in[c.results:]
}

// cotangent of input k, when g reaches the node n, on the way back or, for what
// becomes a forward derivative, by the rule for that.
func (c *customCall) cotangent(n *node, k int, g *node, forward bool) *node {
	if k < c.results {
		return nil
	}
	c.mu.Lock()
	done, last := c.of == g && c.mode == forward, c.last
	c.mu.Unlock()
	if !done {
		last = c.all(n, g, forward)
		c.mu.Lock()
		c.of, c.mode, c.last = g, forward, last
		c.mu.Unlock()
	}
	if last[k-c.results] == nil {
		return nil
	}
	return last[k-c.results].result("custom")
}

// all is the cotangents of the primals.
func (c *customCall) all(n, g *node, forward bool) []*Array {
	ys, prims := c.parts(n)
	p := wrapAll(prims)
	var cots, outs []*Array
	for i, y := range ys {
		if i == c.which {
			cots, outs = append(cots, wrap(g)), append(outs, wrap(n))
		} else {
			// As a result of the call, so that it has a derivative too.
			call := c.like()
			call.which = i
			cots, outs = append(cots, wrap(fullNode(y.dtype, y.shape, 0, true))), append(outs, wrap(customNode(call, ys, prims)))
		}
	}
	rule := c.rules.VJP
	if rule == nil || forward && c.rules.JVP != nil {
		rule = c.transposed
	}
	out := rule(p, cots, outs)
	if len(out) != len(p) {
		fail("custom", "transform", "the VJP rule gave %d cotangents for %d arguments", len(out), len(p))
	}
	return out
}

// transposed is the JVP rule the other way round: it is linear in the tangents,
// so its derivative by them, at any place, takes cotangents back.
func (c *customCall) transposed(primals, cotangents, _ []*Array) []*Array {
	zeros := make([]*Array, len(primals))
	for i, p := range primals {
		zeros[i] = ZerosLike(p)
	}
	_, back := VJP(func(tangents ...*Array) []*Array {
		out := c.rules.JVP(primals, tangents)
		if len(out) != len(cotangents) {
			fail("custom", "transform", "the JVP rule gave %d tangents for %d results", len(out), len(cotangents))
		}
		return out
	}, zeros, cotangents)
	return back
}

// batched is a custom call for a whole mapped axis: its rules are mapped too.
func (c *customCall) batched(m *mapping, n *node) *node {
	ys, prims := c.parts(n)
	whole := func(list []*node) []*node {
		out := make([]*node, len(list))
		for i, x := range list {
			out[i] = m.mapped(x)
		}
		return out
	}
	np, ny := len(prims), len(ys)
	b := &customCall{which: c.which, results: c.results}
	if c.rules.VJP != nil {
		rule := VMapN(func(a ...*Array) []*Array {
			grads := slices.Clone(c.rules.VJP(a[:np], a[np:np+ny], a[np+ny:]))
			for i, g := range grads {
				if g == nil && i < np {
					grads[i] = ZerosLike(a[i])
				}
			}
			return grads
		}, nil, nil)
		b.rules.VJP = func(p, g, y []*Array) []*Array { return rule(slices.Concat(p, g, y)...) }
	}
	if c.rules.JVP != nil {
		rule := VMapN(func(a ...*Array) []*Array { return c.rules.JVP(a[:np], a[np:]) }, nil, nil)
		b.rules.JVP = func(p, t []*Array) []*Array { return rule(slices.Concat(p, t)...) }
	}
	if c.rules.VMap == nil {
		return customNode(b, whole(ys), whole(prims))
	}
	return customNode(b, m.ownRule(c, ys, prims), whole(prims))
}

// ownRule is the results for the mapped axis by the rule of the call, which is
// asked once for all of them.
func (m *mapping) ownRule(c *customCall, ys, prims []*node) []*node {
	if known := m.rules[ys[0]]; known != nil {
		return known
	}
	args, mapped := make([]*Array, len(prims)), make([]bool, len(prims))
	for i, p := range prims {
		args[i] = wrap(p)
		if b := m.done[p]; b != nil {
			args[i], mapped[i] = wrap(b), true
		}
	}
	outs := c.rules.VMap(args, mapped)
	if len(outs) != len(ys) {
		fail("custom", "transform", "the VMap rule gave %d results, want %d", len(outs), len(ys))
	}
	list := make([]*node, len(outs))
	for i, o := range outs {
		list[i] = o.result("custom")
		if want := m.with(ys[i].shape, m.size); !equalShape(list[i].shape, want) {
			fail("custom", "transform", "result %d of the VMap rule has shape %s, want %s", i, shapeText(list[i].shape), shapeText(want))
		}
	}
	m.rules[ys[0]] = list
	return list
}
