package cpu

import (
	"sync"

	"github.com/ingot-go/ingot/cpu/internal/pool"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// span is the inner points that one share of a long reduction has: where the
// outer space has one point only, shares run on several cores. Their results are
// combined in order, so the number of cores does not matter.
const span = 1 << 16

// run does the region.
func (p *program) run(params []op.Value, bufs []*backend.Buffer) error {
	r := p.r
	if backend.Volume(r.Space) == 0 || len(r.Inner) == 0 && len(p.phases[0].inner) == 0 {
		return nil
	}
	last := len(r.Space) - 1
	high, length := 1, 1
	if last >= 0 {
		high, length = backend.Volume(r.Space[:last]), r.Space[last]
	}
	if len(r.Inner) == 0 {
		p.pointwise(params, bufs, high, length)
		return nil
	}
	if p.splits() {
		p.reduceLong(params, bufs)
		return nil
	}
	blocks := (length + p.block - 1) / p.block
	cost := p.block * backend.Volume(r.Inner) * len(r.Nodes)
	fr := p.team(params, bufs)
	pool.Run(high*blocks, cost, func(w, i int) {
		f := fr.get(w)
		place(f.at[:last+1], r.Space, i/blocks)
		from := i % blocks * p.block
		if last >= 0 {
			f.at[last] = from
		}
		p.points(f, min(p.block, length-from))
	})
	fr.release()
	return nil
}

// team is the frames of the cores that work on one run.
type team struct {
	p      *program
	mu     sync.Mutex
	frames map[int]*frame
	params []op.Value
	bufs   []*backend.Buffer
}

func (p *program) team(params []op.Value, bufs []*backend.Buffer) *team {
	return &team{p: p, params: params, bufs: bufs}
}

// get is the frame of core w, set up on its first use.
func (t *team) get(w int) *frame {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.frames[w]
	if f == nil {
		f = t.p.frames.Get().(*frame)
		f.params, f.bufs = t.params, t.bufs
		clear(f.at)
		all := tile{-1, -1, 1, t.p.size}
		for _, c := range t.p.setup {
			c.run(f, all)
		}
		if t.frames == nil {
			t.frames = map[int]*frame{}
		}
		t.frames[w] = f
	}
	return f
}

func (t *team) release() {
	for _, f := range t.frames {
		f.params, f.bufs = nil, nil
		for i := range f.f32 {
			f.f32[i], f.f64[i], f.ints[i] = f.ownF32[i], f.ownF64[i], f.ownInts[i]
		}
		t.p.frames.Put(f)
	}
}

// place sets the leading coordinates of an index vector over space to point
// number i of all axes but the last.
func place(at, space []int, i int) {
	for k := len(at) - 2; k >= 0; k-- {
		at[k] = i % space[k]
		i /= space[k]
	}
}

// pointwise goes over a space without inner points, in blocks of rows×cols
// points of the last two axes: in parts of long rows, in several short rows at
// once, or in squares where something is read across.
func (p *program) pointwise(params []op.Value, bufs []*backend.Buffer, high, length int) {
	r := p.r
	last := len(r.Space) - 1
	count := 1 // rows below the higher axes
	if last > 0 {
		count = r.Space[last-1]
		high /= count
	}
	cols := min(length, p.size)
	if p.across {
		cols = min(length, square)
	}
	rows := max(1, min(count, p.size/cols))
	down, right := (count+rows-1)/rows, (length+cols-1)/cols
	fr := p.team(params, bufs)
	defer fr.release()
	pool.Run(high*down*right, rows*cols*len(r.Nodes), func(w, i int) {
		f := fr.get(w)
		t := tile{last - 1, last, 1, 1}
		if last >= 0 {
			f.at[last] = i % right * cols
			t.cols = min(cols, length-f.at[last])
		}
		i /= right
		if last > 0 {
			place(f.at[:last], r.Space, i/down)
			f.at[last-1] = i % down * rows
			t.rows = min(rows, count-f.at[last-1])
		}
		do(f, p.phases[0].inner, t)
	})
}

// square is the side of the tiles for reading across rows.
const square = 32

func do(f *frame, list []code, t tile) {
	for i := range list {
		list[i].run(f, t)
	}
}

// points does all phases for n outer points along the last outer axis, from
// the frame's index vector on.
func (p *program) points(f *frame, n int) {
	before := p.outerTile(n)
	for k := range p.phases {
		ph := &p.phases[k]
		do(f, ph.outer, before)
		if !ph.loop {
			continue
		}
		for i := range ph.reduce {
			ph.reduce[i].start(f, n)
		}
		p.loop(f, ph, n, 0, backend.Volume(p.r.Inner))
		for i := range ph.reduce {
			ph.reduce[i].finish(f, n)
		}
	}
}

func (p *program) outerTile(n int) tile {
	last := len(p.r.Space) - 1
	if p.byCol {
		return tile{-1, last, 1, n}
	}
	return tile{last, -1, n, 1}
}

// loop goes over the inner points from number from up to number to for n outer
// points. Parts begin and end where rows of the last inner axis do, or within one.
func (p *program) loop(f *frame, ph *phase, n, from, to int) {
	r := p.r
	outer := len(r.Space)
	lastOuter, lastInner := outer-1, outer+len(r.Inner)-1
	length := r.Inner[len(r.Inner)-1]
	for from < to {
		at := from
		for k := len(r.Inner) - 1; k >= 0; k-- {
			f.at[outer+k] = at % r.Inner[k]
			at /= r.Inner[k]
		}
		m := min(p.chunk, length-f.at[lastInner], to-from)
		t := tile{lastOuter, lastInner, n, m}
		if p.byCol {
			t = tile{lastInner, lastOuter, m, n}
		}
		do(f, ph.inner, t)
		for i := range ph.reduce {
			ph.reduce[i].add(f, t, from, p.byCol)
		}
		from += m
	}
	clear(f.at[outer:])
}

// splits reports whether the inner space is shared out instead of the outer one.
func (p *program) splits() bool {
	return backend.Volume(p.r.Space) == 1 && backend.Volume(p.r.Inner) > span && !p.once
}

// reduceLong does a region with one outer point, each phase in shares.
func (p *program) reduceLong(params []op.Value, bufs []*backend.Buffer) {
	volume := backend.Volume(p.r.Inner)
	shares := (volume + span - 1) / span
	fr := p.team(params, bufs)
	defer fr.release()
	first := fr.get(0)
	results := make([]float64, len(p.r.Nodes)) // of earlier reductions, for all frames
	values := make([]op.Value, len(p.r.Nodes))
	var known []int
	one := p.outerTile(1)
	for k := range p.phases {
		ph := &p.phases[k]
		if !ph.loop {
			do(first, ph.outer, one)
			continue
		}
		parts := make([][]accumulator, shares)
		pool.Run(shares, span*len(p.r.Nodes), func(w, i int) {
			f := fr.get(w)
			if w != 0 {
				for _, reg := range known {
					p.set(f, reg, results[reg], values[reg])
				}
				for _, q := range p.phases[:k] {
					do(f, withoutStores(q.outer), one)
				}
			}
			do(f, withoutStores(ph.outer), one)
			for j := range ph.reduce {
				ph.reduce[j].start(f, 1)
			}
			p.loop(f, ph, 1, i*span, min(volume, (i+1)*span))
			parts[i] = make([]accumulator, len(ph.reduce))
			for j, x := range ph.reduce {
				parts[i][j] = f.accs[x.node].clone()
			}
		})
		do(first, ph.outer, one)
		for j := range ph.reduce {
			x := &ph.reduce[j]
			x.start(first, 1)
			for i := range parts {
				x.combine(first, &parts[i][j])
			}
			x.finish(first, 1)
			known = append(known, x.node)
			results[x.node], values[x.node] = p.get(first, x.node)
		}
	}
}

func withoutStores(list []code) []code {
	for len(list) > 0 && list[len(list)-1].dst < 0 {
		list = list[:len(list)-1]
	}
	return list
}

// get and set move the first element of a register.
func (p *program) get(f *frame, reg int) (float64, op.Value) {
	switch p.class[reg] {
	case single:
		return float64(f.f32[reg][0]), 0
	case double:
		return f.f64[reg][0], 0
	}
	return 0, f.ints[reg][0]
}

func (p *program) set(f *frame, reg int, x float64, v op.Value) {
	switch p.class[reg] {
	case single:
		f.f32[reg][0] = float32(x)
	case double:
		f.f64[reg][0] = x
	default:
		f.ints[reg][0] = v
	}
}
