package mlx

import (
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/internal/view"
	"github.com/ingot-go/ingot/mlx/op"
)

func init() {
	view.Walk = viewWalk
	view.Plan = viewPlan
	view.Gradients = viewGradients
}

var kindNames = [...]string{kData: "array", kFull: "full", kIota: "arange", kBits: "random_bits", kCast: "astype",
	kReshape: "reshape", kTranspose: "transpose", kBroadcast: "broadcast_to", kSlice: "slice", kPad: "pad",
	kConcat: "concatenate", kSame: "identity", kStop: "stop_gradient", kMatMul: "matmul", kGather: "gather",
	kScatter: "scatter", kArgSort: "argsort"}

// opName is what the node computes.
func (n *node) opName() string {
	switch n.kind {
	case kApply:
		return op.Code(n.code).String()
	case kReduce:
		return backend.Reduction(n.code).String()
	}
	return kindNames[n.kind]
}

func handles(name string, arrays []any) []*node {
	nodes := make([]*node, len(arrays))
	for i, a := range arrays {
		nodes[i] = a.(*Array).node(name)
	}
	return nodes
}

// viewWalk lists the graph below the arrays, inputs first.
func viewWalk(arrays []any) []view.Node {
	want := handles("graph", arrays)
	theEngine.mu.Lock()
	defer theEngine.mu.Unlock()
	theEngine.walk(want)
	defer func() { clear(theEngine.order) }()
	return viewOf(theEngine.order)
}

// viewOf describes nodes, which are in order.
func viewOf(order []*node) []view.Node {
	number := make(map[*node]int, len(order))
	list := make([]view.Node, len(order))
	for i, n := range order {
		number[n] = i
		v := view.Node{Op: n.opName(), Shape: slices.Clone(n.shape), Dtype: n.dtype.String(),
			Where: n.where, Evaluated: n.buf.Load() != nil, Handle: wrap(n)}
		for _, in := range n.in {
			if k, ok := number[in]; ok {
				v.Inputs = append(v.Inputs, k)
			}
		}
		list[i] = v
	}
	return list
}

// viewPlan is the text of the plan that evaluating the arrays would run.
func viewPlan(arrays []any) string {
	want := handles("plan", arrays)
	theEngine.mu.Lock()
	defer theEngine.mu.Unlock()
	theEngine.walk(want)
	defer func() { clear(theEngine.order) }()
	return newScheduler(theEngine.order, want).plan().String()
}

// viewGradients calls f on tracers of all arguments and gives its value and the
// graph between, with the gradient of the value by every node.
func viewGradients(fn any, args []any) (any, []view.Node) {
	const name = "gradients"
	f := fn.(func(...*Array) *Array)
	arrays := make([]*Array, len(args))
	for i, a := range args {
		arrays[i] = a.(*Array)
	}
	t, traced, prims := startTrace(name, arrays, identity(len(arrays)))
	defer t.end()
	y := scalarResult(name, f(traced...))
	t.grads = map[*node]*node{}
	t.back(name, []*node{y}, []*node{oneLike(y)}, prims)
	list := viewOf(t.order)
	for i, n := range t.order {
		if g := t.grads[n]; g != nil {
			list[i].Grad = wrap(g)
		}
		list[i].Argument = slices.Contains(prims, n)
	}
	return wrap(y), list
}
