package mlx

import "sync"

// CustomRules are the derivatives that the caller of [Custom] knows better.
type CustomRules struct {
	// VJP gives the cotangent of each primal from those of the results.
	VJP func(primals, cotangents, outputs []*Array) []*Array
}

// customCall is one call of a custom function, seen from one of its results.
type customCall struct {
	rules  CustomRules
	shapes []*node // the results
	which  int

	mu   sync.Mutex
	of   *node    // the cotangent for which grads was computed
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
			results[i] = wrap(customNode(&customCall{rules: rules, shapes: ys, which: i}, prims))
		}
		return results
	}
}

func customNode(c *customCall, prims []*node) *node {
	y := c.shapes[c.which]
	n := newNode(kCustom, y.dtype, y.shape, append([]*node{y}, prims...)...)
	n.custom = c
	return n
}

// cotangent of primal k (from 1), when g reaches the node n.
func (c *customCall) cotangent(n *node, k int, g *node) *node {
	if k == 0 {
		return nil
	}
	c.mu.Lock()
	done, last := c.of == g, c.last
	c.mu.Unlock()
	if !done {
		var prims, cots, outs []*Array
		for _, p := range n.in[1:] {
			prims = append(prims, wrap(p))
		}
		for i, y := range c.shapes {
			if i == c.which {
				cots, outs = append(cots, wrap(g)), append(outs, wrap(n))
			} else {
				cots, outs = append(cots, wrap(fullNode(y.dtype, y.shape, 0, true))), append(outs, wrap(y))
			}
		}
		last = c.rules.VJP(prims, cots, outs)
		if len(last) != len(prims) {
			fail("custom", "transform", "the VJP rule gave %d cotangents for %d arguments", len(last), len(prims))
		}
		c.mu.Lock()
		c.of, c.last = g, last
		c.mu.Unlock()
	}
	if last[k-1] == nil {
		return nil
	}
	return last[k-1].result("custom")
}

// batched is a custom call for a whole mapped axis: its rule is mapped too.
func (c *customCall) batched(m *mapping, n *node) *node {
	b := &customCall{which: c.which}
	for _, y := range c.shapes {
		b.shapes = append(b.shapes, m.mapped(y))
	}
	var prims []*node
	for _, p := range n.in[1:] {
		prims = append(prims, m.mapped(p))
	}
	np, ny := len(prims), len(c.shapes)
	rule := VMapN(func(a ...*Array) []*Array { return c.rules.VJP(a[:np], a[np:np+ny], a[np+ny:]) }, nil, nil)
	b.rules.VJP = func(p, g, y []*Array) []*Array {
		return rule(append(append(append([]*Array{}, p...), g...), y...)...)
	}
	return customNode(b, prims)
}

// Checkpoint is f, of which a derivative keeps only the arguments: on the way
// back f is computed again.
func Checkpoint(f func(...*Array) []*Array) func(...*Array) []*Array {
	return Custom(f, CustomRules{VJP: func(primals, cotangents, _ []*Array) []*Array {
		_, grads := VJP(f, primals, cotangents)
		return grads
	}})
}
