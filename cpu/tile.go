package cpu

import (
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// class is how the elements of a node are held while they are computed with.
type class uint8

const (
	single  class = iota // float32; float16 and bfloat16 rounded after each op
	double               // float64
	integer              // integers and bools as an op.Value
)

func classOf(d op.Dtype) class {
	switch {
	case d == op.Float64:
		return double
	case d.IsFloat():
		return single
	}
	return integer
}

// tile is a block of points: rows×cols points along two axes of the index
// space, from the index vector of the frame on. An axis of -1 has one point.
type tile struct {
	rowAxis, colAxis int
	rows, cols       int
}

func (t tile) len() int { return t.rows * t.cols }

// strides is how far an index map moves from row to row and from column to column.
func (t tile) strides(x *backend.Index) (row, col int) {
	if t.rowAxis >= 0 && t.rowAxis < len(x.Strides) {
		row = x.Strides[t.rowAxis]
	}
	if t.colAxis >= 0 && t.colAxis < len(x.Strides) {
		col = x.Strides[t.colAxis]
	}
	return row, col
}

// frame is the working memory of one core: for each register the elements of
// the current tile.
type frame struct {
	params []op.Value
	bufs   []*backend.Buffer
	at     []int // index vector of the tile's first point
	f32    [][]float32
	f64    [][]float64
	ints   [][]op.Value
	// own is the memory of the registers; a load may point elsewhere.
	ownF32  [][]float32
	ownF64  [][]float64
	ownInts [][]op.Value
	accs    []accumulator
}

// instr computes the elements of a tile of one register.
type instr func(fr *frame, t tile)

// newFrame makes a frame for a program, with registers of size elements.
func (p *program) newFrame() *frame {
	n := len(p.slot)
	fr := &frame{at: make([]int, len(p.r.Space)+len(p.r.Inner)),
		f32: make([][]float32, n), f64: make([][]float64, n), ints: make([][]op.Value, n),
		ownF32: make([][]float32, n), ownF64: make([][]float64, n), ownInts: make([][]op.Value, n),
		accs: make([]accumulator, len(p.r.Nodes))}
	f32 := make([][]float32, p.slots[single])
	f64 := make([][]float64, p.slots[double])
	ints := make([][]op.Value, p.slots[integer])
	for i, s := range p.slot {
		if s < 0 {
			continue
		}
		switch p.class[i] {
		case single:
			if f32[s] == nil {
				f32[s] = make([]float32, p.size)
			}
			fr.ownF32[i], fr.f32[i] = f32[s], f32[s]
		case double:
			if f64[s] == nil {
				f64[s] = make([]float64, p.size)
			}
			fr.ownF64[i], fr.f64[i] = f64[s], f64[s]
		case integer:
			if ints[s] == nil {
				ints[s] = make([]op.Value, p.size)
			}
			fr.ownInts[i], fr.ints[i] = ints[s], ints[s]
		}
	}
	return fr
}
