package mlx

import (
	"math"
	"math/bits"
	"slices"
	"sync"
)

// Hadamard multiplies the last axis by a Hadamard matrix, of which all elements
// are 1 or -1 and all rows orthogonal, and by scale or, without one, by 1/√n.
// Its length n must be a power of two, or 12, 20 or 28 times one: the matrix is
// the product (of Kronecker) of one of those orders and the Sylvester matrix.
func Hadamard(a *Array, scale ...float64) *Array {
	const name = "hadamard_transform"
	x := floating(name, a)
	shape := x.n.shape
	if len(shape) > 0 && x.n.size == 0 {
		fail(name, "shape", "an array of shape %s has no elements along a last axis", shapeText(shape))
	}
	n := 1
	if len(shape) > 0 {
		n = shape[len(shape)-1]
	}
	order := hadamardOrder(n)
	if order == 0 {
		fail(name, "shape", "the last axis has length %d, which is not 1, 12, 20 or 28 times a power of 2", n)
	}
	if n == 1 && len(scale) == 0 {
		return wrap(a.n)
	}
	x = sylvester(x, n/order)
	if order > 1 {
		h := x.Reshape(append(slices.Clone(shape[:len(shape)-1]), order, n/order)...)
		m := New(hadamardMatrix(order), x.n.dtype)
		x = MatMul(m, h).Reshape(shape...)
	}
	f := 1 / math.Sqrt(float64(n))
	if len(scale) > 0 {
		f = scale[0]
	}
	return x.Mul(f)
}

// sylvester multiplies runs of n neighbours along the last axis by the matrix of
// order n, in log n steps of sums and differences.
func sylvester(x *Array, n int) *Array {
	shape := x.n.shape
	for h := 1; h < n; h *= 2 {
		last := shape[len(shape)-1]
		pairs := x.Reshape(append(slices.Clone(shape[:len(shape)-1]), last/(2*h), 2, h)...)
		u, v := pairs.At(Rest, 0, All), pairs.At(Rest, 1, All)
		x = Stack([]*Array{u.Add(v), u.Sub(v)}, -2).Reshape(shape...)
	}
	return x
}

// hadamardOrder is what is left of n after a power of two, as far as there is a matrix.
func hadamardOrder(n int) int {
	for _, order := range []int{1, 12, 20, 28} {
		if n%order == 0 && bits.OnesCount(uint(n/order)) == 1 {
			return order
		}
	}
	return 0
}

// circulants are matrices of orders 20 and 28 in four by four blocks. Each block
// is a circulant, of which this is the first row. (N. Sloane, A Library of
// Hadamard Matrices: the Williamson matrices of these orders.)
var circulants = map[int][4]string{
	20: {"+----+----++--++-++-", "-+++++-----+--+++--+", "--++-+-++-+-----++++", "-+--+--++-+----+----"},
	28: {"+------++----++-+--+-+--++--", "--++++-+-------++--+++-+--+-", "-+-++-++--++--+--------++++-", "-++--++-+-++-+++----++------"},
}

var hadamardMatrix = func() func(order int) [][]float32 {
	var mu sync.Mutex
	known := map[int][][]float32{}
	return func(order int) [][]float32 {
		mu.Lock()
		defer mu.Unlock()
		if known[order] == nil {
			known[order] = paley12()
			if rows, ok := circulants[order]; ok {
				known[order] = blocks(rows, order)
			}
		}
		return known[order]
	}
}()

func blocks(rows [4]string, order int) [][]float32 {
	k := order / 4
	m := make([][]float32, order)
	for i := range m {
		m[i] = make([]float32, order)
		for j := range m[i] {
			m[i][j] = 1
			if rows[i/k][j/k*k+(j%k+k-i%k)%k] == '-' {
				m[i][j] = -1
			}
		}
	}
	return m
}

// paley12 is the matrix of order 12 by Paley's second construction: whether the
// difference of two numbers is a square modulo 5, with a border, and for each
// element of that a block of two by two.
func paley12() [][]float32 {
	square := [5]float32{0, 1, -1, -1, 1}
	m := make([][]float32, 12)
	for i := range m {
		m[i] = make([]float32, 12)
		for j := range m[i] {
			c := float32(1)
			p, q := i/2, j/2
			if p > 0 && q > 0 {
				c = square[(p-q+5)%5]
			}
			switch {
			case p == q && i%2 == 0 && j%2 == 0:
				m[i][j] = 1
			case p == q:
				m[i][j] = -1
			case i%2 == 1 && j%2 == 1:
				m[i][j] = -c
			default:
				m[i][j] = c
			}
		}
	}
	return m
}
