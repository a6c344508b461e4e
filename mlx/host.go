package mlx

import (
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// Some primitives are whole algorithms, such as a scan or the decomposition of
// a matrix: kernels that read their operands as contiguous arrays. The last
// axes of the operands are the kernel's own; the axes before them are batches.

// hostNode is the kernel k of operands.
func hostNode(k backend.Kernel, d op.Dtype, shape []int, params []int, in ...*node) *node {
	n := newNode(kHost, d, shape, in...)
	n.code, n.ints = uint8(k), params
	return n
}

// hostCotangents holds, for the kernels that have a derivative, what reaches
// operand k of n when g reaches n.
var hostCotangents [backend.Kernels]func(n *node, k int, g *node) *node

func (s *scheduler) host(n *node) *backend.Primitive {
	p := &backend.Primitive{Name: backend.Kernel(n.code).String(), Space: n.shape, Dtype: n.dtype,
		Params: n.ints, Out: int(n.index)}
	for _, in := range n.in {
		shape := in.shape
		for !s.inMemory(in) && in.isAlias() {
			in = in.in[0]
		}
		if !s.inMemory(in) {
			panic(needed{in})
		}
		p.Operands = append(p.Operands, backend.Operand{Buffer: int(in.index), Shape: shape})
	}
	return p
}
