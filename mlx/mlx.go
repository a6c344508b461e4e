// Package mlx has arrays as in Apple's MLX: lazy, differentiable, with its
// dtypes, promotion rules, random numbers and printing.
//
//	x := mlx.New([][]float32{{1, 2}, {3, 4}})
//	y := x.Mul(2).Add(x.Sum(1).ExpandDims(1))
//	fmt.Println(y)
//
// A function such as [Add] computes nothing. It makes a node of a graph, after
// checking shapes and dtypes: what cannot be panics at once with an [*Error].
// Printing or reading an array evaluates what it depends on: the graph is cut
// into regions, each of which a backend runs as one loop nest. [Grad] and its
// sisters build the graph of a derivative.
package mlx

import "github.com/ingot-go/ingot/cpu"

func init() { theEngine.backend = cpu.Backend{} }
