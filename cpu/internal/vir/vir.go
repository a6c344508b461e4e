// Package vir is a small language of vector programs: straight-line code over
// 32-bit lanes, which all do the same to their own element. Its values are bits;
// float instructions take them as float32, integer ones as 32-bit integers, and
// a comparison gives all ones or zero.
//
// A Program is built once, from the ops of a region, and then either compiled to
// machine code (package jit) or evaluated here. Both give the same bits, except
// for the sign and payload of a NaN: every instruction is one that a vector unit
// rounds correctly, and functions such as exp are written in terms of those
// (functions.go).
package vir

import "math"

// Value is the number of the instruction that computes it.
type Value int32

// Op says what an instruction does.
type Op uint8

// The instructions, of operands A, B, C and the constant Imm.
const (
	In     Op = iota // the element of input array Imm
	Const            // the bits Imm
	Iota             // the number of the element, from 0 on
	Scalar           // the word that argument Imm points to, the same for all elements
	Add
	Sub
	Mul
	Div
	Min  // A < B ? A : B
	Max  // A > B ? A : B
	Fma  // A·B + C, rounded once
	Fnma // C - A·B, rounded once
	Sqrt
	Round // to an integer, as Imm says
	And
	Or
	Xor
	AddI
	SubI
	Shl  // by Imm
	Shr  // by Imm, filled with zeros
	Sra  // by Imm, filled with the sign
	CvtF // from a signed integer to float
	Cmp  // all ones when A and B compare as Imm says, else zero
	Sel  // A has its sign bit ? B : C
	Call // function Imm of A; only in programs that are evaluated
)

// The comparisons, by the numbers that Intel gave them.
const (
	EQ  = 0
	LT  = 1
	LE  = 2
	UNO = 3 // one of them is NaN
	NEQ = 4 // or unordered
	NGE = 9 // less or unordered
	GE  = 13
	GT  = 14
)

// The ways of Round.
const (
	Nearest = 8
	Down    = 9
	Up      = 10
	ToZero  = 11
)

// Instr is one instruction.
type Instr struct {
	Op      Op
	A, B, C Value
	Imm     uint32
}

// Operands gives the values that the instruction reads, in b.
func (q *Instr) Operands(b *[3]Value) []Value {
	switch q.Op {
	case In, Iota, Const, Scalar:
		return b[:0]
	case Sqrt, Round, CvtF, Shl, Shr, Sra, Call:
		b[0] = q.A
		return b[:1]
	case Fma, Fnma, Sel:
		b[0], b[1], b[2] = q.A, q.B, q.C
		return b[:3]
	}
	b[0], b[1] = q.A, q.B
	return b[:2]
}

// Program is a list of instructions, operands before their users.
//
// Guard, if it is not None, is a value whose sign bit is set where an element is
// beyond what the instructions can do. Such elements are for the same program made
// with Exact set, which is never compiled: it calls functions of package math.
type Program struct {
	Code    []Instr
	Inputs  int
	Scalars int
	Outputs []Value
	Guard   Value
	Exact   bool
	known   map[Instr]Value
}

// None is no value.
const None Value = -1

// New begins a program that reads that many arrays and scalars.
func New(inputs, scalars int) *Program {
	return &Program{Inputs: inputs, Scalars: scalars, Guard: None, known: map[Instr]Value{}}
}

// emit adds an instruction unless its value is there already.
func (p *Program) emit(q Instr) Value {
	if v, ok := p.known[q]; ok {
		return v
	}
	p.Code = append(p.Code, q)
	v := Value(len(p.Code) - 1)
	p.known[q] = v
	return v
}

// Input is the element of input array i.
func (p *Program) Input(i int) Value { return p.emit(Instr{Op: In, Imm: uint32(i)}) }

// Iota is the number of the element.
func (p *Program) Iota() Value { return p.emit(Instr{Op: Iota}) }

// Scalar is scalar i.
func (p *Program) Scalar(i int) Value { return p.emit(Instr{Op: Scalar, Imm: uint32(i)}) }

// Bits is a constant, given by its bits.
func (p *Program) Bits(u uint32) Value { return p.emit(Instr{Op: Const, Imm: u}) }

// Float is a constant, rounded to float32.
func (p *Program) Float(f float64) Value { return p.Bits(math.Float32bits(float32(f))) }

// Op1 is an instruction of one operand.
func (p *Program) Op1(o Op, a Value) Value { return p.emit(Instr{Op: o, A: a}) }

// Op2 is an instruction of two operands.
func (p *Program) Op2(o Op, a, b Value) Value { return p.emit(Instr{Op: o, A: a, B: b}) }

// Shift shifts by a constant.
func (p *Program) Shift(o Op, a Value, n uint32) Value { return p.emit(Instr{Op: o, A: a, Imm: n}) }

// Round rounds to an integer.
func (p *Program) Round(way uint32, a Value) Value { return p.emit(Instr{Op: Round, A: a, Imm: way}) }

// Compare compares.
func (p *Program) Compare(how uint32, a, b Value) Value {
	return p.emit(Instr{Op: Cmp, A: a, B: b, Imm: how})
}

// Select is b where m has its sign bit, and c elsewhere.
func (p *Program) Select(m, b, c Value) Value { return p.emit(Instr{Op: Sel, A: m, B: b, C: c}) }

// Add is a + b.
func (p *Program) Add(a, b Value) Value { return p.Op2(Add, a, b) }

// Sub is a - b.
func (p *Program) Sub(a, b Value) Value { return p.Op2(Sub, a, b) }

// Mul is a · b.
func (p *Program) Mul(a, b Value) Value { return p.Op2(Mul, a, b) }

// Div is a / b.
func (p *Program) Div(a, b Value) Value { return p.Op2(Div, a, b) }

// Fma is a·b + c.
func (p *Program) Fma(a, b, c Value) Value { return p.emit(Instr{Op: Fma, A: a, B: b, C: c}) }

// Fnma is c - a·b.
func (p *Program) Fnma(a, b, c Value) Value { return p.emit(Instr{Op: Fnma, A: a, B: b, C: c}) }

// Beyond marks the elements for which m has its sign bit as those that the
// exact program has to compute.
func (p *Program) Beyond(m Value) {
	if p.Guard != None {
		m = p.Op2(Or, p.Guard, m)
	}
	p.Guard = m
}
