package linalg

import (
	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/backend"
)

// Eig is the eigenvalues of a matrix and the eigenvectors as columns, as
// complex64. Each vector has length 1 and a largest element that is real and
// positive.
func Eig(a *mlx.Array) (values, vectors *mlx.Array) {
	n, _ := checkMatrix("eig", a, true, true)
	y := with(a, func(a *mlx.Array) []*mlx.Array {
		return packed(backend.Eig, mlx.Complex64, a, nil, []int{n}, []int{n, n})
	}, func(a *mlx.Array, g, y []*mlx.Array) *mlx.Array {
		x := eigCotangent(y[0], y[1], g[0], g[1])
		if a.Dtype() != mlx.Complex64 {
			x = x.Real().AsType(a.Dtype())
		}
		return x
	})
	return y[0], y[1]
}

// eigCotangent: with B = V⁻¹·da·V a step moves V by V·(C + D), where C is
// B_ij/(w_j-w_i) outside of the diagonal, and the diagonal D keeps the length of
// each vector, by its real part, and its largest element real, by its imaginary part.
func eigCotangent(w, v, gw, gv *mlx.Array) *mlx.Array {
	n := w.Dim(-1)
	f := reciprocal(w.ExpandDims(-2).Sub(w.ExpandDims(-1)))
	m := mul(h(v), gv)
	q := m.Diagonal(0, -2, -1).ExpandDims(-2)
	size := mlx.Abs(mlx.StopGradient(v))
	largest := mlx.Equal(mlx.Arange(n).ExpandDims(-1), mlx.ArgMaxKeep(size, -2))
	phase := mlx.Where(largest, q.Imag().Mul(reciprocal(v.Real())), 0.0).Mul(1i)
	c := m.Sub(mul(h(v), v.Mul(q.Real()).Add(phase)))
	b := c.Mul(mlx.Conj(f)).Add(gw.ExpandDims(-2).Mul(eye(n, mlx.Float32)))
	return complexSolve(h(v), mul(b, h(v)))
}

// complexSolve is x with a @ x = b.
func complexSolve(a, b *mlx.Array) *mlx.Array {
	re, im := a.Real(), a.Imag()
	big := mlx.Concatenate([]*mlx.Array{mlx.Concatenate([]*mlx.Array{re, im.Neg()}, -1), mlx.Concatenate([]*mlx.Array{im, re}, -1)}, -2)
	x := Solve(big, mlx.Concatenate([]*mlx.Array{b.Real(), b.Imag()}, -2))
	p := mlx.Split(x, 2, -2)
	return p[0].Add(p[1].Mul(1i))
}

// EigVals is the eigenvalues of [Eig].
func EigVals(a *mlx.Array) *mlx.Array {
	checkMatrix("eigvals", a, true, true)
	v, _ := Eig(a)
	return v
}
