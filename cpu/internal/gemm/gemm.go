// Package gemm multiplies matrices of float32 and float64.
//
// The work is done by a kernel in machine code that multiplies a few rows of A by
// two vectors of columns of B, with the sums in registers. Operands may lie in any
// way, transposed ones too: small ones are read in place, larger ones are copied,
// block by block, to panels in which the kernel reads straight on. Sums run along
// K in the same order and blocks whatever the path, the number of cores and the
// width of the vectors, so that the bits of a result depend on its operands alone.
package gemm

import (
	"unsafe"

	"github.com/ingot-go/ingot/cpu/internal/mem"
	"github.com/ingot-go/ingot/cpu/internal/pool"
)

// Float is an element.
type Float interface{ float32 | float64 }

// Matrix is an operand: element (i, j) is i·Row + j·Col elements after Data.
type Matrix[T Float] struct {
	Data     *T
	Row, Col int
}

// at is the address of element (i, j).
func (m Matrix[T]) at(i, j int) unsafe.Pointer {
	return unsafe.Add(unsafe.Pointer(m.Data), (i*m.Row+j*m.Col)*int(unsafe.Sizeof(*m.Data)))
}

func (m Matrix[T]) transposed() Matrix[T] { return Matrix[T]{m.Data, m.Col, m.Row} }

// kernels are the routines for one kind of element and vector.
type kernels struct {
	rows, cols int     // of the largest tile
	tiles      [3]tile // from the largest to the smallest
	axpy       func(n int, x, b unsafe.Pointer, rowB int, y unsafe.Pointer)
	dots       func(n int, a unsafe.Pointer, rowA int, x, y unsafe.Pointer)
}

// tile multiplies rows of A by two vectors of columns of B. The strides are in
// bytes; the tile of C is overwritten unless add is not zero.
type tile struct {
	rows int
	run  func(k int, a unsafe.Pointer, rowA, colA int, b unsafe.Pointer, rowB int, c unsafe.Pointer, rowC, add int)
}

// smallest is the smallest tile with that many rows, which is at most that of the largest.
func (ks *kernels) smallest(rows int) *tile {
	t := &ks.tiles[0]
	for i := range ks.tiles {
		if ks.tiles[i].rows >= rows {
			t = &ks.tiles[i]
		}
	}
	return t
}

// Kind is which routines are used.
type Kind uint8

// The kinds: the fastest that this processor has, or one of them.
const (
	Fastest Kind = iota
	Go
	AVX2
	AVX512
)

func choose[T Float](kind Kind) kernels {
	size := int(unsafe.Sizeof(*new(T)))
	for _, wide := range []bool{true, false} {
		if kind == Fastest || kind == AVX512 && wide || kind == AVX2 && !wide {
			if k, ok := assembly(wide, size); ok {
				return k
			}
		}
	}
	return portable[T]()
}

const (
	depth   = 1408      // bytes of a row of A, or a column of B, in one block
	breadth = 2048      // columns of B in one block
	inPlace = 512 << 20 // products up to this many multiplications, times the size of an element, read both operands in place
	most    = 12 * 32   // elements of a tile
)

// problem is one product.
type problem[T Float] struct {
	kernels
	size    int // bytes of an element
	m, n, k int
	a, b, c Matrix[T]
}

// Multiply sets the m×n matrix c, whose rows are contiguous, to the product of the
// m×k matrix a and the k×n matrix b. c must not overlap the operands.
func Multiply[T Float](kind Kind, m, n, k int, a, b Matrix[T], c *T) {
	p := &problem[T]{choose[T](kind), int(unsafe.Sizeof(*c)), m, n, k, a, b, Matrix[T]{c, n, 1}}
	switch {
	case m == 0 || n == 0:
	case k == 0:
		clear(unsafe.Slice(c, m*n))
	case m == 1:
		vector(p.kernels, k, n, a.transposed(), b, c)
	case n == 1:
		vector(p.kernels, k, m, b, a.transposed(), c)
	case b.Col == 1 && n >= p.cols && (m <= 2*p.rows || m*n*k*p.size <= inPlace):
		p.direct()
	default:
		p.packed()
	}
}

// blocks divides k into blocks of equal depth, and gives that.
func (p *problem[T]) blocks() int {
	most := depth / p.size
	n := (p.k + most - 1) / most
	return ((p.k+n-1)/n + 7) &^ 7
}

// call runs a kernel. It is not inlined: the check of the stack at its beginning
// is where a loop of calls can be preempted.
//
//go:noinline
func (t *tile) call(k int, a unsafe.Pointer, rowA, colA int, b unsafe.Pointer, rowB int, c unsafe.Pointer, rowC, add int) {
	t.run(k, a, rowA, colA, b, rowB, c, rowC, add)
}

// block computes the tile of c at (i, j) for k of the products, from panels or
// from the operands themselves; where it sticks out of c, by way of a copy.
func (p *problem[T]) block(k int, a unsafe.Pointer, rowA, colA int, b unsafe.Pointer, rowB, i, j, add int) {
	rows, cols := min(p.rows, p.m-i), min(p.cols, p.n-j)
	tile := p.smallest(rows)
	if rows == tile.rows && cols == p.cols {
		tile.call(k, a, rowA, colA, b, rowB, p.c.at(i, j), p.c.Row*p.size, add)
		return
	}
	var t [most]T
	tile.call(k, a, rowA, colA, b, rowB, unsafe.Pointer(&t), p.cols*p.size, 0)
	for r := range rows {
		to := unsafe.Slice((*T)(p.c.at(i+r, j)), cols)
		from := t[r*p.cols:][:cols]
		if add == 0 {
			copy(to, from)
			continue
		}
		for x, v := range from {
			to[x] += v
		}
	}
}

// direct reads A and B in place, but for what is left over at their ends: rows of
// A and columns of B that do not fill a tile are copied.
func (p *problem[T]) direct() {
	depth := p.blocks()
	whole := p.m / p.rows
	panels := (p.n + p.cols - 1) / p.cols
	groups := 1 // of rows, so that there is something for every core
	if panels < 8 {
		groups = min(whole+1, 4)
	}
	var edge panel[T]
	if p.m%p.rows > 0 {
		edge.make(p.rows, p.k)
		defer edge.free()
		edge.fill(0, p.k, p.a.transposed(), 0, whole*p.rows, p.m%p.rows)
	}
	var last panel[T]
	if p.n%p.cols > 0 {
		last.make(p.cols, p.k)
		defer last.free()
		last.fill(0, p.k, p.b, 0, (panels-1)*p.cols, p.n%p.cols)
	}
	s := p.size
	pool.Run(panels*groups, p.m*p.cols*p.k/groups/speed, func(_, t int) {
		j, g := t/groups, t%groups
		for from := 0; from < p.k; from += depth {
			k, add := min(depth, p.k-from), min(from, 1)
			b, rowB := p.b.at(from, j*p.cols), p.b.Row*s
			if (j+1)*p.cols > p.n {
				b, rowB = last.at(from), p.cols*s
			}
			for i := g * whole / groups; i < (g+1)*whole/groups; i++ {
				p.block(k, p.a.at(i*p.rows, from), p.a.Row*s, p.a.Col*s, b, rowB, i*p.rows, j*p.cols, add)
			}
			if g == groups-1 && edge.data != nil {
				p.block(k, edge.at(from), s, p.rows*s, b, rowB, whole*p.rows, j*p.cols, add)
			}
		}
	})
}

// speed is how many multiplications take as long as one operation on one element.
const speed = 16

// packed copies blocks of both operands to panels, and multiplies those.
func (p *problem[T]) packed() {
	depth := p.blocks()
	high := (p.m + p.rows - 1) / p.rows
	wide := min(breadth, (p.n+p.cols-1)/p.cols*p.cols)
	var as, bs panel[T]
	as.make(p.rows, high*depth)
	defer as.free()
	bs.make(p.cols, wide/p.cols*depth)
	defer bs.free()
	for j := 0; j < p.n; j += wide {
		panels := (min(wide, p.n-j) + p.cols - 1) / p.cols
		for from := 0; from < p.k; from += depth {
			k := min(depth, p.k-from)
			const together = 4 // panels that one task copies
			pool.Run((panels+high+together-1)/together, together*p.cols*k, func(_, t int) {
				for q := t * together; q < min(panels+high, (t+1)*together); q++ {
					if q < panels {
						at := j + q*p.cols
						bs.fill(q*k, k, p.b, from, at, min(p.cols, p.n-at))
					} else {
						at := (q - panels) * p.rows
						as.fill((q-panels)*k, k, p.a.transposed(), from, at, min(p.rows, p.m-at))
					}
				}
			})
			p.multiply(&as, &bs, high, panels, j, k, min(from, 1))
		}
	}
}

// multiply computes the columns of c from j on, by panels, in tasks of about the
// same size: a few panels of B, each for as many of A as stay in the second cache.
func (p *problem[T]) multiply(as, bs *panel[T], high, panels, j, k, add int) {
	rows, cols := 144/p.rows, 8
	for rows > 2 && cols > 1 && (high+rows-1)/rows*((panels+cols-1)/cols) < 12 {
		if cols > 2 {
			cols /= 2
		} else {
			rows /= 2
		}
	}
	down, across := (high+rows-1)/rows, (panels+cols-1)/cols
	pool.Run(down*across, rows*cols*p.rows*p.cols*k/speed, func(_, t int) {
		top, left := t/across*rows, t%across*cols
		for q := left; q < min(panels, left+cols); q++ {
			for i := top; i < min(high, top+rows); i++ {
				p.block(k, as.at(i*k), p.size, p.rows*p.size, bs.at(q*k), p.cols*p.size, i*p.rows, j+q*p.cols, add)
			}
		}
	})
}

// panel is memory for copies in rows of a tile's width.
type panel[T Float] struct {
	data  []T
	bytes []byte
	width int
}

func (p *panel[T]) make(width, rows int) {
	n := width * rows
	p.bytes = mem.Default.Borrow(n * int(unsafe.Sizeof(*new(T))))
	p.data = unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(p.bytes))), n)
	p.width = width
}

func (p *panel[T]) free() { mem.Default.Return(p.bytes) }

// at is the address of a row.
func (p *panel[T]) at(row int) unsafe.Pointer { return unsafe.Pointer(&p.data[row*p.width]) }

// fill copies k rows of m, from row i on, n columns from j on, to row to. Columns
// that are missing to a whole width become zero.
func (p *panel[T]) fill(to, k int, m Matrix[T], i, j, n int) {
	w := p.width
	dst := p.data[to*w : (to+k)*w]
	if n < w {
		clear(dst)
	}
	switch {
	case m.Col == 1:
		for r := range k {
			copy(dst[r*w:r*w+n], unsafe.Slice((*T)(m.at(i+r, j)), n))
		}
	case m.Row == 1:
		transpose(dst, w, k, m, i, j, n)
	default:
		for r := range k {
			for x := range n {
				dst[r*w+x] = *(*T)(m.at(i+r, j+x))
			}
		}
	}
}

// transpose copies a matrix whose columns are contiguous, three columns at a time
// and few enough rows that both sides stay in the first cache.
func transpose[T Float](dst []T, w, k int, m Matrix[T], i, j, n int) {
	const stretch = 64
	for from := 0; from < k; from += stretch {
		s := min(stretch, k-from)
		column := func(x int) []T { return unsafe.Slice((*T)(m.at(i+from, j+x)), s) }
		d := dst[from*w : (from+s)*w]
		x := 0
		for ; x+3 <= n; x += 3 {
			c0, c1, c2 := column(x), column(x + 1)[:s], column(x + 2)[:s]
			at := x
			for r, v := range c0 {
				to := d[at : at+3 : at+3]
				to[0], to[1], to[2] = v, c1[r], c2[r]
				at += w
			}
		}
		for ; x < n; x++ {
			for r, v := range column(x) {
				d[r*w+x] = v
			}
		}
	}
}
