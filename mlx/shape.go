package mlx

import (
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// Reshape gives the elements, in row-major order, another shape. One length may
// be -1 and is then worked out.
func Reshape(a *Array, shape ...int) *Array {
	const name = "reshape"
	n := a.node(name)
	want, hole, size := slices.Clone(shape), -1, 1
	if want == nil {
		want = []int{}
	}
	for i, d := range want {
		switch {
		case d == -1 && hole < 0:
			hole = i
		case d < 0:
			fail(name, "shape", "cannot reshape an array of size %d into %s", n.size, shapeText(shape))
		default:
			size *= d
		}
	}
	if hole >= 0 && size > 0 && n.size%size == 0 {
		want[hole] = n.size / size
		size = n.size
	}
	if size != n.size || hole >= 0 && want[hole] < 0 {
		fail(name, "shape", "cannot reshape an array of size %d into %s", n.size, shapeText(shape))
	}
	return wrap(reshapeNode(n, want))
}

func reshapeNode(n *node, shape []int) *node {
	if equalShape(n.shape, shape) {
		return n
	}
	if n.kind == kFull {
		return fullNode(n.dtype, shape, n.value, n.fixed)
	}
	return newNode(kReshape, n.dtype, shape, n)
}

// Reshape gives the elements, in row-major order, another shape. One length may
// be -1 and is then worked out.
func (a *Array) Reshape(shape ...int) *Array { return Reshape(a, shape...) }

// Flatten merges all axes into one, or the axes from the first to the last
// given, both included.
func Flatten(a *Array, axes ...int) *Array {
	const name = "flatten"
	n := a.node(name)
	if len(n.shape) == 0 {
		return a.Reshape(1)
	}
	first, last := 0, len(n.shape)-1
	within := func(x int) int { // axes beyond the ends are the ends
		if x < 0 {
			x += len(n.shape)
		}
		return min(max(x, 0), len(n.shape)-1)
	}
	if len(axes) > 0 {
		first = within(axes[0])
	}
	if len(axes) > 1 {
		last = within(axes[1])
	}
	if first > last {
		fail(name, "axis", "the first axis %d is behind the last, %d", first, last)
	}
	shape := append([]int{}, n.shape[:first]...)
	shape = append(shape, backend.Volume(n.shape[first:last+1]))
	return wrap(reshapeNode(n, append(shape, n.shape[last+1:]...)))
}

// Flatten merges all axes into one, or the axes from the first to the last
// given, both included.
func (a *Array) Flatten(axes ...int) *Array { return Flatten(a, axes...) }

// Transpose permutes the axes: axis k of the result is axis axes[k] of a. Without
// axes it reverses them.
func Transpose(a *Array, axes ...int) *Array {
	const name = "transpose"
	n := a.node(name)
	perm := make([]int, len(n.shape))
	for i := range perm {
		perm[i] = len(perm) - 1 - i
	}
	if len(axes) > 0 {
		if len(axes) != len(n.shape) {
			fail(name, "axis", "%d axes for an array with %d dimensions", len(axes), len(n.shape))
		}
		for i, x := range axes {
			perm[i] = normAxis(name, x, len(perm))
		}
		normAxes(name, axes, len(perm))
	}
	return wrap(transposeNode(n, perm))
}

func transposeNode(n *node, perm []int) *node {
	shape, moved := make([]int, len(perm)), false
	for i, p := range perm {
		shape[i] = n.shape[p]
		moved = moved || p != i
	}
	if !moved {
		return n
	}
	t := newNode(kTranspose, n.dtype, shape, n)
	t.ints = perm
	return t
}

// Transpose permutes the axes: axis k of the result is axis axes[k] of a. Without
// axes it reverses them.
func (a *Array) Transpose(axes ...int) *Array { return Transpose(a, axes...) }

// T is the array with its axes reversed.
func (a *Array) T() *Array { return Transpose(a) }

// Swapaxes exchanges two axes.
func Swapaxes(a *Array, i, j int) *Array {
	const name = "swapaxes"
	n := a.node(name)
	perm := identity(len(n.shape))
	i, j = normAxis(name, i, len(perm)), normAxis(name, j, len(perm))
	perm[i], perm[j] = perm[j], perm[i]
	return wrap(transposeNode(n, perm))
}

// Swapaxes exchanges two axes.
func (a *Array) Swapaxes(i, j int) *Array { return Swapaxes(a, i, j) }

// Moveaxis moves the axis from to the place to; the others keep their order.
func Moveaxis(a *Array, from, to int) *Array {
	const name = "moveaxis"
	n := a.node(name)
	perm := identity(len(n.shape))
	from, to = normAxis(name, from, len(perm)), normAxis(name, to, len(perm))
	perm = slices.Insert(slices.Delete(perm, from, from+1), to, from)
	return wrap(transposeNode(n, perm))
}

// Moveaxis moves the axis from to the place to; the others keep their order.
func (a *Array) Moveaxis(from, to int) *Array { return Moveaxis(a, from, to) }

func identity(n int) []int {
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	return p
}

// ExpandDims inserts axes of length 1, at the places that they have in the result.
func ExpandDims(a *Array, axes ...int) *Array {
	const name = "expand_dims"
	n := a.node(name)
	ndim := len(n.shape) + len(axes)
	shape := slices.Clone(n.shape)
	for _, x := range normAxes(name, axes, ndim) {
		shape = slices.Insert(shape, x, 1)
	}
	return wrap(reshapeNode(n, shape))
}

// ExpandDims inserts axes of length 1, at the places that they have in the result.
func (a *Array) ExpandDims(axes ...int) *Array { return ExpandDims(a, axes...) }

// Squeeze removes the given axes, which must have length 1, or all such axes.
func Squeeze(a *Array, axes ...int) *Array {
	const name = "squeeze"
	n := a.node(name)
	if len(axes) == 0 {
		for i, d := range n.shape {
			if d == 1 {
				axes = append(axes, i)
			}
		}
	}
	shape := slices.Clone(n.shape)
	for i, x := range normAxes(name, axes, len(n.shape)) {
		if n.shape[x] != 1 {
			fail(name, "shape", "axis %d has length %d, not 1", x, n.shape[x])
		}
		shape = slices.Delete(shape, x-i, x-i+1)
	}
	return wrap(reshapeNode(n, shape))
}

// Squeeze removes the given axes, which must have length 1, or all such axes.
func (a *Array) Squeeze(axes ...int) *Array { return Squeeze(a, axes...) }

// BroadcastTo repeats a along axes of length 1, and along new axes in front, up
// to the shape.
func BroadcastTo(a *Array, shape ...int) *Array {
	const name = "broadcast_to"
	n := a.node(name)
	checkShape(name, shape)
	if s := broadcastShape(name, shape, n.shape); !equalShape(s, shape) {
		fail(name, "shape", "the shape %s does not broadcast to %s", shapeText(n.shape), shapeText(shape))
	}
	return wrap(broadcastNode(n, slices.Clone(shape)))
}

func broadcastNode(n *node, shape []int) *node {
	if equalShape(n.shape, shape) {
		return n
	}
	if n.kind == kFull {
		return fullNode(n.dtype, shape, n.value, n.fixed)
	}
	return newNode(kBroadcast, n.dtype, shape, n)
}

// BroadcastTo repeats a along axes of length 1, and along new axes in front, up
// to the shape.
func (a *Array) BroadcastTo(shape ...int) *Array { return BroadcastTo(a, shape...) }

// Concatenate joins arrays along an axis, the first one by default. Their other
// axes must agree.
func Concatenate(arrays []*Array, axis ...int) *Array {
	const name = "concatenate"
	if len(arrays) == 0 {
		fail(name, "value", "no arrays")
	}
	first := arrays[0].node(name)
	if len(arrays) == 1 {
		return arrays[0]
	}
	at := normAxis(name, axisOr(axis, 0), len(first.shape))
	d, shape := op.Bool, slices.Clone(first.shape)
	shape[at] = 0
	for _, a := range arrays {
		n := a.node(name)
		other := slices.Clone(n.shape)
		if len(other) == len(shape) {
			other[at] = first.shape[at]
		}
		if !equalShape(other, first.shape) {
			fail(name, "shape", "shapes %s and %s differ outside axis %d", shapeText(first.shape), shapeText(n.shape), at)
		}
		shape[at] += n.shape[at]
		d = op.Promote(d, n.dtype)
	}
	in := make([]*node, len(arrays))
	for i, a := range arrays {
		in[i] = castNode(name, a.n, d)
	}
	n := newNode(kConcat, d, shape, in...)
	n.ints = []int{at}
	return wrap(n)
}

// Stack joins arrays of one shape along a new axis, the first one by default.
func Stack(arrays []*Array, axis ...int) *Array {
	const name = "stack"
	if len(arrays) == 0 {
		fail(name, "value", "no arrays")
	}
	at := axisOr(axis, 0)
	parts := make([]*Array, len(arrays))
	for i, a := range arrays {
		if n := a.node(name); !equalShape(n.shape, arrays[0].n.shape) {
			fail(name, "shape", "shapes %s and %s differ", shapeText(arrays[0].n.shape), shapeText(n.shape))
		}
		parts[i] = ExpandDims(a, at)
	}
	return Concatenate(parts, at)
}

// Split cuts a into the given number of equal parts along an axis, the first
// one by default.
func Split(a *Array, parts int, axis ...int) []*Array {
	const name = "split"
	n := a.node(name)
	at := normAxis(name, axisOr(axis, 0), len(n.shape))
	if parts <= 0 || n.shape[at]%parts != 0 {
		fail(name, "shape", "axis %d of length %d cannot be cut into %d equal parts", at, n.shape[at], parts)
	}
	cuts := make([]int, parts-1)
	for i := range cuts {
		cuts[i] = (i + 1) * (n.shape[at] / parts)
	}
	return SplitAt(a, cuts, at)
}

// SplitAt cuts a before each of the given places along an axis, the first one by default.
func SplitAt(a *Array, cuts []int, axis ...int) []*Array {
	const name = "split"
	n := a.node(name)
	at := normAxis(name, axisOr(axis, 0), len(n.shape))
	var out []*Array
	from := 0
	for i := range len(cuts) + 1 {
		to := n.shape[at]
		if i < len(cuts) {
			to, _, _ = S(nil, cuts[i]).bounds(n.shape[at], true)
		}
		idx := make([]any, at+1)
		for k := range idx {
			idx[k] = All
		}
		idx[at] = S(from, max(to, from))
		out = append(out, a.At(idx...))
		from = to
	}
	return out
}

// Split cuts a into the given number of equal parts along an axis, the first
// one by default.
func (a *Array) Split(parts int, axis ...int) []*Array { return Split(a, parts, axis...) }

// Pad surrounds a with value: widths holds, for each axis, how many elements
// before and after; one pair is for every axis.
func Pad(a *Array, widths [][2]int, value ...Operand) *Array {
	const name = "pad"
	n := a.node(name)
	if len(widths) == 1 {
		widths = slices.Repeat(widths, len(n.shape))
	}
	if len(widths) != len(n.shape) {
		fail(name, "shape", "%d widths for an array with %d dimensions", len(widths), len(n.shape))
	}
	before, shape := make([]int, len(widths)), make([]int, len(widths))
	for i, w := range widths {
		if w[0] < 0 || w[1] < 0 {
			fail(name, "value", "the width of axis %d is negative", i)
		}
		before[i], shape[i] = w[0], w[0]+n.shape[i]+w[1]
	}
	checkShape(name, shape)
	v := fullNode(n.dtype, nil, 0, true)
	if len(value) > 0 {
		o := toOperand(name, value[0])
		if o.weak {
			o.checkRange(name, n.dtype)
		}
		v = o.as(name, n.dtype)
		if v.size != 1 {
			fail(name, "shape", "the value has shape %s and must be a single number", shapeText(v.shape))
		}
	}
	return wrap(padNode(n, before, shape, reshapeNode(v, []int{})))
}

func padNode(n *node, before, shape []int, v *node) *node {
	if equalShape(n.shape, shape) {
		return n
	}
	p := newNode(kPad, n.dtype, shape, n, v)
	p.ints = before
	return p
}

// Pad surrounds a with value: widths holds, for each axis, how many elements
// before and after; one pair is for every axis.
func (a *Array) Pad(widths [][2]int, value ...Operand) *Array { return Pad(a, widths, value...) }

// Flip reverses the order along the given axes, or along all.
func Flip(a *Array, axes ...int) *Array {
	n := a.node("flip")
	if len(axes) == 0 {
		axes = identity(len(n.shape))
	}
	idx := make([]any, len(n.shape))
	for i := range idx {
		idx[i] = All
	}
	for _, x := range normAxes("flip", axes, len(n.shape)) {
		idx[x] = S(nil, nil, -1)
	}
	return a.At(idx...)
}
