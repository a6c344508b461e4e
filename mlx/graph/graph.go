// Package graph is a read-only view of what package mlx has recorded: the nodes
// of a lazy graph and the size of the plan that would evaluate it. It holds
// plain data, taken at one moment; looking at it computes nothing.
package graph

import "github.com/ingot-go/ingot/mlx/op"

// Graph is the nodes behind some arrays.
type Graph struct {
	Nodes   []Node // inputs before their users
	Results []int  // the nodes of the arrays that were asked about
	Plan    Plan
}

// Node is one operation and its result.
type Node struct {
	Op        string // MLX's name, such as "multiply"; "array" for elements given by the caller, "argument" for an argument of a derivative
	Shape     []int
	Dtype     op.Dtype
	In        []int  // numbers of the operands; empty once a node is evaluated and has let go of them
	Where     string // the line of user code that made it, such as "In[3]:7", or empty
	Evaluated bool   // the elements are in memory
	Value     string // of a "full": the value that all its elements have
}

// Plan is the steps into which pending nodes would be fused.
type Plan struct {
	Regions    int // loop nests, each with any number of nodes
	Primitives int // products of matrices, gathers and the like
}

// Pending is the number of operations that wait to be evaluated. Values that
// are the same everywhere do not count: they take no step of their own.
func (g *Graph) Pending() int {
	n := 0
	for i := range g.Nodes {
		if !g.Nodes[i].Evaluated && !g.Nodes[i].Constant() {
			n++
		}
	}
	return n
}

// Constant reports whether all elements are one known value.
func (n *Node) Constant() bool { return n.Op == "full" }
