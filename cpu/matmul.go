package cpu

import (
	"slices"
	"unsafe"

	"github.com/ingot-go/ingot/cpu/internal/gemm"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// kinds are the kernels for products that go with an engine. Those for tiles need
// no permission to generate code either.
var kinds = [...]gemm.Kind{tiles: gemm.Fastest, interp: gemm.Go, avx2: gemm.AVX2, avx512: gemm.AVX512}

// matrices says how an operand's matrices lie in its buffer.
type matrices struct {
	buffer     int
	base       backend.Index // of a matrix's first element, over the batch axes
	row, col   int           // strides
	rows, cols int
}

func describe(o backend.Operand, batch, rowAxis, colAxis, rows, cols int) matrices {
	s := o.Index.Strides
	m := matrices{buffer: o.Buffer, base: backend.Index{Offset: o.Index.Offset, Strides: s[:batch]},
		row: s[rowAxis], col: s[colAxis], rows: rows, cols: cols}
	if rows == 1 { // the stride of an axis of one element is no matter: take one that makes rows contiguous
		m.row = max(m.col*cols, 1)
	}
	if cols == 1 {
		m.col = max(m.row*rows, 1)
		if m.row != 1 {
			m.col = 1
		}
	}
	return m
}

// compileMatMul multiplies one matrix of the batch after the other.
func compileMatMul(p *backend.Primitive, kind gemm.Kind) step {
	d := len(p.Space)
	m, n, k := p.Space[d-2], p.Space[d-1], p.Contract
	a := describe(p.Operands[0], d-2, d-2, d, m, k)
	b := describe(p.Operands[1], d-2, d, d-1, k, n)
	batch := slices.Clone(p.Space[:d-2])
	return func(_ []op.Value, bufs []*backend.Buffer) error {
		if m*n == 0 {
			return nil
		}
		at := make([]int, d-1)
		for i := range backend.Volume(batch) {
			place(at, append(batch[:d-2:d-2], 1), i)
			switch p.Dtype {
			case op.Float32:
				multiply(kind, a, b, bufs, at[:d-2], backend.Slice[float32](bufs[p.Out])[i*m*n:(i+1)*m*n])
			case op.Float64:
				multiply(kind, a, b, bufs, at[:d-2], backend.Slice[float64](bufs[p.Out])[i*m*n:(i+1)*m*n])
			default:
				out := make([]float32, m*n)
				multiply(kind, a, b, bufs, at[:d-2], out)
				for j, v := range out {
					bufs[p.Out].Put(i*m*n+j, op.FloatValue(op.Float64, float64(v)))
				}
			}
		}
		return nil
	}
}

func multiply[T float32 | float64](kind gemm.Kind, a, b matrices, bufs []*backend.Buffer, at []int, out []T) {
	if a.cols == 0 {
		clear(out)
		return
	}
	gemm.Multiply(kind, a.rows, b.cols, a.cols, operand[T](a, bufs, at), operand[T](b, bufs, at), &out[0])
}

// operand is the matrix at a place of the batch, copied where its elements are of
// another dtype than the product is computed in.
func operand[T float32 | float64](m matrices, bufs []*backend.Buffer, at []int) gemm.Matrix[T] {
	buf := bufs[m.buffer]
	base := m.base.At(at)
	if buf.Dtype.IsFloat() && buf.Dtype.Size() == int(unsafe.Sizeof(*new(T))) {
		return gemm.Matrix[T]{Data: &backend.Slice[T](buf)[base], Row: m.row, Col: m.col}
	}
	data := make([]T, m.rows*m.cols)
	for r := range m.rows {
		for c := range m.cols {
			data[r*m.cols+c] = T(buf.Get(base + r*m.row + c*m.col).Float(op.Float64))
		}
	}
	return gemm.Matrix[T]{Data: &data[0], Row: m.cols, Col: 1}
}
