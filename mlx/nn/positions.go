package nn

import (
	"math"

	"github.com/ingot-go/ingot/mlx"
)

// ALiBiSlopes is, for each head, how fast attention falls with distance: powers
// of two in a geometric series from 2^(-8/heads) to 2^-8, of shape (heads, 1, 1).
// Where the number of heads is no power of two, the series of the next smaller
// one goes first, and then every second one of the next larger
// (O. Press and others, Train short, test long, 2022).
func ALiBiSlopes(heads int, d mlx.Dtype) *mlx.Array {
	if heads < 1 {
		panic(mlx.NewError("alibi", "value", "%d heads", heads))
	}
	below := 1 << int(math.Log2(float64(heads)))
	var slopes []float64
	for i := range below {
		slopes = append(slopes, math.Exp2(-8*float64(i+1)/float64(below)))
	}
	for i := 0; len(slopes) < heads; i++ {
		slopes = append(slopes, math.Exp2(-8*float64(2*i+1)/float64(2*below)))
	}
	return mlx.New(slopes, d).Reshape(heads, 1, 1)
}

// ALiBiMatrix is what is added to the scores of attention between queries, of
// which the first stands at place offset, and keys: minus the distance times
// the slope of the head, of shape (1, heads, queries-offset, keys).
func ALiBiMatrix(queries, keys, heads, offset int, d mlx.Dtype) *mlx.Array {
	if offset < 0 || queries < offset || keys < 0 {
		panic(mlx.NewError("alibi", "value", "%d queries from place %d, and %d keys", queries, offset, keys))
	}
	away := mlx.Abs(mlx.Arange(offset, queries).Reshape(-1, 1).Sub(mlx.Arange(keys)))
	return mlx.Mul(away.ExpandDims(0, 1).AsType(d).Neg(), ALiBiSlopes(heads, d))
}

// CausalMask is what is added to scores so that no query sees a later key: of
// shape (n, n), zero up to the diagonal and the least number of the dtype above it.
func CausalMask(n int, d mlx.Dtype) *mlx.Array {
	i := mlx.Arange(n)
	return mlx.Less(i.ExpandDims(1), i).AsType(d).Mul(mlx.FInfo(d).Min)
}
