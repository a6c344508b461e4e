package jit

// asm collects machine code.
type asm struct {
	b    []byte
	wide bool // 512-bit vectors in EVEX encoding, else 256-bit ones in VEX
}

// place is where an instruction finds its last operand.
type place struct {
	kind kind
	r    int // register, or number of the vector in the pool or frame
	d    int // distance from the current element, in vectors
}

type kind uint8

const (
	register kind = iota // vector register r
	array                // [r + rax·4 + d vectors], r a general register
	pool                 // vector r of the constants
	word                 // [r]: four bytes, or a whole vector
	frame                // vector r of the frame
	mask                 // [rsi]: the mask of the tail (256 bits only)
)

// frameVectors is how many vectors the frame of the trampoline holds: the first
// ones for spilled values, the others for scalars.
const (
	spillSlots   = 8
	scalarSlots  = 8
	frameVectors = spillSlots + scalarSlots
)

// poolBias: rdx points 128 bytes, or 8 vectors, into the pool, so that more
// vectors are reached with a short displacement.
const poolBias = 128

func (a *asm) bytes(x ...byte) { a.b = append(a.b, x...) }

func (a *asm) word(d int) { a.b = append(a.b, byte(d), byte(d>>8), byte(d>>16), byte(d>>24)) }

func (a *asm) size() int {
	if a.wide {
		return 64
	}
	return 32
}

// opcode is an instruction: its map, its prefix, its byte.
type opcode struct {
	mm, pp int
	op     byte
}

// emit writes an instruction: dst is the register in modrm.reg, src the one in
// vvvv (0 when there is none). An imm below zero is none.
func (a *asm) emit(o opcode, dst, src int, rm place, imm int) {
	if a.wide {
		a.evex(o, dst, src, rm, imm, 0, false)
		return
	}
	a.vex(o, dst, src, rm, imm)
}

func (a *asm) vex(o opcode, dst, src int, rm place, imm int) {
	b := 0
	if rm.kind == register || rm.kind == array || rm.kind == word {
		b = rm.r >> 3
	}
	r, v := dst>>3, byte(^src&15)<<3
	if o.mm == 1 && b == 0 {
		a.bytes(0xC5, byte(1-r)<<7|v|4|byte(o.pp), o.op)
	} else {
		a.bytes(0xC4, byte(1-r)<<7|1<<6|byte(1-b)<<5|byte(o.mm), v|4|byte(o.pp), o.op)
	}
	a.modrm(dst, rm, 1)
	if imm >= 0 {
		a.bytes(byte(imm))
	}
}

// narrowest is vex for 128 bits, between registers.
func (a *asm) narrowest(o opcode, dst, src int) {
	a.vex(o, dst, 0, place{kind: register, r: src}, -1)
	a.b[len(a.b)-3] &^= 4 // the byte before the opcode has the length
}

// evex is vex for 512 bits, under mask register k unless that is 0; zero clears
// the other lanes.
func (a *asm) evex(o opcode, dst, src int, rm place, imm, k int, zero bool) {
	not := func(x, bit int) byte { return byte(^x>>bit) & 1 }
	p0 := byte(o.mm) | not(dst, 3)<<7 | not(dst, 4)<<4
	p1 := byte(^src)&15<<3 | 4 | byte(o.pp)
	p2 := byte(0x40) | not(src, 4)<<3 | byte(k)
	if zero {
		p2 |= 0x80
	}
	switch rm.kind {
	case register:
		p0 |= not(rm.r, 4)<<6 | not(rm.r, 3)<<5
	case array, word:
		p0 |= 1<<6 | not(rm.r, 3)<<5
	default:
		p0 |= 1<<6 | 1<<5
	}
	a.bytes(0x62, p0, p1, p2, o.op)
	scale := 64
	if rm.kind == word { // its displacement is zero, whatever the scale
		scale = 1
	}
	a.modrm(dst, rm, scale)
	if imm >= 0 {
		a.bytes(byte(imm))
	}
}

// modrm writes the operands; short displacements count in units of scale.
func (a *asm) modrm(dst int, rm place, scale int) {
	g := byte(dst&7) << 3
	const rsp, rsi, rdx = 4, 6, 2
	displaced := func(low byte, sib []byte, d int) {
		if d%scale == 0 && d/scale >= -128 && d/scale < 128 {
			a.bytes(0x40 | g | low)
			a.bytes(sib...)
			a.bytes(byte(d / scale))
			return
		}
		a.bytes(0x80 | g | low)
		a.bytes(sib...)
		a.word(d)
	}
	switch rm.kind {
	case register:
		a.bytes(0xC0 | g | byte(rm.r&7))
	case array:
		displaced(rsp, []byte{2<<6 | byte(rm.r&7)}, rm.d*a.size())
	case pool:
		displaced(rdx, nil, rm.r*a.size()-poolBias)
	case word:
		if rm.r&7 == rsp {
			displaced(rsp, []byte{0x24}, 0)
		} else {
			displaced(byte(rm.r&7), nil, 0)
		}
	case frame: // above the return address
		displaced(rsp, []byte{0x24}, 8+rm.r*a.size())
	case mask:
		a.bytes(g | rsi)
	}
}

// The instructions. In 512 bits the bitwise ones are those for integers, which
// need no more than AVX512F.
var (
	opLoad      = opcode{1, 0, 0x10}
	opStore     = opcode{1, 0, 0x11}
	opStream    = opcode{1, 0, 0x2B}
	opMove      = opcode{1, 0, 0x28}
	opBroadcast = opcode{2, 1, 0x18}
	opMaskLoad  = opcode{2, 1, 0x2C}
	opMaskStore = opcode{2, 1, 0x2E}
	opShift     = opcode{1, 1, 0x72}
	opBlend     = opcode{3, 1, 0x4A} // by sign bits; 256 bits only
	opCompare   = opcode{1, 0, 0xC2}
	opOrInt     = opcode{1, 1, 0xEB}
	opXorInt    = opcode{1, 1, 0xEF}
	opMaskBlend = opcode{2, 1, 0x65} // by a mask register
	opFromMask  = opcode{2, 2, 0x38} // a mask register as all ones and zeros
	opToMask    = opcode{2, 2, 0x39} // the sign bits
	opMoveD     = opcode{1, 1, 0x6E} // from a general register to the low word
	opSpreadD   = opcode{2, 1, 0x58} // the low word to all
	opSpreadGen = opcode{2, 1, 0x7C} // a general register to all words; 512 bits only
	opAddInt    = opcode{1, 1, 0xFE}
	opFma213    = byte(0xA8)
	opFma231    = byte(0xB8)
	opFma132    = byte(0x98)
	opNegated   = byte(4) // more for the Fnma forms
)
