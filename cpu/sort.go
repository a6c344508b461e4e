package cpu

import (
	"math"
	"slices"

	"github.com/ingot-go/ingot/cpu/internal/pool"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/backend/reference"
	"github.com/ingot-go/ingot/mlx/op"
)

// compileArgSort sorts rows of elements of up to 32 bits together with their
// places, each pair packed into 64 bits; wider elements are left to the reference.
func compileArgSort(p *backend.Primitive) step {
	d := len(p.Space) - 1
	n, rows := p.Space[d], backend.Volume(p.Space[:d])
	o := p.Operands[0]
	return func(params []op.Value, bufs []*backend.Buffer) error {
		in := bufs[o.Buffer]
		if in.Dtype.Size() > 4 || n > math.MaxUint32 {
			return reference.RunPrimitive(p, params, bufs)
		}
		out := backend.Slice[uint32](bufs[p.Out])
		space := append(p.Space[:d:d], 1)
		pool.Run(rows, n*60, func(_, r int) {
			at := make([]int, d+1)
			place(at, space, r)
			base, stride := o.Index.At(at), o.Index.Strides[d]
			pairs := make([]uint64, n)
			for i := range pairs {
				pairs[i] = uint64(sortKey(in.Dtype, in.Get(base+i*stride)))<<32 | uint64(i)
			}
			slices.Sort(pairs)
			for i, x := range pairs {
				out[r*n+i] = uint32(x)
			}
		})
		return nil
	}
}

// sortKey maps an element to an unsigned number in the same order, with NaN last
// and the two zeros equal.
func sortKey(d op.Dtype, v op.Value) uint32 {
	switch {
	case d.IsSigned():
		return uint32(int32(v)) ^ 1<<31
	case !d.IsFloat():
		return uint32(v)
	}
	x := float32(v.Float(d))
	if x != x {
		return math.MaxUint32
	}
	b := math.Float32bits(x)
	if b == 1<<31 {
		b = 0
	}
	if b>>31 != 0 {
		return ^b
	}
	return b | 1<<31
}
