package corpus

import "fmt"

// block writes n statements.
func (g *generator) block(b *body, outer *scope, n, depth int) {
	sc := &scope{vars: append([]fieldOf{}, outer.vars...)}
	for range n {
		g.statement(b, sc, depth)
	}
	for _, v := range sc.vars {
		if depth == 0 && v.t.shown {
			b.line("fmt.Printf(\"%%v|%%+v|%%T\\n\", %s, %s, %s)", v.name, v.name, v.name)
		}
	}
}

func (g *generator) define(b *body, sc *scope, t *typ, value string) string {
	v := g.name("v")
	b.line("var %s %s = %s\n_ = %s", v, t, value, v)
	sc.add(v, t)
	return v
}

func (g *generator) statement(b *body, sc *scope, depth int) {
	kinds := []func(*body, *scope, int){
		g.variable, g.variable, g.variable, g.change, g.change, g.print, g.print, g.typeSwitch, g.assertion, g.equality, g.mapOps, g.rangeSlice,
		g.closures, g.callVal, g.callFunc, g.generic, g.errorOps, g.copyStruct, g.interfaceKeys, g.deferred, g.goroutine, g.methodValue, g.loops,
	}
	if depth > 1 {
		kinds = kinds[:11]
	}
	kinds[g.r.IntN(len(kinds))](b, sc, depth)
}

func (g *generator) variable(b *body, sc *scope, _ int) {
	t := g.anyType(0)
	g.define(b, sc, t, g.expr(sc, t, 1))
}

func (g *generator) change(b *body, sc *scope, _ int) {
	v := sc.any(g)
	switch {
	case v.t == nil:
	case g.chance(2):
		b.line("%s = %s", v.name, g.expr(sc, v.t, 1))
	default:
		if s := g.mutate(v.t, v.name); s != "" {
			b.line("%s", s[:len(s)-2])
		}
	}
}

func (g *generator) print(b *body, sc *scope, _ int) {
	var l []string
	for range 3 {
		if v := sc.any(g); v.t != nil && v.t.shown {
			l = append(l, v.name)
		}
	}
	for _, v := range l {
		switch g.r.IntN(4) {
		case 0:
			b.line("fmt.Println(\"p\", %s, []any{%s, 1})", v, v)
		case 1:
			b.line("if _, is := any(%s).(error); !is { fmt.Printf(\"%%#v\\n\", %s) }", v, v)
		case 2:
			b.line("if j, err := json.Marshal(%s); err == nil { fmt.Println(string(j)) }", v)
		default:
			b.line("fmt.Printf(\"%%v %%T\\n\", map[string]any{\"k\": %s}, %s)", v, v)
		}
	}
}

func (g *generator) typeSwitch(b *body, sc *scope, depth int) {
	x := g.name("s")
	b.line("switch %s := any(%s).(type) {", x, g.expr(sc, anyT, 1))
	seen := map[string]bool{}
	for range 3 {
		t := g.basicOrNamed()
		if t.kind == "map" || seen[t.name] {
			continue
		}
		seen[t.name] = true
		b.line("case %s:\n_ = %s", t, x)
		if t.shown {
			b.line("fmt.Println(\"is\", %q, %s)", t.name, x)
		}
		if depth < 2 {
			inner := &scope{vars: append([]fieldOf{}, sc.vars...)}
			inner.add(x, t)
			g.block(b, inner, 1, depth+1)
		}
	}
	b.line("case %s:\nfmt.Println(\"iface\", %s.Val(1))", g.iface, x)
	b.line("case fmt.Stringer:\nfmt.Println(\"stringer\", %s)\ncase error:\nfmt.Println(\"error\", %s)\ndefault:\n_ = %s\n}", x, x, x)
}

func (g *generator) assertion(b *body, sc *scope, _ int) {
	t := g.basicOrNamed()
	v, ok := g.name("a"), g.name("ok")
	b.line("%s, %s := any(%s).(%s)\n_ = %s\nfmt.Println(%s)", v, ok, g.expr(sc, anyT, 1), t, v, ok)
	sc.add(v, t)
	b.line("{ _, ok := any(%s).(%s); _, ok2 := any(%s).(fmt.Stringer); fmt.Println(ok, ok2) }", v, g.iface, v)
}

func (g *generator) equality(b *body, sc *scope, _ int) {
	t := g.basicOrNamed()
	if !t.equal {
		return
	}
	x, y := g.expr(sc, t, 1), g.expr(sc, t, 1)
	b.line("{ x, y := %s, %s; var i, j any = x, y; fmt.Println(x == y, i == j, i == any(x), i != nil) }", x, y)
}

func (g *generator) mapOps(b *body, sc *scope, _ int) {
	t := g.basicOrNamed()
	m := g.define(b, sc, mapOf(t), g.literal(mapOf(t), 1))
	b.line("%s[\"z\"] = %s\ndelete(%s, \"a\")", m, g.expr(sc, t, 1), m)
	b.line("{ x, ok := %s[\"b\"]; _ = x; n := 0; for k := range %s { n += len(k) }; fmt.Println(ok, n, len(%s)) }", m, m, m)
}

func (g *generator) rangeSlice(b *body, sc *scope, depth int) {
	t := sliceOf(g.anyType(1))
	v := g.define(b, sc, t, g.expr(sc, t, 1))
	i, x := g.name("i"), g.name("x")
	b.line("for %s, %s := range %s {\n_, _ = %s, %s", i, x, v, i, x)
	inner := &scope{vars: append([]fieldOf{}, sc.vars...)}
	inner.add(i, intT)
	inner.add(x, t.elem)
	g.block(b, inner, 2, depth+1)
	b.line("if %s > 2 { break }\n}", i)
}

func (g *generator) closures(b *body, sc *scope, _ int) {
	fs, c := g.name("fs"), g.name("c")
	b.line("var %s []func() int\n%s := 0\nfor i := range 3 {\nk := i * 2\n%s = append(%s, func() int { k++; %s++; return i + k + %s })\n}", fs, c, fs, fs, c, g.expr(sc, intT, 2))
	b.line("for _, f := range %s { fmt.Print(f(), f(), \" \") }\nfmt.Println(%s)", fs, c)
}

func (g *generator) callVal(b *body, sc *scope, _ int) {
	for _, v := range sc.vars {
		switch {
		case v.t.kind == "ptr" && v.t.value:
			b.line("fmt.Println(\"val\", %s.Val(2))\n{ var i %s = %s; fmt.Println(i.Val(3), i == %s(%s)) }", v.name, g.iface, v.name, g.iface, v.name)
		case v.t.kind == "iface":
			b.line("if %s != nil { fmt.Println(\"val\", %s.Val(2)) }", v.name, v.name)
		case v.t.value:
			b.line("{ var i %s = %s; fmt.Println(\"val\", i.Val(1), %s.Val(4)) }", g.iface, v.name, v.name)
		}
	}
}

func (g *generator) callFunc(b *body, sc *scope, _ int) {
	if len(g.funcs) == 0 {
		return
	}
	f := g.funcs[g.r.IntN(len(g.funcs))]
	v, n := g.name("r"), g.name("n")
	b.line("%s, %s := %s(%s, %d)\n_ = %s\nfmt.Println(%s)", v, n, f.name, g.expr(sc, f.params[0], 2), g.r.IntN(7), v, n)
	sc.add(v, f.result)
}

func (g *generator) generic(b *body, sc *scope, _ int) {
	t, u := g.anyType(1), g.basicOrNamed()
	b.line("fmt.Println(len(mapTo%d(%s, func(x %s) %s { return %s })))", g.n, g.expr(sc, sliceOf(t), 2), t, u, g.expr(sc, u, 2))
	b.line("fmt.Println(count%d(map[int]%s{1: %s}, func(x %s) bool { return %s }))", g.n, t, g.expr(sc, t, 2), t, g.expr(sc, boolT, 2))
	b.line("{ p := pair%d[%s, %s]{Second: %s}; q := p.Swap(); var a any = q; _, ok := a.(pair%d[%s, %s]); _, same := a.(pair%d[%s, %s]); fmt.Println(ok, same) }",
		g.n, t, u, g.expr(sc, u, 2), g.n, u, t, g.n, t, u)
	b.line("for x := range seq%d(5) { if x == 1 { continue }; if x > 9 { break }; fmt.Print(x, \" \") }\nfmt.Println()", g.n)
}

func (g *generator) errorOps(b *body, sc *scope, _ int) {
	e := g.define(b, sc, errorT, g.expr(sc, errorT, 1))
	b.line("fmt.Println(%s, %s == nil, errors.Is(%s, %s), errors.Unwrap(%s) == nil)", e, e, e, e, e)
	for _, t := range g.errs {
		b.line("{ var t %s; fmt.Println(errors.As(%s, &t), t.Error()) }", t, e)
		if t.equal {
			b.line("{ var x error = %s; fmt.Println(errors.Is(fmt.Errorf(\"%%w\", x), x), x == %s) }", g.expr(sc, t, 2), e)
		}
	}
	b.line("{ var none *errOf%d; var x error = none; fmt.Println(x == nil, x != nil) }", g.n)
}

func (g *generator) copyStruct(b *body, sc *scope, _ int) {
	for _, v := range sc.vars {
		if v.t.kind == "struct" && v.t.shown {
			m := g.mutate(v.t, v.name)
			if m == "" {
				continue
			}
			b.line("{ var i any = %s; c := %s; l := []%s{%s}; %sfmt.Println(i, c, l, %s) }", v.name, v.name, v.t, v.name, m, v.name)
			return
		}
	}
}

func (g *generator) interfaceKeys(b *body, sc *scope, _ int) {
	m := g.name("m")
	b.line("%s := map[any]int{}", m)
	for range 4 {
		if t := g.basicOrNamed(); t.equal {
			b.line("%s[%s]++", m, g.expr(sc, t, 2))
		}
	}
	b.line("{ n := 0; for _, c := range %s { n += c * c }; fmt.Println(len(%s), n) }", m, m)
}

func (g *generator) deferred(b *body, sc *scope, _ int) {
	b.line("func() {\ndefer func() { r := recover(); fmt.Println(\"recovered\", r) }()\nfor i := range 2 { defer fmt.Println(\"deferred\", i, %s) }", g.expr(sc, intT, 2))
	if g.chance(2) {
		b.line("panic(%s)", g.expr(sc, g.pick(stringT, intT, errorT), 2))
	}
	b.line("}()")
}

func (g *generator) goroutine(b *body, sc *scope, _ int) {
	t := g.basicOrNamed()
	if !t.shown {
		return
	}
	b.line("{ c := make(chan %s, 3); done := make(chan bool)\ngo func(n int) { for range n { c <- %s }; close(c); done <- true }(2)\n<-done; for x := range c { fmt.Println(\"got\", x) }; _, ok := <-c; fmt.Println(ok) }", t, g.expr(sc, t, 2))
}

func (g *generator) methodValue(b *body, sc *scope, _ int) {
	for _, v := range sc.vars {
		if v.t.value && v.t.kind != "iface" && v.t.kind != "ptr" {
			b.line("{ f := %s.Val; g := %s.Val; %sfmt.Println(f(1), g(%s, 2)) }", v.name, v.t, g.mutate(v.t, v.name), v.name)
			return
		}
	}
}

func (g *generator) loops(b *body, _ *scope, _ int) {
	l := fmt.Sprintf("loop%d", g.seq)
	g.seq++
	b.line("%s:\nfor i := 0; i < 4; i++ {\nfor j := range 3 {\nif i*j == %d { continue %s }\nif i+j > 4 { break %s }\nswitch { case j == 1: fmt.Print(i, j, \";\"); fallthrough\ncase j == 2: fmt.Print(\"x\")\ndefault: fmt.Print(\"d\") }\n}\n}\nfmt.Println()", l, g.r.IntN(5), l, l)
}
