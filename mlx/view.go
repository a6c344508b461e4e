package mlx

import (
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/graph"
	"github.com/ingot-go/ingot/mlx/op"
)

// GraphOf views the graph behind arrays, down to what is evaluated already, and
// how it would be planned if all of them were evaluated now. It evaluates nothing.
func GraphOf(arrays ...*Array) graph.Graph {
	var g graph.Graph
	theEngine.look("graph", arrays, func(order, want []*node) {
		g = view(order, want)
		for _, step := range newScheduler(order, want).plan().Steps {
			if step.Region != nil {
				g.Plan.Regions++
			} else {
				g.Plan.Primitives++
			}
		}
	})
	return g
}

// PlanOf is the plan that evaluating all the arrays now would run; its String
// shows everything in it. It evaluates nothing.
func PlanOf(arrays ...*Array) (p *backend.Plan) {
	theEngine.look("plan", arrays, func(order, want []*node) { p = newScheduler(order, want).plan() })
	return p
}

// look calls f with the graph behind arrays, inputs before users.
func (e *engine) look(name string, arrays []*Array, f func(order, want []*node)) {
	if len(arrays) == 0 {
		fail(name, "value", "no array is given")
	}
	want := make([]*node, len(arrays))
	for i, a := range arrays {
		want[i] = a.node(name)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.walk(want)
	defer func() { clear(e.order) }()
	f(e.order, want)
}

// Tape calls f as a derivative does and gives its value, the graph between args
// and value, and for each node of the graph the derivative of the value by that
// node: nil where none flows. The first nodes are the arguments, whether or not
// the value depends on them. f must return a single floating number.
func Tape(f func(...*Array) *Array, args ...*Array) (value *Array, g graph.Graph, cotangents []*Array) {
	const name = "gradients"
	if len(args) == 0 {
		fail(name, "value", "no argument is given")
	}
	t, traced, prims := startTrace(name, args, identity(len(args)))
	defer t.end()
	y, one := scalarResult(name, f(traced...))
	t.reached = map[*node]*node{}
	t.back(name, []*node{y}, []*node{one}, prims)
	order := t.lineage(y, prims)
	g = view(order, []*node{y})
	for i := range prims {
		v := &g.Nodes[i]
		v.Op, v.In, v.Where = "argument", nil, args[i].n.where
	}
	cotangents = make([]*Array, len(order))
	for i, n := range order {
		if c := t.reached[n]; c != nil {
			cotangents[i] = wrap(c)
		}
	}
	return wrap(y), g, cotangents
}

// lineage lists the arguments and then all that leads from them to y, inputs
// before users, with what else goes into it down to what is evaluated.
func (t *tape) lineage(y *node, prims []*node) []*node {
	theEngine.mu.Lock() // an evaluation elsewhere detaches nodes
	defer theEngine.mu.Unlock()
	order, seen := slices.Clone(prims), map[*node]bool{}
	for _, p := range prims {
		seen[p] = true
	}
	if seen[y] {
		return order
	}
	known := func(n *node) bool { return n.buf.Load() != nil && !t.depends(n) }
	return append(order, postorder([]*node{y}, seen, known)...)
}

func view(order, results []*node) graph.Graph {
	number := make(map[*node]int, len(order))
	for i, n := range order {
		number[n] = i
	}
	g := graph.Graph{Nodes: make([]graph.Node, len(order))}
	for i, n := range order {
		v := graph.Node{Op: n.opName(), Shape: slices.Clone(n.shape), Dtype: n.dtype, Where: n.where,
			Evaluated: n.buf.Load() != nil}
		for _, in := range n.in {
			if k, ok := number[in]; ok {
				v.In = append(v.In, k)
			}
		}
		if n.kind == kFull {
			v.Value = valueText(n.dtype, n.value)
		}
		g.Nodes[i] = v
	}
	for _, r := range results {
		g.Results = append(g.Results, number[r])
	}
	return g
}

// valueText is an element as an array prints it.
func valueText(d op.Dtype, v op.Value) string {
	b, err := backend.Alloc(d, 1)
	if err != nil {
		panic(asError("graph", err))
	}
	b.Put(0, v)
	return elementText(b, 0)
}

var kindNames = [...]string{kData: "array", kFull: "full", kIota: "arange", kBits: "random_bits", kCast: "astype",
	kReshape: "reshape", kTranspose: "transpose", kBroadcast: "broadcast_to", kSlice: "slice", kPad: "pad",
	kConcat: "concatenate", kSame: "identity", kDepends: "depends", kStop: "stop_gradient", kMatMul: "matmul", kGather: "gather",
	kScatter: "scatter", kArgSort: "argsort", kPlace: "argument", kCustom: "custom"}

// opName is MLX's name of what the node computes.
func (n *node) opName() string {
	switch n.kind {
	case kApply:
		return op.Code(n.code).String()
	case kReduce:
		return backend.Reduction(n.code).String()
	case kHost:
		return backend.Kernel(n.code).String()
	}
	return kindNames[n.kind]
}
