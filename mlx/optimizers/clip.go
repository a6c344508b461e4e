// Package optimizers has what is done to gradients before parameters move.
//
//	grads, norm := optimizers.ClipGradNorm(grads, 1)
package optimizers

import "github.com/ingot-go/ingot/mlx"

// ClipGradNorm scales the arrays of a tree, such as [mlx.GradTree] gives, so that
// the norm over all of their elements is at most maxNorm. It gives the tree and
// the norm before.
func ClipGradNorm(grads any, maxNorm float64) (clipped any, norm *mlx.Array) {
	sum := mlx.New(0.0)
	for _, g := range mlx.TreeArrays(grads) {
		sum = sum.Add(g.Square().Sum())
	}
	norm = sum.Sqrt()
	factor := mlx.Minimum(mlx.Div(maxNorm, norm.Add(1e-6)), 1.0)
	return mlx.TreeMap(func(g ...*mlx.Array) *mlx.Array { return g[0].Mul(factor) }, grads), norm
}
