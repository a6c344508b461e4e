package gemm

import (
	"unsafe"

	"github.com/ingot-go/ingot/cpu/internal/pool"
)

// Vectors of this many bytes are what axpy and dots take at least: two of the
// widest ones, so that all widths leave the same rest.
const chunk = 128

// vector sets the n elements of y to the product of the row x, of k elements, and
// the k×n matrix m.
func vector[T Float](ks kernels, k, n int, x, m Matrix[T], y *T) {
	v := contiguous(k, x)
	out := unsafe.Slice(y, n)
	switch {
	case m.Row == 1 && k >= chunk:
		const rows = 64
		pool.Run((n+rows-1)/rows, rows*k/4, func(_, t int) {
			from := t * rows
			products(ks, v, Matrix[T]{(*T)(m.at(0, from)), m.Row, m.Col}, out[from:min(n, from+rows)])
		})
	case m.Col == 1:
		const cols = 2048
		pool.Run((n+cols-1)/cols, cols*k/4, func(_, t int) {
			from := t * cols
			combine(ks, v, Matrix[T]{(*T)(m.at(0, from)), m.Row, m.Col}, out[from:min(n, from+cols)])
		})
	default:
		for j := range out {
			var s T
			for i, u := range v {
				s += u * *(*T)(m.at(i, j))
			}
			out[j] = s
		}
	}
}

// contiguous is a vector's elements, copied if they are not next to each other.
func contiguous[T Float](n int, x Matrix[T]) []T {
	if x.Row == 1 || n == 1 {
		return unsafe.Slice(x.Data, n)
	}
	v := make([]T, n)
	for i := range v {
		v[i] = *(*T)(x.at(i, 0))
	}
	return v
}

//go:noinline
func (ks *kernels) callAxpy(n int, x, b unsafe.Pointer, rowB int, y unsafe.Pointer) {
	ks.axpy(n, x, b, rowB, y)
}

//go:noinline
func (ks *kernels) callDots(n int, a unsafe.Pointer, rowA int, x, y unsafe.Pointer) {
	ks.dots(n, a, rowA, x, y)
}

// combine sets y to the sum of the rows of m, each times its element of x.
func combine[T Float](ks kernels, x []T, m Matrix[T], y []T) {
	size := int(unsafe.Sizeof(y[0]))
	clear(y)
	whole := len(y) / (chunk / size) * (chunk / size)
	done := 0
	if whole > 0 {
		for ; done+8 <= len(x); done += 8 {
			ks.callAxpy(whole, unsafe.Pointer(&x[done]), m.at(done, 0), m.Row*size, unsafe.Pointer(&y[0]))
		}
	}
	for i, u := range x {
		row := unsafe.Slice((*T)(m.at(i, 0)), len(y))
		from := 0
		if i < done {
			from = whole
		}
		for j := from; j < len(y); j++ {
			y[j] += u * row[j]
		}
	}
}

// products sets each element of y to the product of x and a column of m, which
// is contiguous.
func products[T Float](ks kernels, x []T, m Matrix[T], y []T) {
	size := int(unsafe.Sizeof(y[0]))
	lanes := 64 / size
	whole := len(x) / (2 * lanes) * (2 * lanes)
	var parts [4 * 16]T
	for j := 0; j < len(y); j += 4 {
		stride := m.Col * size
		first := min(j, max(0, len(y)-4))
		if len(y) < 4 {
			first, stride = j, 0 // four times the same
		}
		ks.callDots(whole, m.at(0, first), stride, unsafe.Pointer(&x[0]), unsafe.Pointer(&parts))
		for r := range min(4, len(y)) {
			if stride == 0 && r > 0 {
				break
			}
			p := parts[r*lanes:][:lanes]
			for h := lanes / 2; h > 0; h /= 2 {
				for i := range h {
					p[i] += p[i+h]
				}
			}
			s := p[0]
			column := unsafe.Slice((*T)(m.at(0, first+r)), len(x))
			for i := whole; i < len(x); i++ {
				s += x[i] * column[i]
			}
			y[first+r] = s
		}
		if stride == 0 {
			j -= 3
		}
	}
}
