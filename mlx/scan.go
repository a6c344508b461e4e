package mlx

import (
	"math"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// ScanOptions say how a scan goes: from the end with Reverse, and with
// Exclusive each element gets what comes before it, without itself.
type ScanOptions struct{ Reverse, Exclusive bool }

// scanNode is the inclusive forward scan along the last axis by a pointwise op.
func scanNode(c op.Code, n *node) *node {
	return hostNode(backend.Scan, n.dtype, n.shape, []int{int(c)}, n)
}

func init() { hostCotangents[backend.Scan] = scanCotangent }

// scan goes along any axis, as the options say.
func scan(name string, c op.Code, a *Array, axis int, opts []ScanOptions) *Array {
	n := a.node(name)
	axis = normAxis(name, axis, len(n.shape))
	o := ScanOptions{}
	if len(opts) > 0 {
		o = opts[0]
	}
	x := Swapaxes(a, axis, -1)
	if o.Reverse {
		x = Flip(x, -1)
	}
	x = wrap(scanNode(c, x.n))
	if o.Exclusive && n.shape[axis] > 0 {
		first := append([]int{}, x.n.shape...)
		first[len(first)-1] = 1
		start := fullNode(n.dtype, first, scanStart(c, n.dtype), true)
		x = Concatenate([]*Array{wrap(start), x.At(Rest, S(nil, -1))}, -1)
	}
	if o.Reverse {
		x = Flip(x, -1)
	}
	return Swapaxes(x, axis, -1)
}

// scanStart is what an exclusive scan begins with.
func scanStart(c op.Code, d op.Dtype) op.Value {
	switch {
	case c == op.Multiply:
		return op.Cast(d, op.Bool, 1)
	case c == op.Maximum || c == op.LogAddExp:
		if d.IsInexact() {
			return op.Cast(d, op.Float64, op.FloatValue(op.Float64, math.Inf(-1)))
		}
		return op.Least(d)
	case c == op.Minimum:
		if d.IsInexact() {
			return op.Cast(d, op.Float64, op.FloatValue(op.Float64, math.Inf(1)))
		}
		return op.Greatest(d)
	}
	return 0
}

// scanCotangent is the derivative of the inclusive forward scan.
func scanCotangent(n *node, _ int, g *node) *node {
	x, last := wrap(n.in[0]), len(n.shape)-1
	back := func(v *Array) *Array { return CumSum(v, last, ScanOptions{Reverse: true}) }
	gs, out := wrap(g), wrap(n)
	switch op.Code(n.ints[0]) {
	case op.Add:
		return back(gs).n
	case op.Multiply:
		// Behind the first zero nothing counts; at the first zero, what the
		// products would be without it.
		zero := Equal(x, 0)
		count := CumSum(zero.AsType(Int32), last)
		first := LogicalAnd(zero, Equal(count, 1))
		without := CumProd(Where(first, OnesLike(x), x), last)
		before := back(Mul(gs, Conj(out))).Div(Conj(Where(zero, OnesLike(x), x)))
		return Where(first, back(Mul(gs, Conj(without))), Where(Equal(count, 0), before, ZerosLike(x))).n
	case op.Maximum, op.Minimum:
		// The latest of equal elements is the one.
		place := wrap(iotaNode(op.Int32, n.shape[last], 0, 1))
		owner := scan("cummax", op.Maximum, Where(Equal(x, out), place, ZerosLike(place)), last, nil)
		return addAlong(fullNode(g.dtype, n.shape, 0, true), owner.n, g, last)
	}
	// Each element's share in every later sum, all at once so that the
	// derivative stays linear in g.
	place := wrap(iotaNode(op.Int32, n.shape[last], 0, 1))
	later := LessEqual(place.ExpandDims(1), place)
	share := Where(later, Sub(x.ExpandDims(-1), out.ExpandDims(-2)), math.Inf(-1)).Exp()
	return Sum(Mul(share, gs.ExpandDims(-2)), -1).n
}

// CumSum is the running sum along an axis; bools are summed as int32.
func CumSum(a *Array, axis int, opts ...ScanOptions) *Array {
	if a.node("cumsum").dtype == op.Bool {
		a = a.AsType(Int32)
	}
	return scan("cumsum", op.Add, a, axis, opts)
}

// CumSum is the running sum along an axis; bools are summed as int32.
func (a *Array) CumSum(axis int, opts ...ScanOptions) *Array { return CumSum(a, axis, opts...) }

// CumProd is the running product along an axis, in the dtype of a.
func CumProd(a *Array, axis int, opts ...ScanOptions) *Array {
	return scan("cumprod", op.Multiply, a, axis, opts)
}

// CumProd is the running product along an axis, in the dtype of a.
func (a *Array) CumProd(axis int, opts ...ScanOptions) *Array { return CumProd(a, axis, opts...) }

// CumMax is the greatest element so far along an axis.
func CumMax(a *Array, axis int, opts ...ScanOptions) *Array {
	return scan("cummax", op.Maximum, a, axis, opts)
}

// CumMax is the greatest element so far along an axis.
func (a *Array) CumMax(axis int, opts ...ScanOptions) *Array { return CumMax(a, axis, opts...) }

// CumMin is the least element so far along an axis.
func CumMin(a *Array, axis int, opts ...ScanOptions) *Array {
	return scan("cummin", op.Minimum, a, axis, opts)
}

// CumMin is the least element so far along an axis.
func (a *Array) CumMin(axis int, opts ...ScanOptions) *Array { return CumMin(a, axis, opts...) }

// LogCumSumExp is the logarithm of the running sum of exponentials along an axis.
func LogCumSumExp(a *Array, axis int, opts ...ScanOptions) *Array {
	return scan("logcumsumexp", op.LogAddExp, floating("logcumsumexp", a), axis, opts)
}

// LogCumSumExp is the logarithm of the running sum of exponentials along an axis.
func (a *Array) LogCumSumExp(axis int, opts ...ScanOptions) *Array {
	return LogCumSumExp(a, axis, opts...)
}

// Diff is the n-th difference of neighbours along an axis, the last one by default.
func Diff(a *Array, n int, axis ...int) *Array {
	const name = "diff"
	at := normAxis(name, axisOr(axis, -1), len(a.node(name).shape))
	if n < 0 {
		fail(name, "value", "order %d is negative", n)
	}
	for range n {
		k := a.n.shape[at]
		upper, lower := partAlong(a, at, min(1, k), k), partAlong(a, at, 0, max(k-1, 0))
		if a.n.dtype == op.Bool {
			a = NotEqual(upper, lower)
		} else {
			a = Sub(upper, lower)
		}
	}
	return a
}

// partAlong is the part of a from start up to but without stop along an axis.
func partAlong(a *Array, axis, start, stop int) *Array {
	idx := make([]any, axis+1)
	for i := range idx {
		idx[i] = All
	}
	idx[axis] = S(start, stop)
	return a.At(idx...)
}
