package mlx

import (
	"fmt"
	"slices"
	"sync/atomic"
)

// program is a recorded call of a function: what it does to its arguments, in
// an order in which inputs come first. Values have numbers: first the arguments,
// then the keys that were drawn, then what was captured, then the results of
// the instructions.
type program struct {
	args     []*node // placeholders
	drawn    []*node
	captured []*node
	code     []instruction
	results  []int
	returned int  // how many of the results the function returned; the others are new state
	general  bool // holds for all lengths of the axes
}

// instruction makes a node like n of the values in.
type instruction struct {
	n  *node
	in []int
}

// redraw tells how a random key was drawn, so that a program can draw another.
type redraw struct {
	number uint64 // counts all draws
	draw   func() [2]uint32
}

var draws atomic.Uint64

// DrawnKey is a key that draw gives. Package random makes its keys with it: a
// compiled function draws one again at each call.
func DrawnKey(draw func() [2]uint32) *Array {
	return wrap(drawnNode(draw))
}

func drawnNode(draw func() [2]uint32) *node {
	k := draw()
	n := New(k[:]).n
	n.own().redraw = &redraw{draws.Add(1), draw}
	return n
}

// record calls f with placeholders, also in the place of the state.
func record(name string, f func(...*Array) []*Array, args []*node, state []*Array) *program {
	tr := &trace{symbolic: true}
	t := &tape{trace: tr, set: &traces{[]*trace{tr}}}
	defer t.end()
	p := &program{}
	place := func(n *node) *node {
		x := placeholder(t.set, n.dtype, n.shape)
		p.args = append(p.args, x)
		return x
	}
	traced := make([]*Array, len(args))
	for i, n := range args {
		traced[i] = wrap(place(n))
	}
	before := make([]*node, len(state))
	for i, h := range state {
		before[i] = h.n
		h.n = place(h.n)
	}
	restore := func() {
		for i, h := range state {
			h.n = before[i]
		}
	}
	defer restore()
	first := draws.Load()
	var results []*node
	for _, o := range f(traced...) {
		results = append(results, o.result(name))
	}
	p.returned = len(results)
	for _, h := range state {
		results = append(results, h.n)
	}
	p.build(results, first)
	return p
}

// build numbers what lies between the arguments and the results. Keys drawn
// after the number first belong to the call, others were captured.
func (p *program) build(results []*node, first uint64) {
	theEngine.mu.Lock() // of what is captured, nothing is to be computed meanwhile
	defer theEngine.mu.Unlock()
	order := postorder(results, map[*node]bool{}, func(*node) bool { return false })
	depends := map[*node]bool{}
	for _, n := range p.args {
		depends[n] = true
	}
	number := map[*node]int{}
	for _, n := range order {
		r := n.few().redraw
		own := r != nil && r.number > first
		depends[n] = depends[n] || own || slices.ContainsFunc(n.in, func(x *node) bool { return depends[x] })
		if own {
			p.drawn = append(p.drawn, n)
		}
	}
	slices.SortFunc(p.drawn, func(a, b *node) int { return int(a.rare.redraw.number) - int(b.rare.redraw.number) })
	for _, n := range slices.Concat(p.args, p.drawn) {
		number[n] = len(number)
	}
	capture := func(n *node) {
		if _, ok := number[n]; !ok && !depends[n] {
			number[n] = len(number)
			p.captured = append(p.captured, n)
		}
	}
	for _, n := range order {
		if depends[n] {
			for _, x := range n.in {
				capture(x)
			}
		}
	}
	for _, y := range results {
		capture(y)
	}
	p.number(order, number, depends)
	for _, y := range results {
		p.results = append(p.results, number[y])
	}
}

// number makes the instructions, one for all that compute the same.
func (p *program) number(order []*node, number map[*node]int, depends map[*node]bool) {
	known := map[string]int{}
	next := len(number)
	for _, n := range order {
		if _, ok := number[n]; ok || !depends[n] {
			continue
		}
		in := make([]int, len(n.in))
		for k, x := range n.in {
			in[k] = number[x]
		}
		key := n.text(in)
		if at, ok := known[key]; ok && n.kind != kCustom {
			number[n] = at
			continue
		}
		known[key], number[n] = next, next
		p.code = append(p.code, instruction{n, in})
		next++
	}
}

// text is all that a node computes, of inputs with the given numbers.
func (n *node) text(in []int) string {
	s := fmt.Sprint(n.kind, n.code, n.dtype, n.shape, n.ints, in)
	if n.kind == kFull {
		s += fmt.Sprint(n.value, n.fixed)
	}
	if n.at != nil {
		s += fmt.Sprint(*n.at)
	}
	return s
}

// postorder lists the nodes below some others, inputs first, without those that
// were seen already. Below closed ones it does not look.
func postorder(ys []*node, seen map[*node]bool, closed func(*node) bool) (order []*node) {
	for _, y := range ys {
		if seen[y] {
			continue
		}
		seen[y] = true
		stack := []frame{{y, 0}}
		for len(stack) > 0 {
			f := &stack[len(stack)-1]
			if f.next >= len(f.n.in) || closed(f.n) {
				order = append(order, f.n)
				stack = stack[:len(stack)-1]
				continue
			}
			in := f.n.in[f.next]
			f.next++
			if !seen[in] {
				seen[in] = true
				stack = append(stack, frame{in, 0})
			}
		}
	}
	return order
}

// replay makes the recorded nodes again for other arguments, with the keys that
// were drawn while recording or, if others have used them, new ones.
func (p *program) replay(args []*node, used bool) []*node {
	values := make([]*node, 0, len(args)+len(p.drawn)+len(p.captured)+len(p.code))
	values = append(values, args...)
	for _, n := range p.drawn {
		if used {
			n = drawnNode(n.rare.redraw.draw)
		}
		values = append(values, n)
	}
	values = append(values, p.captured...)
	for _, c := range p.code {
		in := make([]*node, len(c.in))
		for k, i := range c.in {
			in[k] = values[i]
		}
		n := c.n
		if p.general {
			n = n.fitted(in)
		}
		x := n.with(in)
		x.inner = true
		values = append(values, x)
	}
	out := make([]*node, len(p.results))
	for i, at := range p.results {
		out[i] = values[at]
		out[i].inner = false
	}
	return out
}

// together has the results of one call computed in one evaluation.
func together(results []*node) {
	var group []*node
	for _, n := range results {
		if n.traces.symbolic() {
			return
		}
		if n.buf.Load() == nil && n.kind != kFull {
			group = append(group, n)
		}
	}
	if len(group) > 1 {
		for _, n := range group {
			n.own().group = group
		}
	}
}
