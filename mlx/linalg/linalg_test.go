package linalg_test

import (
	"fmt"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/linalg"
	"github.com/ingot-go/ingot/mlx/random"
)

func Example() {
	a := mlx.New([][]float32{{2, 0}, {1, 3}})
	fmt.Println(linalg.Solve(a, mlx.New([]float32{2, 7})))
	// Output: array([1, 2], dtype=float32)
}

// TestFactors multiplies the factors of random matrices of many shapes.
func TestFactors(t *testing.T) {
	for _, s := range [][2]int{{1, 1}, {3, 3}, {5, 2}, {2, 5}, {8, 8}} {
		m, n := s[0], s[1]
		a := random.NormalKey(random.Key(uint64(10*m+n)), 2, m, n)
		check := func(what string, got *mlx.Array) {
			t.Helper()
			if d := mlx.Abs(got.Sub(a)).Max().Float(); !(d < 1e-4) {
				t.Errorf("%v: %s is off by %v", s, what, d)
			}
		}
		q, r := linalg.QR(a)
		check("qr", q.MatMul(r))
		p, l, u := linalg.LU(a)
		check("lu", mlx.TakeAlongAxis(l.MatMul(u), p.ExpandDims(-1), -2))
		k := min(m, n)
		uu, sv, vt := linalg.SVD(a)
		check("svd", uu.At(mlx.Rest, mlx.S(nil, k)).Mul(sv.ExpandDims(-2)).MatMul(vt.At(mlx.Rest, mlx.S(nil, k), mlx.All)))
		if m != n {
			continue
		}
		w, v := linalg.Eig(a)
		check("eig", v.Mul(w.ExpandDims(-2)).Real().MatMul(mlx.Eye(n)).Sub(a.AsType(mlx.Complex64).MatMul(v).Real()).Add(a))
		lu, piv := linalg.LUFactor(a)
		x := mlx.Tril(lu, -1).Add(mlx.Eye(n)).MatMul(mlx.Triu(lu)).At(0)
		swaps := piv.At(0).Ints()
		rows := make([]int, n)
		for i := range rows {
			rows[i] = i
		}
		for i, j := range swaps {
			rows[i], rows[j] = rows[j], rows[i]
		}
		if d := mlx.Abs(a.At(0).Take(rows, 0).Sub(x)).Max().Float(); d > 1e-4 {
			t.Errorf("%v: lu_factor is off by %v", s, d)
		}
	}
	if err := mlx.Try(func() { linalg.Inv(mlx.New([][]float32{{1, 2}, {2, 4}})).Eval() }); err == nil {
		t.Error("a singular matrix was inverted")
	}
}

// TestComplexEigh decomposes a Hermitian matrix with equal eigenvalues.
func TestComplexEigh(t *testing.T) {
	z := random.NormalKey(random.Key(1), 4, 4).Add(random.NormalKey(random.Key(2), 4, 4).Mul(1i))
	h := z.Add(mlx.Conj(z).T())
	_, q := linalg.Eigh(h)
	a := q.Mul([]float32{1, 1, 1, 5}).MatMul(mlx.Conj(q).T())
	w, v := linalg.Eigh(a)
	back := v.Mul(w.ExpandDims(0)).MatMul(mlx.Conj(v).T())
	if d := mlx.Abs(back.Sub(a)).Max().Float(); d > 1e-5 {
		t.Errorf("off by %v", d)
	}
}

// TestComplexEig checks what the values and vectors of complex matrices are made
// to be, also with equal values.
func TestComplexEig(t *testing.T) {
	for n := range 9 {
		key := random.Split(random.Key(uint64(n)), 2)
		a := random.NormalKey(key.At(0), n, n).Add(random.NormalKey(key.At(1), n, n).Mul(1i))
		w, v := linalg.Eig(a)
		if n > 0 {
			if d := mlx.Abs(a.MatMul(v).Sub(v.Mul(w))).Max().Float(); d > 1e-5 {
				t.Errorf("n=%d: off by %v", n, d)
			}
			if d := mlx.Abs(mlx.Abs(v).Square().Sum(0).Sub(1)).Max().Float(); d > 1e-5 {
				t.Errorf("n=%d: the lengths are off by %v", n, d)
			}
		}
	}
	if w, _ := linalg.Eig(mlx.Eye(3).Mul(2i)); fmt.Sprint(w) != "array([0+2j, 0+2j, 0+2j], dtype=complex64)" {
		t.Errorf("values %v", w)
	}
	shift := mlx.New([][]complex64{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}})
	w, v := linalg.Eig(shift)
	if d := mlx.Abs(shift.MatMul(v).Sub(v.Mul(w))).Max().Float(); d > 1e-5 {
		t.Errorf("a permutation is off by %v", d)
	}
}
