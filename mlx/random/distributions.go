package random

import (
	"math"
	"slices"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/linalg"
)

// Options of a distribution. The zero value draws float32 numbers with a key
// from the common state; Loc and Scale shift and stretch where they are given.
type Options struct {
	Key        *mlx.Array
	Dtype      mlx.Dtype // floating, or for normal numbers complex; Bool stands for float32
	Loc, Scale mlx.Operand
}

func (o Options) key() *mlx.Array {
	if o.Key != nil {
		return o.Key
	}
	return next()
}

func (o Options) dtype(name string) mlx.Dtype {
	switch {
	case o.Dtype == mlx.Bool:
		return mlx.Float32
	case o.Dtype.IsFloat():
		return o.Dtype
	}
	panic(mlx.NewError(name, "dtype", "random numbers of dtype %v", o.Dtype))
}

// wide is float32 numbers in double precision, where that is what functions of
// them are wanted in.
func (o Options) wide(u *mlx.Array) *mlx.Array {
	if o.Dtype == mlx.Float64 {
		return u.AsType(mlx.Float64)
	}
	return u
}

// placed is x in the dtype, times Scale plus Loc.
func (o Options) placed(x *mlx.Array, d mlx.Dtype) *mlx.Array {
	x = x.AsType(d)
	if o.Scale != nil {
		x = x.Mul(mlx.New(o.Scale).AsType(d))
	}
	if o.Loc != nil {
		x = x.Add(mlx.New(o.Loc).AsType(d))
	}
	return x
}

// UniformWith is numbers from low up to but without high, with options.
func UniformWith(low, high mlx.Operand, o Options, shape ...int) *mlx.Array {
	d := o.dtype("uniform")
	u := UniformKey(o.key(), 0, 1, shape...)
	if d == mlx.Float64 {
		u = u.AsType(d)
	} else if d != mlx.Float32 { // what rounds up to 1 is brought below it
		below := map[mlx.Dtype]float64{mlx.Float16: 1 - 0x1p-11, mlx.BFloat16: 1 - 0x1p-8}[d]
		u = mlx.Minimum(u.AsType(d), below)
	}
	lo, hi := mlx.New(low).AsType(d), mlx.New(high).AsType(d)
	return spread(hi, shape).Sub(spread(lo, shape)).Mul(u).Add(lo)
}

// NormalWith is numbers of the normal distribution, with options.
func NormalWith(o Options, shape ...int) *mlx.Array {
	if o.Dtype == mlx.Complex64 {
		pair := NormalKey(o.key(), append(slices.Clone(shape), 2)...).Mul(float32(math.Sqrt(0.5)))
		return o.placed(pair.At(mlx.Rest, 0).Add(pair.At(mlx.Rest, 1).Mul(1i)), o.Dtype)
	}
	d := o.dtype("normal")
	u := o.wide(UniformKey(o.key(), -belowOne, 1, shape...))
	return o.placed(mlx.Erfinv(u).Mul(float32(math.Sqrt2)), d)
}

// GumbelWith is numbers of the standard Gumbel distribution, with options.
func GumbelWith(o Options, shape ...int) *mlx.Array {
	d := o.dtype("gumbel")
	u := o.wide(UniformKey(o.key(), 0, 1, shape...))
	return o.placed(u.Log().Neg().Log().Neg(), d)
}

// Laplace is float32 numbers of the Laplace distribution with mean 0 and scale 1.
func Laplace(shape ...int) *mlx.Array { return LaplaceWith(Options{}, shape...) }

// LaplaceWith is numbers of the Laplace distribution, with options.
func LaplaceWith(o Options, shape ...int) *mlx.Array {
	d := o.dtype("laplace")
	u := o.wide(UniformKey(o.key(), -belowOne, 1, shape...))
	return o.placed(u.Sign().Mul(u.Abs().Neg().Log1p()), d)
}

// TruncatedNormal is numbers of the normal distribution between low and high,
// which are numbers or arrays that broadcast to the shape.
func TruncatedNormal(low, high mlx.Operand, shape ...int) *mlx.Array {
	return TruncatedNormalWith(low, high, Options{}, shape...)
}

// TruncatedNormalWith is [TruncatedNormal] with options.
func TruncatedNormalWith(low, high mlx.Operand, o Options, shape ...int) *mlx.Array {
	d := o.dtype("truncated_normal")
	lo, hi := float32Of(low), float32Of(high)
	root := float32(math.Sqrt2)
	u := UniformKey(o.key(), lo.Div(root).Erf(), hi.Div(root).Erf(), shape...)
	return o.placed(mlx.Clip(u.Erfinv().Mul(root), lo, hi), d)
}

// CategoricalOptions are the options of [CategoricalWith]. Axis is the axis of
// logits that is drawn from, counted from the end: 0 is the last. Shape is that
// of the result, to which the other axes of logits broadcast; or there are
// Samples draws for each, along a new last axis.
type CategoricalOptions struct {
	Key     *mlx.Array
	Axis    int
	Shape   []int
	Samples int
}

// CategoricalWith draws from logits, with options.
func CategoricalWith(logits *mlx.Array, o CategoricalOptions) *mlx.Array {
	n := logits.NDim()
	if o.Axis < 0 || o.Axis >= n {
		panic(mlx.NewError("categorical", "axis", "axis %d from the end of an array with %d dimensions", o.Axis, n))
	}
	k := o.Key
	if k == nil {
		k = next()
	}
	axis := n - 1 - o.Axis
	if o.Samples > 0 && n == 1 { // many draws from one distribution: by its cumulated probabilities
		sums := mlx.Softmax(logits.AsType(mlx.Float32)).CumSum(0)
		at := mlx.SearchSorted(sums, UniformKey(k, 0, 1, o.Samples), true)
		return mlx.Minimum(at, logits.Size()-1)
	}
	if o.Samples > 0 {
		g := GumbelKey(k, append(logits.Shape(), o.Samples)...)
		return g.Add(logits.ExpandDims(-1)).ArgMax(axis)
	}
	shape := logits.Shape()
	if o.Shape != nil {
		rest := slices.Delete(logits.Shape(), axis, axis+1)
		if !slices.Equal(mlx.BroadcastShapes(o.Shape, rest), o.Shape) {
			panic(mlx.NewError("categorical", "shape", "the shape %v does not fit logits of shape %v", o.Shape, logits.Shape()))
		}
		at := axis + len(o.Shape) - n + 1
		shape = slices.Insert(slices.Clone(o.Shape), at, logits.Dim(axis))
	}
	return GumbelKey(k, shape...).Add(logits).ArgMax(len(shape) - 1 - o.Axis)
}

// Permute is the parts of a along an axis, the first one by default, in random order.
func Permute(a *mlx.Array, axis ...int) *mlx.Array { return PermuteKey(next(), a, axis...) }

// PermuteKey is [Permute] for a key.
func PermuteKey(key, a *mlx.Array, axis ...int) *mlx.Array {
	at := 0
	if len(axis) > 0 {
		at = axis[0]
	}
	return a.Take(PermutationKey(key, a.Dim(at)), at)
}

// RandIntWith is integers of a dtype from low up to but without high.
func RandIntWith(low, high mlx.Operand, d mlx.Dtype, key *mlx.Array, shape ...int) *mlx.Array {
	if !d.IsInteger() {
		panic(mlx.NewError("randint", "dtype", "random integers of dtype %v", d))
	}
	if key == nil {
		key = next()
	}
	lo, hi := mlx.New(low).AsType(d), mlx.New(high).AsType(d)
	u := UniformKey(key, lo, hi, shape...).Floor().AsType(d)
	return mlx.Maximum(mlx.Minimum(u, hi.Sub(1)), lo)
}

// MultivariateNormal is vectors of the normal distribution with the given means
// and covariance matrices, whose batch axes broadcast to the shape; without a
// shape there is one for each.
func MultivariateNormal(mean, cov *mlx.Array, o Options, shape ...int) *mlx.Array {
	const name = "multivariate_normal"
	d := o.dtype(name)
	if mean.NDim() < 1 || cov.NDim() < 2 || cov.Dim(-1) != cov.Dim(-2) || mean.Dim(-1) != cov.Dim(-1) {
		panic(mlx.NewError(name, "shape", "means of shape %v and covariances of shape %v", mean.Shape(), cov.Shape()))
	}
	lead := mlx.BroadcastShapes(mean.Shape()[:mean.NDim()-1], cov.Shape()[:cov.NDim()-2])
	if len(shape) == 0 {
		shape = lead
	} else if !slices.Equal(mlx.BroadcastShapes(shape, lead), shape) {
		panic(mlx.NewError(name, "shape", "the shape %v does not fit parameters of shape %v", shape, lead))
	}
	n := mean.Dim(-1)
	_, s, vt := linalg.SVD(cov.AsType(mlx.Float32))
	z := NormalKey(o.key(), append(slices.Clone(shape), 1, n)...)
	x := z.Mul(s.Sqrt().ExpandDims(-2)).MatMul(vt).Squeeze(-2)
	return x.Add(mean.AsType(mlx.Float32)).AsType(d)
}
