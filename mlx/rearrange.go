package mlx

import (
	"slices"

	"github.com/ingot-go/ingot/mlx/op"
)

// Shapes made of other shapes: what repeats, rolls, spreads and takes apart.

// Repeat repeats each element n times along an axis; without an axis, of the
// flattened array.
func Repeat(a *Array, n int, axis ...int) *Array {
	const name = "repeat"
	if n < 0 {
		fail(name, "value", "%d repetitions", n)
	}
	if len(axis) == 0 {
		a, axis = a.Reshape(-1), []int{0}
	}
	at := normAxis(name, axis[0], len(a.node(name).shape))
	shape := slices.Insert(slices.Clone(a.n.shape), at+1, n)
	out := slices.Clone(a.n.shape)
	out[at] *= n
	return a.ExpandDims(at + 1).BroadcastTo(shape...).Reshape(out...)
}

// Repeat repeats each element n times along an axis; without an axis, of the
// flattened array.
func (a *Array) Repeat(n int, axis ...int) *Array { return Repeat(a, n, axis...) }

// Tile repeats the whole of a, as often along each axis as reps says; the last
// one is for the last axis.
func Tile(a *Array, reps ...int) *Array {
	const name = "tile"
	shape := slices.Clone(a.node(name).shape)
	reps = slices.Clone(reps)
	for len(shape) < len(reps) {
		shape = slices.Insert(shape, 0, 1)
	}
	for len(reps) < len(shape) {
		reps = slices.Insert(reps, 0, 1)
	}
	var split, wide, out []int
	for i, d := range shape {
		if reps[i] < 0 {
			fail(name, "value", "%d repetitions", reps[i])
		}
		split, wide, out = append(split, 1, d), append(wide, reps[i], d), append(out, reps[i]*d)
	}
	checkShape(name, out)
	return a.Reshape(split...).BroadcastTo(wide...).Reshape(out...)
}

// Roll moves the elements along an axis by shift places; what leaves at one end
// comes back at the other. Without axes, of the flattened array; with several,
// along each of them.
func Roll(a *Array, shift int, axes ...int) *Array {
	const name = "roll"
	n := a.node(name)
	if len(axes) == 0 {
		return Roll(a.Reshape(-1), shift, 0).Reshape(n.shape...)
	}
	for _, x := range axes {
		at := normAxis(name, x, len(n.shape))
		d := n.shape[at]
		if d == 0 || shift%d == 0 {
			continue
		}
		cut := ((-shift)%d + d) % d
		a = Concatenate([]*Array{partAlong(a, at, cut, d), partAlong(a, at, 0, cut)}, at)
	}
	return a
}

// Roll moves the elements along an axis by shift places; what leaves at one end
// comes back at the other. Without axes, of the flattened array; with several,
// along each of them.
func (a *Array) Roll(shift int, axes ...int) *Array { return Roll(a, shift, axes...) }

// Unflatten gives one axis the shape; one length may be -1.
func Unflatten(a *Array, axis int, shape ...int) *Array {
	const name = "unflatten"
	n := a.node(name)
	at := normAxis(name, axis, len(n.shape))
	if len(shape) == 0 {
		fail(name, "shape", "the shape is empty")
	}
	parts := wrap(fullNode(op.Bool, []int{n.shape[at]}, 0, true)).Reshape(shape...).n.shape
	return a.Reshape(slices.Concat(n.shape[:at], parts, n.shape[at+1:])...)
}

// Unflatten gives one axis the shape; one length may be -1.
func (a *Array) Unflatten(axis int, shape ...int) *Array { return Unflatten(a, axis, shape...) }

// Unstack is the parts of a along an axis, the first one by default, without it.
func Unstack(a *Array, axis ...int) []*Array {
	const name = "unstack"
	at := normAxis(name, axisOr(axis, 0), len(a.node(name).shape))
	out := make([]*Array, a.n.shape[at])
	for i := range out {
		out[i] = partAlong(a, at, i, i+1).Squeeze(at)
	}
	return out
}

// AtLeast1D is a, with an axis if it has none.
func AtLeast1D(a *Array) *Array { return withAxes(a, [][]int{{0}}) }

// AtLeast2D is a with axes of length 1 in front, up to two axes.
func AtLeast2D(a *Array) *Array { return withAxes(a, [][]int{{0, 1}, {0}}) }

// AtLeast3D is a with axes of length 1 around, up to three axes.
func AtLeast3D(a *Array) *Array { return withAxes(a, [][]int{{0, 1, 2}, {0, 2}, {2}}) }

func withAxes(a *Array, add [][]int) *Array {
	if d := len(a.node("atleast").shape); d < len(add) {
		return ExpandDims(a, add[d]...)
	}
	return a
}

// BroadcastShapes is the shape to which arrays of the given shapes broadcast.
func BroadcastShapes(shapes ...[]int) []int {
	if len(shapes) == 0 {
		fail("broadcast_shapes", "value", "no shape is given")
	}
	out := []int{}
	for _, s := range shapes {
		out = broadcastShape("broadcast_shapes", out, s)
	}
	return slices.Clone(out)
}

// BroadcastArrays brings arrays to their common shape.
func BroadcastArrays(arrays ...*Array) []*Array {
	shape := []int{}
	for _, a := range arrays {
		shape = broadcastShape("broadcast_arrays", shape, a.node("broadcast_arrays").shape)
	}
	out := make([]*Array, len(arrays))
	for i, a := range arrays {
		out[i] = wrap(broadcastNode(a.n, shape))
	}
	return out
}

// GridOptions are the options of [Meshgrid]: IJ keeps the order of the axes,
// where otherwise the first two are exchanged; Sparse leaves axes at length 1.
type GridOptions struct{ IJ, Sparse bool }

// Meshgrid spreads vectors (others are flattened) over a grid: each result has the values of one of
// them along its own axis.
func Meshgrid(arrays []*Array, options ...GridOptions) []*Array {
	const name = "meshgrid"
	o := GridOptions{}
	if len(options) > 0 {
		o = options[0]
	}
	out := make([]*Array, len(arrays))
	for i, a := range arrays {
		a.node(name)
		at := i
		if !o.IJ && len(arrays) > 1 && i < 2 {
			at = 1 - i
		}
		shape := slices.Repeat([]int{1}, len(arrays))
		shape[at] = a.n.size
		out[i] = a.Reshape(shape...)
	}
	if o.Sparse {
		return out
	}
	return BroadcastArrays(out...)
}

// Diagonal is the diagonal of the first two axes, or of the two given, above
// the main one by offset; it becomes the last axis.
func Diagonal(a *Array, offset int, axes ...int) *Array {
	const name = "diagonal"
	n := a.node(name)
	if len(n.shape) < 2 {
		fail(name, "shape", "an array of shape %s has no diagonal", shapeText(n.shape))
	}
	i, j := 0, 1
	if len(axes) == 2 {
		i, j = normAxis(name, axes[0], len(n.shape)), normAxis(name, axes[1], len(n.shape))
	}
	if i == j {
		fail(name, "axis", "axis %d is named twice", i)
	}
	perm := slices.DeleteFunc(identity(len(n.shape)), func(k int) bool { return k == i || k == j })
	t := a.Transpose(append(perm, i, j)...)
	rows, cols := n.shape[i], n.shape[j]
	from, to := max(0, -offset), max(0, offset)
	count := max(0, min(rows-from, cols-to))
	r, c := wrap(iotaNode(op.Int32, count, from, 1)), wrap(iotaNode(op.Int32, count, to, 1))
	return t.At(Rest, r, c)
}

// Diagonal is the diagonal of the first two axes, or of the two given, above
// the main one by offset; it becomes the last axis.
func (a *Array) Diagonal(offset int, axes ...int) *Array { return Diagonal(a, offset, axes...) }

// Diag is the matrix with the vector a on the diagonal above the main one by
// offset, or that diagonal of the matrix a.
func Diag(a *Array, offset ...int) *Array {
	k := axisOr(offset, 0)
	switch n := a.node("diag"); len(n.shape) {
	case 1:
		size := n.shape[0] + max(k, -k)
		i := wrap(iotaNode(op.Int32, n.shape[0], max(0, -k), 1))
		return wrap(fullNode(n.dtype, []int{size, size}, 0, true)).AddAt(a, i, i.Add(k))
	case 2:
		return Diagonal(a, k)
	default:
		fail("diag", "shape", "an array of shape %s is neither a vector nor a matrix", shapeText(n.shape))
	}
	return nil
}

// Diag is the matrix with the vector a on the diagonal above the main one by
// offset, or that diagonal of the matrix a.
func (a *Array) Diag(offset ...int) *Array { return Diag(a, offset...) }

// Trace is the sum of the diagonal of the first two axes, or of the two given.
func Trace(a *Array, offset int, axes ...int) *Array { return Diagonal(a, offset, axes...).Sum(-1) }

// Tri is the n×m float32 matrix with ones on and below the diagonal that is
// above the main one by k.
func Tri(n, m, k int) *Array { return below(n, m, k).AsType(op.Float32) }

func below(n, m, k int) *Array {
	checkShape("tri", []int{n, m})
	rows := wrap(iotaNode(op.Int32, n, k, 1)).ExpandDims(1)
	return GreaterEqual(rows, wrap(iotaNode(op.Int32, m, 0, 1)))
}

// Tril is the matrices in the last two axes of a without what is above the
// diagonal k.
func Tril(a *Array, k ...int) *Array { return triangle("tril", a, axisOr(k, 0), false) }

// Triu is the matrices in the last two axes of a without what is below the
// diagonal k.
func Triu(a *Array, k ...int) *Array { return triangle("triu", a, axisOr(k, 0)-1, true) }

func triangle(name string, a *Array, k int, upper bool) *Array {
	n := a.node(name)
	d := len(n.shape)
	if d < 2 {
		fail(name, "shape", "an array of shape %s is no matrix", shapeText(n.shape))
	}
	mask := below(n.shape[d-2], n.shape[d-1], k)
	if upper {
		return Where(mask, ZerosLike(a), a)
	}
	return Where(mask, a, ZerosLike(a))
}

// FullLike is an array with the shape of a and v everywhere, in the dtype of a
// unless another is given.
func FullLike(a *Array, v Operand, dtype ...Dtype) *Array {
	if n := a.node("full_like"); len(dtype) == 0 {
		dtype = []Dtype{n.dtype}
	}
	return Full(a.n.shape, v, dtype...)
}

// Identity is the n×n float32 matrix with ones on the diagonal.
func Identity(n int) *Array { return Eye(n) }

// EyeAt is the n×m float32 matrix with ones on the diagonal that is above the
// main one by k.
func EyeAt(n, m, k int) *Array {
	checkShape("eye", []int{n, m})
	i := wrap(iotaNode(op.Int32, n, k, 1)).ExpandDims(1)
	return Equal(i, wrap(iotaNode(op.Int32, m, 0, 1))).AsType(op.Float32)
}

// PadMode says what [PadWith] surrounds an array with.
type PadMode string

// The modes: copies of the edge, and mirror images without and with the edge.
const (
	PadEdge      PadMode = "edge"
	PadReflect   PadMode = "reflect"
	PadSymmetric PadMode = "symmetric"
)

// PadWith surrounds a with its own elements; the widths are as in [Pad].
func PadWith(a *Array, widths [][2]int, mode PadMode) *Array {
	const name = "pad"
	n := a.node(name)
	if len(widths) == 1 {
		widths = slices.Repeat(widths, len(n.shape))
	}
	if len(widths) != len(n.shape) {
		fail(name, "shape", "%d widths for an array with %d dimensions", len(widths), len(n.shape))
	}
	for axis, w := range widths {
		d := n.shape[axis]
		if w[0] < 0 || w[1] < 0 {
			fail(name, "value", "the width of axis %d is negative", axis)
		}
		if w == [2]int{} {
			continue
		}
		if d == 0 {
			fail(name, "shape", "axis %d has no elements", axis)
		}
		places := make([]int, w[0]+d+w[1])
		for i := range places {
			places[i] = mode.source(name, i-w[0], d)
		}
		a = Take(a, places, axis)
	}
	return a
}

// source is which of d elements stands at place i, which may be outside.
func (m PadMode) source(name string, i, d int) int {
	fold := func(period, gap int) int {
		if period == 0 {
			return 0
		}
		i = (i%period + period) % period
		if i >= d {
			i = period - i - gap
		}
		return i
	}
	switch m {
	case PadEdge:
		return min(max(i, 0), d-1)
	case PadReflect:
		return fold(2*d-2, 0)
	case PadSymmetric:
		return fold(2*d, 1)
	}
	fail(name, "value", "%q is not a mode", string(m))
	return 0
}
