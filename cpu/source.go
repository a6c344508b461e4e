package cpu

import (
	"math"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// compileNode makes the instruction of a node that reads the registers args.
func (p *program) compileNode(i int, args []int) code {
	n := &p.r.Nodes[i]
	c := code{dst: i, src: args}
	switch n.Kind {
	case backend.Load:
		c.run = p.loadInstr(i, n)
	case backend.Const:
		c.run = p.fillInstr(i, n.Dtype, func(*frame) op.Value { return n.Value })
	case backend.Param:
		c.run = p.fillInstr(i, n.Dtype, func(f *frame) op.Value { return f.params[n.Param] })
	case backend.Iota:
		c.run = p.countInstr(i, n, func(v int) op.Value { return op.Cast(n.Dtype, op.Int64, op.Value(v)) })
	case backend.Inside:
		c.run = p.countInstr(i, n, func(v int) op.Value {
			if n.Low <= v && v < n.High {
				return 1
			}
			return 0
		})
	case backend.Bits:
		c.run = bitsInstr(i, n, args)
	case backend.Cast:
		c.run = p.castInstr(i, args[0], n.Dtype, p.r.Nodes[n.Args[0]].Dtype)
	case backend.Apply:
		c.run = p.applyInstr(i, n, args)
	}
	return c
}

// fillInstr sets a register to one value.
func (p *program) fillInstr(dst int, d op.Dtype, value func(*frame) op.Value) instr {
	switch p.class[dst] {
	case single:
		return func(f *frame, t tile) { fill(f.f32[dst][:t.len()], float32(value(f).Float(d))) }
	case double:
		return func(f *frame, t tile) { fill(f.f64[dst][:t.len()], value(f).Float(d)) }
	}
	return func(f *frame, t tile) { fill(f.ints[dst][:t.len()], value(f)) }
}

func fill[T any](s []T, v T) {
	for i := range s {
		s[i] = v
	}
}

// countInstr computes a value from an index map.
func (p *program) countInstr(dst int, n *backend.Node, value func(int) op.Value) instr {
	return func(f *frame, t tile) {
		base := n.Index.At(f.at)
		row, col := t.strides(&n.Index)
		k := 0
		for r := range t.rows {
			for c := range t.cols {
				v := value(base + r*row + c*col)
				switch p.class[dst] {
				case single:
					f.f32[dst][k] = float32(v.Float(n.Dtype))
				case double:
					f.f64[dst][k] = v.Float(n.Dtype)
				default:
					f.ints[dst][k] = v
				}
				k++
			}
		}
	}
}

func bitsInstr(dst int, n *backend.Node, args []int) instr {
	return func(f *frame, t tile) {
		k0, k1, out := f.ints[args[0]], f.ints[args[1]], f.ints[dst]
		base := n.Index.At(f.at)
		row, col := t.strides(&n.Index)
		k := 0
		for r := range t.rows {
			for c := range t.cols {
				out[k] = op.Value(op.RandomWord(uint32(k0[k]), uint32(k1[k]), base+r*row+c*col, n.High))
				k++
			}
		}
	}
}

// loadInstr reads a tile. Where its elements lie in a row, as float32 or
// float64, the register becomes a view of the buffer.
func (p *program) loadInstr(dst int, n *backend.Node) instr {
	switch n.Dtype {
	case op.Float32:
		return func(f *frame, t tile) {
			f.f32[dst] = gather(f.ownF32[dst], backend.Slice[float32](f.bufs[n.Buffer]), n, f, t)
		}
	case op.Float64:
		return func(f *frame, t tile) {
			f.f64[dst] = gather(f.ownF64[dst], backend.Slice[float64](f.bufs[n.Buffer]), n, f, t)
		}
	case op.Float16:
		return halfLoad(dst, n, op.FromHalf)
	case op.BFloat16:
		return halfLoad(dst, n, op.FromBrain)
	case op.Bool, op.Uint8:
		return intLoad[uint8](dst, n)
	case op.Uint16:
		return intLoad[uint16](dst, n)
	case op.Uint32:
		return intLoad[uint32](dst, n)
	case op.Int8:
		return intLoad[int8](dst, n)
	case op.Int16:
		return intLoad[int16](dst, n)
	case op.Int32:
		return intLoad[int32](dst, n)
	}
	return intLoad[uint64](dst, n)
}

func gather[T float32 | float64](own, src []T, n *backend.Node, f *frame, t tile) []T {
	base := n.Index.At(f.at)
	row, col := t.strides(&n.Index)
	if (col == 1 || t.cols == 1) && (t.rows == 1 || row == t.cols) {
		return src[base : base+t.len()]
	}
	k := 0
	for range t.rows {
		switch out := own[k : k+t.cols]; col {
		case 0:
			fill(out, src[base])
		case 1:
			copy(out, src[base:])
		default:
			at := base
			for c := range out {
				out[c] = src[at]
				at += col
			}
		}
		k += t.cols
		base += row
	}
	return own
}

func halfLoad(dst int, n *backend.Node, from func(uint16) float32) instr {
	return func(f *frame, t tile) {
		src, out := backend.Slice[uint16](f.bufs[n.Buffer]), f.f32[dst]
		walk(&n.Index, f, t, func(k, at int) { out[k] = from(src[at]) })
	}
}

func intLoad[T backend.Elem](dst int, n *backend.Node) instr {
	return func(f *frame, t tile) {
		src, out := backend.Slice[T](f.bufs[n.Buffer]), f.ints[dst]
		base := n.Index.At(f.at)
		row, col := t.strides(&n.Index)
		for range t.rows {
			at := base
			for c := range out[:t.cols] {
				out[c] = op.Value(src[at])
				at += col
			}
			out = out[t.cols:]
			base += row
		}
	}
}

// walk calls g with the number of each point of a tile and where a map leads.
func walk(x *backend.Index, f *frame, t tile, g func(k, at int)) {
	base := x.At(f.at)
	row, col := t.strides(x)
	k := 0
	for r := range t.rows {
		for c := range t.cols {
			g(k, base+r*row+c*col)
			k++
		}
	}
}

// guardedLoad reads the elements for which all guards hold, and zero elsewhere.
func (p *program) guardedLoad(dst int, guard []int) code {
	n := &p.r.Nodes[dst]
	run := func(f *frame, t tile) {
		buf := f.bufs[n.Buffer]
		walk(&n.Index, f, t, func(k, at int) {
			v := op.Value(0)
			open := true
			for _, g := range guard {
				open = open && f.ints[g][k] != 0
			}
			if open {
				v = buf.Get(at)
			}
			switch p.class[dst] {
			case single:
				f.f32[dst][k] = float32(v.Float(op.Float64))
			case double:
				f.f64[dst][k] = v.Float(op.Float64)
			default:
				f.ints[dst][k] = v
			}
		})
	}
	return code{dst, guard, run}
}

// spreadInstr repeats, for each point of the tile, the element of its outer point.
func (p *program) spreadInstr(src, dst int) instr {
	byCol := p.byCol
	switch p.class[src] {
	case single:
		return func(f *frame, t tile) { spread(f.f32[dst], f.f32[src], t, byCol) }
	case double:
		return func(f *frame, t tile) { spread(f.f64[dst], f.f64[src], t, byCol) }
	}
	return func(f *frame, t tile) { spread(f.ints[dst], f.ints[src], t, byCol) }
}

func spread[T any](dst, src []T, t tile, byCol bool) {
	for r := range t.rows {
		out := dst[r*t.cols : (r+1)*t.cols]
		if byCol {
			copy(out, src)
		} else {
			fill(out, src[r])
		}
	}
}

// compileStore writes a register to a buffer.
func (p *program) compileStore(s backend.Store, src int) code {
	d := p.r.Nodes[s.Node].Dtype
	return code{-1, []int{src}, storeInstr(&s, src, d)}
}

func storeInstr(s *backend.Store, src int, d op.Dtype) instr {
	switch d {
	case op.Float32:
		return func(f *frame, t tile) { scatter(backend.Slice[float32](f.bufs[s.Buffer]), f.f32[src], s, f, t) }
	case op.Float64:
		return func(f *frame, t tile) { scatter(backend.Slice[float64](f.bufs[s.Buffer]), f.f64[src], s, f, t) }
	case op.Float16, op.BFloat16:
		return func(f *frame, t tile) {
			buf, in := f.bufs[s.Buffer], f.f32[src]
			walk(&s.Index, f, t, func(k, at int) { buf.Put(at, op.Value(math.Float64bits(float64(in[k])))) })
		}
	case op.Int32, op.Uint32:
		return func(f *frame, t tile) {
			buf, in := backend.Slice[uint32](f.bufs[s.Buffer]), f.ints[src]
			walk(&s.Index, f, t, func(k, at int) { buf[at] = uint32(in[k]) })
		}
	case op.Bool:
		return func(f *frame, t tile) {
			buf, in := f.bufs[s.Buffer].Bytes, f.ints[src]
			walk(&s.Index, f, t, func(k, at int) { buf[at] = byte(in[k]) })
		}
	}
	return func(f *frame, t tile) {
		buf, in := f.bufs[s.Buffer], f.ints[src]
		walk(&s.Index, f, t, func(k, at int) { buf.Put(at, in[k]) })
	}
}

func scatter[T any](dst, src []T, s *backend.Store, f *frame, t tile) {
	base := s.Index.At(f.at)
	row, col := t.strides(&s.Index)
	if col == 1 && (t.rows == 1 || row == t.cols) {
		copy(dst[base:base+t.len()], src)
		return
	}
	for r := range t.rows {
		in := src[r*t.cols : (r+1)*t.cols]
		if col == 1 {
			copy(dst[base:], in)
		} else {
			at := base
			for _, v := range in {
				dst[at] = v
				at += col
			}
		}
		base += row
	}
}
