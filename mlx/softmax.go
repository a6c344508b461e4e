package mlx

import (
	"math"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// Softmax is eᵃ divided by its sum over the axes, or over all of them when none
// is given.
func Softmax(a *Array, axes ...int) *Array {
	n, at := floatOver("softmax", a, axes)
	e := call(op.Exp, call(op.Subtract, n, peak(n, at)))
	return wrap(call(op.Divide, e, reduceNode(backend.Sum, n.dtype, e, at, true)))
}

// Softmax is eᵃ divided by its sum over the axes, or over all of them when none
// is given.
func (a *Array) Softmax(axes ...int) *Array { return Softmax(a, axes...) }

// LogSoftmax is the logarithm of [Softmax], and precise where that is near 0.
func LogSoftmax(a *Array, axes ...int) *Array {
	n, at := floatOver("log_softmax", a, axes)
	below := call(op.Subtract, n, peak(n, at))
	sum := reduceNode(backend.Sum, n.dtype, call(op.Exp, below), at, true)
	return wrap(call(op.Subtract, below, call(op.Log, sum)))
}

// LogSoftmax is the logarithm of [Softmax], and precise where that is near 0.
func (a *Array) LogSoftmax(axes ...int) *Array { return LogSoftmax(a, axes...) }

// LogSumExp is the logarithm of the sum of eᵃ over the axes, or over all of
// them when none is given.
func LogSumExp(a *Array, axes ...int) *Array { return logSumExp(a, axes, false) }

// LogSumExpKeep is LogSumExp whose axes stay, with length 1.
func LogSumExpKeep(a *Array, axes ...int) *Array { return logSumExp(a, axes, true) }

// LogSumExp is the logarithm of the sum of eᵃ over the axes, or over all of
// them when none is given.
func (a *Array) LogSumExp(axes ...int) *Array { return logSumExp(a, axes, false) }

// LogSumExpKeep is LogSumExp whose axes stay, with length 1.
func (a *Array) LogSumExpKeep(axes ...int) *Array { return logSumExp(a, axes, true) }

func logSumExp(a *Array, axes []int, keep bool) *Array {
	n, at := floatOver("logsumexp", a, axes)
	m := peak(n, at)
	e := call(op.Exp, call(op.Subtract, n, m))
	sum := call(op.Log, reduceNode(backend.Sum, n.dtype, e, at, true))
	out := call(op.Add, sum, m)
	if keep {
		return wrap(out)
	}
	return Squeeze(wrap(out), at...)
}

func floatOver(name string, a *Array, axes []int) (*node, []int) {
	n := a.node(name)
	at := over(name, n, axes)
	if n.size == 0 && len(at) > 0 && name == "logsumexp" {
		fail(name, "shape", "an array of shape %s has no elements", shapeText(n.shape))
	}
	return castNode(name, n, op.AtLeastFloat(n.dtype)), at
}

// peak is the greatest element over the axes, kept, for subtracting before exp:
// any number does, so derivatives need not pass through it, and an infinite
// one, from which nothing could be subtracted, is replaced by 0.
func peak(n *node, axes []int) *node {
	m := reduceNode(backend.Max, n.dtype, n, axes, true)
	m = call(op.Select, call(op.Equal, call(op.Abs, m), constNode(n.dtype, math.Inf(1))), constNode(n.dtype, 0), m)
	return newNode(kStop, m.dtype, m.shape, m)
}
