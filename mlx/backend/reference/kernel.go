package reference

import (
	"sort"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// kernelCall is a kernel at work on buffers.
type kernelCall struct {
	*backend.Primitive
	out *backend.Buffer
	in  []*backend.Buffer
}

var kernels = [backend.Kernels]func(c *kernelCall) error{
	backend.Scan:     runScan,
	backend.Bitcast:  func(c *kernelCall) error { copy(c.out.Bytes, c.in[0].Bytes); return nil },
	backend.Search:   runSearch,
	backend.Fourier:  runFourier,
	backend.LU:       perMatrix(runLU),
	backend.QR:       perMatrix(runQR),
	backend.SVD:      perMatrix(runSVD),
	backend.Cholesky: perMatrix(runCholesky),
	backend.Eigh:     runEigh,
	backend.Eig:      runEig,
	backend.Solve:    runSolve,
}

func runKernel(k backend.Kernel, p *backend.Primitive, bufs []*backend.Buffer) error {
	c := &kernelCall{Primitive: p, out: bufs[p.Out]}
	for _, o := range p.Operands {
		c.in = append(c.in, bufs[o.Buffer])
	}
	return kernels[k](c)
}

// last is the length of the last axis of operand i.
func (c *kernelCall) last(i int) int {
	s := c.Operands[i].Shape
	if len(s) == 0 {
		return 1
	}
	return s[len(s)-1]
}

func runScan(c *kernelCall) error {
	n, o, d := c.last(0), op.Of(op.Code(c.Params[0])), c.Dtype
	wide := d // narrow floats accumulate as float32
	if d == op.Float16 || d == op.BFloat16 {
		wide = op.Float32
	}
	for row := 0; row < c.in[0].Size; row += n {
		acc := op.Cast(wide, d, c.in[0].Get(row))
		c.out.Put(row, c.in[0].Get(row))
		for k := row + 1; k < row+n; k++ {
			acc = o.Apply(wide, acc, op.Cast(wide, d, c.in[0].Get(k)))
			c.out.Put(k, op.Cast(d, wide, acc))
		}
	}
	return nil
}

func runSearch(c *kernelCall) error {
	seq, d := c.in[0], c.in[0].Dtype
	for i := range c.in[1].Size {
		v := c.in[1].Get(i)
		at := sort.Search(seq.Size, func(k int) bool {
			order := compare(d, seq.Get(k), v)
			return order > 0 || order == 0 && c.Params[0] == 0
		})
		c.out.Put(i, op.Value(at))
	}
	return nil
}
