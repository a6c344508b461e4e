package linalg

import (
	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/backend"
)

// SVD is the singular values of a in descending order, and orthogonal matrices
// with u[:, :k] * s @ vt[:k] = a. Columns of u and rows of vt beyond the k
// singular values are some basis of what is left: their derivative is that of
// the space, not of the choice.
func SVD(a *mlx.Array) (u, s, vt *mlx.Array) {
	m, n := checkMatrix("svd", a, false, false)
	k := min(m, n)
	y := with(a, func(a *mlx.Array) []*mlx.Array {
		p := packed(backend.SVD, a.Dtype(), a, []int{1}, []int{k}, []int{m, m}, []int{n, n})
		return []*mlx.Array{p[1], p[0], p[2]}
	}, func(_ *mlx.Array, g, y []*mlx.Array) *mlx.Array {
		return svdCotangent(y[0], y[1], y[2], g[0], g[1], g[2])
	})
	return y[0], y[1], y[2]
}

// svdCotangent turns a step of a into the bases of the singular vectors, where
// dP = uᵀ·da·v. There u and v turn by skew matrices: with f = 1/(s_j²-s_i²) the
// one of u is f·(dP_ij·s_j + s_i·dP_ji), and the part outside of the first k
// columns is dP/s. Gradients of a are those steps transposed. (J. Townsend,
// Differentiating the singular value decomposition, 2016, for full matrices.)
func svdCotangent(u, s, vt, gu, gs, gvt *mlx.Array) *mlx.Array {
	m, n, k := u.Dim(-1), vt.Dim(-1), s.Dim(-1)
	row, col := s.ExpandDims(-2), s.ExpandDims(-1)
	f := reciprocal(row.Square().Sub(col.Square()))
	turn := func(g *mlx.Array) *mlx.Array { return g.Sub(t(g)) }
	mu, mv := turn(mul(t(u), gu)), turn(mul(vt, t(gvt)))
	inner := func(g *mlx.Array) *mlx.Array { return block(g, 0, k, 0, k).Mul(f) }
	p := inner(mu).Mul(row).Add(inner(mv).Mul(col)).Add(mlx.Mul(gs.ExpandDims(-2), eye(k, s.Dtype())))
	switch {
	case m > k:
		p = mlx.Concatenate([]*mlx.Array{p, block(mu, k, m, 0, k).Mul(reciprocal(row))}, -2)
	case n > k:
		p = mlx.Concatenate([]*mlx.Array{p, t(block(mv, k, n, 0, k).Mul(reciprocal(row)))}, -1)
	}
	return mul(u, p, vt)
}

// block is the rows from top to bottom and the columns from left to right.
func block(a *mlx.Array, top, bottom, left, right int) *mlx.Array {
	return a.At(mlx.Rest, mlx.S(top, bottom), mlx.S(left, right))
}

// reciprocal is 1/a, and 0 where a is.
func reciprocal(a *mlx.Array) *mlx.Array {
	zero := mlx.Equal(a, 0)
	return mlx.Where(zero, 0.0, mlx.Reciprocal(mlx.Where(zero, 1.0, a)))
}

// SingularValues is the singular values of a in descending order.
func SingularValues(a *mlx.Array) *mlx.Array {
	_, s, _ := SVD(a)
	return s
}
