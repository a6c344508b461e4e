package linalg

import (
	"math"

	"github.com/ingot-go/ingot/mlx"
)

// NormOptions choose a norm. Ord is nil (the root of the sum of squares), a
// number, or for matrices "fro" or "nuc"; for matrices 1 and Inf are the
// greatest sums of columns and rows, 2 the greatest singular value, and their
// negatives the least. Axes are one (vectors) or two (matrices); none means all
// elements where Ord is nil, and else the axes of a, of which there may be two.
type NormOptions struct {
	Ord  any
	Axes []int
	Keep bool
}

// Norm is the norm of vectors or matrices.
func Norm(a *mlx.Array, options ...NormOptions) *mlx.Array {
	const name = "norm"
	o := NormOptions{}
	if len(options) > 0 {
		o = options[0]
	}
	if d := a.Dtype(); d != mlx.Complex64 && !d.IsFloat() {
		a = a.AsType(mlx.Float32)
	}
	axes := o.Axes
	if axes == nil {
		for i := range a.NDim() {
			axes = append(axes, i)
		}
		if o.Ord == nil {
			return vector(name, a, 2, axes, o.Keep)
		}
	}
	if len(axes) == 0 || len(axes) > 2 {
		fail(name, "axis", "%d axes; a norm goes over one or two", len(axes))
	}
	var p float64
	switch v := o.Ord.(type) {
	case nil:
		return vector(name, a, 2, axes, o.Keep)
	case int:
		p = float64(v)
	case float64:
		p = v
	case string:
		if len(axes) != 2 || v != "fro" && v != "f" && v != "nuc" {
			fail(name, "value", "%q is not a norm over %d axes", v, len(axes))
		}
		if v == "nuc" {
			return spectral(a, axes, o.Keep, (*mlx.Array).Sum)
		}
		return vector(name, a, 2, axes, o.Keep)
	default:
		fail(name, "value", "%v is not a norm", v)
	}
	if len(axes) == 1 {
		return vector(name, a, p, axes, o.Keep)
	}
	return matrix(name, a, p, axes, o.Keep)
}

func reduce(a *mlx.Array, f, keeping func(*mlx.Array, ...int) *mlx.Array, keep bool, axes ...int) *mlx.Array {
	if keep {
		return keeping(a, axes...)
	}
	return f(a, axes...)
}

func vector(name string, a *mlx.Array, p float64, axes []int, keep bool) *mlx.Array {
	if len(axes) == 0 {
		return mlx.Abs(a)
	}
	sum := func(x *mlx.Array) *mlx.Array { return reduce(x, mlx.Sum, mlx.SumKeep, keep, axes...) }
	switch {
	case math.IsInf(p, 1):
		return reduce(mlx.Abs(a), mlx.Max, mlx.MaxKeep, keep, axes...)
	case math.IsInf(p, -1):
		return reduce(mlx.Abs(a), mlx.Min, mlx.MinKeep, keep, axes...)
	case p == 0:
		return sum(mlx.NotEqual(a, 0).AsType(mlx.Abs(a).Dtype()))
	case p == 1:
		return sum(mlx.Abs(a))
	case p == 2:
		if a.Dtype() == mlx.Complex64 {
			return sum(mlx.Real(mlx.Mul(a, mlx.Conj(a)))).Sqrt()
		}
		return sum(a.Square()).Sqrt()
	}
	return sum(mlx.Abs(a).Pow(p)).Pow(1 / p)
}

func matrix(name string, a *mlx.Array, p float64, axes []int, keep bool) *mlx.Array {
	rows, cols := (axes[0]+a.NDim())%a.NDim(), (axes[1]+a.NDim())%a.NDim()
	if rows == cols {
		fail(name, "axis", "axis %d is named twice", rows)
	}
	largest, smallest := mlx.Max, mlx.Min
	over := func(sum, best int, f func(*mlx.Array, ...int) *mlx.Array) *mlx.Array {
		x := f(mlx.SumKeep(mlx.Abs(a), sum), best)
		x = mlx.ExpandDims(x, best)
		if keep {
			return x
		}
		return x.Squeeze(rows, cols)
	}
	switch {
	case p == 1:
		return over(rows, cols, largest)
	case p == -1:
		return over(rows, cols, smallest)
	case math.IsInf(p, 1):
		return over(cols, rows, largest)
	case math.IsInf(p, -1):
		return over(cols, rows, smallest)
	case p == 2:
		return spectral(a, axes, keep, (*mlx.Array).Max)
	case p == -2:
		return spectral(a, axes, keep, (*mlx.Array).Min)
	}
	fail(name, "value", "%v is not a norm of matrices", p)
	return nil
}

// spectral combines the singular values of the matrices.
func spectral(a *mlx.Array, axes []int, keep bool, f func(*mlx.Array, ...int) *mlx.Array) *mlx.Array {
	d := a.NDim()
	rows, cols := (axes[0]+d)%d, (axes[1]+d)%d
	var perm []int
	for i := range d {
		if i != rows && i != cols {
			perm = append(perm, i)
		}
	}
	s := f(SingularValues(a.Transpose(append(perm, rows, cols)...)), -1)
	if keep {
		return s.ExpandDims(rows, cols)
	}
	return s
}

// Cross is the cross product along an axis, the last one by default, which has
// length 3, or 2 for vectors in a plane; the result has 3.
func Cross(a, b *mlx.Array, axis ...int) *mlx.Array {
	const name = "cross"
	at := -1
	if len(axis) > 0 {
		at = axis[0]
	}
	na, nb := a.Dim(at), b.Dim(at)
	if na < 2 || na > 3 || nb < 2 || nb > 3 {
		fail(name, "shape", "vectors of %d and %d elements", na, nb)
	}
	a, b = a.Moveaxis(at, -1), b.Moveaxis(at, -1)
	e := func(x *mlx.Array, n, i int) *mlx.Array {
		if i >= n {
			return mlx.ZerosLike(x.At(mlx.Rest, 0))
		}
		return x.At(mlx.Rest, i)
	}
	part := func(i, j int) *mlx.Array {
		return e(a, na, i).Mul(e(b, nb, j)).Sub(e(a, na, j).Mul(e(b, nb, i)))
	}
	return mlx.Stack([]*mlx.Array{part(1, 2), part(2, 0), part(0, 1)}, -1).Moveaxis(-1, at)
}
