package corpus

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// GenerateArithmetic makes a program of numbers of every width, always the same
// for one number: overflow, shifts, conversions, compound assignments to
// variables, fields, elements and through pointers, strings and their bytes. It
// prints every value.
func GenerateArithmetic(n int) Program {
	g := &arithmetic{r: rand.New(rand.NewPCG(uint64(n), 6)), n: n}
	var b strings.Builder
	for _, t := range numbers {
		fmt.Fprintf(&b, "var %s_%d %s = %s\n", t, n, t, g.literal(t))
	}
	fmt.Fprintf(&b, "s_%d := \"aé%c\"\n", n, 'a'+rune(g.r.IntN(26)))
	fmt.Fprintf(&b, "h_%d := hold%d{%s, %s, [3]int16{%s, 2, 3}, []uint8{%s, 5}, map[int8]int32{1: %s}}\nq_%d := &h_%d\n_ = q_%d\n",
		n, n, g.literal("int8"), g.literal("float32"), g.literal("int16"), g.literal("uint8"), g.literal("int32"), n, n, n)
	for range 25 {
		b.WriteString(g.statement())
	}
	for _, t := range numbers {
		fmt.Fprintf(&b, "fmt.Print(%s_%d + 0, \" \")\n", t, n)
	}
	fmt.Fprintf(&b, "fmt.Printf(\"%%v %%q %%v %%v %%v %%v\\n\", h_%d.F + 0, s_%d, h_%d.A, h_%d.L, h_%d.B, h_%d.M)\n", n, n, n, n, n, n)
	return Program{
		Decls: fmt.Sprintf("type hold%d struct { A int8; F float32; L [3]int16; B []uint8; M map[int8]int32 }\n", n),
		Body:  b.String(),
	}
}

type arithmetic struct {
	r *rand.Rand
	n int
}

var numbers = []string{"int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "complex128"}

func isFloat(t string) bool { return strings.HasPrefix(t, "float") }

func (g *arithmetic) literal(t string) string {
	switch t {
	case "float32", "float64":
		return []string{"0.5", "-3.25", "1e10", "7", "1.0/3"}[g.r.IntN(5)]
	case "complex128":
		return []string{"1+2i", "-3", "0.5i"}[g.r.IntN(3)]
	case "int8":
		return []string{"127", "-128", "3", "-1"}[g.r.IntN(4)]
	case "uint8":
		return []string{"255", "0", "200", "7"}[g.r.IntN(4)]
	}
	return fmt.Sprint(g.r.IntN(30000))
}

// places of a type, besides its variable.
var places = map[string][]string{
	"int8": {"h_%d.A", "q_%d.A"}, "float32": {"h_%d.F", "q_%d.F"}, "int16": {"h_%d.L[1]", "q_%d.L[2]"},
	"uint8": {"h_%d.B[0]", "q_%d.B[1]"}, "int32": {"h_%d.M[1]", "q_%d.M[2]"},
}

func (g *arithmetic) place(t string) string {
	if l := places[t]; len(l) > 0 && g.r.IntN(2) == 0 {
		return fmt.Sprintf(l[g.r.IntN(len(l))], g.n)
	}
	return fmt.Sprintf("%s_%d", t, g.n)
}

func (g *arithmetic) typ() string { return numbers[g.r.IntN(len(numbers))] }

func (g *arithmetic) expr(t string, depth int) string {
	if depth > 2 {
		return g.place(t)
	}
	x := func() string { return g.expr(t, depth+1) }
	switch k := g.r.IntN(9); {
	case k < 3:
		return fmt.Sprintf("(%s %s %s)", x(), []string{"+", "-", "*"}[k], x())
	case k == 3 && t != "complex128": // never of or by a constant zero
		if isFloat(t) {
			return fmt.Sprintf("(%s / (%s*0 + 3))", x(), g.place(t))
		}
		return fmt.Sprintf("(%s %s (%s | 1))", x(), []string{"/", "%"}[g.r.IntN(2)], x())
	case k == 4 && t != "complex128":
		from := g.typ()
		if from == "complex128" || isFloat(from) && !isFloat(t) { // beyond the range the result is the machine's
			from = "int16"
		}
		return fmt.Sprintf("%s(%s)", t, g.expr(from, depth+1))
	case k == 5 && !isFloat(t) && t != "complex128":
		return fmt.Sprintf("(%s %s (%s & 9))", x(), []string{"<<", ">>"}[g.r.IntN(2)], g.expr("uint8", depth+1))
	case k == 6 && !isFloat(t) && t != "complex128":
		return fmt.Sprintf("(%s %s %s)", x(), []string{"&", "|", "^", "&^"}[g.r.IntN(4)], x())
	case k == 7 && t != "complex128":
		return fmt.Sprintf("%s(%s, %s)", []string{"min", "max"}[g.r.IntN(2)], x(), x())
	case k == 7:
		return fmt.Sprintf("complex(real(%s), imag(%s))", x(), x())
	case k == 8 && (isFloat(t) || t == "complex128"):
		return "-" + g.place(t)
	case k == 8:
		return "^" + g.place(t)
	}
	return g.place(t)
}

func (g *arithmetic) statement() string {
	t := g.typ()
	p := g.place(t)
	switch g.r.IntN(8) {
	case 0:
		return fmt.Sprintf("%s%s\n", p, []string{"++", "--"}[g.r.IntN(2)])
	case 1:
		return fmt.Sprintf("%s %s= %s\n", p, []string{"+", "-", "*"}[g.r.IntN(3)], g.expr(t, 1))
	case 2:
		if !isFloat(t) && t != "complex128" {
			return fmt.Sprintf("%s %s= %s\n", p, []string{"&", "|", "^", "&^"}[g.r.IntN(4)], g.expr(t, 1))
		}
	case 3:
		if !isFloat(t) && t != "complex128" {
			return fmt.Sprintf("%s %s= 3\n", p, []string{"<<", ">>"}[g.r.IntN(2)])
		}
	case 4:
		x := g.expr(t, 1) + " + 0" // a negative zero does not survive a call of cells
		if t == "complex128" {
			return fmt.Sprintf("fmt.Println(%s == %s, %s)\n", x, p, x)
		}
		return fmt.Sprintf("fmt.Printf(\"%%v %%v %%T %%v\\n\", %s < %s, %s == %s, %s, %s)\n", x, p, p, g.expr(t, 2), x, x)
	case 5:
		u := g.place(t)
		return fmt.Sprintf("%s, %s = %s, %s\n", p, u, g.expr(t, 2), g.expr(t, 2))
	case 6:
		return fmt.Sprintf("s_%d += string(rune('a' + %s&7)); fmt.Println(len(s_%d), s_%d[1], []byte(s_%d)[:2], []rune(s_%d)[1], s_%d > \"b\")\n",
			g.n, g.place("int"), g.n, g.n, g.n, g.n, g.n)
	}
	return fmt.Sprintf("%s = %s\n", p, g.expr(t, 0))
}
