package jit

import (
	"errors"

	"github.com/ingot-go/ingot/cpu/internal/vir"
)

// errSpill is thrown, and caught by Compile, when the frame has no slot left.
var errSpill = errors.New("jit: program needs too many registers")

// machine is the state of the registers while a body is written.
type machine struct {
	asm
	*body
	held    [32]vir.Value // what a register holds, or none
	taken   uint32        // registers that are outside allocation
	pin     uint32        // registers that the current instruction uses
	slots   uint32        // slots of the frame in use
	late    uint32        // slots to free after the current instruction
	pos     int           // number of the current instruction
	tail    bool          // writing the code for the elements that do not fill a vector
	spill   int           // spills so far
	lanesAt int           // vectors of the pool that hold the numbers of the lanes
}

func (m *machine) registers() int {
	if m.wide {
		return 32
	}
	return 16
}

// enter begins to write a body.
func (m *machine) enter(b *body, tail bool) {
	m.body, m.tail, m.slots, m.late = b, tail, 0, 0
	copy(b.reg, b.fixed)
	clear(b.next)
	for i := range b.slot {
		b.slot[i] = -1
	}
	for r := range m.held {
		m.held[r] = vir.None
	}
}

// nextUse is where v is read next after the current instruction.
func (m *machine) nextUse(v vir.Value) int32 {
	u, k := m.uses[v], m.next[v]
	for int(k) < len(u) && int(u[k]) <= m.pos {
		k++
	}
	m.next[v] = k
	if int(k) < len(u) {
		return u[k]
	}
	return never
}

func (m *machine) dies(v vir.Value) bool { return m.fixed[v] < 0 && m.nextUse(v) == never }

// alloc finds a register; if none is free it takes the one whose value is needed
// last, and spills that unless it can be loaded again.
func (m *machine) alloc() int {
	best, farthest := -1, int32(-1)
	for r := range m.registers() {
		if (m.taken|m.pin)>>r&1 != 0 {
			continue
		}
		v := m.held[r]
		if v == vir.None {
			return r
		}
		if u := m.nextUse(v); u > farthest {
			best, farthest = r, u
		}
	}
	if best < 0 {
		panic(errSpill)
	}
	v := m.held[best]
	if m.code[v].Op != vir.In && m.slot[v] < 0 && farthest < never {
		s := 0
		for m.slots>>s&1 != 0 {
			s++
		}
		if s >= spillSlots {
			panic(errSpill)
		}
		m.slots |= 1 << s
		m.slot[v] = int8(s)
		m.emit(opStore, best, 0, place{kind: frame, r: s}, -1)
		m.spill++
	}
	m.reg[v], m.held[best] = -1, vir.None
	return best
}

func (m *machine) bind(v vir.Value, r int) { m.reg[v], m.held[r] = int8(r), v }

// input is where In instruction q finds its elements.
func (m *machine) input(q *vir.Instr) place {
	return place{array, bases[q.Imm&255], int(q.Imm >> 8)}
}

// load brings v, which is in no register, into register r.
func (m *machine) load(v vir.Value, r int) {
	switch q := &m.code[v]; {
	case q.Op != vir.In:
		m.emit(opLoad, r, 0, m.memory(v), -1)
	case !m.tail:
		m.emit(opLoad, r, 0, m.input(q), -1)
	case m.wide:
		m.evex(opLoad, r, 0, m.input(q), -1, tailMask, true)
	default:
		m.emit(opLoad, r, 0, place{kind: mask}, -1)
		m.emit(opMaskLoad, r, r, m.input(q), -1)
	}
}

// memory is where v lies in memory.
func (m *machine) memory(v vir.Value) place {
	switch q := &m.code[v]; {
	case q.Op == vir.Const:
		return place{kind: pool, r: m.home[v]}
	case q.Op == vir.Scalar:
		return place{kind: frame, r: m.home[v]}
	case q.Op == vir.In:
		return m.input(q)
	}
	return place{kind: frame, r: int(m.slot[v])}
}

// in gives a register that holds v, pinned for the current instruction.
func (m *machine) in(v vir.Value) int {
	if r := m.reg[v]; r >= 0 {
		m.pin |= 1 << r
		return int(r)
	}
	r := m.alloc()
	m.load(v, r)
	m.pin |= 1 << r
	if !isFixed(m.code[v].Op) {
		m.bind(v, r)
	}
	return r
}

// inMemory reports whether v is best read from memory.
func (m *machine) inMemory(v vir.Value) bool {
	if m.reg[v] >= 0 {
		return false
	}
	return m.code[v].Op != vir.In || !m.tail && m.nextUse(v) == never
}

// operand is v as a last operand, which may be in memory.
func (m *machine) operand(v vir.Value) place {
	if m.inMemory(v) {
		return m.memory(v)
	}
	return place{kind: register, r: m.in(v)}
}

// release frees what the operands occupy that are not needed any more. The
// instruction may still read their slots, so a spill must not use these before.
func (m *machine) release(args []vir.Value) {
	for _, v := range args {
		if isFixed(m.code[v].Op) || !m.dies(v) {
			continue
		}
		if r := m.reg[v]; r >= 0 {
			m.held[r], m.reg[v] = vir.None, -1
		}
		if s := m.slot[v]; s >= 0 {
			m.late |= 1 << s
			m.slot[v] = -1
		}
	}
}

// result releases the operands and finds a register for the result.
func (m *machine) result(args []vir.Value) int {
	m.release(args)
	m.pin = 0
	return m.alloc()
}
