package mlx

import (
	"slices"

	"github.com/ingot-go/ingot/mlx/op"
)

// Grad is the derivative of a function of one array that returns a single
// number: g(x) has the shape and dtype of x. It composes, so that
// Grad(Grad(f)) is a second derivative where Grad(f) again returns one number.
func Grad(f func(*Array) *Array) func(*Array) *Array {
	vg := valueAndGrad("grad", f)
	return func(x *Array) *Array {
		_, g := vg(x)
		return g
	}
}

// ValueAndGrad gives the value of f together with its derivative.
func ValueAndGrad(f func(*Array) *Array) func(*Array) (value, grad *Array) {
	return valueAndGrad("value_and_grad", f)
}

func valueAndGrad(name string, f func(*Array) *Array) func(*Array) (*Array, *Array) {
	return func(x *Array) (*Array, *Array) {
		v, g := derive(name, func(a ...*Array) *Array { return f(a[0]) }, []*Array{x}, []int{0})
		return v, g[0]
	}
}

// GradN is the derivatives of a function of several arrays by the arguments
// with the given numbers, or by the first one when none is given.
func GradN(f func(...*Array) *Array, argnums ...int) func(...*Array) []*Array {
	vg := valueAndGradN("grad", f, argnums)
	return func(args ...*Array) []*Array {
		_, g := vg(args...)
		return g
	}
}

// ValueAndGradN gives the value of f together with its derivatives by the
// arguments with the given numbers, or by the first one when none is given.
func ValueAndGradN(f func(...*Array) *Array, argnums ...int) func(...*Array) (value *Array, grads []*Array) {
	return valueAndGradN("value_and_grad", f, argnums)
}

func valueAndGradN(name string, f func(...*Array) *Array, argnums []int) func(...*Array) (*Array, []*Array) {
	argnums = slices.Clone(argnums)
	if len(argnums) == 0 {
		argnums = []int{0}
	}
	return func(args ...*Array) (*Array, []*Array) {
		for i, k := range argnums {
			if k < 0 || k >= len(args) || slices.Contains(argnums[:i], k) {
				fail(name, "value", "argument numbers %v for %d arguments", argnums, len(args))
			}
		}
		return derive(name, f, args, argnums)
	}
}

// derive calls f with tracers and walks back from its result.
func derive(name string, f func(...*Array) *Array, args []*Array, argnums []int) (*Array, []*Array) {
	t, traced, prims := startTrace(name, args, argnums)
	defer t.end()
	y, one := scalarResult(name, f(traced...))
	return wrap(y), t.back(name, []*node{y}, []*node{one}, prims)
}

// scalarResult is the single float that a function to be derived has returned,
// and the cotangent that it starts from.
func scalarResult(name string, out *Array) (y, one *node) {
	y = out.result(name)
	if y.size != 1 {
		fail(name, "shape", "the function returned an array of shape %s and must return a single number", shapeText(y.shape))
	}
	if !y.dtype.IsFloat() {
		fail(name, "dtype", "the function returned %v and must return a float", y.dtype)
	}
	return y, fullNode(y.dtype, y.shape, op.FloatValue(y.dtype, 1), true)
}

// VJP evaluates f at the primals and gives its results together with the
// cotangents of the primals: for each primal the sum, over the results, of the
// result's cotangent times the derivative of the result.
func VJP(f func(...*Array) []*Array, primals, cotangents []*Array) (outputs, vjps []*Array) {
	return vjp("vjp", f, primals, cotangents, false)
}

func vjp(name string, f func(...*Array) []*Array, primals, cotangents []*Array, forward bool) (outputs, vjps []*Array) {
	t, traced, prims := startTrace(name, primals, identity(len(primals)))
	t.forward = forward
	defer t.end()
	outputs = f(traced...)
	if len(outputs) != len(cotangents) {
		checkStop(name)
		fail(name, "value", "%d cotangents for %d results", len(cotangents), len(outputs))
	}
	ys, gs := make([]*node, len(outputs)), make([]*node, len(outputs))
	for i, o := range outputs {
		ys[i], gs[i] = o.result(name), cotangents[i].node(name)
		if !equalShape(ys[i].shape, gs[i].shape) {
			fail(name, "shape", "result %d has shape %s and its cotangent %s", i, shapeText(ys[i].shape), shapeText(gs[i].shape))
		}
		gs[i] = castNode(name, gs[i], ys[i].dtype)
		outputs[i] = wrap(ys[i])
	}
	return outputs, t.back(name, ys, gs, prims)
}

// result is the node that a callback returned. An interrupted callback may
// return nothing.
func (a *Array) result(name string) *node {
	checkStop(name)
	if a == nil || a.n == nil {
		fail(name, "transform", "the function returned a nil array")
	}
	return a.n
}

// tape is a trace with the nodes found while walking it.
type tape struct {
	trace *trace
	set   *traces
	order []*node
	// forward marks what is going to be the other way round.
	forward bool
	// reached, where it is not nil, gathers the cotangent of every node.
	reached map[*node]*node
}

func startTrace(name string, args []*Array, argnums []int) (t *tape, traced []*Array, prims []*node) {
	tr := &trace{}
	t = &tape{trace: tr, set: &traces{[]*trace{tr}}}
	traced = slices.Clone(args)
	for i, a := range args {
		a.node(name + ": argument " + string(rune('0'+i%10)))
	}
	for _, k := range argnums {
		n := args[k].n
		p := newNode(kSame, n.dtype, n.shape, n)
		p.traces = t.set.join(n.traces)
		prims = append(prims, p)
		traced[k] = wrap(p)
	}
	return t, traced, prims
}

// end lets go of what was kept for the trace: evaluated nodes that no other
// derivative is going to walk forget their inputs.
func (t *tape) end() {
	t.trace.ended.Store(true)
	theEngine.mu.Lock()
	defer theEngine.mu.Unlock()
	for _, n := range t.order {
		if n.buf.Load() != nil && !n.traces.active() {
			n.detach()
		}
	}
}

// depends reports whether n depends on the arguments of the trace.
func (t *tape) depends(n *node) bool {
	return n.traces != nil && slices.Contains(n.traces.list, t.trace)
}

// walk lists the nodes between the arguments and the results, inputs first. No
// derivative goes through a stop.
func (t *tape) walk(ys []*node, throughStop bool) {
	seen := map[*node]bool{}
	for _, y := range ys {
		if seen[y] || !t.depends(y) {
			continue
		}
		seen[y] = true
		stack := []frame{{y, 0}}
		for len(stack) > 0 {
			f := &stack[len(stack)-1]
			if f.next >= len(f.n.in) {
				t.order = append(t.order, f.n)
				stack = stack[:len(stack)-1]
				continue
			}
			in := f.n.in[f.next]
			f.next++
			if !seen[in] && t.depends(in) && (throughStop || f.n.kind != kStop) {
				seen[in] = true
				stack = append(stack, frame{in, 0})
			}
		}
	}
}

// back walks from the results to the arguments, adding up cotangents.
func (t *tape) back(name string, ys, gs, prims []*node) []*Array {
	start := births.Load()
	t.walk(ys, false)
	cot := make(map[*node]*node, len(t.order))
	add := func(n, g *node) {
		if old := cot[n]; old != nil {
			g = call(op.Add, old, g)
		}
		cot[n] = g
	}
	for i, y := range ys {
		add(y, gs[i])
	}
	for i := len(t.order) - 1; i >= 0; i-- {
		if i%256 == 0 {
			checkStop(name)
		}
		n := t.order[i]
		g := cot[n]
		if g != nil && t.reached != nil {
			t.reached[n] = g
		}
		if g == nil || slices.Contains(prims, n) {
			continue
		}
		delete(cot, n)
		for k, in := range n.in {
			if !t.depends(in) {
				continue
			}
			if c := t.cotangent(n, k, g); c != nil {
				add(in, castNode(name, c, in.dtype))
			}
		}
	}
	out := make([]*node, len(prims))
	for i, p := range prims {
		if out[i] = cot[p]; out[i] == nil {
			out[i] = fullNode(p.dtype, p.shape, 0, true)
		}
	}
	if t.reached == nil {
		forget(out, start)
	}
	return wrapAll(out)
}

// forget marks what the derivatives are computed from, of the nodes that were
// made since start: nobody has them, so that their elements need not stay. For
// that, the derivatives are computed together.
func forget(grads []*node, start uint64) {
	seen := map[*node]bool{}
	stack := slices.Clone(grads)
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, in := range n.in {
			if in.born > start && !seen[in] {
				seen[in], in.inner = true, true
				stack = append(stack, in)
			}
		}
	}
	for _, g := range grads {
		g.inner = false
	}
	together(grads)
}
