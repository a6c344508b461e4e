package op

import (
	"strconv"
	"strings"
)

// Expr is a formula over ops: a tree whose leaves are constants and the
// variables of a derivative.
type Expr struct {
	Leaf  Leaf    // Call for an inner node
	Code  Code    // of a Call
	Args  []*Expr // of a Call
	Value float64 // of a Number
}

// Leaf says what an Expr is.
type Leaf uint8

// The kinds of an Expr. X, Y and Z are the operands of the op, Out its result
// and G the cotangent of the result.
const (
	Call Leaf = iota
	Number
	G
	X
	Y
	Z
	Out
)

var leafNames = [...]string{Number: "", G: `\bar{v}`, X: "x", Y: "y", Z: "z", Out: "v"}

// LaTeX writes the formula in mathematical notation.
func (e *Expr) LaTeX() string {
	s, _ := e.latex()
	return s
}

// latex returns the text and how tightly its outermost operator binds.
func (e *Expr) latex() (string, int) {
	switch e.Leaf {
	case Call:
	case Number:
		s := strconv.FormatFloat(e.Value, 'g', 6, 64)
		if e.Value < 0 {
			return s, bindSum
		}
		return s, bindAtom
	default:
		return leafNames[e.Leaf], bindAtom
	}
	o := Of(e.Code)
	var b strings.Builder
	for i := 0; i < len(o.TeX); i++ {
		if o.TeX[i] != '#' {
			b.WriteByte(o.TeX[i])
			continue
		}
		i++
		s, bind := e.Args[o.TeX[i]-'1'].latex()
		if o.Bind != bindAtom && bind <= o.Bind && !(bind == o.Bind && o.TeX[i] == '1' && o.Bind != bindPower) {
			s = `\left(` + s + `\right)`
		}
		b.WriteString(s)
	}
	return b.String(), o.Bind
}

// How tightly the notation of an op binds; a bindAtom never needs parentheses
// and gives its operands none.
const (
	bindSum = iota + 1
	bindProduct
	bindPower
	bindAtom
)

func e(c Code, args ...*Expr) *Expr { return &Expr{Leaf: Call, Code: c, Args: args} }
func num(v float64) *Expr           { return &Expr{Leaf: Number, Value: v} }

func add(a, b *Expr) *Expr { return e(Add, a, b) }
func sub(a, b *Expr) *Expr { return e(Subtract, a, b) }
func mul(a, b *Expr) *Expr { return e(Multiply, a, b) }
func div(a, b *Expr) *Expr { return e(Divide, a, b) }
func neg(a *Expr) *Expr    { return e(Negative, a) }
func sq(a *Expr) *Expr     { return e(Square, a) }

// The leaves of the derivatives in the table.
var (
	g      = &Expr{Leaf: G}
	x      = &Expr{Leaf: X}
	y      = &Expr{Leaf: Y}
	out    = &Expr{Leaf: Out}
	one    = num(1)
	nought = num(0)
)
