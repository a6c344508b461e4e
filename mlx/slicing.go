package mlx

import (
	"slices"

	"github.com/ingot-go/ingot/mlx/op"
)

// DynamicSlice is the part of a of the given size that begins, along the axes,
// where start says: a vector of integers with one entry for each axis.
func DynamicSlice(a, start *Array, axes, size []int) *Array {
	const name = "slice"
	if len(size) != len(a.node(name).shape) {
		fail(name, "shape", "a size of %d entries for an array with %d dimensions", len(size), len(a.n.shape))
	}
	return a.At(cornerAt(name, a, start, axes, size)...)
}

// DynamicSliceUpdate is a with update, whose shape is that of the place after
// broadcasting, put where start says along the axes; see [DynamicSlice].
func DynamicSliceUpdate(a, update, start *Array, axes []int) *Array {
	const name = "slice_update"
	n, u := a.node(name), update.node(name)
	size := slices.Repeat([]int{1}, len(n.shape))
	off := len(size) - len(u.shape)
	if off < 0 {
		fail(name, "shape", "an update of shape %s does not fit an array of shape %s", shapeText(u.shape), shapeText(n.shape))
	}
	copy(size[off:], u.shape)
	return a.scatter(name, castNode(name, u, n.dtype), scatterSet, cornerAt(name, a, start, axes, size))
}

// cornerAt is the places of a window as one array of indices for each axis.
func cornerAt(name string, a, start *Array, axes, size []int) []any {
	n, s := a.n, start.node(name)
	if len(axes) != s.size || len(s.shape) > 1 || !s.dtype.IsInteger() {
		fail(name, "index", "starts of shape %s and dtype %v for %d axes", shapeText(s.shape), s.dtype, len(axes))
	}
	at := make([]int, len(axes))
	for i, x := range axes {
		at[i] = normAxis(name, x, len(n.shape))
	}
	normAxes(name, axes, len(n.shape))
	idx := make([]any, len(n.shape))
	for k, d := range size {
		if d < 0 || d > n.shape[k] {
			fail(name, "shape", "a part of size %s of an array of shape %s", shapeText(size), shapeText(n.shape))
		}
		places := wrap(iotaNode(op.Int64, d, 0, 1))
		if i := slices.Index(at, k); i >= 0 {
			places = places.Add(start.Reshape(-1).At(i).AsType(Int64))
		}
		shape := slices.Repeat([]int{1}, len(size))
		shape[k] = d
		idx[k] = places.Reshape(shape...)
	}
	return idx
}

// AsStrided reads the flattened a in another shape, in which a step along axis
// k leads strides[k] elements on, from the element offset. Places outside are
// errors.
func AsStrided(a *Array, shape, strides []int, offset int) *Array {
	const name = "as_strided"
	n := a.node(name)
	checkShape(name, shape)
	if len(shape) != len(strides) {
		fail(name, "shape", "%d strides for %d axes", len(strides), len(shape))
	}
	low, high := offset, offset
	at := fullNode(op.Int64, []int{}, op.Value(offset), true)
	for k, d := range shape {
		if d == 0 {
			return wrap(fullNode(n.dtype, slices.Clone(shape), 0, true))
		}
		low, high = low+min(0, (d-1)*strides[k]), high+max(0, (d-1)*strides[k])
		ones := slices.Repeat([]int{1}, len(shape))
		ones[k] = d
		at = call(op.Add, at, reshapeNode(iotaNode(op.Int64, d, 0, strides[k]), ones))
	}
	if low < 0 || high >= n.size {
		fail(name, "index", "elements %d to %d of %d", low, high, n.size)
	}
	return Take(a, wrap(at))
}
