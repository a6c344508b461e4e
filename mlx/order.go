package mlx

import (
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// Order: what is found by sorting.

// ArgPartition is an order that puts the kth element of the sorted a in its
// place along an axis, the last one by default, with none greater before it.
// It is the whole order.
func ArgPartition(a *Array, kth int, axis ...int) *Array {
	checkKth("argpartition", a, kth, axis)
	return ArgSort(a, axis...)
}

// Partition is a with the kth element of the sorted a in its place along an
// axis, the last one by default, and none greater before it.
func Partition(a *Array, kth int, axis ...int) *Array {
	checkKth("partition", a, kth, axis)
	return Sort(a, axis...)
}

func checkKth(name string, a *Array, kth int, axis []int) {
	n := a.node(name)
	d := n.shape[normAxis(name, axisOr(axis, -1), len(n.shape))]
	if kth < -d || kth >= d {
		fail(name, "index", "place %d is out of bounds for an axis of size %d", kth, d)
	}
}

// TopK is the k greatest elements along an axis, the last one by default, in
// ascending order.
func TopK(a *Array, k int, axis ...int) *Array {
	const name = "topk"
	n := a.node(name)
	at := normAxis(name, axisOr(axis, -1), len(n.shape))
	d := n.shape[at]
	if k < 0 || k > d {
		fail(name, "value", "%d of the %d elements of axis %d", k, d, at)
	}
	return partAlong(Sort(a, at), at, d-k, d)
}

// TopK is the k greatest elements along an axis, the last one by default, in
// ascending order.
func (a *Array) TopK(k int, axis ...int) *Array { return TopK(a, k, axis...) }

// Median is the middle element over the axes, or the mean of the two in the
// middle; integers give float32, and NaN gives NaN.
func Median(a *Array, axes ...int) *Array { return median(a, axes, false) }

// MedianKeep is [Median] whose axes stay, with length 1.
func MedianKeep(a *Array, axes ...int) *Array { return median(a, axes, true) }

func median(a *Array, axes []int, keep bool) *Array {
	const name = "median"
	s, kept := sortedOver(name, a, axes)
	size := s.n.shape[len(s.n.shape)-1]
	m := s.At(Rest, size/2)
	if size%2 == 0 {
		m = Mul(Add(m, s.At(Rest, size/2-1)), 0.5)
	}
	m = Where(IsNaN(s.At(Rest, size-1)), s.At(Rest, size-1), m)
	if !keep {
		return m
	}
	return m.Reshape(kept...)
}

// SearchSorted is where each value belongs in a sorted vector, as uint32: before
// equal elements, or behind them where right is given and true. NaN is last.
func SearchSorted(sorted *Array, values Operand, right ...bool) *Array {
	const name = "searchsorted"
	n, o := sorted.node(name), toOperand(name, values)
	if len(n.shape) != 1 {
		fail(name, "shape", "the sorted array has shape %s and must be a vector", shapeText(n.shape))
	}
	d := promoted(operand{n: n}, o)
	v := o.as(name, d)
	behind := 0
	if len(right) > 0 && right[0] {
		behind = 1
	}
	if v.shape == nil {
		v = reshapeNode(v, []int{})
	}
	return wrap(hostNode(backend.Search, op.Uint32, v.shape, []int{behind}, castNode(name, n, d), v))
}

// PutAlongAxis is a with values, which broadcast, at the place along the axis
// that indices name for each of its elements.
func PutAlongAxis(a *Array, indices, values Operand, axis int) *Array {
	const name = "put_along_axis"
	n := a.node(name)
	at := normAxis(name, axis, len(n.shape))
	i := indicesAlong(name, n, indices)
	shape := slices.Clone(n.shape)
	shape[at] = i.shape[at]
	v := toOperand(name, values).as(name, n.dtype)
	return wrap(alongNode(n, broadcastNode(i, shape), broadcastNode(v, shape), at, scatterSet))
}

// indicesAlong checks indices that have the axes of n.
func indicesAlong(name string, n *node, indices Operand) *node {
	i := toOperand(name, indices)
	if i.weak || !i.n.dtype.IsInteger() {
		fail(name, "dtype", "the indices must be an array of integers")
	}
	if len(i.n.shape) != len(n.shape) {
		fail(name, "shape", "indices of shape %s for an array of shape %s", shapeText(i.n.shape), shapeText(n.shape))
	}
	return i.n
}

// alongNode combines values into base at the places that indices name along an axis.
func alongNode(base, indices, values *node, axis int, mode scatterMode) *node {
	x := alongAxis(base.shape, axis)
	x.mode = mode
	return scatterNode(base, values, []*node{indices}, x)
}

func addAlong(base, indices, values *node, axis int) *node {
	return alongNode(base, indices, values, axis, scatterAdd)
}

// alongAxis is the indexing of one index array along an axis, at the same place
// along the others.
func alongAxis(shape []int, axis int) *indexing {
	x := &indexing{axes: []int{axis}}
	for k, d := range shape {
		row := backend.Index{}
		if k != axis && d > 1 {
			row.Strides = append(make([]int, k), 1)
		}
		x.rows = append(x.rows, row)
	}
	return x
}
