package mlx

import (
	"reflect"
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// Span is a range of an axis for [Array.At] and [Array.Set]; [S] makes one.
type Span struct {
	start, stop, step int
	hasStart, hasStop bool
}

// All is the whole of an axis.
var All = S()

// Marker is an index that names no place; see [NewAxis] and [Rest].
type Marker int

// In an index, NewAxis inserts an axis of length 1, and Rest stands for All on
// as many axes as are left.
const (
	NewAxis Marker = iota
	Rest
)

// S is a range of an axis: S() all of it, S(start) from start on, S(start, stop)
// up to but without stop, S(start, stop, step). Bounds may be nil for the ends,
// count from the end when negative, and are cut to the axis, as in Python.
func S(bounds ...any) Span {
	const name = "slice"
	s := Span{step: 1}
	if len(bounds) > 3 {
		fail(name, "index", "%d bounds, want at most start, stop and step", len(bounds))
	}
	for i, b := range bounds {
		if b == nil {
			continue
		}
		o := toOperand(name, b)
		if !o.weak || o.kind == reflect.Float64 {
			fail(name, "index", "the bound %v is not an integer", b)
		}
		switch v := int(o.i); i {
		case 0:
			s.start, s.hasStart = v, true
		case 1:
			s.stop, s.hasStop = v, true
		case 2:
			s.step = v
		}
	}
	if s.step == 0 {
		fail(name, "index", "the step is zero")
	}
	return s
}

// bounds is where the span begins on an axis of length n, how many elements it
// has, and the step. With end it gives where the span ends instead.
func (s Span) bounds(n int, end bool) (start, count, step int) {
	lo, hi := 0, n
	if s.step < 0 {
		lo, hi = -1, n-1
	}
	at := func(given bool, v, otherwise int) int {
		if !given {
			return otherwise
		}
		if v < 0 {
			v += n
		}
		return min(max(v, lo), hi)
	}
	first, last := lo, hi
	if s.step < 0 {
		first, last = hi, lo
	}
	first, last = at(s.hasStart, s.start, first), at(s.hasStop, s.stop, last)
	if end {
		return last, 0, s.step
	}
	count = 0
	if s.step > 0 && last > first {
		count = (last - first + s.step - 1) / s.step
	} else if s.step < 0 && last < first {
		count = (first - last - s.step - 1) / -s.step
	}
	if count == 0 {
		first = 0
	}
	return first, count, s.step
}

// indexing tells a gather or scatter which element of the array a point of the
// index space means: along each axis, the affine map of rows; along axes[j],
// the value of index operand j added to it.
type indexing struct {
	rows []backend.Index
	axes []int
	mode scatterMode
}

// scatterMode is how a scatter combines what is there with what comes.
type scatterMode uint8

const (
	scatterSet scatterMode = iota
	scatterAdd
	scatterMultiply
	scatterMaximum
	scatterMinimum
)

func (m scatterMode) String() string {
	return [...]string{"set", "add", "multiply", "maximum", "minimum"}[m]
}

// place is an index, resolved against a shape.
type place struct {
	*indexing
	shape []int   // of what is read or written
	index []*node // index arrays, of that shape
}

// resolve works out what the indices mean for an array of the given shape.
func resolve(name string, shape []int, idx []any) place {
	idx = fillRest(name, len(shape), idx)
	p := place{indexing: &indexing{}, shape: []int{}}
	arrays, common := indexArrays(name, idx)
	first, last, count := -1, -1, 0
	for i, a := range arrays {
		if a != nil {
			if first < 0 {
				first = i
			}
			last, count = i, count+1
		}
	}
	front := count > 0 && last-first+1 != count // apart: their axes come first
	at := 0                                     // where the axes of the index arrays begin
	if front {
		p.shape = append(p.shape, common...)
	}
	axis := 0
	for i, x := range idx {
		if i == first && !front {
			at = len(p.shape)
			p.shape = append(p.shape, common...)
		}
		if x == NewAxis {
			p.shape = append(p.shape, 1)
			continue
		}
		row := backend.Index{}
		switch v := x.(type) {
		case Span:
			start, n, step := v.bounds(shape[axis], false)
			row.Offset = start
			row.Strides = append(make([]int, len(p.shape)), step)
			p.shape = append(p.shape, n)
		case int:
			if v < -shape[axis] || v >= shape[axis] {
				fail(name, "index", "index %d is out of bounds for axis %d of size %d", v, axis, shape[axis])
			}
			row.Offset = v
			if v < 0 {
				row.Offset += shape[axis]
			}
		default:
			p.axes = append(p.axes, axis)
		}
		p.rows = append(p.rows, row)
		axis++
	}
	for _, a := range arrays {
		if a != nil {
			p.index = append(p.index, spread(a, common, at, p.shape))
		}
	}
	return p
}

// spread views an index array, broadcast to common, as one over the whole shape,
// in which its axes begin at at.
func spread(n *node, common []int, at int, shape []int) *node {
	n = broadcastNode(n, common)
	ones := slices.Repeat([]int{1}, len(shape))
	copy(ones[at:], common)
	return broadcastNode(reshapeNode(n, ones), shape)
}

// fillRest replaces Rest, and what is missing at the end, by All.
func fillRest(name string, ndim int, idx []any) []any {
	used, rest := 0, len(idx)
	for i, x := range idx {
		switch {
		case x == NewAxis:
		case x == Rest:
			if rest < len(idx) {
				fail(name, "index", "Rest is used twice")
			}
			rest = i
		default:
			used++
		}
	}
	if used > ndim {
		fail(name, "index", "%d indices for an array with %d dimensions", used, ndim)
	}
	out := slices.Clone(idx[:rest])
	for range ndim - used {
		out = append(out, All)
	}
	if rest < len(idx) {
		out = append(out, idx[rest+1:]...)
	}
	return out
}

// indexArrays replaces the indices in idx that are arrays or lists by nodes, and
// broadcasts them. Beside an array, an integer is an array too.
func indexArrays(name string, idx []any) (arrays []*node, common []int) {
	arrays = make([]*node, len(idx))
	any := false
	for i, x := range idx {
		switch x := x.(type) {
		case Span, Marker:
			continue
		case *Array:
			arrays[i] = x.node(name)
		default:
			o := toOperand(name, x)
			if o.weak && o.kind != reflect.Int64 && o.kind != reflect.Uint64 {
				fail(name, "index", "%v is not an index", x)
			}
			if o.weak {
				idx[i] = int(o.i)
				continue
			}
			arrays[i] = o.n
		}
		any = true
		if d := arrays[i].dtype; !d.IsInteger() {
			fail(name, "dtype", "an index array has dtype %v, want integers", d)
		}
	}
	if !any {
		return arrays, nil
	}
	common = []int{}
	for i, x := range idx {
		if v, ok := x.(int); ok {
			arrays[i] = fullNode(op.Int64, []int{}, op.Value(v), false)
			idx[i] = arrays[i]
		}
		if arrays[i] != nil {
			common = broadcastShape(name, common, arrays[i].shape)
		}
	}
	return arrays, common
}

// At is the part of a that the indices name, one for each axis: an integer (whose
// axis goes away), a [Span], an array or slice of integers (whose axes take the
// place of the one they index), [NewAxis] or [Rest]. A single array of bools
// picks the elements where it is true; this one evaluates it, since the shape
// depends on it. Integers out of bounds are errors.
func (a *Array) At(idx ...any) *Array {
	const name = "at"
	n := a.node(name)
	if mask := maskIndex(idx); mask != nil {
		return a.whereTrue(name, mask)
	}
	p := resolve(name, n.shape, idx)
	if len(p.index) == 0 {
		return wrap(p.view(n))
	}
	g := newNode(kGather, n.dtype, p.shape, append([]*node{n}, p.index...)...)
	g.at = p.indexing
	return wrap(g)
}

// view is a place without index arrays, as a slice.
func (p place) view(n *node) *node {
	starts, steps, shape := make([]int, len(p.rows)), make([]int, len(p.rows)), make([]int, len(p.rows))
	for i, r := range p.rows {
		starts[i], steps[i], shape[i] = r.Offset, 1, 1
		if k := len(r.Strides) - 1; k >= 0 {
			steps[i], shape[i] = r.Strides[k], p.shape[k]
		}
	}
	return reshapeNode(sliceNode(n, starts, steps, shape), p.shape)
}

func sliceNode(n *node, starts, steps, shape []int) *node {
	whole := equalShape(shape, n.shape)
	for i := range starts {
		whole = whole && starts[i] == 0 && (steps[i] == 1 || shape[i] <= 1)
	}
	if whole {
		return n
	}
	s := newNode(kSlice, n.dtype, shape, n)
	s.ints = append(append(make([]int, 0, 2*len(shape)), starts...), steps...)
	return s
}

// Slice is the part of a from start up to but without stop, by step, on each
// axis; step may be left out. It is At with a Span for each axis.
func Slice(a *Array, start, stop []int, step ...[]int) *Array {
	const name = "slice"
	n := a.node(name)
	if len(start) != len(n.shape) || len(stop) != len(n.shape) || len(step) > 0 && len(step[0]) != len(n.shape) {
		fail(name, "index", "the bounds do not have one entry for each of the %d axes", len(n.shape))
	}
	idx := make([]any, len(start))
	for i := range idx {
		by := 1
		if len(step) > 0 {
			by = step[0][i]
		}
		idx[i] = S(start[i], stop[i], by)
	}
	return a.At(idx...)
}

func maskIndex(idx []any) *Array {
	if len(idx) == 1 {
		if a, ok := idx[0].(*Array); ok && a != nil && a.n != nil && a.n.dtype == Bool {
			return a
		}
	}
	return nil
}

// truePlaces evaluates a mask over the leading axes of a and gives the numbers
// of its true elements, in row-major order, and the shape of what is behind them.
func (a *Array) truePlaces(name string, mask *Array) (at []int64, tail []int) {
	tail = a.behind(name, mask)
	at = []int64{}
	for i, v := range mask.elements(name).Bytes {
		if v != 0 {
			at = append(at, int64(i))
		}
	}
	return at, tail
}

func (a *Array) whereTrue(name string, mask *Array) *Array {
	at, tail := a.truePlaces(name, mask)
	rows := a.Reshape(append([]int{mask.n.size}, tail...)...)
	return rows.At(wrap(dataNode([]int{len(at)}, backend.From(op.Int64, at))))
}

// Set makes a the array in which the place that the indices name (see
// [Array.At]) holds v, which is cast and broadcast. Arrays computed from a
// earlier do not change.
func (a *Array) Set(v Operand, idx ...any) {
	const name = "set"
	n := a.node(name)
	o := toOperand(name, v)
	if o.weak {
		o.checkRange(name, n.dtype)
	}
	val := o.as(name, n.dtype)
	if mask := maskIndex(idx); mask != nil && val.size == 1 {
		tail := a.behind(name, mask)
		m := wrap(reshapeNode(mask.n, append(slices.Clone(mask.n.shape), slices.Repeat([]int{1}, len(tail))...)))
		a.n = Where(m, wrap(val), a).n
		return
	}
	a.n = a.scatter(name, val, scatterSet, idx).n
}

// behind is the shape of the axes that a mask leaves, after those that it covers.
func (a *Array) behind(name string, mask *Array) []int {
	m, n := mask.n, a.n
	if len(m.shape) > len(n.shape) || !equalShape(m.shape, n.shape[:len(m.shape)]) {
		fail(name, "shape", "a mask of shape %s does not fit an array of shape %s", shapeText(m.shape), shapeText(n.shape))
	}
	return n.shape[len(m.shape):]
}

// AddAt is a with v added at the place that the indices name; what is named
// several times gains several times. a itself does not change.
func (a *Array) AddAt(v Operand, idx ...any) *Array {
	const name = "add_at"
	return a.scatter(name, toOperand(name, v).as(name, a.node(name).dtype), scatterAdd, idx)
}

// SubtractAt is a with v subtracted at the place that the indices name, as
// often as they name it. a itself does not change.
func (a *Array) SubtractAt(v Operand, idx ...any) *Array {
	const name = "subtract_at"
	n := toOperand(name, v).as(name, a.node(name).dtype)
	return a.scatter(name, call(op.Negative, n), scatterAdd, idx)
}

// MultiplyAt is a multiplied by v at the place that the indices name, as often
// as they name it. a itself does not change.
func (a *Array) MultiplyAt(v Operand, idx ...any) *Array {
	const name = "multiply_at"
	return a.scatter(name, toOperand(name, v).as(name, a.node(name).dtype), scatterMultiply, idx)
}

// DivideAt is a divided by v at the place that the indices name, as often as
// they name it. a itself does not change.
func (a *Array) DivideAt(v Operand, idx ...any) *Array {
	const name = "divide_at"
	n := toOperand(name, v).as(name, a.node(name).dtype)
	return a.scatter(name, castNode(name, call(op.Reciprocal, n), a.n.dtype), scatterMultiply, idx)
}

// MaximumAt is a with each element at the place that the indices name replaced
// by the greater of it and v. a itself does not change.
func (a *Array) MaximumAt(v Operand, idx ...any) *Array {
	const name = "maximum_at"
	return a.scatter(name, toOperand(name, v).as(name, a.node(name).dtype), scatterMaximum, idx)
}

// MinimumAt is a with each element at the place that the indices name replaced
// by the lesser of it and v. a itself does not change.
func (a *Array) MinimumAt(v Operand, idx ...any) *Array {
	const name = "minimum_at"
	return a.scatter(name, toOperand(name, v).as(name, a.node(name).dtype), scatterMinimum, idx)
}

func (a *Array) scatter(name string, v *node, mode scatterMode, idx []any) *Array {
	base := a.n
	if mask := maskIndex(idx); mask != nil {
		at, tail := a.truePlaces(name, mask)
		base = reshapeNode(base, append([]int{mask.n.size}, tail...))
		idx = []any{wrap(dataNode([]int{len(at)}, backend.From(op.Int64, at)))}
	}
	p := resolve(name, base.shape, idx)
	for len(v.shape) > len(p.shape) && v.shape[0] == 1 {
		v = reshapeNode(v, v.shape[1:])
	}
	if s := broadcastShape(name, p.shape, v.shape); !equalShape(s, p.shape) {
		fail(name, "shape", "a value of shape %s does not fit a place of shape %s", shapeText(v.shape), shapeText(p.shape))
	}
	at := *p.indexing
	at.mode = mode
	return wrap(reshapeNode(scatterNode(base, broadcastNode(v, p.shape), p.index, &at), a.n.shape))
}

func scatterNode(base, updates *node, index []*node, at *indexing) *node {
	n := newNode(kScatter, base.dtype, base.shape, append([]*node{base, updates}, index...)...)
	n.at = at
	return n
}

// Take picks elements along an axis by an array (or slice) of integers, whose
// axes take the place of that one. Without an axis, a is flattened first.
func Take(a *Array, indices Operand, axis ...int) *Array {
	const name = "take"
	n := a.node(name)
	if len(axis) == 0 {
		a, axis = a.Reshape(-1), []int{0}
		n = a.n
	}
	idx := make([]any, normAxis(name, axis[0], len(n.shape))+1)
	for i := range idx {
		idx[i] = All
	}
	idx[len(idx)-1] = indices
	return a.At(idx...)
}

// Take picks elements along an axis by an array (or slice) of integers, whose
// axes take the place of that one. Without an axis, a is flattened first.
func (a *Array) Take(indices Operand, axis ...int) *Array { return Take(a, indices, axis...) }

// TakeAlongAxis picks, for each element of indices, the element of a at that
// place along the axis and at the same place along the others, which broadcast.
func TakeAlongAxis(a *Array, indices Operand, axis int) *Array {
	const name = "take_along_axis"
	n := a.node(name)
	at := normAxis(name, axis, len(n.shape))
	i := indicesAlong(name, n, indices)
	others := slices.Clone(n.shape)
	others[at] = i.shape[at]
	shape := broadcastShape(name, others, i.shape)
	x := alongAxis(n.shape, at)
	g := newNode(kGather, n.dtype, shape, n, broadcastNode(i, shape))
	g.at = x
	return wrap(g)
}

// TakeAlongAxis picks, for each element of indices, the element of a at that
// place along the axis and at the same place along the others, which broadcast.
func (a *Array) TakeAlongAxis(indices Operand, axis int) *Array {
	return TakeAlongAxis(a, indices, axis)
}

// ArgSort is the order that sorts a along an axis, the last one by default:
// stable, NaN last, as uint32.
func ArgSort(a *Array, axis ...int) *Array {
	const name = "argsort"
	n := a.node(name)
	if len(n.shape) == 0 {
		fail(name, "axis", "a 0-dimensional array cannot be sorted")
	}
	at := normAxis(name, axisOr(axis, -1), len(n.shape))
	perm := identity(len(n.shape))
	perm[at], perm[len(perm)-1] = perm[len(perm)-1], perm[at]
	t := transposeNode(n, perm)
	return wrap(transposeNode(newNode(kArgSort, op.Uint32, t.shape, t), perm))
}

// ArgSort is the order that sorts a along an axis, the last one by default:
// stable, NaN last, as uint32.
func (a *Array) ArgSort(axis ...int) *Array { return ArgSort(a, axis...) }

// Sort is a in ascending order along an axis, the last one by default.
func Sort(a *Array, axis ...int) *Array {
	return TakeAlongAxis(a, ArgSort(a, axis...), axisOr(axis, -1))
}

// Sort is a in ascending order along an axis, the last one by default.
func (a *Array) Sort(axis ...int) *Array { return Sort(a, axis...) }
