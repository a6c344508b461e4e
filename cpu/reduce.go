package cpu

import (
	"math"
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// reduction is a Reduce node: it combines what register src holds into one
// element for each outer point in the register of the node.
type reduction struct {
	node, src int
	kind      backend.Reduction
	in, out   op.Dtype
	class     class // of the argument
}

// accumulator is the state of a reduction: one entry for each outer point.
// Floats add up in float64.
type accumulator struct {
	f    []float64
	v    []op.Value
	at   []int // where the best was
	seen bool
}

func (a *accumulator) clone() accumulator {
	return accumulator{slices.Clone(a.f), slices.Clone(a.v), slices.Clone(a.at), a.seen}
}

func (p *program) compileReduce(i, src int) reduction {
	n := p.r.Nodes[i]
	in := p.r.Nodes[n.Args[0]].Dtype
	return reduction{node: i, src: src, kind: n.Reduction, in: in, out: n.Dtype, class: classOf(in)}
}

// start begins for n outer points.
func (x *reduction) start(f *frame, n int) {
	a := &f.accs[x.node]
	a.seen = false
	if x.kind >= backend.ArgMax {
		a.at = resized(a.at, n)
	}
	if x.class == integer {
		a.v = resized(a.v, n)
		if x.kind == backend.Prod || x.kind == backend.Min {
			fill(a.v, 1)
		}
		return
	}
	a.f = resized(a.f, n)
	switch x.kind {
	case backend.Prod:
		fill(a.f, 1)
	case backend.Max, backend.ArgMax:
		fill(a.f, math.Inf(-1))
	case backend.Min, backend.ArgMin:
		fill(a.f, math.Inf(1))
	}
}

func resized[T any](s []T, n int) []T {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// add takes in a tile whose inner points are numbered from first on.
func (x *reduction) add(f *frame, t tile, first int, byCol bool) {
	a := &f.accs[x.node]
	switch {
	case x.class == integer:
		x.addInts(a, f.ints[x.src], t, first, byCol)
	case x.class == double:
		addFloats(x.kind, a, f.f64[x.src], t, first, byCol)
	default:
		addFloats(x.kind, a, f.f32[x.src], t, first, byCol)
	}
	a.seen = true
}

func addFloats[T float32 | float64](kind backend.Reduction, a *accumulator, src []T, t tile, first int, byCol bool) {
	done := 0 // columns
	if v := vectors(src[:t.cols]); byCol && kind == backend.Sum && len(v) > 0 {
		done = len(v)
		sumColumns32(&a.f[0], &v[0], t.rows, t.cols, done)
	}
	for r := range t.rows {
		row := src[r*t.cols : (r+1)*t.cols]
		if byCol {
			addColumns(kind, a, done, row, first+r, !a.seen && r == 0)
		} else {
			addRow(kind, a, r, row, first)
		}
	}
}

// addRow takes the inner points of one outer point.
func addRow[T float32 | float64](kind backend.Reduction, a *accumulator, k int, row []T, first int) {
	switch kind {
	case backend.Sum:
		a.f[k] += sum(row)
	case backend.Prod:
		p := a.f[k]
		for _, v := range row {
			p *= float64(v)
		}
		a.f[k] = p
	case backend.Max:
		a.f[k] = larger(float64(largest(row)), a.f[k])
	case backend.Min:
		a.f[k] = smaller(float64(smallest(row)), a.f[k])
	case backend.ArgMax, backend.ArgMin:
		best(kind, a, k, row, first)
	}
}

// lanes is how many partial sums a block of a row is dealt out to.
const (
	lanes       = 8
	blockLength = 32 * lanes
)

// sum adds in blocks short enough for float32. Long rows are dealt out to four
// blocks at a time, eight elements to each in turn.
func sum[T float32 | float64](row []T) (total float64) {
	const four = 4 * blockLength
	for ; len(row) >= four; row = row[four:] {
		if r, ok := any(row).([]float32); ok && sumBlocks32 != nil {
			var sums [4][lanes]float32
			sumBlocks32(&r[0], &sums)
			for _, s := range sums {
				total += float64((s[0] + s[4]) + (s[1] + s[5]) + ((s[2] + s[6]) + (s[3] + s[7])))
			}
			continue
		}
		for k := range 4 {
			total += sumBlock(row[k*lanes:four], 4*lanes)
		}
	}
	for len(row) >= lanes {
		n := min(len(row)&^(lanes-1), blockLength)
		total += sumBlock(row[:n], lanes)
		row = row[n:]
	}
	for _, v := range row {
		total += float64(v)
	}
	return total
}

// sumBlock adds up the first eight elements of every step in eight lanes.
func sumBlock[T float32 | float64](block []T, step int) float64 {
	var s0, s1, s2, s3, s4, s5, s6, s7 T
	for {
		s0 += block[0]
		s1 += block[1]
		s2 += block[2]
		s3 += block[3]
		s4 += block[4]
		s5 += block[5]
		s6 += block[6]
		s7 += block[7]
		if len(block) <= step {
			return float64((s0 + s4) + (s1 + s5) + ((s2 + s6) + (s3 + s7)))
		}
		block = block[step:]
	}
}

// Where the processor has them, assembly does these for a positive multiple of
// several elements of float32.
const several = 32

var (
	sumBlocks32           func(row *float32, sums *[4][lanes]float32)          // four blocks at once
	sumColumns32          func(acc *float64, tile *float32, rows, cols, n int) // the first n of the columns
	largest32, smallest32 func(row *float32, n int) float32                    // NaN where one is
	index32               func(row *float32, n int, v float32) int
)

// vectors is the part of a row that assembly can take, if there is any.
func vectors[T float32 | float64](row []T) []float32 {
	if r, ok := any(row).([]float32); ok && largest32 != nil {
		return r[:len(r)&^(several-1)]
	}
	return nil
}

func largest[T float32 | float64](row []T) T {
	m := row[0]
	if v := vectors(row); len(v) > 0 {
		m = T(largest32(&v[0], len(v)))
		if m != m {
			return m
		}
		row = row[len(v):]
	}
	for _, v := range row {
		if v > m || v != v {
			m = v
			if v != v {
				return v
			}
		}
	}
	return m
}

func smallest[T float32 | float64](row []T) T {
	m := row[0]
	if v := vectors(row); len(v) > 0 {
		m = T(smallest32(&v[0], len(v)))
		if m != m {
			return m
		}
		row = row[len(v):]
	}
	for _, v := range row {
		if v < m || v != v {
			m = v
			if v != v {
				return v
			}
		}
	}
	return m
}

func larger(a, b float64) float64 {
	if a > b || a != a {
		return a
	}
	return b
}

func smaller(a, b float64) float64 {
	if a < b || a != a {
		return a
	}
	return b
}

// better reports whether v is to be preferred to m: the first NaN is best.
func better[T float32 | float64](kind backend.Reduction, v, m T) bool {
	if kind == backend.ArgMax {
		return !(v <= m) && m == m
	}
	return !(v >= m) && m == m
}

// best keeps the first of the best.
func best[T float32 | float64](kind backend.Reduction, a *accumulator, k int, row []T, first int) {
	m, at := T(a.f[k]), -1
	if first == 0 {
		m, at = row[0], 0
	}
	done := 0
	if v := vectors(row); len(v) > 0 {
		done = len(v)
		find := largest32
		if kind == backend.ArgMin {
			find = smallest32
		}
		if x := T(find(&v[0], done)); better(kind, x, m) || first == 0 {
			m, at = x, index32(&v[0], done, float32(x))
		}
	}
	row = row[done:]
	if kind == backend.ArgMax {
		for i, v := range row {
			if !(v <= m) && m == m {
				m, at = v, done+i
			}
		}
	} else {
		for i, v := range row {
			if !(v >= m) && m == m {
				m, at = v, done+i
			}
		}
	}
	if at >= 0 {
		a.f[k], a.at[k] = float64(m), first+at
	}
}

// addColumns takes one inner point of each outer point, from number done on.
func addColumns[T float32 | float64](kind backend.Reduction, a *accumulator, done int, row []T, number int, start bool) {
	acc := a.f[done:len(row)]
	row = row[done:]
	switch kind {
	case backend.Sum:
		for i, v := range row {
			acc[i] += float64(v)
		}
	case backend.Prod:
		for i, v := range row {
			acc[i] *= float64(v)
		}
	case backend.Max:
		for i, v := range row {
			acc[i] = larger(float64(v), acc[i])
		}
	case backend.Min:
		for i, v := range row {
			acc[i] = smaller(float64(v), acc[i])
		}
	default:
		for i, v := range row {
			d := float64(v)
			if start || better(kind, d, acc[i]) {
				acc[i], a.at[i] = d, number
			}
		}
	}
}

func (x *reduction) addInts(a *accumulator, src []op.Value, t tile, first int, byCol bool) {
	for r := range t.rows {
		for c, v := range src[r*t.cols : (r+1)*t.cols] {
			k, number := r, first+c
			if byCol {
				k, number = c, first+r
			}
			x.addInt(a, k, number, v)
		}
	}
}

func (x *reduction) addInt(a *accumulator, k, number int, v op.Value) {
	switch x.kind {
	case backend.Sum:
		a.v[k] = op.Of(op.Add).Apply(x.in, a.v[k], v)
		return
	case backend.Prod:
		a.v[k] = op.Of(op.Multiply).Apply(x.in, a.v[k], v)
		return
	}
	better := op.Greater
	if x.kind == backend.Min || x.kind == backend.ArgMin {
		better = op.Less
	}
	if number == 0 || op.Of(better).Apply(x.in, v, a.v[k]) != 0 {
		a.v[k] = v
		if a.at != nil {
			a.at[k] = number
		}
	}
}

// combine takes in the result of a share that comes after all taken in so far.
func (x *reduction) combine(f *frame, b *accumulator) {
	a := &f.accs[x.node]
	if x.class == integer {
		number := 1
		if !a.seen {
			number = 0
		}
		old := slices.Clone(a.at)
		x.addInt(a, 0, number, b.v[0])
		if a.at != nil && a.at[0] != old[0] || a.at != nil && number == 0 {
			a.at[0] = b.at[0]
		}
		a.seen = true
		return
	}
	v := b.f[0]
	switch x.kind {
	case backend.Sum:
		a.f[0] += v
	case backend.Prod:
		a.f[0] *= v
	case backend.Max:
		a.f[0] = larger(v, a.f[0])
	case backend.Min:
		a.f[0] = smaller(v, a.f[0])
	default:
		if !a.seen || better(x.kind, v, a.f[0]) {
			a.f[0], a.at[0] = v, b.at[0]
		}
	}
	a.seen = true
}

// finish writes the results to the node's register.
func (x *reduction) finish(f *frame, n int) {
	a := &f.accs[x.node]
	for k := range n {
		switch {
		case x.kind >= backend.ArgMax:
			f.ints[x.node][k] = op.Value(a.at[k])
		case x.class == integer:
			f.ints[x.node][k] = a.v[k]
		case x.class == double:
			f.f64[x.node][k] = a.f[k]
		default:
			v := float32(a.f[k])
			if x.out != op.Float32 {
				v = float32(op.FloatValue(x.out, float64(v)).Float(x.out))
			}
			f.f32[x.node][k] = v
		}
	}
}
