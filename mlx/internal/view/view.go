// Package view is how package mlx lets package mlx/graph look into it.
package view

// Node is one node of a lazy graph. Handle is the *mlx.Array of the node.
type Node struct {
	Op        string
	Shape     []int
	Dtype     string
	Inputs    []int // numbers of nodes earlier in the list
	Where     string
	Evaluated bool
	Argument  bool // an argument of the function whose derivative was taken
	Handle    any
	Grad      any // the *mlx.Array of the gradient, or nil
}

// Package mlx sets these. Arrays are *mlx.Array, functions
// func(...*mlx.Array) *mlx.Array.
var (
	Walk      func(arrays []any) []Node
	Plan      func(arrays []any) string
	Gradients func(f any, args []any) (value any, nodes []Node)
)
