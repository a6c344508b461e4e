package cpu

import (
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// applyInstr makes the instruction of an op.
func (p *program) applyInstr(dst int, n *backend.Node, args []int) instr {
	o := op.Of(n.Op)
	in := p.r.Nodes[n.Args[len(n.Args)-1]].Dtype
	if o.Rule == op.Choose {
		return p.selectInstr(dst, args)
	}
	if o.Rule == op.Compare || o.Rule == op.Logical {
		return predicateInstr(dst, o, in, args)
	}
	switch classOf(in) {
	case single:
		run := singleInstr(dst, o, args)
		if in != op.Float32 {
			return func(f *frame, t tile) {
				run(f, t)
				roundTo(in, f.f32[dst][:t.len()])
			}
		}
		return run
	case double:
		if o.Arity == 1 {
			return func(f *frame, t tile) { map1(f.f64[dst][:t.len()], f.f64[args[0]], o.F1) }
		}
		return func(f *frame, t tile) { map2(f.f64[dst][:t.len()], f.f64[args[0]], f.f64[args[1]], o.F2) }
	}
	return intInstr(dst, o, in, args)
}

func map1[T, U any](dst []U, a []T, g func(T) U) {
	for i, x := range a[:len(dst)] {
		dst[i] = g(x)
	}
}

func map2[T, U any](dst []U, a, b []T, g func(T, T) U) {
	b = b[:len(dst)]
	for i, x := range a[:len(dst)] {
		dst[i] = g(x, b[i])
	}
}

// roundTo rounds to one of the narrow floats.
func roundTo(d op.Dtype, s []float32) {
	if d == op.Float16 {
		map1(s, s, func(x float32) float32 { return op.FromHalf(op.Half(x)) })
		return
	}
	map1(s, s, func(x float32) float32 { return op.FromBrain(op.Brain(x)) })
}

// singleInstr uses a kernel for float32, or the scalar function.
func singleInstr(dst int, o *op.Op, args []int) instr {
	x := args[0]
	if o.Arity == 1 {
		if k := kernels1[o.Code]; k != nil {
			return func(f *frame, t tile) { k(f.f32[dst][:t.len()], f.f32[x]) }
		}
		g := o.S1
		if g == nil {
			g = func(x float32) float32 { return float32(o.F1(float64(x))) }
		}
		return func(f *frame, t tile) { map1(f.f32[dst][:t.len()], f.f32[x], g) }
	}
	y := args[1]
	if k := kernels2[o.Code]; k != nil {
		return func(f *frame, t tile) { k(f.f32[dst][:t.len()], f.f32[x], f.f32[y]) }
	}
	g := func(x, y float32) float32 { return float32(o.F2(float64(x), float64(y))) }
	return func(f *frame, t tile) { map2(f.f32[dst][:t.len()], f.f32[x], f.f32[y], g) }
}

func intInstr(dst int, o *op.Op, d op.Dtype, args []int) instr {
	x := args[0]
	if o.Arity == 1 {
		g := func(v op.Value) op.Value { return o.Apply(d, v) }
		return func(f *frame, t tile) { map1(f.ints[dst][:t.len()], f.ints[x], g) }
	}
	y := args[1]
	g := func(a, b op.Value) op.Value { return o.Apply(d, a, b) }
	return func(f *frame, t tile) { map2(f.ints[dst][:t.len()], f.ints[x], f.ints[y], g) }
}

func (p *program) selectInstr(dst int, args []int) instr {
	m, x, y := args[0], args[1], args[2]
	switch p.class[dst] {
	case single:
		return func(f *frame, t tile) { choose(f.f32[dst][:t.len()], f.ints[m], f.f32[x], f.f32[y]) }
	case double:
		return func(f *frame, t tile) { choose(f.f64[dst][:t.len()], f.ints[m], f.f64[x], f.f64[y]) }
	}
	return func(f *frame, t tile) { choose(f.ints[dst][:t.len()], f.ints[m], f.ints[x], f.ints[y]) }
}

func choose[T any](dst []T, m []op.Value, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i, c := range m[:len(dst)] {
		v := y[i]
		if c != 0 {
			v = x[i]
		}
		dst[i] = v
	}
}

func predicateInstr(dst int, o *op.Op, d op.Dtype, args []int) instr {
	x := args[0]
	if o.Arity == 1 {
		switch classOf(d) {
		case single:
			return func(f *frame, t tile) {
				map1(f.ints[dst][:t.len()], f.f32[x], func(v float32) op.Value { return truth(o.P1(float64(v))) })
			}
		case double:
			return func(f *frame, t tile) {
				map1(f.ints[dst][:t.len()], f.f64[x], func(v float64) op.Value { return truth(o.P1(v)) })
			}
		}
		return func(f *frame, t tile) {
			map1(f.ints[dst][:t.len()], f.ints[x], func(v op.Value) op.Value { return o.Apply(d, v) })
		}
	}
	y := args[1]
	switch {
	case classOf(d) == single && compare32[o.Code] != nil:
		k := compare32[o.Code]
		return func(f *frame, t tile) { k(f.ints[dst][:t.len()], f.f32[x], f.f32[y]) }
	case classOf(d) == double:
		return func(f *frame, t tile) {
			map2(f.ints[dst][:t.len()], f.f64[x], f.f64[y], func(a, b float64) op.Value { return truth(o.P2(a, b)) })
		}
	case d.IsSigned():
		return func(f *frame, t tile) {
			map2(f.ints[dst][:t.len()], f.ints[x], f.ints[y], func(a, b op.Value) op.Value { return truth(o.Q2(int64(a), int64(b))) })
		}
	}
	return func(f *frame, t tile) {
		map2(f.ints[dst][:t.len()], f.ints[x], f.ints[y], func(a, b op.Value) op.Value { return truth(o.R2(uint64(a), uint64(b))) })
	}
}

func truth(b bool) op.Value {
	if b {
		return 1
	}
	return 0
}

// castInstr converts between dtypes.
func (p *program) castInstr(dst, src int, to, from op.Dtype) instr {
	switch {
	case p.class[dst] == single && p.class[src] == single:
		return func(f *frame, t tile) {
			out := f.f32[dst][:t.len()]
			copy(out, f.f32[src])
			if to != op.Float32 {
				roundTo(to, out)
			}
		}
	case to == op.Float32 && p.class[src] == integer && !from.IsSigned():
		return func(f *frame, t tile) {
			map1(f.f32[dst][:t.len()], f.ints[src], func(v op.Value) float32 { return float32(uint64(v)) })
		}
	case to == op.Float32 && p.class[src] == integer:
		return func(f *frame, t tile) {
			map1(f.f32[dst][:t.len()], f.ints[src], func(v op.Value) float32 { return float32(int64(v)) })
		}
	}
	return func(f *frame, t tile) {
		for i := range t.len() {
			var v op.Value
			switch p.class[src] {
			case single:
				v = op.FloatValue(op.Float64, float64(f.f32[src][i]))
			case double:
				v = op.FloatValue(op.Float64, f.f64[src][i])
			default:
				v = f.ints[src][i]
			}
			v = op.Cast(to, from, v)
			switch p.class[dst] {
			case single:
				f.f32[dst][i] = float32(v.Float(to))
			case double:
				f.f64[dst][i] = v.Float(to)
			default:
				f.ints[dst][i] = v
			}
		}
	}
}
