package mlx

import "github.com/ingot-go/ingot/mlx/backend"

// Kernel is the result of a kernel of package backend, of the given dtype and
// shape. It is the way in which the packages beside this one reach algorithms
// such as the Fourier transform; it has no derivative of its own, which they
// give it with [Custom].
func Kernel(k backend.Kernel, d Dtype, shape, params []int, operands ...*Array) *Array {
	in := make([]*node, len(operands))
	for i, a := range operands {
		in[i] = a.node(k.String())
	}
	return wrap(hostNode(k, d, append([]int{}, shape...), params, in...))
}

// NewError is the error that a function called op panics with.
func NewError(op, kind, format string, args ...any) *Error {
	return newError(op, kind, format, args...)
}
