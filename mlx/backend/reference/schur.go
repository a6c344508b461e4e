package reference

import (
	"fmt"
	"math/cmplx"
)

// complexEig is the eigenvalues of the complex matrix a, of n rows, and the
// eigenvectors as columns, by way of the Schur form a = q·t·qᴴ (G. Golub, C. Van
// Loan, Matrix Computations, chapter 7). It overwrites a.
func complexEig(a []complex128, n int) (values, vectors []complex128, err error) {
	s := &schur{n: n, t: a, q: make([]complex128, n*n)}
	for i := range n {
		s.q[i*n+i] = 1
	}
	s.hessenberg()
	if !s.iterate() {
		return nil, nil, fmt.Errorf("the eigenvalues were not found")
	}
	for i := range n {
		values = append(values, s.t[i*n+i])
	}
	return values, s.vectors(), nil
}

// schur is a matrix on its way to a triangle t, with what was done in q.
type schur struct {
	n    int
	t, q []complex128
}

// rotate turns the planes of axes i and k so that the vector (x, y) in them
// becomes (r, 0): rows and columns of t, columns of q.
func (s *schur) rotate(i, k int, x, y complex128) {
	r := cmplx.Abs(complex(cmplx.Abs(x), cmplx.Abs(y)))
	if r == 0 || y == 0 {
		return
	}
	cx, cy, n := x/complex(r, 0), y/complex(r, 0), s.n
	for j := range n {
		u, v := s.t[i*n+j], s.t[k*n+j]
		s.t[i*n+j], s.t[k*n+j] = cmplx.Conj(cx)*u+cmplx.Conj(cy)*v, cx*v-cy*u
	}
	for _, m := range [][]complex128{s.t, s.q} {
		for j := range n {
			u, v := m[j*n+i], m[j*n+k]
			m[j*n+i], m[j*n+k] = cx*u+cy*v, cmplx.Conj(cx)*v-cmplx.Conj(cy)*u
		}
	}
}

// hessenberg clears what is below the first diagonal under the main one.
func (s *schur) hessenberg() {
	for j := range max(0, s.n-2) {
		for i := j + 2; i < s.n; i++ {
			s.rotate(j+1, i, s.t[(j+1)*s.n+j], s.t[i*s.n+j])
			s.t[i*s.n+j] = 0
		}
	}
}

// iterate does shifted QR steps until t is a triangle.
func (s *schur) iterate() bool {
	n, t := s.n, s.t
	small := func(i int) bool { // the element left of the diagonal in row i
		return cmplx.Abs(t[i*n+i-1]) <= 0x1p-52*(cmplx.Abs(t[i*n+i])+cmplx.Abs(t[(i-1)*n+i-1]))
	}
	steps := 0
	for hi := n - 1; hi > 0; {
		if small(hi) {
			t[hi*n+hi-1] = 0
			hi, steps = hi-1, 0
			continue
		}
		if steps++; steps > 300 {
			return false
		}
		lo := hi - 1
		for lo > 0 && !small(lo) {
			lo--
		}
		shift := s.shift(hi)
		if steps%10 == 0 { // out of a circle
			shift = t[hi*n+hi] + complex(cmplx.Abs(t[hi*n+hi-1]), 0)
		}
		x, y := t[lo*n+lo]-shift, t[(lo+1)*n+lo]
		for k := lo; k < hi; k++ {
			s.rotate(k, k+1, x, y)
			if k > lo {
				t[(k+1)*n+k-1] = 0
			}
			if k+2 <= hi { // what the rotation has put below the diagonal
				x, y = t[(k+1)*n+k], t[(k+2)*n+k]
			}
		}
	}
	return true
}

// shift is the eigenvalue of the last 2×2 block that is nearer to its corner.
func (s *schur) shift(hi int) complex128 {
	n, t := s.n, s.t
	a, b, c, d := t[(hi-1)*n+hi-1], t[(hi-1)*n+hi], t[hi*n+hi-1], t[hi*n+hi]
	mid, half := (a+d)/2, (a-d)/2
	root := cmplx.Sqrt(half*half + b*c)
	if cmplx.Abs(mid+root-d) < cmplx.Abs(mid-root-d) {
		return mid + root
	}
	return mid - root
}

// vectors solves the triangle for each value and turns the results back.
func (s *schur) vectors() []complex128 {
	n, t := s.n, s.t
	norm := 0.0
	for _, v := range t {
		norm = max(norm, cmplx.Abs(v))
	}
	out, x := make([]complex128, n*n), make([]complex128, n)
	for k := range n {
		x[k] = 1
		for i := k - 1; i >= 0; i-- {
			sum := t[i*n+k]
			for j := i + 1; j < k; j++ {
				sum += t[i*n+j] * x[j]
			}
			gap := t[k*n+k] - t[i*n+i]
			if cmplx.Abs(gap) < 0x1p-52*norm { // equal values: a vector near to one
				gap = complex(max(0x1p-52*norm, 1e-300), 0)
			}
			x[i] = sum / gap
		}
		for i := range n {
			for j := range k + 1 {
				out[i*n+k] += s.q[i*n+j] * x[j]
			}
		}
	}
	return out
}

// turn gives each column of a square matrix length 1 and a largest element that
// is real and positive, so that a vector does not jump when the matrix changes a little.
func turn(vectors []complex128, n int) {
	for k := range n {
		var best complex128
		size := 0.0
		for i := range n {
			v := vectors[i*n+k]
			if cmplx.Abs(v) > cmplx.Abs(best) {
				best = v
			}
			size = cmplx.Abs(complex(size, cmplx.Abs(v)))
		}
		by := cmplx.Conj(best) / complex(cmplx.Abs(best)*size, 0)
		for i := range n {
			vectors[i*n+k] *= by
		}
	}
}
