package reference

import (
	"fmt"
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// RunPrimitive interprets one primitive. Other backends may use it for what
// they have no kernel for.
func RunPrimitive(p *backend.Primitive, params []op.Value, bufs []*backend.Buffer) error {
	m := machine{params: params, bufs: bufs}
	switch p.Name {
	case "matmul":
		m.matmul(p)
		return nil
	case "gather":
		return m.gather(p)
	case "scatter":
		return m.scatter(p)
	case "argsort":
		m.argsort(p)
		return nil
	}
	if k, ok := backend.KernelNamed(p.Name); ok {
		return runKernel(k, p, bufs)
	}
	return fmt.Errorf("no primitive is called %q", p.Name)
}

// finish puts the result for the point i, number at in row-major order, through
// the epilogue.
func (m *machine) finish(p *backend.Primitive, i []int, at int, v op.Value) {
	if len(p.Stores) == 0 {
		m.bufs[p.Out].Put(at, v)
		return
	}
	m.result = v
	m.vals = slices.Grow(m.vals[:0], len(p.Nodes))[:len(p.Nodes)]
	for k := range p.Nodes {
		m.vals[k] = m.eval(p.Nodes, k, i)
	}
	m.store(p.Stores, i)
}

func (m *machine) matmul(p *backend.Primitive) {
	d := len(p.Space)
	i := make([]int, d+1)
	a, b := p.Operands[0], p.Operands[1]
	sum := backend.Node{Kind: backend.Reduce, Reduction: backend.Sum, Dtype: p.Dtype}
	at := 0
	walk(p.Space, i[:d], func() {
		var acc accumulator
		acc.start(&sum, p.Dtype)
		if p.Dtype == op.Float16 || p.Dtype == op.BFloat16 { // products are exact in float32
			acc.in = op.Float32
		}
		for k := range p.Contract {
			i[d] = k
			x, y := m.bufs[a.Buffer].Get(a.Index.At(i)), m.bufs[b.Buffer].Get(b.Index.At(i))
			acc.add(op.Of(op.Multiply).Apply(acc.in, x, y))
		}
		i[d] = 0
		m.finish(p, i[:d], at, acc.value())
		at++
	})
}

// Offset adds up what the index operands contribute at the point i.
func Offset(index []backend.Operand, bufs []*backend.Buffer, i []int) (int, error) {
	sum := 0
	for _, o := range index {
		b := bufs[o.Buffer]
		v := b.Get(o.Index.At(i))
		n := int(v)
		if n < 0 && b.Dtype.IsSigned() {
			n += o.Size
		}
		if n < 0 || n >= o.Size {
			return 0, IndexError(v, b.Dtype, o.Size)
		}
		sum += n * o.Stride
	}
	return sum, nil
}

// IndexError says that an index read from an array of indices is out of range.
func IndexError(v op.Value, d op.Dtype, size int) error {
	return fmt.Errorf("index %v is out of bounds for an axis of size %d", backend.Node{Dtype: d, Value: v}.Literal(), size)
}

func (m *machine) gather(p *backend.Primitive) (err error) {
	i := make([]int, len(p.Space))
	src := p.Operands[0]
	at := 0
	walk(p.Space, i, func() {
		off, e := Offset(p.Operands[1:], m.bufs, i)
		if err == nil {
			err = e
		}
		if err != nil {
			return
		}
		m.finish(p, i, at, m.bufs[src.Buffer].Get(src.Index.At(i)+off))
		at++
	})
	return err
}

func (m *machine) scatter(p *backend.Primitive) (err error) {
	out, updates := m.bufs[p.Out], p.Operands[1]
	if p.Zero {
		clear(out.Bytes)
	} else {
		copy(out.Bytes, m.bufs[p.Operands[0].Buffer].Bytes)
	}
	combine, _ := op.Named(p.Mode)
	i := make([]int, len(p.Space))
	walk(p.Space, i, func() {
		off, e := Offset(p.Operands[2:], m.bufs, i)
		if err == nil {
			err = e
		}
		if err != nil {
			return
		}
		at := p.Target.At(i) + off
		v := m.bufs[updates.Buffer].Get(updates.Index.At(i))
		if combine != nil {
			v = combine.Apply(p.Dtype, out.Get(at), v)
		}
		out.Put(at, v)
	})
	return err
}

func (m *machine) argsort(p *backend.Primitive) {
	d := len(p.Space) - 1
	n := p.Space[d]
	i := make([]int, d+1)
	o := p.Operands[0]
	dt := m.bufs[o.Buffer].Dtype
	row, order := make([]op.Value, n), make([]int, n)
	at := 0
	walk(p.Space[:d], i[:d], func() {
		for k := range n {
			i[d], order[k] = k, k
			row[k] = m.bufs[o.Buffer].Get(o.Index.At(i))
		}
		slices.SortStableFunc(order, func(a, b int) int { return compare(dt, row[a], row[b]) })
		for k, v := range order {
			i[d] = k
			m.finish(p, i, at, op.Value(v))
			at++
		}
		i[d] = 0
	})
}

// compare orders values, with NaN after everything else.
func compare(d op.Dtype, a, b op.Value) int {
	if d.IsInexact() {
		x, y := op.HasNaN(a.Complex(d)), op.HasNaN(b.Complex(d))
		if x || y {
			return truth(x) - truth(y)
		}
	}
	return truth(op.Of(op.Greater).Apply(d, a, b) != 0) - truth(op.Of(op.Less).Apply(d, a, b) != 0)
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
