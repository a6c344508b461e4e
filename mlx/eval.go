package mlx

import (
	"context"
	"sync"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/hook"
	"github.com/ingot-go/ingot/mlx/op"
)

// engine evaluates: one evaluation at a time, each with all the cores that its
// backend uses. It keeps the plans that it has compiled, so that a loop compiles
// in its first round only.
type engine struct {
	mu      sync.Mutex
	backend backend.Backend
	plans   map[planKey]*compiled
	misses  int

	// Scratch of the walk over the graph.
	epoch uint32
	order []*node
	stack []frame
}

// frame is a node on the way down a walk, and the input to look at next.
type frame struct {
	n    *node
	next int
}

// compiled is a plan ready to run, bound to nodes by their number in the order
// in which a walk meets them.
type compiled struct {
	exec                    backend.Exec
	bytes, tempBytes        int            // of outputs and temporaries, and of these
	specs                   []backend.Spec // of the outputs
	inputs, outputs, params []int32
	alias                   [][2]int32 // a node that is another's elements in another shape
	fused                   []int32    // nodes computed but not kept
}

// planLimit bounds the cache of plans; beyond it everything is compiled afresh.
const planLimit = 4096

var theEngine = &engine{plans: map[planKey]*compiled{}}

// SetBackend chooses the device that evaluates from now on, and returns the one
// before. Arrays that are already evaluated stay usable when both keep their
// elements in the memory of the host.
func SetBackend(b backend.Backend) (before backend.Backend) {
	e := theEngine
	e.mu.Lock()
	defer e.mu.Unlock()
	before, e.backend = e.backend, b
	clear(e.plans)
	return before
}

// DeviceName is the name of the device that evaluates, such as "cpu".
func DeviceName() string {
	theEngine.mu.Lock()
	defer theEngine.mu.Unlock()
	return theEngine.backend.Name()
}

// CompiledPlans is how many plans have been compiled so far. A loop whose rounds
// do the same does not raise it after the first two.
func CompiledPlans() int {
	theEngine.mu.Lock()
	defer theEngine.mu.Unlock()
	return theEngine.misses
}

// evaluate computes nodes, and panics with an *Error where that fails. What was
// already computed stays.
func evaluate(want []*node) {
	if err := theEngine.run(want); err != nil {
		panic(asError("eval", err))
	}
}

// stopping is a context that ends when the user asks to stop.
type stopping struct{ context.Context }

func (stopping) Err() error {
	if err := hook.Stop(); err != nil {
		return interrupted("eval", err)
	}
	return nil
}

func (e *engine) run(want []*node) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	ctx := stopping{context.Background()}
	if err := ctx.Err(); err != nil {
		return err
	}
	want = e.walkGroups(want)
	defer func() { clear(e.order) }() // hold no arrays
	key := structureKey(e.order, want)
	c := e.plans[key]
	if c == nil {
		var err error
		if c, err = e.compile(want); err != nil {
			return err
		}
		if len(e.plans) >= planLimit {
			clear(e.plans)
		}
		e.plans[key] = c
		e.misses++
	}
	return e.execute(ctx, c)
}

// walk numbers the pending nodes below the wanted ones, and the evaluated nodes
// that they use, inputs first.
func (e *engine) walk(want []*node) {
	e.epoch++
	e.order = e.order[:0]
	for _, w := range want {
		if w.epoch == e.epoch {
			continue
		}
		w.epoch = e.epoch
		e.stack = append(e.stack[:0], frame{w, 0})
		for len(e.stack) > 0 {
			f := &e.stack[len(e.stack)-1]
			if f.n.buf.Load() != nil || f.next >= len(f.n.in) {
				f.n.index = int32(len(e.order))
				e.order = append(e.order, f.n)
				e.stack = e.stack[:len(e.stack)-1]
				continue
			}
			in := f.n.in[f.next]
			f.next++
			if in.epoch != e.epoch {
				in.epoch = e.epoch
				e.stack = append(e.stack, frame{in, 0})
			}
		}
	}
}

// walkGroups walks, and adds to the wanted nodes what is to be computed with them.
func (e *engine) walkGroups(want []*node) []*node {
	for {
		e.walk(want)
		more := want[:len(want):len(want)]
		for _, n := range e.order {
			if n.rare == nil || n.buf.Load() != nil {
				continue
			}
			for _, m := range n.rare.group {
				if m.epoch != e.epoch && m.buf.Load() == nil {
					m.epoch = e.epoch
					more = append(more, m)
				}
			}
		}
		if len(more) == len(want) {
			return want
		}
		want = more
	}
}

func (e *engine) execute(ctx context.Context, c *compiled) error {
	order := e.order
	if err := theMemory.ask(c.bytes); err != nil {
		return err
	}
	bufs := make([]*backend.Buffer, 0, len(c.inputs)+len(c.outputs))
	for _, i := range c.inputs {
		bufs = append(bufs, order[i].buf.Load())
	}
	for _, s := range c.specs {
		b, err := allocOn(e.backend, s)
		if err != nil {
			return err
		}
		theMemory.count(b)
		bufs = append(bufs, b)
	}
	theMemory.lend(c.tempBytes)
	params := make([]op.Value, len(c.params))
	for k, i := range c.params {
		params[k] = order[i].value
	}
	if err := c.exec.Run(ctx, params, bufs); err != nil {
		return err
	}
	for k, i := range c.outputs {
		order[i].keep(bufs[len(c.inputs)+k])
	}
	for _, a := range c.alias {
		order[a[0]].keep(order[a[1]].buf.Load())
	}
	for _, i := range c.fused {
		order[i].fused = true
	}
	return nil
}

func allocOn(b backend.Backend, s backend.Spec) (*backend.Buffer, error) {
	if a, ok := b.(backend.Allocator); ok {
		return a.Alloc(s.Dtype, s.Size)
	}
	return backend.Alloc(s.Dtype, s.Size)
}

// keep makes the node an evaluated one, which lets go of its inputs unless a
// derivative is still going to ask for them.
func (n *node) keep(b *backend.Buffer) {
	n.buf.Store(b)
	if n.rare != nil {
		n.rare.group = nil
	}
	if !n.traces.active() {
		n.detach()
	}
}

// detach keeps what other goroutines may read without the engine's lock while
// they build on the node.
func (n *node) detach() { n.in, n.in2, n.ints, n.at = nil, [2]*node{}, nil, nil }

// compile schedules the walked graph and has the backend compile the plan.
func (e *engine) compile(want []*node) (*compiled, error) {
	for _, n := range e.order {
		if n.kind == kPlace {
			return nil, &Error{Op: "eval", Kind: "transform", Where: n.where,
				Msg: "an array cannot be read while its function is traced by vmap or compile"}
		}
	}
	s := newScheduler(e.order, want)
	plan := s.plan()
	exec, err := compileOn(e.backend, plan)
	if err != nil {
		return nil, err
	}
	outputs, temps := bytesFor(plan.Outputs), bytesFor(plan.Temps)
	return &compiled{exec: exec, bytes: outputs + temps, tempBytes: temps, specs: plan.Outputs, inputs: s.inputs, outputs: s.outputs,
		params: s.params, alias: s.alias, fused: append(s.fusedAway(), s.temps...)}, nil
}

// planKey identifies the structure of a graph: what its nodes compute, how they
// are connected, and which results are wanted, but not the elements.
type planKey [2]uint64

func structureKey(order []*node, want []*node) planKey {
	h := planKey{0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F}
	for _, n := range order {
		k := n.kind
		evaluated := n.buf.Load() != nil
		if evaluated {
			k = kData
		}
		word := uint64(k) | uint64(n.dtype)<<16 | uint64(len(n.shape))<<24
		if !evaluated {
			word |= uint64(n.code)<<8 | uint64(len(n.in))<<32
			if n.fixed {
				word |= 1 << 62
			}
			if n.fused {
				word |= 1 << 63
			}
			if n.inner {
				word |= 1 << 61
			}
		}
		h.add(word)
		for _, d := range n.shape {
			h.add(uint64(d))
		}
		if evaluated {
			continue
		}
		for _, i := range n.in {
			h.add(uint64(i.index))
		}
		for _, v := range n.ints {
			h.add(uint64(v))
		}
		if n.fixed {
			h.add(uint64(n.value))
		}
		if n.at != nil {
			h.addIndexing(n.at)
		}
	}
	for _, w := range want {
		h.add(uint64(w.index) + 1<<40)
	}
	return h
}

func (h *planKey) add(v uint64) {
	h[0] = (h[0] ^ v) * 0x9FB21C651E98DF25
	h[0] ^= h[0] >> 29
	h[1] = (h[1] + v ^ h[1]>>31) * 0xD6E8FEB86659FD93
}

func (h *planKey) addIndexing(x *indexing) {
	for _, r := range x.rows {
		h.add(uint64(r.Offset))
		h.add(uint64(len(r.Strides)))
		for _, s := range r.Strides {
			h.add(uint64(s))
		}
	}
	for _, a := range x.axes {
		h.add(uint64(a) + 1<<41)
	}
	h.add(uint64(x.mode) + 1<<42)
}
