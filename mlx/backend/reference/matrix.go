package reference

import (
	"fmt"
	"math"
	"math/cmplx"
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
	"gonum.org/v1/gonum/mat"
)

// shape is the lengths of the last two axes of operand i.
func (c *kernelCall) shape(i int) (rows, cols int) {
	s := c.Operands[i].Shape
	return s[len(s)-2], s[len(s)-1]
}

// batches is how many matrices operand i holds.
func (c *kernelCall) batches(i int) int {
	return backend.Volume(c.Operands[i].Shape[:len(c.Operands[i].Shape)-2])
}

// floats reads count elements from element from on.
func floats(b *backend.Buffer, from, count int) []float64 {
	out := make([]float64, count)
	for i := range out {
		out[i] = b.Get(from + i).Float(b.Dtype)
	}
	return out
}

// perMatrix runs f on every matrix of the operand; f gives the numbers of the
// result, which are stored one matrix after the other.
func perMatrix(f func(c *kernelCall, a []float64, m, n int) ([]float64, error)) func(*kernelCall) error {
	return func(c *kernelCall) error {
		m, n := c.shape(0)
		at := 0
		for b := range c.batches(0) {
			out, err := f(c, floats(c.in[0], b*m*n, m*n), m, n)
			if err != nil {
				return err
			}
			for _, v := range out {
				c.out.Put(at, op.FloatValue(c.Dtype, v))
				at++
			}
		}
		return nil
	}
}

// factor makes a into its two triangles, with the rows exchanged that perm tells.
func factor(a []float64, m, n int) (perm []int) {
	perm = make([]int, m)
	for i := range perm {
		perm[i] = i
	}
	for k := range min(m, n) {
		best := k
		for i := k + 1; i < m; i++ {
			if math.Abs(a[i*n+k]) > math.Abs(a[best*n+k]) {
				best = i
			}
		}
		if best != k {
			perm[k], perm[best] = perm[best], perm[k]
			for j := range n {
				a[k*n+j], a[best*n+j] = a[best*n+j], a[k*n+j]
			}
		}
		if a[k*n+k] == 0 {
			continue
		}
		for i := k + 1; i < m; i++ {
			f := a[i*n+k] / a[k*n+k]
			a[i*n+k] = f
			for j := k + 1; j < n; j++ {
				a[i*n+j] -= f * a[k*n+j]
			}
		}
	}
	return perm
}

func runLU(_ *kernelCall, a []float64, m, n int) ([]float64, error) {
	out := make([]float64, m, m+m*n)
	for i, p := range factor(a, m, n) {
		out[i] = float64(p)
	}
	return append(out, a...), nil
}

func runQR(_ *kernelCall, a []float64, m, n int) ([]float64, error) {
	k := min(m, n)
	if k == 0 {
		return make([]float64, m*k+k*n), nil
	}
	q := slices.Clone(a)
	var out []float64
	// The factorisation wants at least as many rows as columns; what is beside
	// the square part follows from it.
	var qr mat.QR
	qr.Factorize(mat.DenseCopyOf(mat.NewDense(m, n, q).Slice(0, m, 0, k)))
	var full mat.Dense
	qr.QTo(&full)
	thin := full.Slice(0, m, 0, k)
	var r mat.Dense
	r.Mul(thin.T(), mat.NewDense(m, n, a))
	for i := range m {
		for j := range k {
			out = append(out, thin.At(i, j))
		}
	}
	for i := range k {
		for j := range n {
			v := r.At(i, j)
			if j < i {
				v = 0
			}
			out = append(out, v)
		}
	}
	return out, nil
}

func runSVD(c *kernelCall, a []float64, m, n int) ([]float64, error) {
	k := min(m, n)
	var out []float64
	var u, v mat.Dense
	if k == 0 {
		if c.Params[0] == 1 {
			out = append(identity(m), identity(n)...)
		}
		return out, nil
	}
	var svd mat.SVD
	kind := mat.SVDNone
	if c.Params[0] == 1 {
		kind = mat.SVDFull
	}
	if !svd.Factorize(mat.NewDense(m, n, a), kind) {
		return nil, fmt.Errorf("the singular values were not found")
	}
	out = svd.Values(nil)
	if c.Params[0] == 1 {
		svd.UTo(&u)
		svd.VTo(&v)
		out = append(out, u.RawMatrix().Data...)
		out = append(out, mat.DenseCopyOf(v.T()).RawMatrix().Data...)
	}
	return out, nil
}

func identity(n int) []float64 {
	out := make([]float64, n*n)
	for i := range n {
		out[i*n+i] = 1
	}
	return out
}

func runCholesky(_ *kernelCall, a []float64, n, _ int) ([]float64, error) {
	l := make([]float64, n*n)
	for i := range n {
		for j := range i + 1 {
			s := a[i*n+j]
			for k := range j {
				s -= l[i*n+k] * l[j*n+k]
			}
			if i == j {
				if s <= 0 {
					return nil, fmt.Errorf("the matrix is not positive definite")
				}
				l[i*n+i] = math.Sqrt(s)
			} else {
				l[i*n+j] = s / l[j*n+j]
			}
		}
	}
	return l, nil
}

func runEigh(c *kernelCall) error {
	n, _ := c.shape(0)
	at := 0
	for b := range c.batches(0) {
		values, vectors, err := eigh(c.in[0], b*n*n, n)
		if err != nil {
			return err
		}
		for _, v := range values {
			c.out.Put(at, op.FloatValue(c.Dtype, v))
			at++
		}
		for _, v := range vectors {
			c.out.Put(at, op.Cast(c.Dtype, op.Complex64, op.ComplexValue(v)))
			if c.Dtype != op.Complex64 {
				c.out.Put(at, op.FloatValue(c.Dtype, real(v)))
			}
			at++
		}
	}
	return nil
}

// eigh decomposes the Hermitian matrix A+iB by way of the symmetric matrix
// (A, -B; B, A), which has each value twice.
func eigh(b *backend.Buffer, from, n int) (values []float64, vectors []complex128, err error) {
	if n == 0 {
		return nil, nil, nil
	}
	size := n
	if b.Dtype == op.Complex64 {
		size = 2 * n
	}
	s := mat.NewSymDense(size, nil)
	for i := range n {
		for j := range n {
			z := b.Get(from + i*n + j).Complex(b.Dtype)
			if b.Dtype != op.Complex64 {
				s.SetSym(i, j, b.Get(from+i*n+j).Float(b.Dtype))
				continue
			}
			s.SetSym(i, j, real(z))
			s.SetSym(n+i, n+j, real(z))
			if i != j { // the diagonal is real
				s.SetSym(n+i, j, imag(z))
			}
		}
	}
	var es mat.EigenSym
	if !es.Factorize(s, true) {
		return nil, nil, fmt.Errorf("the eigenvalues were not found")
	}
	var v mat.Dense
	es.VectorsTo(&v)
	all := es.Values(nil)
	vectors = make([]complex128, n*n)
	for k := 0; k < size && len(values) < n; k++ {
		z := make([]complex128, n)
		for i := range z {
			z[i] = complex(v.At(i, k), 0)
			if size > n {
				z[i] += complex(0, v.At(n+i, k))
			}
		}
		col := len(values)
		if size > n && !orthogonal(z, vectors, n, col) {
			continue
		}
		values = append(values, all[k])
		for i := range z {
			vectors[i*n+col] = z[i]
		}
	}
	return values, vectors, nil
}

// orthogonal makes z a unit vector orthogonal to the first columns, unless it
// lies in their span.
func orthogonal(z, columns []complex128, n, count int) bool {
	for k := range count {
		var dot complex128
		for i := range z {
			dot += cmplx.Conj(columns[i*n+k]) * z[i]
		}
		for i := range z {
			z[i] -= dot * columns[i*n+k]
		}
	}
	norm := 0.0
	for _, v := range z {
		norm += real(v)*real(v) + imag(v)*imag(v)
	}
	if norm < 1e-6 {
		return false
	}
	for i := range z {
		z[i] /= complex(math.Sqrt(norm), 0)
	}
	return true
}

func runEig(c *kernelCall) error {
	n, _ := c.shape(0)
	at := 0
	for b := range c.batches(0) {
		find := realEig
		if c.in[0].Dtype == op.Complex64 {
			find = complexEig
		}
		a := make([]complex128, n*n)
		for i := range a {
			a[i] = c.in[0].Get(b*n*n + i).Complex(c.in[0].Dtype)
		}
		values, vectors, err := find(a, n)
		if err != nil {
			return err
		}
		turn(vectors, n)
		for _, z := range append(values, vectors...) {
			c.out.Put(at, op.ComplexValue(z))
			at++
		}
	}
	return nil
}

// realEig is [complexEig] for real matrices, whose values come in conjugate pairs.
func realEig(a []complex128, n int) (values, vectors []complex128, err error) {
	if n == 0 {
		return nil, nil, nil
	}
	m := mat.NewDense(n, n, nil)
	for i, z := range a {
		m.Set(i/n, i%n, real(z))
	}
	var e mat.Eigen
	if !e.Factorize(m, mat.EigenRight) {
		return nil, nil, fmt.Errorf("the eigenvalues were not found")
	}
	var v mat.CDense
	e.VectorsTo(&v)
	return e.Values(nil), v.RawCMatrix().Data, nil
}

func runSolve(c *kernelCall) error {
	n, _ := c.shape(0)
	_, k := c.shape(1)
	for b := range c.batches(0) {
		a, x := floats(c.in[0], b*n*n, n*n), floats(c.in[1], b*n*k, n*k)
		perm := make([]int, n)
		for i := range perm {
			perm[i] = i
		}
		if c.Params[0] == 0 {
			perm = factor(a, n, n)
		}
		for i := range n {
			if a[i*n+i] == 0 {
				return fmt.Errorf("the matrix is singular")
			}
		}
		y := make([]float64, n*k)
		for i, p := range perm {
			copy(y[i*k:(i+1)*k], x[p*k:])
		}
		if c.Params[0] != 2 {
			substitute(a, y, n, k, false, c.Params[0] == 0)
		}
		if c.Params[0] != 1 {
			substitute(a, y, n, k, true, false)
		}
		for i, v := range y {
			c.out.Put(b*n*k+i, op.FloatValue(c.Dtype, v))
		}
	}
	return nil
}

// substitute solves for a triangle of a in place; unit means that its diagonal is 1.
func substitute(a, y []float64, n, k int, upper, unit bool) {
	for s := range n {
		i, from, to := s, 0, s
		if upper {
			i = n - 1 - s
			from, to = i+1, n
		}
		for col := range k {
			v := y[i*k+col]
			for j := from; j < to; j++ {
				v -= a[i*n+j] * y[j*k+col]
			}
			if !unit {
				v /= a[i*n+i]
			}
			y[i*k+col] = v
		}
	}
}
