package cpu

import (
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// matrix says how an operand's matrices lie in its buffer: as BLAS wants them,
// perhaps transposed, or in a way that makes a copy necessary.
type matrix struct {
	buffer     int
	base       backend.Index // of a matrix's first element, over the batch axes
	row, col   int           // strides
	rows, cols int
	trans      blas.Transpose
	lead       int // distance of the rows that BLAS sees; 0 for a copy
}

func describe(o backend.Operand, batch, rowAxis, colAxis, rows, cols int) matrix {
	s := o.Index.Strides
	m := matrix{buffer: o.Buffer, base: backend.Index{Offset: o.Index.Offset, Strides: s[:batch]},
		row: s[rowAxis], col: s[colAxis], rows: rows, cols: cols, trans: blas.NoTrans}
	switch {
	case (m.col == 1 || cols == 1) && (m.row >= cols || rows == 1):
		m.lead = max(m.row, cols, 1)
	case (m.row == 1 || rows == 1) && (m.col >= rows || cols == 1):
		m.trans, m.lead = blas.Trans, max(m.col, rows, 1)
	}
	return m
}

// compileMatMul multiplies by BLAS, one matrix of the batch after the other.
func compileMatMul(p *backend.Primitive) step {
	d := len(p.Space)
	m, n, k := p.Space[d-2], p.Space[d-1], p.Contract
	a := describe(p.Operands[0], d-2, d-2, d, m, k)
	b := describe(p.Operands[1], d-2, d, d-1, k, n)
	batch := slices.Clone(p.Space[:d-2])
	return func(_ []op.Value, bufs []*backend.Buffer) error {
		if k == 0 {
			clear(bufs[p.Out].Bytes)
			return nil
		}
		at := make([]int, d-1)
		for i := range backend.Volume(batch) {
			place(at, append(batch[:d-2:d-2], 1), i)
			switch p.Dtype {
			case op.Float32:
				gemm32(a, b, bufs, at[:d-2], backend.Slice[float32](bufs[p.Out])[i*m*n:(i+1)*m*n], m, n, k)
			case op.Float64:
				gemm64(a, b, bufs, at[:d-2], backend.Slice[float64](bufs[p.Out])[i*m*n:(i+1)*m*n], m, n, k)
			default:
				out := make([]float32, m*n)
				gemm32(a, b, bufs, at[:d-2], out, m, n, k)
				for j, v := range out {
					bufs[p.Out].Put(i*m*n+j, op.FloatValue(op.Float64, float64(v)))
				}
			}
		}
		return nil
	}
}

func gemm32(a, b matrix, bufs []*backend.Buffer, at []int, out []float32, m, n, k int) {
	if m == 0 || n == 0 || k == 0 {
		return
	}
	x, y := matrix32(a, bufs, at), matrix32(b, bufs, at)
	blas32.Gemm(x.trans, y.trans, 1, x.General, y.General, 0, blas32.General{Rows: m, Cols: n, Stride: n, Data: out})
}

type general32 struct {
	blas32.General
	trans blas.Transpose
}

func matrix32(m matrix, bufs []*backend.Buffer, at []int) general32 {
	buf := bufs[m.buffer]
	base := m.base.At(at)
	g := general32{blas32.General{Rows: m.rows, Cols: m.cols, Stride: m.lead}, m.trans}
	if m.trans == blas.Trans {
		g.Rows, g.Cols = m.cols, m.rows
	}
	if m.lead > 0 && buf.Dtype == op.Float32 {
		g.Data = backend.Slice[float32](buf)[base:]
		return g
	}
	g = general32{blas32.General{Rows: m.rows, Cols: m.cols, Stride: m.cols, Data: make([]float32, m.rows*m.cols)}, blas.NoTrans}
	for r := range m.rows {
		for c := range m.cols {
			g.Data[r*m.cols+c] = float32(buf.Get(base + r*m.row + c*m.col).Float(op.Float64))
		}
	}
	return g
}

func gemm64(a, b matrix, bufs []*backend.Buffer, at []int, out []float64, m, n, k int) {
	if m == 0 || n == 0 || k == 0 {
		return
	}
	x, tx := matrix64(a, bufs, at)
	y, ty := matrix64(b, bufs, at)
	blas64.Gemm(tx, ty, 1, x, y, 0, blas64.General{Rows: m, Cols: n, Stride: n, Data: out})
}

func matrix64(m matrix, bufs []*backend.Buffer, at []int) (blas64.General, blas.Transpose) {
	src := backend.Slice[float64](bufs[m.buffer])
	base := m.base.At(at)
	if m.lead > 0 {
		g := blas64.General{Rows: m.rows, Cols: m.cols, Stride: m.lead, Data: src[base:]}
		if m.trans == blas.Trans {
			g.Rows, g.Cols = m.cols, m.rows
		}
		return g, m.trans
	}
	g := blas64.General{Rows: m.rows, Cols: m.cols, Stride: m.cols, Data: make([]float64, m.rows*m.cols)}
	for r := range m.rows {
		for c := range m.cols {
			g.Data[r*m.cols+c] = src[base+r*m.row+c*m.col]
		}
	}
	return g, blas.NoTrans
}
