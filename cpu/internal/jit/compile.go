// Package jit turns vector programs into machine code for amd64 processors with
// AVX2 and FMA, or with AVX-512. The code gives the same bits as vir's evaluator.
//
// A program becomes one function over n elements: a loop over several
// interleaved copies of it, a loop over one, and the elements that do not fill a
// vector, under a mask. Constants lie behind the code and are operands in memory,
// or stay in registers if some are free. Code memory is never writable and
// executable at once; where the system refuses executable memory, Compile fails.
package jit

import (
	"errors"
	"slices"

	"github.com/ingot-go/ingot/cpu/internal/vir"
)

// Options says for what to compile.
type Options struct {
	Wide   bool // AVX-512 instead of AVX2
	Stream bool // stores pass the caches by; outputs must be aligned to vectors
	Copies int  // of the program in the loop; 0 chooses
}

// bases are the general registers that hold the addresses of the arrays. The
// last one points to the arguments until it is loaded.
var bases = [...]int{8, 9, 10, 11, 12, 13, 15, 14, 3, rdi}

const rdi = 7

// Limits of what a program may have.
const (
	MaxArrays  = len(bases)
	MaxScalars = scalarSlots
	MaxArgs    = 16
)

const maxCopies = 4

// assemble writes the code of a program, followed by its constants.
func assemble(p *vir.Program, o Options) (code []byte, spills int, err error) {
	arrays := p.Inputs + len(p.Outputs)
	if arrays > MaxArrays || p.Scalars > MaxScalars || arrays+p.Scalars > MaxArgs {
		return nil, 0, errors.New("jit: program has too many arguments")
	}
	defer func() {
		if e := recover(); e == errSpill {
			err = errSpill
		} else if e != nil {
			panic(e)
		}
	}()
	w := &writer{machine: machine{asm: asm{b: make([]byte, 0, 4096), wide: o.Wide}}, p: p, o: o, index: map[uint32]int{}}
	w.write()
	return w.b, w.spill, nil
}

// Pressure is the most registers that a program needs at once.
func Pressure(p *vir.Program) int { return newBody(p, 1).pressure() }

// writer writes one program.
type writer struct {
	machine
	p        *vir.Program
	o        Options
	pool     [][]uint32 // vectors of constants
	index    map[uint32]int
	one, all *body // one copy, several
	top      int   // the highest register that is not yet reserved
	guard    int   // the register that collects the guards
	hoisted  []hoist
}

// hoist is a constant or scalar that stays in a register.
type hoist struct {
	v   vir.Value
	reg int
}

func (w *writer) lanes() int { return w.size() / 4 }

// splat gives the number of a vector of the pool that repeats u.
func (w *writer) splat(u uint32) int {
	if i, ok := w.index[u]; ok {
		return i
	}
	v := make([]uint32, w.lanes())
	for i := range v {
		v[i] = u
	}
	w.pool = append(w.pool, v)
	w.index[u] = len(w.pool) - 1
	return len(w.pool) - 1
}

func (w *writer) write() {
	w.one = newBody(w.p, 1)
	need := w.one.pressure()
	w.top = w.registers() - 1
	if len(w.one.guards) > 0 {
		w.guard = w.reserve()
	}
	k := max(1, min(w.top/need, maxCopies))
	if w.o.Copies > 0 {
		k = w.o.Copies
	}
	bodies := []*body{w.one}
	if k > 1 {
		w.all = newBody(w.p, k)
		bodies = append(bodies, w.all)
	}
	w.place(bodies, w.top-need*k)
	w.number(k)
	lea := w.prologue()
	if w.all != nil {
		w.loop(w.all)
	}
	w.loop(w.one)
	w.remainder()
	w.epilogue()
	put32(w.b[lea:], len(w.b)+poolBias-(lea+4))
	for _, v := range w.pool {
		for _, u := range v {
			w.word(int(u))
		}
	}
}

// number puts the numbers of the lanes of k vectors into the pool, for Iota.
func (w *writer) number(k int) {
	if !slices.ContainsFunc(w.p.Code, func(q vir.Instr) bool { return q.Op == vir.Iota }) {
		return
	}
	w.lanesAt = len(w.pool)
	for u := range k {
		v := make([]uint32, w.lanes())
		for i := range v {
			v[i] = uint32(u*w.lanes() + i)
		}
		w.pool = append(w.pool, v)
	}
}

func (w *writer) reserve() int {
	r := w.top
	w.taken |= 1 << r
	w.top--
	return r
}

// place decides where constants and scalars live: those that are used most in as
// many registers as are to spare, the others in the pool and the frame.
func (w *writer) place(bodies []*body, spare int) {
	one := w.one
	for ; spare > 0; spare-- {
		best, most := vir.None, 0
		for i := range one.code {
			if isFixed(one.code[i].Op) && one.reg[i] < 0 && len(one.uses[i]) > most {
				best, most = vir.Value(i), len(one.uses[i])
			}
		}
		if best == vir.None {
			break
		}
		h := hoist{best, w.reserve()}
		w.hoisted = append(w.hoisted, h)
		for _, b := range bodies {
			for i, q := range b.code {
				if q == one.code[best] {
					b.reg[i] = int8(h.reg)
				}
			}
		}
	}
	for _, b := range bodies {
		for i, q := range b.code {
			switch {
			case q.Op == vir.Const && b.live[i]:
				b.home[i] = w.splat(q.Imm)
			case q.Op == vir.Scalar:
				b.home[i] = spillSlots + int(q.Imm)
			}
		}
		b.fixed = append([]int8(nil), b.reg...)
	}
}

// prologue has the arguments in rdi and the number of elements in rsi. It
// returns where the distance of the pool is to be written.
func (w *writer) prologue() (lea int) {
	w.bytes(0x48, 0x89, 0xF1) // mov rcx, rsi
	w.bytes(0x48, 0x8D, 0x15) // lea rdx, [rip+…]
	lea = len(w.b)
	w.word(0)
	arrays := w.p.Inputs + len(w.p.Outputs)
	for i, q := range w.one.code {
		if q.Op != vir.Scalar || !w.one.live[i] {
			continue
		}
		w.bytes(0x48, 0x8B, 0x47, byte(8*(arrays+int(q.Imm)))) // mov rax, [rdi+…]
		r := max(0, int(w.one.fixed[i]))
		w.emit(opBroadcast, r, 0, place{kind: word, r: 0}, -1)
		if w.one.fixed[i] < 0 {
			w.emit(opStore, r, 0, place{kind: frame, r: w.one.home[i]}, -1)
		}
	}
	for i := range arrays { // rdi comes last
		r := bases[i]
		w.bytes(0x48|byte(r>>3)<<2, 0x8B, 0x47|byte(r&7)<<3, byte(8*i)) // mov r, [rdi+8i]
	}
	for _, h := range w.hoisted {
		if w.one.code[h.v].Op == vir.Const {
			w.emit(opLoad, h.reg, 0, place{kind: pool, r: w.one.home[h.v]}, -1)
		}
	}
	if len(w.one.guards) > 0 {
		w.emit(opXorInt, w.guard, w.guard, place{kind: register, r: w.guard}, -1)
	}
	w.bytes(0x31, 0xC0) // xor eax, eax
	return lea
}

// loop runs a body while enough elements are left: rax counts up, rcx down.
func (w *writer) loop(b *body) {
	step := byte(w.lanes() * b.k)
	w.bytes(0x48, 0x83, 0xE9, step) // sub rcx, step
	w.bytes(0x0F, 0x8C)             // jl past
	past := len(w.b)
	w.word(0)
	for len(w.b)%32 != 0 {
		w.bytes(0x90)
	}
	start := len(w.b)
	w.run(b, false)
	w.bytes(0x48, 0x83, 0xC0, step) // add rax, step
	w.bytes(0x48, 0x83, 0xE9, step) // sub rcx, step
	w.bytes(0x0F, 0x8D)             // jge start
	w.word(start - (len(w.b) + 4))
	put32(w.b[past:], len(w.b)-(past+4))
	w.bytes(0x48, 0x83, 0xC1, step) // add rcx, step
}

// remainder does the last elements, fewer than a vector.
func (w *writer) remainder() {
	w.bytes(0x48, 0x85, 0xC9) // test rcx, rcx
	w.bytes(0x0F, 0x84)       // jz past
	past := len(w.b)
	w.word(0)
	if w.wide {
		w.bytes(0xBE, 0xFF, 0xFF, 0xFF, 0xFF) // mov esi, -1
		w.bytes(0xC4, 0xE2, 0x70, 0xF5, 0xF6) // bzhi esi, esi, ecx
		w.bytes(0xC5, 0xF8, 0x92, 0xCE)       // kmovw k1, esi
	} else {
		ones := len(w.pool) // a vector of ones and one of zeros, between which the mask slides
		w.pool = append(w.pool, []uint32{^uint32(0), ^uint32(0), ^uint32(0), ^uint32(0), ^uint32(0), ^uint32(0), ^uint32(0), ^uint32(0)}, make([]uint32, 8))
		w.bytes(0x48, 0xF7, 0xD9)       // neg rcx
		w.bytes(0x48, 0x8D, 0xB4, 0x8A) // lea rsi, [rdx+rcx*4+…]
		w.word((ones+1)*32 - poolBias)
	}
	w.run(w.one, true)
	put32(w.b[past:], len(w.b)-(past+4))
}

// run writes the instructions of a body and its stores.
func (w *writer) run(b *body, tail bool) {
	w.enter(b, tail)
	for i, q := range b.code {
		if b.live[i] && !isFixed(q.Op) && q.Op != vir.In {
			w.instr(i)
		}
	}
	for i, v := range b.outputs {
		w.after(i)
		w.store(w.in(v), place{array, bases[w.p.Inputs+i/b.k], i % b.k})
		w.release([]vir.Value{v})
	}
	for i, v := range b.guards {
		w.after(len(b.outputs) + i)
		w.emit(opOrInt, w.guard, w.guard, w.operand(v), -1)
		w.release([]vir.Value{v})
	}
}

// after moves on to use number i after the end of the body.
func (w *writer) after(i int) {
	w.pos, w.pin = len(w.code)+i, 0
	w.slots &^= w.late
	w.late = 0
}

func (w *writer) store(r int, to place) {
	switch {
	case w.tail && w.wide:
		w.evex(opStore, r, 0, to, -1, tailMask, false)
	case w.tail:
		m := w.alloc()
		w.emit(opLoad, m, 0, place{kind: mask}, -1)
		w.emit(opMaskStore, r, m, to, -1)
	case w.o.Stream:
		w.emit(opStream, r, 0, to, -1)
	default:
		w.emit(opStore, r, 0, to, -1)
	}
}

// epilogue leaves in eax whether a guard was set.
func (w *writer) epilogue() {
	if w.o.Stream {
		w.bytes(0x0F, 0xAE, 0xF8) // sfence
	}
	g := place{kind: register, r: w.guard}
	switch {
	case len(w.one.guards) == 0:
		w.bytes(0x31, 0xC0) // xor eax, eax
	case w.wide:
		w.emit(opToMask, tempMask, 0, g, -1)
		w.bytes(0xC5, 0xF8, 0x93, 0xC2) // kmovw eax, k2
	default:
		w.emit(opcode{1, 0, 0x50}, 0, 0, g, -1) // vmovmskps eax, …
	}
	w.bytes(0xC5, 0xF8, 0x77, 0xC3) // vzeroupper; ret
	for len(w.b)%64 != 0 {
		w.bytes(0xCC)
	}
}

func put32(b []byte, d int) { b[0], b[1], b[2], b[3] = byte(d), byte(d>>8), byte(d>>16), byte(d>>24) }
