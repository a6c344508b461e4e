package random

import (
	"github.com/ingot-go/ingot/mlx"
)

// ChoiceOptions are the options of [ChoiceWith].
type ChoiceOptions struct {
	Key      *mlx.Array
	Distinct bool       // none is drawn twice
	P        *mlx.Array // how likely each is, up to a factor; nil is all the same
}

// Choice draws from the numbers 0 to n-1, where from is an int, or from the
// elements along the first axis of an array; the shape is that of the draws.
func Choice(from mlx.Operand, shape ...int) *mlx.Array {
	return ChoiceWith(from, ChoiceOptions{}, shape...)
}

// ChoiceWith is [Choice] with options.
func ChoiceWith(from mlx.Operand, o ChoiceOptions, shape ...int) *mlx.Array {
	const name = "choice"
	n, isNumber := from.(int)
	a, isArray := from.(*mlx.Array)
	switch {
	case isArray:
		n = a.Len()
	case !isNumber:
		a = mlx.New(from)
		n, isArray = a.Len(), true
	}
	size := 1
	for _, d := range shape {
		size *= d
	}
	if n < 1 && size > 0 || o.Distinct && size > n {
		panic(mlx.NewError(name, "value", "%d draws from %d", size, n))
	}
	if o.P != nil && (o.P.NDim() != 1 || o.P.Dim(0) != n) {
		panic(mlx.NewError(name, "shape", "probabilities of shape %v for %d", o.P.Shape(), n))
	}
	k := Options{Key: o.Key}.key()
	at := drawn(k, n, size, o).Reshape(shape...)
	if isArray {
		return a.Take(at, 0)
	}
	return at.AsType(mlx.Int32)
}

// drawn is numbers below n, in a row.
func drawn(k *mlx.Array, n, size int, o ChoiceOptions) *mlx.Array {
	switch {
	case o.Distinct && o.P == nil:
		return PermutationKey(k, n).At(mlx.S(0, size))
	case o.Distinct: // the greatest of logarithms with Gumbel noise, in their order
		score := o.P.AsType(mlx.Float32).Log().Add(GumbelKey(k, n))
		return score.Neg().ArgSort().At(mlx.S(0, size))
	case o.P == nil:
		return RandIntKey(k, 0, n, size)
	}
	return CategoricalWith(o.P.AsType(mlx.Float32).Log(), CategoricalOptions{Key: k, Samples: size})
}
