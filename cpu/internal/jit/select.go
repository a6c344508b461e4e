package jit

import "github.com/ingot-go/ingot/cpu/internal/vir"

// Mask registers of AVX-512.
const (
	tailMask = 1
	tempMask = 2
)

// plain are the instructions that one machine instruction does.
var plain = map[vir.Op]struct {
	narrow, wide opcode
	swap         bool // the operands may change places
}{
	vir.Add:   {opcode{1, 0, 0x58}, opcode{1, 0, 0x58}, true},
	vir.Sub:   {opcode{1, 0, 0x5C}, opcode{1, 0, 0x5C}, false},
	vir.Mul:   {opcode{1, 0, 0x59}, opcode{1, 0, 0x59}, true},
	vir.Div:   {opcode{1, 0, 0x5E}, opcode{1, 0, 0x5E}, false},
	vir.Min:   {opcode{1, 0, 0x5D}, opcode{1, 0, 0x5D}, false},
	vir.Max:   {opcode{1, 0, 0x5F}, opcode{1, 0, 0x5F}, false},
	vir.Sqrt:  {opcode{1, 0, 0x51}, opcode{1, 0, 0x51}, false},
	vir.Round: {opcode{3, 1, 0x08}, opcode{3, 1, 0x08}, false},
	vir.CvtF:  {opcode{1, 0, 0x5B}, opcode{1, 0, 0x5B}, false},
	vir.And:   {opcode{1, 0, 0x54}, opcode{1, 1, 0xDB}, true},
	vir.Or:    {opcode{1, 0, 0x56}, opcode{1, 1, 0xEB}, true},
	vir.Xor:   {opcode{1, 0, 0x57}, opcode{1, 1, 0xEF}, true},
	vir.AddI:  {opcode{1, 1, 0xFE}, opcode{1, 1, 0xFE}, true},
	vir.SubI:  {opcode{1, 1, 0xFA}, opcode{1, 1, 0xFA}, false},
}

// shifts are the shifts by a constant, by the extension of their opcode.
var shifts = map[vir.Op]int{vir.Shl: 6, vir.Shr: 2, vir.Sra: 4}

// instr writes instruction i.
func (m *machine) instr(i int) {
	q := &m.code[i]
	var buf [3]vir.Value
	args := q.Operands(&buf)
	m.pos, m.pin = i, 0
	m.slots &^= m.late
	m.late = 0
	for _, v := range args { // what is in registers must stay there
		if r := m.reg[v]; r >= 0 {
			m.pin |= 1 << r
		}
	}
	var dst int
	switch q.Op {
	case vir.Fma, vir.Fnma:
		dst = m.multiplyAdd(q, args)
	case vir.Sel:
		dst = m.choose(q, args)
	case vir.Iota:
		dst = m.alloc()
		m.count(dst, int(q.Imm>>8))
	case vir.Shl, vir.Shr, vir.Sra:
		src := m.in(q.A)
		dst = m.result(args)
		m.emit(opShift, shifts[q.Op], dst, place{kind: register, r: src}, int(q.Imm))
	case vir.Sqrt, vir.Round, vir.CvtF:
		src := m.operand(q.A)
		dst = m.result(args)
		imm := -1
		if q.Op == vir.Round {
			imm = int(q.Imm)
		}
		m.emit(m.opcode(q.Op), dst, 0, src, imm)
	case vir.Cmp:
		a := m.in(q.A)
		b := m.operand(q.B)
		dst = m.result(args)
		m.compare(dst, a, b, int(q.Imm))
	default:
		a, b := q.A, q.B
		if plain[q.Op].swap && m.inMemory(a) && !m.inMemory(b) {
			a, b = b, a
		}
		src := m.in(a)
		rm := m.operand(b)
		dst = m.result(args)
		m.emit(m.opcode(q.Op), dst, src, rm, -1)
	}
	m.bind(vir.Value(i), dst)
}

func (m *machine) opcode(o vir.Op) opcode {
	if m.wide {
		return plain[o].wide
	}
	return plain[o].narrow
}

func (m *machine) compare(dst, a int, b place, how int) {
	if !m.wide {
		m.emit(opCompare, dst, a, b, how)
		return
	}
	m.emit(opCompare, tempMask, a, b, how)
	m.emit(opFromMask, dst, 0, place{kind: register, r: tempMask}, -1)
}

// count makes the numbers of the elements, u vectors on: rax counts them.
func (m *machine) count(dst, u int) {
	const rax = 0
	if m.wide {
		m.emit(opSpreadGen, dst, 0, place{kind: register, r: rax}, -1)
	} else {
		m.narrowest(opMoveD, dst, rax)
		m.emit(opSpreadD, dst, 0, place{kind: register, r: dst}, -1)
	}
	m.emit(opAddInt, dst, dst, place{kind: pool, r: m.lanesAt + u}, -1)
}

// choose takes B where A has its sign bit.
func (m *machine) choose(q *vir.Instr, args []vir.Value) int {
	cond := m.in(q.A)
	other := m.in(q.C)
	one := m.operand(q.B)
	dst := m.result(args)
	if m.wide {
		m.emit(opToMask, tempMask, 0, place{kind: register, r: cond}, -1)
		m.evex(opMaskBlend, dst, other, one, -1, tempMask, false)
	} else {
		m.emit(opBlend, dst, other, one, cond<<4)
	}
	return dst
}

// multiplyAdd overwrites an operand that is not needed any more, or a copy.
func (m *machine) multiplyAdd(q *vir.Instr, args []vir.Value) int {
	a, b, c := q.A, q.B, q.C
	neg := byte(0)
	if q.Op == vir.Fnma {
		neg = opNegated
	}
	fma := func(form byte, dst, src int, rm place) int {
		m.emit(opcode{2, 1, form + neg}, dst, src, rm, -1)
		return dst
	}
	free := func(v, x, y vir.Value) bool { return m.reg[v] >= 0 && m.dies(v) && v != x && v != y }
	if !free(a, b, c) && free(b, a, c) {
		a, b = b, a
	}
	var dst int
	switch {
	case free(c, a, b):
		if m.inMemory(a) && !m.inMemory(b) {
			a, b = b, a
		}
		src := m.in(a)
		dst = fma(opFma231, int(m.reg[c]), src, m.operand(b))
	case free(a, b, c):
		if m.inMemory(b) && !m.inMemory(c) {
			src := m.in(c)
			dst = fma(opFma132, int(m.reg[a]), src, m.operand(b))
		} else {
			src := m.in(b)
			dst = fma(opFma213, int(m.reg[a]), src, m.operand(c))
		}
	default:
		d := m.alloc()
		m.pin |= 1 << d
		if m.inMemory(b) && !m.inMemory(a) {
			a, b = b, a
		}
		switch {
		case m.inMemory(a):
			m.load(a, d)
			src := m.in(b)
			dst = fma(opFma213, d, src, m.operand(c))
		case m.inMemory(c):
			m.load(c, d)
			src := m.in(a)
			dst = fma(opFma231, d, src, m.operand(b))
		default:
			first := m.in(a)
			src := m.in(b)
			m.emit(opMove, d, 0, place{kind: register, r: first}, -1)
			dst = fma(opFma213, d, src, m.operand(c))
		}
	}
	m.release(args)
	return dst
}
