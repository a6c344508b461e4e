package backend

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Key identifies the structure of the plan: equal keys, equal plans.
func (p *Plan) Key() string {
	sum := sha256.Sum256([]byte(p.String()))
	return hex.EncodeToString(sum[:16])
}

// String writes the plan as text that shows everything in it.
func (p *Plan) String() string {
	var b strings.Builder
	n := 0
	for i, group := range [][]Spec{p.Inputs, p.Outputs, p.Temps} {
		for _, s := range group {
			fmt.Fprintf(&b, "b%d %s %v %d\n", n, [...]string{"input", "output", "temp"}[i], s.Dtype, s.Size)
			n++
		}
	}
	for i, d := range p.Params {
		fmt.Fprintf(&b, "p%d %v\n", i, d)
	}
	for _, s := range p.Steps {
		if s.Region != nil {
			s.Region.write(&b)
		} else {
			s.Primitive.write(&b)
		}
	}
	return b.String()
}

func (r *Region) write(b *strings.Builder) {
	fmt.Fprintf(b, "region %v", r.Space)
	if len(r.Inner) > 0 {
		fmt.Fprintf(b, " inner %v", r.Inner)
	}
	b.WriteByte('\n')
	writeNodes(b, r.Nodes)
	for i, ph := range r.Phases {
		fmt.Fprintf(b, "  phase %d", i)
		if ph.Loop {
			b.WriteString(" loop")
		}
		fmt.Fprintf(b, " %v", ph.Nodes)
		if len(ph.Reduce) > 0 {
			fmt.Fprintf(b, " reduce %v", ph.Reduce)
		}
		b.WriteByte('\n')
		writeStores(b, ph.Stores)
	}
}

func (p *Primitive) write(b *strings.Builder) {
	fmt.Fprintf(b, "%s %v %v", p.Name, p.Dtype, p.Space)
	if p.Contract > 0 {
		fmt.Fprintf(b, " contract %d", p.Contract)
	}
	if p.Mode != "" {
		fmt.Fprintf(b, " %s target %v zero %v", p.Mode, p.Target, p.Zero)
	}
	if len(p.Stores) == 0 {
		fmt.Fprintf(b, " out b%d", p.Out)
	}
	b.WriteByte('\n')
	for _, o := range p.Operands {
		fmt.Fprintf(b, "  operand b%d[%v]", o.Buffer, o.Index)
		if o.Size > 0 {
			fmt.Fprintf(b, " stride %d size %d", o.Stride, o.Size)
		}
		b.WriteByte('\n')
	}
	writeNodes(b, p.Nodes)
	writeStores(b, p.Stores)
}

func writeNodes(b *strings.Builder, nodes []Node) {
	for i, n := range nodes {
		fmt.Fprintf(b, "  n%d %v = %s\n", i, n.Dtype, n.describe())
	}
}

func writeStores(b *strings.Builder, stores []Store) {
	for _, s := range stores {
		fmt.Fprintf(b, "    b%d[%v] = n%d\n", s.Buffer, s.Index, s.Node)
	}
}

func (n Node) describe() string {
	s := n.Kind.String()
	switch n.Kind {
	case Load:
		s = fmt.Sprintf("load b%d[%v]", n.Buffer, n.Index)
		if len(n.Guard) > 0 {
			s += " if" + names(n.Guard)
		}
	case Const:
		s = fmt.Sprintf("const %v", n.Literal())
	case Param:
		s = fmt.Sprintf("param p%d", n.Param)
	case Iota:
		s = fmt.Sprintf("iota %v", n.Index)
	case Inside:
		s = fmt.Sprintf("inside %d <= %v < %d", n.Low, n.Index, n.High)
	case Bits:
		s = fmt.Sprintf("bits%s word %v of %d", names(n.Args), n.Index, n.High)
	case Apply:
		s = n.Op.String() + names(n.Args)
	case Cast:
		s += names(n.Args)
	case Reduce:
		s = n.Reduction.String() + names(n.Args)
	}
	return s
}

// Literal is the value of a Const node as a Go value: bool, int64, uint64 or float64.
func (n Node) Literal() any {
	switch {
	case n.Dtype.IsFloat():
		return n.Value.Float(n.Dtype)
	case n.Dtype.IsSigned():
		return int64(n.Value)
	case n.Dtype.IsInexact():
		return n.Value.Complex(n.Dtype)
	case n.Dtype.IsUnsigned():
		return uint64(n.Value)
	}
	return n.Value != 0
}

func names(args []int) string {
	var b strings.Builder
	for _, a := range args {
		fmt.Fprintf(&b, " n%d", a)
	}
	return b.String()
}

// String writes the map over the coordinates i0, i1, …
func (x Index) String() string {
	var b strings.Builder
	for k, s := range x.Strides {
		switch {
		case s == 0:
			continue
		case s < 0:
			b.WriteByte('-')
			s = -s
		case b.Len() > 0:
			b.WriteByte('+')
		}
		if s != 1 {
			fmt.Fprintf(&b, "%d", s)
		}
		fmt.Fprintf(&b, "i%d", k)
	}
	if x.Offset != 0 || b.Len() == 0 {
		if x.Offset >= 0 && b.Len() > 0 {
			b.WriteByte('+')
		}
		fmt.Fprintf(&b, "%d", x.Offset)
	}
	return b.String()
}
