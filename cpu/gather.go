package cpu

import (
	"sync"

	"github.com/ingot-go/ingot/cpu/internal/pool"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/backend/reference"
	"github.com/ingot-go/ingot/mlx/op"
)

// compileGather copies runs of elements where the last axes of the result go
// along the source; otherwise it leaves the work to the reference.
func compileGather(p *backend.Primitive) step {
	src, index := p.Operands[0], p.Operands[1:]
	run, axis := 1, len(p.Space)
	for axis > 0 && src.Index.Strides[axis-1] == run && still(index, axis-1) {
		axis--
		run *= p.Space[axis]
	}
	if run < 4 || backend.Volume(p.Space) == 0 {
		return func(params []op.Value, bufs []*backend.Buffer) error {
			return reference.RunPrimitive(p, params, bufs)
		}
	}
	rows := backend.Volume(p.Space[:axis])
	space := append(p.Space[:axis:axis], 1)
	const block = 256
	return func(_ []op.Value, bufs []*backend.Buffer) error {
		var mu sync.Mutex
		var failed error
		size := bufs[p.Out].Dtype.Size()
		pool.Run((rows+block-1)/block, block*(run/4+20), func(_, i int) {
			at := make([]int, len(p.Space)+1)
			for r := i * block; r < min(rows, (i+1)*block); r++ {
				place(at[:axis+1], space, r)
				off, err := reference.Offset(index, bufs, at[:len(p.Space)])
				if err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
					return
				}
				from := (src.Index.At(at[:len(p.Space)]) + off) * size
				copy(bufs[p.Out].Bytes[r*run*size:(r+1)*run*size], bufs[src.Buffer].Bytes[from:])
			}
		})
		return failed
	}
}

// still reports whether no index operand moves along an axis.
func still(index []backend.Operand, axis int) bool {
	for _, o := range index {
		if o.Index.Strides[axis] != 0 {
			return false
		}
	}
	return true
}
