// Package graph looks at lazy arrays without changing them: what their graph
// is, which plan would evaluate it, and the gradient at each of its nodes.
// Package inspect draws what it finds.
package graph

import (
	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/internal/view"
)

// Node is one node of a graph.
type Node struct {
	Op        string // MLX's name of the op, or array, full, arange for those without inputs
	Shape     []int
	Dtype     string
	Inputs    []int      // the nodes that it is computed from, by their numbers in the list
	Where     string     // the line of user code that made it, such as "In[3]:7"; may be empty
	Evaluated bool       // its elements are known; what it was computed from is forgotten
	Argument  bool       // of [Gradients]: one of the function's arguments
	Array     *mlx.Array // the node as an array; reading it evaluates it
	Grad      *mlx.Array // of [Gradients]: the derivative of the result by this node; nil where none arrives
}

// Of lists the nodes that the arrays depend on, inputs before their users. An
// evaluated array is a single node. Nothing is evaluated.
func Of(arrays ...*mlx.Array) []Node { return nodes(view.Walk(list(arrays))) }

// Plan is the plan, as text, that evaluating the arrays now would run.
func Plan(arrays ...*mlx.Array) string { return view.Plan(list(arrays)) }

// Gradients calls f, which returns a single number, and lists the nodes between
// its arguments and its result, with the gradient at each. Neither the values
// nor the gradients are evaluated yet.
func Gradients(f func(...*mlx.Array) *mlx.Array, args ...*mlx.Array) (value *mlx.Array, between []Node) {
	v, n := view.Gradients(f, list(args))
	return v.(*mlx.Array), nodes(n)
}

func list(arrays []*mlx.Array) []any {
	out := make([]any, len(arrays))
	for i, a := range arrays {
		out[i] = a
	}
	return out
}

func nodes(list []view.Node) []Node {
	out := make([]Node, len(list))
	for i, v := range list {
		out[i] = Node{Op: v.Op, Shape: v.Shape, Dtype: v.Dtype, Inputs: v.Inputs, Where: v.Where,
			Evaluated: v.Evaluated, Argument: v.Argument, Array: v.Handle.(*mlx.Array)}
		out[i].Grad, _ = v.Grad.(*mlx.Array)
	}
	return out
}
