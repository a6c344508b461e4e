package jit

import (
	"math"

	"github.com/ingot-go/ingot/cpu/internal/vir"
)

// body is one form of a program: k copies of it, instruction by instruction, and
// what the allocation of registers has to know of them.
type body struct {
	k       int
	code    []vir.Instr
	outputs []vir.Value // k for each output
	guards  []vir.Value // k, or none
	live    []bool
	uses    [][]int32 // where each value is read, in order; after the end for outputs and guards
	next    []int32   // the first of uses that is still to come
	reg     []int8    // register that holds the value, or -1
	fixed   []int8    // reg at the beginning: the values that stay in a register throughout
	slot    []int8    // where in the frame it was spilled to, or -1
	home    []int     // of a constant or scalar: its vector in pool or frame
}

// never is the place of a use that does not come.
const never = math.MaxInt32

func newBody(p *vir.Program, k int) *body {
	b := &body{k: k}
	b.interleave(p)
	n := len(b.code)
	b.live, b.uses, b.next, b.home = make([]bool, n), make([][]int32, n), make([]int32, n), make([]int, n)
	b.reg, b.slot = make([]int8, n), make([]int8, n)
	for i := range b.reg {
		b.reg[i], b.slot[i] = -1, -1
	}
	b.findUses()
	return b
}

// interleave copies the program k times, so that a processor that looks ahead
// only so far finds work that need not wait. Copy u takes the elements u vectors
// on: the high bytes of an In's Imm. Constants and scalars are shared.
func (b *body) interleave(p *vir.Program) {
	k := b.k
	b.code = make([]vir.Instr, 0, len(p.Code)*k)
	at := make([]vir.Value, len(p.Code)*k)
	for i, t := range p.Code {
		for u := range k {
			c := t
			switch t.Op {
			case vir.Const, vir.Scalar:
				if u > 0 {
					at[i*k+u] = at[i*k]
					continue
				}
			case vir.In, vir.Iota:
				c.Imm |= uint32(u) << 8
			default:
				c.A, c.B, c.C = at[int(t.A)*k+u], at[int(t.B)*k+u], at[int(t.C)*k+u]
			}
			at[i*k+u] = vir.Value(len(b.code))
			b.code = append(b.code, c)
		}
	}
	for _, o := range p.Outputs {
		b.outputs = append(b.outputs, at[int(o)*k:int(o)*k+k]...)
	}
	if p.Guard != vir.None {
		b.guards = at[int(p.Guard)*k : int(p.Guard)*k+k]
	}
}

func (b *body) findUses() {
	var buf [3]vir.Value
	for _, o := range b.outputs {
		b.live[o] = true
	}
	for _, g := range b.guards {
		b.live[g] = true
	}
	for i := len(b.code) - 1; i >= 0; i-- {
		if b.live[i] {
			for _, v := range b.code[i].Operands(&buf) {
				b.live[v] = true
			}
		}
	}
	for i := range b.code {
		if b.live[i] {
			for _, v := range b.code[i].Operands(&buf) {
				b.uses[v] = append(b.uses[v], int32(i))
			}
		}
	}
	end := int32(len(b.code))
	for i, o := range b.outputs {
		b.uses[o] = append(b.uses[o], end+int32(i))
	}
	for i, g := range b.guards {
		b.uses[g] = append(b.uses[g], end+int32(len(b.outputs)+i))
	}
}

// isFixed reports whether a value is the same for all elements.
func isFixed(o vir.Op) bool { return o == vir.Const || o == vir.Scalar }

// pressure is the most registers that the body needs at once, when inputs are
// loaded where they are first used, or read from memory where they are used once.
func (b *body) pressure() (most int) {
	var buf [3]vir.Value
	live := 0
	for i := range b.code {
		q := &b.code[i]
		if !b.live[i] || q.Op == vir.In || isFixed(q.Op) {
			continue
		}
		args := q.Operands(&buf)
		for k, v := range args {
			if b.code[v].Op == vir.In && len(b.uses[v]) > 1 && b.uses[v][0] == int32(i) && !contains(args[:k], v) {
				live++
			}
		}
		most = max(most, live+1)
		for k, v := range args {
			u := b.uses[v]
			once := b.code[v].Op == vir.In && len(u) == 1
			if !contains(args[:k], v) && !isFixed(b.code[v].Op) && u[len(u)-1] == int32(i) && !once {
				live--
			}
		}
		live++
		most = max(most, live)
	}
	return max(most, 1)
}

func contains(list []vir.Value, v vir.Value) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}
