package cpu

import (
	"slices"
	"unsafe"

	"github.com/ingot-go/ingot/cpu/internal/jit"
	"github.com/ingot-go/ingot/cpu/internal/vir"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// group is the pointwise float32 part of an inner loop as one vector program. It
// runs for each row of a tile, and reads and writes registers; stores of the phase
// go straight to their buffers.
type group struct {
	vectorStep
	inputs  []register
	outputs []int // registers
	direct  []backend.Store
	single  []register
}

// register is an operand of a group. One that stays is the same for every row of a tile.
type register struct {
	number int
	stays  bool
}

// compileGroup makes the group for the loop of phase k, or nil where there is
// nothing to compute or more than vector programs can do. Values in registers
// from earlier phases are done.
func (p *program) compileGroup(k int, done []bool) *group {
	if p.engine == tiles || len(p.r.Inner) == 0 || !p.suits(k, done) {
		return nil
	}
	b := p.buildGroup(k, done, false)
	if b.t.failed || len(b.t.p.Outputs) == 0 {
		return nil
	}
	g := b.g
	g.program = b.t.p
	arrays := len(g.inputs) + len(g.program.Outputs)
	if arrays > jit.MaxArrays || len(g.single) > jit.MaxScalars || arrays+len(g.single) > jit.MaxArgs || jit.Pressure(g.program) > mostValues {
		return nil
	}
	g.loads, g.stores = make([]memory, len(g.inputs)), make([]memory, len(g.program.Outputs))
	if g.program.Guard != vir.None {
		g.exact = p.buildGroup(k, done, true).t.p
	}
	if !g.prepare(p.engine, false) {
		return nil
	}
	return g
}

// groupBuilder translates the nodes that the outputs of a group need.
type groupBuilder struct {
	p     *program
	t     *translator
	g     *group
	done  []bool
	known []bool
}

func (p *program) buildGroup(k int, done []bool, exact bool) *groupBuilder {
	r, n := p.r, len(p.r.Nodes)
	b := &groupBuilder{p: p, g: &group{}, done: done, known: make([]bool, n),
		t: &translator{r: r, p: vir.New(0, 0), value: make([]vir.Value, n)}}
	b.t.p.Exact = exact
	for _, i := range p.wanted(k, done) {
		b.need(i)
		b.g.outputs = append(b.g.outputs, i)
		b.t.p.Outputs = append(b.t.p.Outputs, b.t.value[i])
	}
	along := len(r.Space) + len(r.Inner) - 1
	if p.byCol {
		along = len(r.Space) - 1
	}
	for _, s := range r.Phases[k].Stores {
		if r.Nodes[s.Node].Dtype != op.Float32 || stride(s.Index, along) != 1 {
			b.t.failed = true
			return b
		}
		b.need(s.Node)
		b.g.direct = append(b.g.direct, s)
		b.t.p.Outputs = append(b.t.p.Outputs, b.t.value[s.Node])
	}
	b.t.p.Inputs, b.t.p.Scalars = len(b.g.inputs), len(b.g.single)
	return b
}

// computed reports whether the loop of phase k computes node i from others.
func (p *program) computed(k, i int, done []bool) bool {
	n := &p.r.Nodes[i]
	return n.Inner && !p.uniform[i] && !done[i] && (n.Kind == backend.Apply || n.Kind == backend.Cast) && slices.Contains(p.r.Phases[k].Nodes, i)
}

// suits reports whether nothing in the loop of phase k but the group needs what
// is computed there: no guard of a load, and no reduction of another dtype.
func (p *program) suits(k int, done []bool) bool {
	ph := &p.r.Phases[k]
	guarded := func(i int) bool { return len(p.r.Nodes[i].Guard) > 0 }
	other := func(i int) bool {
		n := &p.r.Nodes[p.r.Nodes[i].Args[0]]
		return n.Inner && n.Kind != backend.Load && n.Dtype != op.Float32
	}
	return ph.Loop && !slices.ContainsFunc(ph.Nodes, guarded) && !slices.ContainsFunc(ph.Reduce, other)
}

// wanted are the nodes that have to be in registers after the loop of phase k has
// done a tile: what is reduced, and, where a tile stays, what later phases read.
func (p *program) wanted(k int, done []bool) (list []int) {
	want := func(i int) {
		if p.computed(k, i, done) && p.r.Nodes[i].Dtype == op.Float32 && !slices.Contains(list, i) {
			list = append(list, i)
		}
	}
	for _, i := range p.r.Phases[k].Reduce {
		want(p.r.Nodes[i].Args[0])
	}
	if !p.once {
		return list
	}
	for _, later := range p.r.Phases[k+1:] {
		for _, i := range later.Nodes {
			if !p.computed(k, i, done) {
				for _, a := range p.r.Nodes[i].Args {
					want(a)
				}
			}
		}
		for _, i := range later.Reduce {
			want(p.r.Nodes[i].Args[0])
		}
		for _, s := range later.Stores {
			want(s.Node)
		}
	}
	return list
}

// need translates node i and what it is made from.
func (b *groupBuilder) need(i int) {
	if b.known[i] {
		return
	}
	b.known[i] = true
	n := &b.p.r.Nodes[i]
	outer := !n.Inner || b.p.uniform[i]
	switch {
	case n.Kind == backend.Const:
		b.t.value[i] = b.t.node(i, n)
	case n.Dtype != op.Float32 && (outer || b.done[i] || n.Kind == backend.Load) || len(n.Guard) > 0:
		b.t.failed = true
	case outer && (!b.p.byCol || b.p.uniform[i]):
		b.t.value[i] = b.t.p.Scalar(len(b.g.single))
		b.g.single = append(b.g.single, register{i, b.p.uniform[i]})
	case outer || b.done[i] || n.Kind == backend.Load:
		b.t.value[i] = b.t.p.Input(len(b.g.inputs))
		b.g.inputs = append(b.g.inputs, register{i, outer})
	case n.Kind == backend.Apply || n.Kind == backend.Cast:
		for _, a := range n.Args {
			b.need(a)
		}
		b.t.value[i] = b.t.node(i, n)
	default:
		b.t.failed = true
	}
}

// codes are the instructions of the group: one for each output, so that it gets
// its memory, and one that computes them all.
func (g *group) codes() (list []code) {
	last := code{dst: -1, run: g.compute}
	for _, x := range append(g.inputs, g.single...) {
		last.src = append(last.src, x.number)
	}
	for _, i := range g.outputs {
		list = append(list, code{dst: i, run: func(*frame, tile) {}})
		last.src = append(last.src, i)
	}
	return append(list, last)
}

func (g *group) compute(f *frame, t tile) {
	w := workers.Get().(*vectorWorker)
	for row := range t.rows {
		k := 0
		place := func(reg, at int) {
			w.args[k] = unsafe.Pointer(&f.f32[reg][at])
			k++
		}
		for _, x := range g.inputs {
			if x.stays {
				place(x.number, 0)
			} else {
				place(x.number, row*t.cols)
			}
		}
		for _, i := range g.outputs {
			place(i, row*t.cols)
		}
		for i := range g.direct {
			s := &g.direct[i]
			down, _ := t.strides(&s.Index)
			w.args[k] = unsafe.Pointer(&backend.Slice[float32](f.bufs[s.Buffer])[s.Index.At(f.at)+row*down])
			k++
		}
		for _, x := range g.single {
			if x.stays {
				place(x.number, 0)
			} else {
				place(x.number, row)
			}
		}
		g.elements(w, g.code, t.cols)
	}
	w.args = jit.Args{}
	workers.Put(w)
}
