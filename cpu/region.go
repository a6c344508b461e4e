package cpu

import (
	"slices"
	"sync"

	"github.com/ingot-go/ingot/mlx/backend"
)

// program is a compiled region. Register i holds node i; where the inner loop
// needs a node that is the same for all inner points, the register after all of
// those, n+i, holds it once for each point of the tile.
type program struct {
	r       *backend.Region
	engine  engine
	class   []class
	slot    []int // memory of a register, by class; -1 for none
	slots   [3]int
	size    int // points of a tile
	uniform []bool
	setup   []code // the nodes that are the same at every point
	phases  []phase
	block   int  // outer points that one tile covers
	chunk   int  // inner points, along the last inner axis, that one tile covers
	byCol   bool // outer points are the columns of a tile, and inner ones its rows
	across  bool // without inner points: something is read down the columns
	once    bool // one tile covers the inner space, so registers keep their elements from phase to phase
	frames  sync.Pool
}

// code is an instruction with the registers that it writes (or -1) and reads.
type code struct {
	dst int
	src []int
	run instr
}

// phase is what to do for the outer points of a tile before the inner loop, and
// for each tile of that loop.
type phase struct {
	loop   bool
	outer  []code
	inner  []code
	reduce []reduction
}

// Tiles have up to maxTile points, fewer when a region has many registers, so
// that these stay in the first cache; wholeTile is allowed when a tile then
// covers the inner space.
const (
	cacheWords = 6144
	minTile    = 256
	maxTile    = 2048
	wholeTile  = 4096
	columns    = 512 // outer points side by side when they are the columns
)

func compileRegion(r *backend.Region, e engine) step {
	if len(r.Inner) == 0 && slices.ContainsFunc(r.Phases, func(p backend.Phase) bool { return len(p.Reduce) > 0 }) {
		one := *r // a reduction of single elements: one inner point, of an axis that no map mentions
		one.Inner = []int{1}
		r = &one
	}
	n := len(r.Nodes)
	p := &program{r: r, engine: e, class: make([]class, 2*n), slot: make([]int, 2*n)}
	for i, x := range r.Nodes {
		p.class[i], p.class[n+i] = classOf(x.Dtype), classOf(x.Dtype)
		p.slot[i], p.slot[n+i] = -1, -1
	}
	p.findUniform()
	p.layOut()
	done := make([]bool, n)
	for k := range r.Phases {
		p.phases = append(p.phases, p.compilePhase(k, done))
	}
	p.assign()
	p.frames.New = func() any { return p.newFrame() }
	return p.run
}

// findUniform finds the nodes that are the same at every point.
func (p *program) findUniform() {
	p.uniform = make([]bool, len(p.r.Nodes))
	for i, n := range p.r.Nodes {
		still := !slices.ContainsFunc(n.Index.Strides, func(s int) bool { return s != 0 })
		switch n.Kind {
		case backend.Const, backend.Param:
			p.uniform[i] = true
		case backend.Load, backend.Iota, backend.Inside:
			p.uniform[i] = still && len(n.Guard) == 0
		case backend.Apply, backend.Cast:
			p.uniform[i] = !slices.ContainsFunc(n.Args, func(a int) bool { return !p.uniform[a] })
		}
		if p.uniform[i] {
			p.setup = append(p.setup, p.compileNode(i, n.Args))
		}
	}
}

// layOut chooses what a tile covers.
func (p *program) layOut() {
	r := p.r
	p.size = min(maxTile, max(minTile, cacheWords/(len(r.Nodes)+1)&^63), max(1, backend.Volume(r.Space)*backend.Volume(r.Inner)))
	if len(r.Inner) == 0 {
		p.block, p.chunk = p.size, 1
		last := len(r.Space) - 1
		p.across = last > 0 && slices.ContainsFunc(r.Nodes, func(n backend.Node) bool {
			return n.Kind == backend.Load && stride(n.Index, last-1) == 1 && stride(n.Index, last) > 1
		})
		return
	}
	lastOuter, lastInner := len(r.Space)-1, len(r.Space)+len(r.Inner)-1
	if lastOuter >= 0 {
		p.byCol = slices.ContainsFunc(r.Nodes, func(n backend.Node) bool {
			return n.Kind == backend.Load && n.Inner && stride(n.Index, lastOuter) == 1 && stride(n.Index, lastInner) != 1
		})
	}
	inner := max(1, r.Inner[len(r.Inner)-1])
	if len(r.Inner) == 1 && inner <= wholeTile && len(r.Nodes) <= 24 {
		p.size = max(p.size, inner)
	}
	room := p.size
	if p.byCol {
		if len(r.Nodes) == 2 { // more rows at once, since nothing else needs room
			p.size = wholeTile
		}
		room = p.size / min(columns, max(1, r.Space[lastOuter]))
	}
	p.chunk = max(1, min(inner, room))
	p.block = max(1, p.size/p.chunk)
	p.once = p.chunk >= inner && len(r.Inner) == 1
}

func stride(x backend.Index, axis int) int {
	if axis < len(x.Strides) {
		return x.Strides[axis]
	}
	return 0
}

// compilePhase compiles the nodes that a phase needs and that are not yet at
// hand: those that differ between inner points for the loop, the others before it.
func (p *program) compilePhase(k int, done []bool) phase {
	r, n := p.r, len(p.r.Nodes)
	ph := r.Phases[k]
	out := phase{loop: ph.Loop}
	g := p.compileGroup(k, done)
	spread := map[int]bool{}
	// inside is the register in which the loop finds node a as a whole tile.
	inside := func(a int) int {
		if len(r.Inner) == 0 || r.Nodes[a].Inner || p.uniform[a] {
			return a
		}
		if !spread[a] {
			spread[a] = true
			out.inner = append(out.inner, code{n + a, []int{a}, p.spreadInstr(a, n+a)})
		}
		return n + a
	}
	looped := make([]bool, n)
	for _, i := range ph.Nodes {
		if p.uniform[i] || done[i] {
			continue
		}
		node := r.Nodes[i]
		if len(r.Inner) > 0 && !node.Inner {
			c := p.compileNode(i, node.Args)
			if len(node.Guard) > 0 {
				c = p.guardedLoad(i, node.Guard)
			}
			out.outer = append(out.outer, c)
			done[i] = true
			continue
		}
		if g != nil && node.Kind != backend.Load { // the group computes what is needed of these
			continue
		}
		args := make([]int, len(node.Args))
		for k, a := range node.Args {
			args[k] = inside(a)
		}
		c := p.compileNode(i, args)
		if len(node.Guard) > 0 {
			guard := make([]int, len(node.Guard))
			for k, a := range node.Guard {
				guard[k] = inside(a)
			}
			c = p.guardedLoad(i, guard)
		}
		out.inner = append(out.inner, c)
		looped[i] = true
	}
	stores := ph.Stores
	if g != nil {
		out.inner = append(out.inner, g.codes()...)
		stores = nil
		for _, i := range g.outputs {
			looped[i] = true
		}
	}
	for _, i := range ph.Reduce {
		out.reduce = append(out.reduce, p.compileReduce(i, inside(r.Nodes[i].Args[0])))
	}
	for _, s := range stores {
		if ph.Loop || len(r.Inner) == 0 {
			out.inner = append(out.inner, p.compileStore(s, inside(s.Node)))
		} else {
			out.outer = append(out.outer, p.compileStore(s, s.Node))
		}
	}
	if p.once {
		for i := range looped {
			done[i] = done[i] || looped[i]
		}
	}
	return out
}

// assign gives registers their memory. One that is written and read within one
// inner loop gives it back after its last use; all others keep theirs.
func (p *program) assign() {
	home := make([]int, len(p.slot)) // the phase in whose loop the register lives, or shared
	const unknown, shared = -1, -2
	for i := range home {
		home[i] = unknown
	}
	at := func(reg, phase int) {
		if home[reg] != unknown && home[reg] != phase {
			phase = shared
		}
		home[reg] = phase
	}
	for k, ph := range p.phases {
		for _, c := range ph.outer {
			for _, reg := range append(c.src, c.dst) {
				if reg >= 0 {
					at(reg, shared)
				}
			}
		}
		for _, c := range ph.inner {
			for _, reg := range append(c.src, c.dst) {
				if reg >= 0 {
					at(reg, k)
				}
			}
		}
		for _, x := range ph.reduce {
			at(x.node, shared)
			at(x.src, k)
		}
	}
	for _, c := range p.setup {
		at(c.dst, shared)
	}
	for reg, h := range home {
		if h == shared {
			p.slot[reg] = p.slots[p.class[reg]]
			p.slots[p.class[reg]]++
		}
	}
	fixed := p.slots
	for k := range p.phases {
		p.assignLoop(&p.phases[k], home, k, fixed)
	}
}

// assignLoop hands out the memory for the registers that live in one loop.
func (p *program) assignLoop(ph *phase, home []int, k int, fixed [3]int) {
	last := map[int]int{}
	for i, c := range ph.inner {
		for _, reg := range c.src {
			last[reg] = i
		}
	}
	for _, x := range ph.reduce {
		last[x.src] = len(ph.inner)
	}
	var free [3][]int
	next := fixed
	for i, c := range ph.inner {
		for _, reg := range c.src {
			if home[reg] == k && last[reg] == i && p.slot[reg] >= 0 {
				free[p.class[reg]] = append(free[p.class[reg]], p.slot[reg])
				last[reg] = -1
			}
		}
		if c.dst < 0 || home[c.dst] != k {
			continue
		}
		cl := p.class[c.dst]
		if f := free[cl]; len(f) > 0 {
			p.slot[c.dst], free[cl] = f[len(f)-1], f[:len(f)-1]
		} else {
			p.slot[c.dst] = next[cl]
			next[cl]++
		}
	}
	for cl := range next {
		p.slots[cl] = max(p.slots[cl], next[cl])
	}
}
