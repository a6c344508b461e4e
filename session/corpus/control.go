package corpus

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// GenerateControl makes a program of nothing but control flow, always the same
// for one number: loops of every kind, switch, select, labels, jumps, closures,
// defers and panics, nested at random, over few names that hide each other. It
// prints the path it took.
func GenerateControl(n int) Program {
	g := &flow{r: rand.New(rand.NewPCG(uint64(n), 5)), n: n}
	var calls strings.Builder
	for range 2 {
		name := g.unique("flow")
		g.fn = append(g.fn, name)
		g.labels = nil
		text := g.block([]string{"p"}, 5, 0, "r")
		fmt.Fprintf(&g.decls, "func %s(p int) (r int) {\nfuel := 40\n_ = fuel\n%sreturn r + p\n}\n", name, text)
		for i := range 3 {
			fmt.Fprintf(&calls, "{ path%d = \"\"; x := %s(%d); fmt.Println(x, path%d) }\n", n, name, i, n)
		}
	}
	decls := fmt.Sprintf("var path%d string\nfunc to%d(l ...any) { if len(path%d) < 300 { path%d += fmt.Sprint(l...) + \";\" } }\n", n, n, n, n)
	decls += fmt.Sprintf("func full%d(v int) chan int { q := make(chan int, 1); q <- v; return q }\n", n)
	decls += fmt.Sprintf("func each%d(n int) func(func(int) bool) { return func(yield func(int) bool) { for i := 0; i < n; i++ { if !yield(i) { return } } } }\n", n)
	return Program{Decls: decls + g.decls.String(), Body: calls.String()}
}

type flow struct {
	r      *rand.Rand
	n      int
	seq    int
	decls  strings.Builder
	fn     []string
	labels []label
	deep   int // closures around the statement
}

type label struct {
	name string
	loop bool
	used bool
}

func (g *flow) unique(s string) string { g.seq++; return fmt.Sprintf("%s%d_%d", s, g.seq, g.n) }

func (g *flow) chance(n int) bool { return g.r.IntN(n) == 0 }

// block writes n statements that see the variables and may add to them.
// The names own are already declared in the block.
func (g *flow) block(vars []string, n, depth int, own ...string) string {
	var b strings.Builder
	seen := vars[:len(vars):len(vars)]
	has := map[string]bool{}
	for _, v := range own {
		has[v] = true
	}
	for range n {
		b.WriteString(g.statement(&seen, has, depth))
	}
	return b.String()
}

func (g *flow) inner(vars []string, depth int, own ...string) string {
	return g.block(vars, 1+g.r.IntN(3), depth+1, own...)
}

func (g *flow) value(vars []string) string {
	v := vars[g.r.IntN(len(vars))]
	switch g.r.IntN(5) {
	case 0:
		return fmt.Sprint(g.r.IntN(6))
	case 1:
		return fmt.Sprintf("%s+%d", v, g.r.IntN(4))
	case 2:
		return fmt.Sprintf("(%s*%d)%%7", v, 1+g.r.IntN(3))
	}
	return v
}

func (g *flow) test(vars []string) string {
	return fmt.Sprintf("%s %s %s", g.value(vars), []string{"<", ">", "==", "!="}[g.r.IntN(4)], g.value(vars))
}

func (g *flow) newName() string {
	return []string{"n", "r", "i", "c", "k", "v", "st", "f", "a"}[g.r.IntN(9)]
}

func (g *flow) statement(vars *[]string, own map[string]bool, depth int) string {
	vs := *vars
	v := vs[g.r.IntN(len(vs))]
	simple := []func() string{
		func() string { return fmt.Sprintf("%s = %s\n", v, g.value(vs)) },
		func() string { return fmt.Sprintf("%s += %s\n", v, g.value(vs)) },
		func() string { return fmt.Sprintf("to%d(%q, %s)\n", g.n, string(rune('a'+g.r.IntN(26))), g.value(vs)) },
		func() string {
			name := g.newName()
			if own[name] {
				return fmt.Sprintf("%s++\n", name)
			}
			own[name] = true
			*vars = append(*vars, name)
			return fmt.Sprintf("%s := %s\n_ = %s\n", name, g.value(vs), name)
		},
		func() string { return g.jump(vs) },
	}
	if depth > 4 {
		return simple[g.r.IntN(len(simple))]()
	}
	nested := []func() string{
		func() string { return g.conditional(vs, depth) },
		func() string { return g.loop(vs, depth) },
		func() string { return g.loop(vs, depth) },
		func() string { return g.switches(vs, depth) },
		func() string { return g.selects(vs, depth) },
		func() string { return g.closure(vs, depth) },
	}
	if g.chance(2) {
		return simple[g.r.IntN(len(simple))]()
	}
	return nested[g.r.IntN(len(nested))]()
}

// jump leaves a loop, a switch, a select or the function, under a condition.
func (g *flow) jump(vars []string) string {
	to := fmt.Sprintf("return %s", g.value(vars))
	if g.deep > 0 {
		to = "return"
	}
	if len(g.labels) > 0 && !g.chance(5) {
		l := &g.labels[g.r.IntN(len(g.labels))]
		word := "break"
		if l.loop && g.chance(2) {
			word = "continue"
		}
		switch {
		case g.chance(2):
			l.used = true
			to = word + " " + l.name
		case word == "break" || g.inLoop():
			to = word
		}
	}
	if g.deep+len(g.labels) > 0 && g.chance(4) {
		return to + "\n"
	}
	return fmt.Sprintf("if %s { %s }\n", g.test(vars), to)
}

func (g *flow) inLoop() bool {
	for _, l := range g.labels {
		if l.loop {
			return true
		}
	}
	return false
}

// labelled writes a statement that jumps within it may name.
func (g *flow) labelled(loop bool, body func() string) string {
	name := g.unique("L")
	g.labels = append(g.labels, label{name: name, loop: loop})
	text := body()
	l := g.labels[len(g.labels)-1]
	g.labels = g.labels[:len(g.labels)-1]
	if l.used {
		return name + ":\n" + text
	}
	return text
}

const burn = "if fuel--; fuel < 0 { break }\n"

func (g *flow) loop(vars []string, depth int) string {
	return g.labelled(true, func() string {
		v := g.newName()
		with := append(vars[:len(vars):len(vars)], v)
		body := func() string { return fmt.Sprintf("{\n%s_ = %s\n%s}\n", burn, v, g.inner(with, depth)) }
		switch g.r.IntN(11) {
		case 0:
			return fmt.Sprintf("for %s := %s; %s < 5; %s++ %s", v, g.value(vars), v, v, body())
		case 1:
			return fmt.Sprintf("for %s {\n%s%s}\n", g.test(vars), burn, g.inner(vars, depth))
		case 2:
			return fmt.Sprintf("for {\n%s%s}\n", burn, g.inner(vars, depth))
		case 3:
			return fmt.Sprintf("for %s := range %d %s", v, 1+g.r.IntN(4), body())
		case 4:
			return fmt.Sprintf("for _, %s := range []int{3, %s, 1} %s", v, g.value(vars), body())
		case 5:
			return fmt.Sprintf("for %s, _ := range [3]string{} %s", v, body())
		case 6:
			return fmt.Sprintf("for %s := range \"xyz\" %s", v, body())
		case 7:
			return fmt.Sprintf("for _, %s := range map[string]int{\"k\": %s} %s", v, g.value(vars), body())
		case 8:
			return fmt.Sprintf("for %s := range func() chan int { q := make(chan int, 3); q <- 1; q <- %s; close(q); return q }() %s", v, g.value(vars), body())
		case 9:
			return fmt.Sprintf("for _, %s := range &[2]int{%s, 4} %s", v, g.value(vars), body())
		}
		return fmt.Sprintf("for %s := range each%d(%d) %s", v, g.n, 1+g.r.IntN(4), body())
	})
}

func (g *flow) conditional(vars []string, depth int) string {
	text := fmt.Sprintf("if %s {\n%s}", g.test(vars), g.inner(vars, depth))
	if g.chance(3) {
		v := g.newName()
		with := append(vars[:len(vars):len(vars)], v)
		text += fmt.Sprintf(" else if %s := %s; %s {\n%s}", v, g.value(vars), v+" != "+g.value(vars), g.inner(with, depth))
	}
	if g.chance(2) {
		text += fmt.Sprintf(" else {\n%s}", g.inner(vars, depth))
	}
	return text + "\n"
}

func (g *flow) switches(vars []string, depth int) string {
	return g.labelled(false, func() string {
		var b strings.Builder
		switch g.r.IntN(3) {
		case 0:
			fmt.Fprintf(&b, "switch %s {\ncase 0, 2:\n%s", g.value(vars), g.inner(vars, depth))
			if g.chance(2) {
				b.WriteString("fallthrough\n")
			}
			fmt.Fprintf(&b, "case 1:\n%sdefault:\n%s}\n", g.inner(vars, depth), g.inner(vars, depth))
		case 1:
			fmt.Fprintf(&b, "switch {\ndefault:\n%scase %s:\n%scase %s:\n%s}\n", g.inner(vars, depth), g.test(vars), g.inner(vars, depth), g.test(vars), g.inner(vars, depth))
		default:
			v := g.newName()
			with := append(vars[:len(vars):len(vars)], v)
			held := "any(" + g.value(vars) + ")"
			fmt.Fprintf(&b, "switch %s := %s.(type) {\ncase string:\nto%d(%s)\ncase int:\n_ = %s\n%s}\n", v, held, g.n, v, v, g.inner(with, depth, v))
		}
		return b.String()
	})
}

// selects has at most one clause that is ready, so that the choice is certain.
func (g *flow) selects(vars []string, depth int) string {
	return g.labelled(false, func() string {
		q := fmt.Sprintf("full%d(%s)", g.n, g.value(vars))
		v := g.newName()
		with := append(vars[:len(vars):len(vars)], v)
		never := fmt.Sprintf("case <-(chan int)(nil):\n%s", g.inner(vars, depth))
		ready := ""
		switch g.r.IntN(4) {
		case 0:
			ready = fmt.Sprintf("case <-%s:\n%s", q, g.inner(vars, depth))
		case 1:
			ready = fmt.Sprintf("case %s := <-%s:\n_ = %s\n%s", v, q, v, g.inner(with, depth, v))
		case 2:
			ready = fmt.Sprintf("case %s, ok := <-%s:\n_, _ = %s, ok\n%s", v, q, v, g.inner(with, depth, v))
		default:
			ready = fmt.Sprintf("default:\n%s", g.inner(vars, depth))
		}
		if g.chance(2) {
			ready, never = never, ready
		}
		return "select {\n" + ready + never + "}\n"
	})
}

// closure is a function that is called at once, deferred, run as a goroutine, or
// panics and recovers.
func (g *flow) closure(vars []string, depth int) string {
	labels := g.labels
	g.labels = nil
	g.deep++
	body := g.inner(vars, depth)
	g.deep--
	g.labels = labels
	switch g.r.IntN(5) {
	case 0:
		return fmt.Sprintf("defer func() {\n%s}()\n", body)
	case 1:
		return fmt.Sprintf("func() {\ndefer func() { to%d(\"recovered\", recover()) }()\n%spanic(%s)\n}()\n", g.n, body, g.value(vars))
	case 2:
		done := g.unique("done")
		return fmt.Sprintf("%s := make(chan bool)\ngo func() {\ndefer close(%s)\n%s}()\n<-%s\n", done, done, body, done)
	case 3:
		fs, v := g.unique("fs"), g.newName()
		return fmt.Sprintf("var %s []func() int\nfor %s := range 3 { %s = append(%s, func() int { %s += %s; return %s }) }\nfor _, f := range %s { to%d(f(), f()) }\n",
			fs, v, fs, fs, v, g.value(vars), v, fs, g.n)
	}
	return fmt.Sprintf("func() {\n%s}()\n", body)
}
