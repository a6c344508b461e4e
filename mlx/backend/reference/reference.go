// Package reference interprets plans: one point after the other, one node after
// the other, every op through its scalar function in the op table. It is slow
// and meant to be obviously right; the other backends are compared with it.
package reference

import (
	"context"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// Backend is the interpreter.
type Backend struct{}

// Name is "reference".
func (Backend) Name() string { return "reference" }

// Compile has nothing to do but to check the plan.
func (Backend) Compile(p *backend.Plan) (backend.Exec, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	return exec{p}, nil
}

type exec struct{ plan *backend.Plan }

func (x exec) Run(ctx context.Context, params []op.Value, bufs []*backend.Buffer) error {
	p := x.plan
	m := machine{params: params, bufs: append([]*backend.Buffer{}, bufs...)}
	for _, t := range p.Temps {
		b, err := backend.Alloc(t.Dtype, t.Size)
		if err != nil {
			return err
		}
		m.bufs = append(m.bufs, b)
	}
	for _, s := range p.Steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.Region != nil {
			m.region(s.Region)
		} else if err := RunPrimitive(s.Primitive, params, m.bufs); err != nil {
			return err
		}
	}
	return nil
}

// machine interprets nodes at one index vector.
type machine struct {
	params []op.Value
	bufs   []*backend.Buffer
	vals   []op.Value // of each node
	result op.Value   // of the primitive, in an epilogue
}

// walk calls f with every index vector of the space, in row-major order; the
// vector starts at at[from:].
func walk(space []int, at []int, f func()) {
	if backend.Volume(space) == 0 {
		return
	}
	clear(at)
	for {
		f()
		k := len(space) - 1
		for ; k >= 0; k-- {
			if at[k]++; at[k] < space[k] {
				break
			}
			at[k] = 0
		}
		if k < 0 {
			return
		}
	}
}

func (m *machine) region(r *backend.Region) {
	i := make([]int, len(r.Space)+len(r.Inner))
	outer, inner := i[:len(r.Space)], i[len(r.Space):]
	m.vals = make([]op.Value, len(r.Nodes))
	walk(r.Space, outer, func() {
		for _, ph := range r.Phases {
			accs := make([]accumulator, len(ph.Reduce))
			for k, n := range ph.Reduce {
				accs[k].start(&r.Nodes[n], r.Nodes[r.Nodes[n].Args[0]].Dtype)
			}
			point := func() {
				for _, n := range ph.Nodes {
					if r.Nodes[n].Kind != backend.Reduce {
						m.vals[n] = m.eval(r.Nodes, n, i)
					}
				}
				for k, n := range ph.Reduce {
					accs[k].add(m.vals[r.Nodes[n].Args[0]])
				}
				m.store(ph.Stores, i)
			}
			clear(inner)
			if ph.Loop {
				walk(r.Inner, inner, point)
			} else {
				point()
			}
			for k, n := range ph.Reduce {
				m.vals[n] = accs[k].value()
			}
		}
	})
}

func (m *machine) store(stores []backend.Store, i []int) {
	for _, s := range stores {
		m.bufs[s.Buffer].Put(s.Index.At(i), m.vals[s.Node])
	}
}

func (m *machine) eval(nodes []backend.Node, k int, i []int) op.Value {
	n := &nodes[k]
	switch n.Kind {
	case backend.Load:
		for _, g := range n.Guard {
			if m.vals[g] == 0 {
				return 0
			}
		}
		return m.bufs[n.Buffer].Get(n.Index.At(i))
	case backend.Const:
		return n.Value
	case backend.Param:
		return m.params[n.Param]
	case backend.Iota:
		return op.Cast(n.Dtype, op.Int64, op.Value(n.Index.At(i)))
	case backend.Inside:
		if x := n.Index.At(i); n.Low <= x && x < n.High {
			return 1
		}
		return 0
	case backend.Bits:
		return op.Value(op.RandomWord(uint32(m.vals[n.Args[0]]), uint32(m.vals[n.Args[1]]), n.Index.At(i), n.High))
	case backend.Cast:
		return op.Cast(n.Dtype, nodes[n.Args[0]].Dtype, m.vals[n.Args[0]])
	case backend.Result:
		return m.result
	case backend.Apply:
		args := make([]op.Value, len(n.Args))
		for j, a := range n.Args {
			args[j] = m.vals[a]
		}
		return op.Of(n.Op).Apply(nodes[n.Args[len(n.Args)-1]].Dtype, args...)
	}
	panic("reference: " + n.Kind.String() + " is not evaluated at a point")
}

// accumulator is a running reduction. Floats narrower than 32 bits accumulate
// as float32.
type accumulator struct {
	kind  backend.Reduction
	out   op.Dtype
	in    op.Dtype // of the values
	dtype op.Dtype // of the sum
	acc   op.Value
	n     int // values seen
	best  int // where the best was
}

func (a *accumulator) start(n *backend.Node, in op.Dtype) {
	*a = accumulator{kind: n.Reduction, out: n.Dtype, in: in, dtype: in}
	if in == op.Float16 || in == op.BFloat16 {
		a.dtype = op.Float32
	}
	switch {
	case a.kind == backend.Prod, a.kind == backend.Min: // bools: true
		a.acc = op.Cast(a.dtype, op.Bool, 1)
	}
}

func (a *accumulator) add(v op.Value) {
	v = op.Cast(a.dtype, a.in, v)
	var take bool
	switch a.kind {
	case backend.Sum:
		a.acc = op.Of(op.Add).Apply(a.dtype, a.acc, v)
	case backend.Prod:
		a.acc = op.Of(op.Multiply).Apply(a.dtype, a.acc, v)
	case backend.Max:
		take = op.Of(op.Maximum).Apply(a.dtype, a.acc, v) != a.acc
	case backend.Min:
		take = op.Of(op.Minimum).Apply(a.dtype, a.acc, v) != a.acc
	case backend.ArgMax:
		take = op.Of(op.Greater).Apply(a.dtype, v, a.acc) != 0 || a.isNaN(v) && !a.isNaN(a.acc)
	case backend.ArgMin:
		take = op.Of(op.Less).Apply(a.dtype, v, a.acc) != 0 || a.isNaN(v) && !a.isNaN(a.acc)
	}
	if a.kind >= backend.Max && (take || a.n == 0) {
		a.acc, a.best = v, a.n
	}
	a.n++
}

func (a *accumulator) isNaN(v op.Value) bool {
	x := v.Float(a.dtype)
	return x != x
}

func (a *accumulator) value() op.Value {
	if a.kind == backend.ArgMax || a.kind == backend.ArgMin {
		return op.Value(a.best)
	}
	return op.Cast(a.out, a.dtype, a.acc)
}
