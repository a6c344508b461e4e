package mlx

import (
	"slices"
	"sync"
)

// CustomRules are the derivatives that the caller of [Custom] knows better.
type CustomRules struct {
	// VJP gives the cotangent of each primal from those of the results.
	VJP func(primals, cotangents, outputs []*Array) []*Array
}

// customCall is one call of a custom function, seen from one of its results. The
// inputs of its node are that result, the other results, and the primals.
type customCall struct {
	rules          CustomRules
	which, results int

	mu   sync.Mutex
	of   *node    // the cotangent for which last was computed
	last []*Array // for each primal
}

// Custom is f with the derivative that the rules give. What f captures gets no
// derivative.
func Custom(f func(...*Array) []*Array, rules CustomRules) func(...*Array) []*Array {
	const name = "custom"
	if rules.VJP == nil {
		fail(name, "transform", "the VJP rule is nil")
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

// cotangent of input k, when g reaches the node n.
func (c *customCall) cotangent(n *node, k int, g *node) *node {
	if k < c.results {
		return nil
	}
	c.mu.Lock()
	done, last := c.of == g, c.last
	c.mu.Unlock()
	if !done {
		last = c.all(n, g)
		c.mu.Lock()
		c.of, c.last = g, last
		c.mu.Unlock()
	}
	if last[k-c.results] == nil {
		return nil
	}
	return last[k-c.results].result("custom")
}

// all is the cotangents of the primals.
func (c *customCall) all(n, g *node) []*Array {
	ys, prims := c.parts(n)
	var p, cots, outs []*Array
	for _, x := range prims {
		p = append(p, wrap(x))
	}
	for i, y := range ys {
		if i == c.which {
			cots, outs = append(cots, wrap(g)), append(outs, wrap(n))
		} else {
			// As a result of the call, so that it has a derivative too.
			other := customNode(&customCall{rules: c.rules, which: i, results: c.results}, ys, prims)
			cots, outs = append(cots, wrap(fullNode(y.dtype, y.shape, 0, true))), append(outs, wrap(other))
		}
	}
	out := c.rules.VJP(p, cots, outs)
	if len(out) != len(p) {
		fail("custom", "transform", "the VJP rule gave %d cotangents for %d arguments", len(out), len(p))
	}
	return out
}

// batched is a custom call for a whole mapped axis: its rule is mapped too.
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
	rule := VMapN(func(a ...*Array) []*Array { return c.rules.VJP(a[:np], a[np:np+ny], a[np+ny:]) }, nil, nil)
	b := &customCall{which: c.which, results: c.results}
	b.rules.VJP = func(p, g, y []*Array) []*Array { return rule(slices.Concat(p, g, y)...) }
	return customNode(b, whole(ys), whole(prims))
}
