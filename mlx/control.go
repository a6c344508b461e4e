package mlx

// Loops and branches that depend on arrays. In Go itself they need a value that
// can be read; these also work where it cannot, under [VMap] and [Compile], and
// all transformations go through them.

// Scan calls f for each element along the first axis of xs, which have equal
// lengths: it hands on the carry, beginning with init, and its further results
// are stacked. It is called once only, with arrays that it must not read.
//
//	sums := func(carry, x []*mlx.Array) (next, y []*mlx.Array) {
//		s := carry[0].Add(x[0])
//		return []*mlx.Array{s}, []*mlx.Array{s}
//	}
func Scan(f func(carry, x []*Array) (next, y []*Array), init, xs []*Array) (carry, ys []*Array) {
	const name = "scan"
	if len(xs) == 0 {
		fail(name, "value", "there is no array to go along")
	}
	length := -1
	args := make([]*node, 0, len(init)+len(xs))
	for _, a := range init {
		args = append(args, a.node(name))
	}
	for _, x := range xs {
		if n := x.node(name); len(n.shape) == 0 || length >= 0 && n.shape[0] != length {
			fail(name, "shape", "an array of shape %s does not have %d elements along its first axis", shapeText(n.shape), max(length, 0))
		}
		length = x.n.shape[0]
		args = append(args, fullNode(x.n.dtype, x.n.shape[1:], 0, true)) // for its shape
	}
	k := len(init)
	p := record(name, func(a ...*Array) []*Array {
		next, y := f(a[:k:k], a[k:])
		if len(next) != k {
			fail(name, "value", "%d arrays are handed on, want %d", len(next), k)
		}
		for i, c := range next {
			if n := c.result(name); n.dtype != args[i].dtype || !equalShape(n.shape, args[i].shape) {
				fail(name, "shape", "carry %d was %v %s and becomes %v %s", i, args[i].dtype, shapeText(args[i].shape), n.dtype, shapeText(n.shape))
			}
		}
		return append(next[:k:k], y...)
	}, args, nil)
	state := args[:k:k]
	stacks := make([][]*Array, p.returned-k)
	for i := range length {
		in := state[:k:k]
		for _, x := range xs {
			in = append(in, x.At(i).n)
		}
		outs := p.replay(in, i > 0)
		state = outs[:k]
		for j, y := range outs[k:] {
			stacks[j] = append(stacks[j], wrap(y))
		}
	}
	for j, s := range stacks {
		if length == 0 {
			y := p.output(k + j)
			ys = append(ys, Zeros(append([]int{0}, y.shape...)...).AsType(y.dtype))
			continue
		}
		ys = append(ys, Stack(s))
	}
	return wrapAll(state), ys
}

// output is a node like result i.
func (p *program) output(i int) *node {
	at := p.results[i]
	for _, list := range [][]*node{p.args, p.drawn, p.captured} {
		if at < len(list) {
			return list[at]
		}
		at -= len(list)
	}
	return p.code[at].n
}

// While calls body again and again with what it gave before, beginning with
// init, as long as cond is true. A limit bounds the rounds. It is needed under
// [VMap] and [Compile], where that many rounds are laid out, of which those that
// come after the end change nothing.
func While(cond func(state []*Array) *Array, body func(state []*Array) []*Array, init []*Array, limit ...int) []*Array {
	const name = "while"
	state := init
	var on *node // where rounds cannot be left out: whether this one counts
	for round := 0; len(limit) == 0 || round < limit[0]; round++ {
		checkStop(name)
		c := cond(state)
		n := truth(name, c)
		if on == nil && !n.traces.symbolic() {
			if !c.Bool() {
				return state
			}
			state = same(name, state, body(state))
			continue
		}
		if len(limit) == 0 {
			fail(name, "transform", "under vmap and compile a limit of rounds is needed")
		}
		if on != nil {
			n = LogicalAnd(wrap(on), wrap(n)).n
		}
		on = n
		state = choose(wrap(on), same(name, state, body(state)), state)
	}
	return state
}

// Cond calls yes or no, with the arguments, as pred says. Under [VMap] and
// [Compile], where that cannot be read, it calls both and chooses from their
// results.
func Cond(pred *Array, yes, no func(args ...*Array) []*Array, args ...*Array) []*Array {
	const name = "cond"
	n := truth(name, pred)
	if !n.traces.symbolic() {
		if pred.Bool() {
			return yes(args...)
		}
		return no(args...)
	}
	a := yes(args...)
	return choose(wrap(n), a, same(name, a, no(args...)))
}

// truth is a single bool or number.
func truth(name string, c *Array) *node {
	n := c.result(name)
	if n.size != 1 {
		fail(name, "shape", "the condition has shape %s and must be a single bool", shapeText(n.shape))
	}
	return reshapeNode(castNode(name, n, Bool), []int{})
}

// same refuses arrays that are not of the kinds of others.
func same(name string, was, now []*Array) []*Array {
	if len(was) != len(now) {
		fail(name, "value", "%d arrays become %d", len(was), len(now))
	}
	for i := range was {
		a, b := was[i].node(name), now[i].result(name)
		if a.dtype != b.dtype || !equalShape(a.shape, b.shape) {
			fail(name, "shape", "array %d was %v %s and becomes %v %s", i, a.dtype, shapeText(a.shape), b.dtype, shapeText(b.shape))
		}
	}
	return now
}

func choose(cond *Array, yes, no []*Array) []*Array {
	out := make([]*Array, len(yes))
	for i := range yes {
		out[i] = Where(cond, yes[i], no[i])
	}
	return out
}
