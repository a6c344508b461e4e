package mlx

import (
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// Reductions go over the given axes, or over all of them when none is given; a
// list that is there but empty means no axis at all: Sum(a, []int{}...) is a.
// The reduced axes go away; the functions whose names end in Keep leave them
// with length 1, so that the result broadcasts against the argument.

// reduceNode reduces n over axes, which are normalised.
func reduceNode(r backend.Reduction, d op.Dtype, n *node, axes []int, keep bool) *node {
	if len(axes) == 0 {
		return castNode("astype", n, d)
	}
	shape, kept := []int{}, []int{}
	k := 0
	for i, l := range n.shape {
		if k < len(axes) && axes[k] == i {
			k++
			kept = append(kept, 1)
			continue
		}
		shape, kept = append(shape, l), append(kept, l)
	}
	x := newNode(kReduce, d, shape, n)
	x.code, x.ints = uint8(r), axes
	if keep {
		return reshapeNode(x, kept)
	}
	return x
}

// over is the axes that a caller named, or all.
func over(name string, n *node, axes []int) []int {
	if axes == nil {
		return identity(len(n.shape))
	}
	return normAxes(name, axes, len(n.shape))
}

func sumOf(name string, a *Array, r backend.Reduction, axes []int, keep bool) *Array {
	n := a.node(name)
	if axes != nil && len(axes) == 0 {
		return wrap(n)
	}
	d := op.SumType(n.dtype)
	return wrap(reduceNode(r, d, castNode(name, n, d), over(name, n, axes), keep))
}

func extremum(name string, a *Array, r backend.Reduction, axes []int, keep bool) *Array {
	n := a.node(name)
	at := over(name, n, axes)
	for _, x := range at {
		if n.shape[x] == 0 {
			fail(name, "shape", "axis %d has no elements", x)
		}
	}
	return wrap(reduceNode(r, n.dtype, n, at, keep))
}

func truthOf(name string, a *Array, r backend.Reduction, axes []int, keep bool) *Array {
	n := castNode(name, a.node(name), op.Bool)
	return wrap(reduceNode(r, op.Bool, n, over(name, n, axes), keep))
}

// count is the number of elements that each element of the reduced array comes from.
func count(n *node, axes []int) int {
	c := 1
	for _, x := range axes {
		c *= n.shape[x]
	}
	return c
}

func meanOf(name string, a *Array, axes []int, keep bool) *Array {
	n := a.node(name)
	n = castNode(name, n, op.AtLeastFloat(n.dtype))
	at := over(name, n, axes)
	return wrap(call(op.Multiply, reduceNode(backend.Sum, n.dtype, n, at, keep), constNode(n.dtype, 1/float64(count(n, at)))))
}

func varOf(name string, a *Array, axes []int, keep bool) *Array {
	return variance(name, a, VarOptions{Axes: axes, Keep: keep})
}

func stdOf(name string, a *Array, axes []int, keep bool) *Array {
	return Sqrt(varOf(name, a, axes, keep))
}

// VarOptions are the options of [VarWith] and [StdWith]: the sum of squares is
// divided by the number of elements less DDOF; no Axes means all.
type VarOptions struct {
	Axes []int
	Keep bool
	DDOF int
}

func variance(name string, a *Array, o VarOptions) *Array {
	n := a.node(name)
	n = castNode(name, n, op.AtLeastFloat(n.dtype))
	at := over(name, n, o.Axes)
	off := wrap(call(op.Subtract, n, meanOf(name, wrap(n), at, true).n))
	squares := Square(off)
	if n.dtype == op.Complex64 {
		squares = Square(Abs(off))
	}
	d, size := squares.n.dtype, count(n, at)
	sum := reduceNode(backend.Sum, d, squares.n, at, o.Keep)
	return wrap(call(op.Multiply, sum, constNode(d, 1/float64(max(size-o.DDOF, 0)))))
}

// VarWith is the variance with options.
func VarWith(a *Array, o VarOptions) *Array { return variance("var", a, o) }

// StdWith is the standard deviation with options.
func StdWith(a *Array, o VarOptions) *Array { return Sqrt(variance("std", a, o)) }

func argOf(name string, a *Array, r backend.Reduction, axis []int, keep bool) *Array {
	n := a.node(name)
	if len(axis) == 0 {
		flat := wrap(reshapeNode(n, []int{n.size}))
		ones := slices.Repeat([]int{1}, len(n.shape))
		if !keep {
			ones = nil
		}
		return argOf(name, flat, r, []int{0}, false).Reshape(ones...)
	}
	if len(axis) > 1 {
		fail(name, "axis", "%d axes, want one", len(axis))
	}
	at := normAxis(name, axis[0], len(n.shape))
	if n.size == 0 {
		fail(name, "shape", "an array of shape %s has no elements", shapeText(n.shape))
	}
	return wrap(reduceNode(r, op.Uint32, n, []int{at}, keep))
}

// Sum is the sum over the axes; bools and small integers are summed as 32-bit integers.
func Sum(a *Array, axes ...int) *Array { return sumOf("sum", a, backend.Sum, axes, false) }

// Sum is the sum over the axes; bools and small integers are summed as 32-bit integers.
func (a *Array) Sum(axes ...int) *Array { return Sum(a, axes...) }

// SumKeep is the sum over the axes; bools and small integers are summed as 32-bit integers. The axes stay, with length 1.
func SumKeep(a *Array, axes ...int) *Array { return sumOf("sum", a, backend.Sum, axes, true) }

// SumKeep is the sum over the axes; bools and small integers are summed as 32-bit integers. The axes stay, with length 1.
func (a *Array) SumKeep(axes ...int) *Array { return SumKeep(a, axes...) }

// Prod is the product over the axes; bools and small integers are multiplied as 32-bit integers.
func Prod(a *Array, axes ...int) *Array { return sumOf("prod", a, backend.Prod, axes, false) }

// Prod is the product over the axes; bools and small integers are multiplied as 32-bit integers.
func (a *Array) Prod(axes ...int) *Array { return Prod(a, axes...) }

// ProdKeep is the product over the axes; bools and small integers are multiplied as 32-bit integers. The axes stay, with length 1.
func ProdKeep(a *Array, axes ...int) *Array { return sumOf("prod", a, backend.Prod, axes, true) }

// ProdKeep is the product over the axes; bools and small integers are multiplied as 32-bit integers. The axes stay, with length 1.
func (a *Array) ProdKeep(axes ...int) *Array { return ProdKeep(a, axes...) }

// Max is the greatest element over the axes; NaN where there is one.
func Max(a *Array, axes ...int) *Array { return extremum("max", a, backend.Max, axes, false) }

// Max is the greatest element over the axes; NaN where there is one.
func (a *Array) Max(axes ...int) *Array { return Max(a, axes...) }

// MaxKeep is the greatest element over the axes; NaN where there is one. The axes stay, with length 1.
func MaxKeep(a *Array, axes ...int) *Array { return extremum("max", a, backend.Max, axes, true) }

// MaxKeep is the greatest element over the axes; NaN where there is one. The axes stay, with length 1.
func (a *Array) MaxKeep(axes ...int) *Array { return MaxKeep(a, axes...) }

// Min is the least element over the axes; NaN where there is one.
func Min(a *Array, axes ...int) *Array { return extremum("min", a, backend.Min, axes, false) }

// Min is the least element over the axes; NaN where there is one.
func (a *Array) Min(axes ...int) *Array { return Min(a, axes...) }

// MinKeep is the least element over the axes; NaN where there is one. The axes stay, with length 1.
func MinKeep(a *Array, axes ...int) *Array { return extremum("min", a, backend.Min, axes, true) }

// MinKeep is the least element over the axes; NaN where there is one. The axes stay, with length 1.
func (a *Array) MinKeep(axes ...int) *Array { return MinKeep(a, axes...) }

// Mean is the mean over the axes; integers give float32.
func Mean(a *Array, axes ...int) *Array { return meanOf("mean", a, axes, false) }

// Mean is the mean over the axes; integers give float32.
func (a *Array) Mean(axes ...int) *Array { return Mean(a, axes...) }

// MeanKeep is the mean over the axes; integers give float32. The axes stay, with length 1.
func MeanKeep(a *Array, axes ...int) *Array { return meanOf("mean", a, axes, true) }

// MeanKeep is the mean over the axes; integers give float32. The axes stay, with length 1.
func (a *Array) MeanKeep(axes ...int) *Array { return MeanKeep(a, axes...) }

// Var is the variance over the axes: the mean of the squared distances from the mean.
func Var(a *Array, axes ...int) *Array { return varOf("var", a, axes, false) }

// Var is the variance over the axes: the mean of the squared distances from the mean.
func (a *Array) Var(axes ...int) *Array { return Var(a, axes...) }

// VarKeep is the variance over the axes: the mean of the squared distances from the mean. The axes stay, with length 1.
func VarKeep(a *Array, axes ...int) *Array { return varOf("var", a, axes, true) }

// VarKeep is the variance over the axes: the mean of the squared distances from the mean. The axes stay, with length 1.
func (a *Array) VarKeep(axes ...int) *Array { return VarKeep(a, axes...) }

// Std is the standard deviation over the axes.
func Std(a *Array, axes ...int) *Array { return stdOf("std", a, axes, false) }

// Std is the standard deviation over the axes.
func (a *Array) Std(axes ...int) *Array { return Std(a, axes...) }

// StdKeep is the standard deviation over the axes. The axes stay, with length 1.
func StdKeep(a *Array, axes ...int) *Array { return stdOf("std", a, axes, true) }

// StdKeep is the standard deviation over the axes. The axes stay, with length 1.
func (a *Array) StdKeep(axes ...int) *Array { return StdKeep(a, axes...) }

// ArgMax is where the greatest element is along an axis, or in the flattened array, as uint32; the first one of several.
func ArgMax(a *Array, axis ...int) *Array { return argOf("argmax", a, backend.ArgMax, axis, false) }

// ArgMax is where the greatest element is along an axis, or in the flattened array, as uint32; the first one of several.
func (a *Array) ArgMax(axis ...int) *Array { return ArgMax(a, axis...) }

// ArgMaxKeep is where the greatest element is along an axis, or in the flattened array, as uint32; the first one of several. The axes stay, with length 1.
func ArgMaxKeep(a *Array, axis ...int) *Array { return argOf("argmax", a, backend.ArgMax, axis, true) }

// ArgMaxKeep is where the greatest element is along an axis, or in the flattened array, as uint32; the first one of several. The axes stay, with length 1.
func (a *Array) ArgMaxKeep(axis ...int) *Array { return ArgMaxKeep(a, axis...) }

// ArgMin is where the least element is along an axis, or in the flattened array, as uint32; the first one of several.
func ArgMin(a *Array, axis ...int) *Array { return argOf("argmin", a, backend.ArgMin, axis, false) }

// ArgMin is where the least element is along an axis, or in the flattened array, as uint32; the first one of several.
func (a *Array) ArgMin(axis ...int) *Array { return ArgMin(a, axis...) }

// ArgMinKeep is where the least element is along an axis, or in the flattened array, as uint32; the first one of several. The axes stay, with length 1.
func ArgMinKeep(a *Array, axis ...int) *Array { return argOf("argmin", a, backend.ArgMin, axis, true) }

// ArgMinKeep is where the least element is along an axis, or in the flattened array, as uint32; the first one of several. The axes stay, with length 1.
func (a *Array) ArgMinKeep(axis ...int) *Array { return ArgMinKeep(a, axis...) }

// AllTrue is whether all elements over the axes are not zero.
func AllTrue(a *Array, axes ...int) *Array { return truthOf("all", a, backend.Min, axes, false) }

// All is whether all elements over the axes are not zero.
func (a *Array) All(axes ...int) *Array { return AllTrue(a, axes...) }

// AllTrueKeep is whether all elements over the axes are not zero. The axes stay, with length 1.
func AllTrueKeep(a *Array, axes ...int) *Array { return truthOf("all", a, backend.Min, axes, true) }

// AllKeep is whether all elements over the axes are not zero. The axes stay, with length 1.
func (a *Array) AllKeep(axes ...int) *Array { return AllTrueKeep(a, axes...) }

// Any is whether any element over the axes is not zero.
func Any(a *Array, axes ...int) *Array { return truthOf("any", a, backend.Max, axes, false) }

// Any is whether any element over the axes is not zero.
func (a *Array) Any(axes ...int) *Array { return Any(a, axes...) }

// AnyKeep is whether any element over the axes is not zero. The axes stay, with length 1.
func AnyKeep(a *Array, axes ...int) *Array { return truthOf("any", a, backend.Max, axes, true) }

// AnyKeep is whether any element over the axes is not zero. The axes stay, with length 1.
func (a *Array) AnyKeep(axes ...int) *Array { return AnyKeep(a, axes...) }
