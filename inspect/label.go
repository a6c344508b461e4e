package inspect

import (
	"strconv"
	"strings"

	"github.com/ingot-go/ingot/mlx/graph"
)

// drawnInline reports whether node i is a scalar that its users name by value.
func drawnInline(g *graph.Graph, i int) bool {
	n := &g.Nodes[i]
	if !n.Constant() || len(n.Shape) > 0 {
		return false
	}
	for _, r := range g.Results {
		if r == i {
			return false
		}
	}
	return true
}

// symbols are the operators that a scalar on the right is written with.
var symbols = map[string]string{"add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "power": "^",
	"equal": "==", "not_equal": "!=", "less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">="}

// title is the op of a node with the scalars that it takes: "add + 1".
func title(g *graph.Graph, n *graph.Node) string {
	if n.Constant() {
		return n.Op + " " + n.Value
	}
	args, scalars := make([]string, len(n.In)), 0
	for k, i := range n.In {
		args[k] = "·"
		if drawnInline(g, i) {
			args[k] = g.Nodes[i].Value
			scalars++
		}
	}
	switch sym := symbols[n.Op]; {
	case scalars == 0:
		return n.Op
	case sym != "" && scalars == 1 && args[0] == "·":
		return n.Op + " " + sym + " " + args[1]
	}
	return n.Op + "(" + strings.Join(args, ", ") + ")"
}

// kindOf is the shape and dtype of a node, such as "(2,3) float32".
func kindOf(n *graph.Node) string { return shapeText(n.Shape) + " " + n.Dtype.String() }

// shapeText writes a shape as (2,3).
func shapeText(shape []int) string {
	if len(shape) == 1 {
		return "(" + strconv.Itoa(shape[0]) + ",)"
	}
	parts := make([]string, len(shape))
	for i, d := range shape {
		parts[i] = strconv.Itoa(d)
	}
	return "(" + strings.Join(parts, ",") + ")"
}

// plural is a count with its noun: "1 region", "2 regions".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
