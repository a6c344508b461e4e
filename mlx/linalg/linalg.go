// Package linalg decomposes matrices and solves linear equations. Matrices are
// the last two axes of an array; the axes before them are batches. Dtypes are
// float32 and float64; Hermitian matrices may be complex.
//
//	a := mlx.New([][]float32{{2, 0}, {1, 3}})
//	fmt.Println(linalg.Solve(a, mlx.New([]float32{2, 7}))) // array([1, 2], dtype=float32)
//
// Everything has a derivative. That of singular vectors and of eigenvectors is
// defined where the values are distinct; equal values are taken not to mix.
package linalg

import (
	"slices"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/backend"
)

func fail(name, kind, format string, args ...any) { panic(mlx.NewError(name, kind, format, args...)) }

// checkMatrix refuses what is no matrix of floats.
func checkMatrix(name string, a *mlx.Array, square, complexToo bool) (m, n int) {
	if d := a.Dtype(); d != mlx.Float32 && d != mlx.Float64 && !(complexToo && d == mlx.Complex64) {
		fail(name, "dtype", "the dtype is %v and must be float32 or float64", d)
	}
	s := a.Shape()
	if len(s) < 2 {
		fail(name, "shape", "an array of shape %v is no matrix", s)
	}
	m, n = s[len(s)-2], s[len(s)-1]
	if square && m != n {
		fail(name, "shape", "a matrix of %d rows and %d columns is not square", m, n)
	}
	return m, n
}

// batch is the axes before the matrix, with further lengths behind them.
func batch(a *mlx.Array, lengths ...int) []int {
	s := a.Shape()
	return append(slices.Clone(s[:len(s)-2]), lengths...)
}

// packed is a kernel whose result holds several arrays, each of the given shape
// behind the batch axes, one after the other.
func packed(k backend.Kernel, d mlx.Dtype, a *mlx.Array, params []int, shapes ...[]int) []*mlx.Array {
	total := 0
	var cuts []int
	for _, s := range shapes {
		total += backend.Volume(s)
		cuts = append(cuts, total)
	}
	whole := mlx.Kernel(k, d, batch(a, total), params, a)
	parts := mlx.SplitAt(whole, cuts[:len(cuts)-1], -1)
	for i, p := range parts {
		parts[i] = p.Reshape(batch(a, shapes[i]...)...)
	}
	return parts
}

// with gives a function of one array a derivative.
func with(a *mlx.Array, f func(a *mlx.Array) []*mlx.Array, vjp func(a *mlx.Array, g, y []*mlx.Array) *mlx.Array) []*mlx.Array {
	return mlx.Custom(func(x ...*mlx.Array) []*mlx.Array { return f(x[0]) },
		mlx.CustomRules{VJP: func(p, g, y []*mlx.Array) []*mlx.Array { return []*mlx.Array{vjp(p[0], g, y)} }})(a)
}

func t(a *mlx.Array) *mlx.Array { return a.Swapaxes(-1, -2) }

// h is the conjugate transpose.
func h(a *mlx.Array) *mlx.Array { return mlx.Conj(t(a)) }

func mul(a ...*mlx.Array) *mlx.Array {
	p := a[0]
	for _, b := range a[1:] {
		p = mlx.MatMul(p, b)
	}
	return p
}

func eye(n int, d mlx.Dtype) *mlx.Array { return mlx.Eye(n).AsType(d) }

// Which matrix a solver is given.
const (
	general = iota
	lower
	upper
)

// Solve is x with a @ x = b. A vector b stands for one column; the batch axes
// of a and b broadcast. Evaluating it fails for a singular matrix.
func Solve(a, b *mlx.Array) *mlx.Array { return solve("solve", a, b, general) }

// SolveTriangular is [Solve] for a matrix of which only the lower triangle
// counts, or the upper one.
func SolveTriangular(a, b *mlx.Array, isUpper ...bool) *mlx.Array {
	return solve("solve_triangular", a, b, side(isUpper))
}

func side(isUpper []bool) int {
	if len(isUpper) > 0 && isUpper[0] {
		return upper
	}
	return lower
}

func solve(name string, a, b *mlx.Array, which int) *mlx.Array {
	d := mlx.ResultType(a.Dtype(), b.Dtype())
	a, b = a.AsType(d), b.AsType(d)
	n, _ := checkMatrix(name, a, true, false)
	vector := b.NDim() == 1
	if vector {
		b = b.ExpandDims(1)
	}
	if b.NDim() < 2 || b.Dim(-2) != n {
		fail(name, "shape", "a right side of shape %v does not fit %d equations", b.Shape(), n)
	}
	lead := mlx.BroadcastShapes(batch(a), batch(b))
	a = a.BroadcastTo(append(slices.Clone(lead), n, n)...)
	b = b.BroadcastTo(append(slices.Clone(lead), n, b.Dim(-1))...)
	x := solved(a, b, which)
	if vector {
		return x.Squeeze(-1)
	}
	return x
}

func solved(a, b *mlx.Array, which int) *mlx.Array {
	f := func(p ...*mlx.Array) []*mlx.Array {
		return []*mlx.Array{mlx.Kernel(backend.Solve, p[1].Dtype(), p[1].Shape(), []int{which}, p[0], p[1])}
	}
	return mlx.Custom(f, mlx.CustomRules{VJP: func(p, g, y []*mlx.Array) []*mlx.Array {
		other := [...]int{general, upper, lower}[which]
		gb := solved(t(p[0]), g[0], other)
		ga := mul(gb, t(y[0])).Neg()
		switch which {
		case lower:
			ga = mlx.Tril(ga)
		case upper:
			ga = mlx.Triu(ga)
		}
		return []*mlx.Array{ga, gb}
	}})(a, b)[0]
}

// Inv is the inverse matrix. Evaluating it fails for a singular matrix.
func Inv(a *mlx.Array) *mlx.Array {
	n, _ := checkMatrix("inv", a, true, false)
	return Solve(a, eye(n, a.Dtype()))
}

// TriInv is the inverse of a lower triangle, or of an upper one.
func TriInv(a *mlx.Array, isUpper ...bool) *mlx.Array {
	n, _ := checkMatrix("tri_inv", a, true, false)
	return solve("tri_inv", a, eye(n, a.Dtype()), side(isUpper))
}

// CholeskyInv is the inverse of the matrix of which a is the Cholesky factor.
func CholeskyInv(a *mlx.Array, isUpper ...bool) *mlx.Array {
	checkMatrix("cholesky_inv", a, true, false)
	i := TriInv(a, isUpper...)
	if side(isUpper) == upper {
		return mul(i, t(i))
	}
	return mul(t(i), i)
}

// LU is a lower triangle with ones on its diagonal and an upper one whose
// product has the rows of a in another order: perm are the numbers of the rows,
// as uint32, so that (l @ u)[perm] = a.
func LU(a *mlx.Array) (perm, l, u *mlx.Array) {
	m, n := checkMatrix("lu", a, false, false)
	k := min(m, n)
	perm = mlx.ArgSort(factored(a)[0], -1)
	lu := with(a, func(a *mlx.Array) []*mlx.Array {
		f := factored(a)[1]
		l := mlx.Tril(f, -1).At(mlx.Rest, mlx.S(nil, k)).Add(mlx.EyeAt(m, k, 0).AsType(a.Dtype()))
		return []*mlx.Array{l, mlx.Triu(f).At(mlx.Rest, mlx.S(nil, k), mlx.All)}
	}, func(a *mlx.Array, g, y []*mlx.Array) *mlx.Array {
		x := luCotangent(y[0], y[1], g[0], g[1])
		back := mlx.ArgSort(factored(a)[0], -1)
		return mlx.TakeAlongAxis(x, back.ExpandDims(-1), -2)
	})
	return perm, lu[0], lu[1]
}

// luCotangent is what reaches l @ u. Beside a square part of the matrix u is l⁻¹
// times it, and below one l is it times u⁻¹.
func luCotangent(l, u, gl, gu *mlx.Array) *mlx.Array {
	k := l.Dim(-1)
	switch {
	case u.Dim(-1) > k:
		us, gs := mlx.SplitAt(u, []int{k}, -1), mlx.SplitAt(gu, []int{k}, -1)
		beside := solved(t(l), gs[1], upper)
		square := luCotangent(l, us[0], gl.Sub(mul(beside, t(us[1]))), gs[0])
		return mlx.Concatenate([]*mlx.Array{square, beside}, -1)
	case l.Dim(-2) > k:
		ls, gs := mlx.SplitAt(l, []int{k}, -2), mlx.SplitAt(gl, []int{k}, -2)
		below := t(solved(u, t(gs[1]), upper))
		square := luCotangent(ls[0], u, gs[0], gu.Sub(mul(t(ls[1]), below)))
		return mlx.Concatenate([]*mlx.Array{square, below}, -2)
	}
	phi := mlx.Tril(mul(t(l), gl), -1).Add(mlx.Triu(mul(gu, t(u))))
	return t(solved(u, t(solved(t(l), phi, upper)), upper))
}

// factored is the permutation, as numbers of the dtype, and both triangles.
func factored(a *mlx.Array) []*mlx.Array {
	m, n := a.Dim(-2), a.Dim(-1)
	return packed(backend.LU, a.Dtype(), a, nil, []int{m}, []int{m, n})
}

// LUFactor is both triangles of [LU] in one matrix, and the pivots: row i was
// exchanged with row pivots[i], one after the other.
func LUFactor(a *mlx.Array) (lu, pivots *mlx.Array) {
	m, n := checkMatrix("lu_factor", a, false, false)
	f := factored(a)
	rows := mlx.Arange(m).AsType(a.Dtype())
	// Follow the exchanges: where the row that belongs at i stands by then.
	at := mlx.BroadcastTo(rows, f[0].Shape()...)
	var list []*mlx.Array
	for i := range min(m, n) {
		want := f[0].At(mlx.Rest, mlx.S(i, i+1))
		p := mlx.ArgMaxKeep(mlx.Equal(at, want), -1)
		list = append(list, p)
		at = mlx.Where(mlx.Equal(rows, p), at.At(mlx.Rest, mlx.S(i, i+1)), mlx.Where(mlx.Equal(rows, i), want, at))
	}
	if len(list) == 0 {
		return f[1], mlx.Zeros(batch(a, 0)...).AsType(mlx.Uint32)
	}
	return f[1], mlx.Concatenate(list, -1)
}

// SLogDet is the sign of the determinant and the logarithm of its absolute
// value, which is -Inf for a singular matrix.
func SLogDet(a *mlx.Array) (sign, logDet *mlx.Array) {
	narrow := a.Dtype()
	a = floating("slogdet", a)
	n, _ := checkMatrix("slogdet", a, true, false)
	f := factored(mlx.StopGradient(a))
	before := mlx.LogicalAnd(mlx.Greater(f[0].ExpandDims(-1), f[0].ExpandDims(-2)), mlx.Triu(mlx.Ones(n, n), 1))
	swaps := before.Sum(-1, -2)
	d := f[1].Diagonal(0, -2, -1)
	sign = mlx.Where(mlx.Rem(swaps, 2), -1.0, 1.0).AsType(a.Dtype()).Mul(d.Sign().Prod(-1))
	logDet = with(a, func(a *mlx.Array) []*mlx.Array {
		return []*mlx.Array{factored(a)[1].Diagonal(0, -2, -1).Abs().Log().Sum(-1)}
	}, func(a *mlx.Array, g, _ []*mlx.Array) *mlx.Array {
		return g[0].ExpandDims(-1, -2).Mul(t(Inv(a)))
	})[0]
	if narrow == mlx.Float16 || narrow == mlx.BFloat16 {
		return sign.AsType(narrow), logDet.AsType(narrow)
	}
	return sign, logDet
}

// floating makes integers and narrow floats float32.
func floating(name string, a *mlx.Array) *mlx.Array {
	switch a.Dtype() {
	case mlx.Float64:
		return a
	case mlx.Complex64:
		fail(name, "dtype", "the matrix is complex and must be real")
	}
	return a.AsType(mlx.Float32)
}

// Det is the determinant.
func Det(a *mlx.Array) *mlx.Array {
	narrow := a.Dtype()
	a = floating("det", a)
	n, _ := checkMatrix("det", a, true, false)
	e := func(i, j int) *mlx.Array { return a.At(mlx.Rest, i, j) }
	minor := func(i, j, k int) *mlx.Array { // of rows 1 and 2
		return e(0, i).Mul(e(1, j).Mul(e(2, k)).Sub(e(1, k).Mul(e(2, j))))
	}
	var d *mlx.Array
	switch n {
	case 0:
		d = mlx.Ones(batch(a)...).AsType(a.Dtype())
	case 1:
		d = e(0, 0)
	case 2:
		d = e(0, 0).Mul(e(1, 1)).Sub(e(0, 1).Mul(e(1, 0)))
	case 3:
		d = minor(0, 1, 2).Sub(minor(1, 0, 2)).Add(minor(2, 0, 1))
	default:
		sign, log := SLogDet(a)
		d = sign.Mul(log.Exp())
	}
	if narrow == mlx.Float16 || narrow == mlx.BFloat16 {
		return d.AsType(narrow)
	}
	return d
}

// Cholesky is the lower triangle l with l @ l.T = a, of which only the lower
// triangle is read, or the upper one u with u.T @ u = a. Evaluating it fails
// where a is not positive definite.
func Cholesky(a *mlx.Array, isUpper ...bool) *mlx.Array {
	checkMatrix("cholesky", a, true, false)
	up := side(isUpper) == upper
	if up {
		a = t(a)
	}
	l := with(a, func(a *mlx.Array) []*mlx.Array {
		return []*mlx.Array{mlx.Kernel(backend.Cholesky, a.Dtype(), a.Shape(), nil, a)}
	}, func(_ *mlx.Array, g, y []*mlx.Array) *mlx.Array {
		l := y[0]
		p := mul(t(l), g[0])
		half := mlx.Tril(p).Sub(mlx.Mul(p, eye(l.Dim(-1), l.Dtype())).Mul(0.5))
		s := solved(t(l), half, upper)
		s = t(solved(t(l), t(s), upper))
		return s.Add(t(s)).Mul(0.5)
	})[0]
	if up {
		return t(l)
	}
	return l
}

// QR is a matrix q with orthonormal columns and an upper triangle r with
// q @ r = a.
func QR(a *mlx.Array) (q, r *mlx.Array) {
	m, n := checkMatrix("qr", a, false, false)
	k := min(m, n)
	y := with(a, func(a *mlx.Array) []*mlx.Array {
		return packed(backend.QR, a.Dtype(), a, nil, []int{m, k}, []int{k, n})
	}, func(a *mlx.Array, g, y []*mlx.Array) *mlx.Array {
		if m < n {
			return wideQR(a, g, y, k)
		}
		return tallQR(y[0], y[1], g[0], g[1])
	})
	return y[0], y[1]
}

func tallQR(q, r, gq, gr *mlx.Array) *mlx.Array {
	m := mul(r, t(gr)).Sub(mul(t(gq), q))
	x := gq.Add(mul(q, mlx.Tril(m).Add(t(mlx.Tril(m, -1)))))
	return t(solved(r, t(x), upper)) // x @ inverse of r.T
}

// wideQR: the columns beyond the square are qᵀ times those of a.
func wideQR(a *mlx.Array, g, y []*mlx.Array, k int) *mlx.Array {
	cut := func(x *mlx.Array) (left, right *mlx.Array) {
		p := mlx.SplitAt(x, []int{k}, -1)
		return p[0], p[1]
	}
	_, rest := cut(a)
	r1, _ := cut(y[1])
	g1, g2 := cut(g[1])
	gq := g[0].Add(mul(rest, t(g2)))
	return mlx.Concatenate([]*mlx.Array{tallQR(y[0], r1, gq, g1), mul(y[0], g2)}, -1)
}

// Eigh is the eigenvalues of a Hermitian matrix in ascending order, and the
// eigenvectors as columns. The lower triangle is read, or with isUpper the upper one.
func Eigh(a *mlx.Array, isUpper ...bool) (values, vectors *mlx.Array) {
	y := eigh("eigh", a, isUpper)
	return y[0], y[1]
}

// EigValsH is the eigenvalues of [Eigh].
func EigValsH(a *mlx.Array, isUpper ...bool) *mlx.Array { return eigh("eigvalsh", a, isUpper)[0] }

func eigh(name string, a *mlx.Array, isUpper []bool) []*mlx.Array {
	n, _ := checkMatrix(name, a, true, true)
	if side(isUpper) == upper {
		a = mlx.Triu(a).Add(h(mlx.Triu(a, 1)))
	} else {
		a = mlx.Tril(a).Add(h(mlx.Tril(a, -1)))
	}
	return with(a, func(a *mlx.Array) []*mlx.Array {
		p := packed(backend.Eigh, a.Dtype(), a, nil, []int{n}, []int{n, n})
		return []*mlx.Array{p[0].Real(), p[1]}
	}, func(_ *mlx.Array, g, y []*mlx.Array) *mlx.Array {
		w, v := y[0], y[1]
		gap := w.ExpandDims(-2).Sub(w.ExpandDims(-1))
		inner := mul(h(v), g[1]).Mul(reciprocal(gap)).Add(g[0].ExpandDims(-2).Mul(eye(n, w.Dtype())))
		x := mul(v, inner, h(v))
		return x.Add(h(x)).Mul(0.5)
	})
}

// PInv is the pseudo-inverse. Singular values below 10·max(m,n)·ε of the
// greatest count as zero.
func PInv(a *mlx.Array) *mlx.Array {
	m, n := checkMatrix("pinv", a, false, false)
	if m == 0 || n == 0 {
		return t(a)
	}
	eps := 0x1p-23
	if a.Dtype() == mlx.Float64 {
		eps = 0x1p-52
	}
	k := min(m, n)
	return with(a, func(a *mlx.Array) []*mlx.Array {
		u, s, vt := SVD(a)
		keep := mlx.Greater(s, s.MaxKeep(-1).Mul(10*float64(max(m, n))*eps))
		inv := mlx.Where(keep, mlx.Div(1.0, mlx.Where(keep, s, 1.0)), 0.0).AsType(a.Dtype())
		v := t(vt.At(mlx.Rest, mlx.S(nil, k), mlx.All)).Mul(inv.ExpandDims(-2))
		return []*mlx.Array{mul(v, t(u.At(mlx.Rest, mlx.S(nil, k))))}
	}, func(a *mlx.Array, g, y []*mlx.Array) *mlx.Array {
		p, gt := y[0], t(g[0])
		rows := mlx.Sub(eye(m, a.Dtype()), mul(a, p))
		cols := mlx.Sub(eye(n, a.Dtype()), mul(p, a))
		x := mul(rows, gt, p, t(p)).Add(mul(t(p), p, gt, cols))
		return x.Sub(mul(t(p), g[0], t(p)))
	})[0]
}

// LstSq is the x that makes a @ x come nearest to b, and of these the shortest.
func LstSq(a, b *mlx.Array) *mlx.Array { return mul(PInv(a), b) }
