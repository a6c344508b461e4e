package corpus

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Program is a generated Go program: declarations, and statements that print.
// Both are what a cell may hold and what a Go file may hold, in a function for
// the statements. Top-level names end in the program's number.
type Program struct{ Decls, Body string }

// Generate makes the program of that number, always the same. It mixes named
// types of all kinds, methods, embedding, interfaces, closures, generics,
// defers, panics, maps and channels, and prints what does not depend on
// addresses or on the order of maps.
func Generate(n int) Program {
	g := &generator{r: rand.New(rand.NewPCG(uint64(n), 4)), n: n}
	g.types()
	g.functions()
	var b body
	g.block(&b, &scope{}, 14, 0)
	return Program{Decls: g.decls.String(), Body: b.String()}
}

type generator struct {
	r     *rand.Rand
	n     int
	seq   int
	decls strings.Builder
	named []*typ
	iface *typ // with the method Val
	errs  []*typ
	funcs []fn
}

type fn struct {
	name   string
	params []*typ
	result *typ
}

// typ is a type of a generated program.
type typ struct {
	kind   string // int string float64 bool, named, struct, slice, map, ptr, func, any, iface, error
	name   string
	elem   *typ // of slice, map (with string keys), ptr; the underlying type of named; the result of func
	fields []fieldOf
	shown  bool // can be printed
	equal  bool // comparable
	value  bool // has the method Val with a value receiver
	ptrVal bool // has the method Val with a pointer receiver
}

type fieldOf struct {
	name     string
	t        *typ
	embedded bool
}

func (t *typ) String() string { return t.name }

var (
	intT    = &typ{kind: "int", name: "int", shown: true, equal: true}
	stringT = &typ{kind: "string", name: "string", shown: true, equal: true}
	floatT  = &typ{kind: "float64", name: "float64", shown: true, equal: true}
	boolT   = &typ{kind: "bool", name: "bool", shown: true, equal: true}
	anyT    = &typ{kind: "any", name: "any", shown: true}
	errorT  = &typ{kind: "error", name: "error", shown: true}
)

func (g *generator) pick(l ...*typ) *typ { return l[g.r.IntN(len(l))] }

func (g *generator) chance(n int) bool { return g.r.IntN(n) == 0 }

func (g *generator) name(prefix string) string {
	g.seq++
	return fmt.Sprintf("%s%d_%d", prefix, g.seq, g.n)
}

func sliceOf(t *typ) *typ { return &typ{kind: "slice", name: "[]" + t.name, elem: t, shown: t.shown} }

func mapOf(t *typ) *typ {
	return &typ{kind: "map", name: "map[string]" + t.name, elem: t, shown: t.shown}
}

func ptrTo(t *typ) *typ {
	return &typ{kind: "ptr", name: "*" + t.name, elem: t, equal: true, value: t.value || t.ptrVal}
}

func funcOf(t *typ) *typ { return &typ{kind: "func", name: "func(int) " + t.name, elem: t} }

// types declares named types with methods.
func (g *generator) types() {
	g.iface = &typ{kind: "iface", name: g.name("I"), shown: true}
	fmt.Fprintf(&g.decls, "type %s interface { Val(k int) int }\n", g.iface.name)
	for range 3 + g.r.IntN(4) {
		t := &typ{name: g.name("T"), shown: true}
		switch g.r.IntN(4) {
		case 0:
			u := g.pick(intT, stringT, floatT)
			t.kind, t.elem, t.equal = "named", u, true
			fmt.Fprintf(&g.decls, "type %s %s\n", t.name, u)
		case 1:
			e := g.basicOrNamed()
			u := sliceOf(e)
			if g.chance(2) {
				u = mapOf(e)
			}
			t.kind, t.elem, t.shown = "named", u, u.shown
			fmt.Fprintf(&g.decls, "type %s %s\n", t.name, u)
		default:
			g.structType(t)
		}
		g.methods(t)
		g.named = append(g.named, t)
	}
}

func (g *generator) basicOrNamed() *typ {
	if len(g.named) > 0 && g.chance(2) {
		return g.named[g.r.IntN(len(g.named))]
	}
	return g.pick(intT, stringT, floatT, boolT)
}

func (g *generator) structType(t *typ) {
	t.kind, t.equal = "struct", true
	var fs []string
	for i := range 1 + g.r.IntN(4) {
		f := fieldOf{name: fmt.Sprintf("F%d", i), t: g.anyType(1)}
		if g.chance(3) {
			f.name = fmt.Sprintf("f%d", i)
		}
		if i == 0 && len(g.named) > 0 && g.chance(3) {
			if e := g.named[g.r.IntN(len(g.named))]; e.kind == "struct" {
				f = fieldOf{e.name, e, true}
			}
		}
		t.fields = append(t.fields, f)
		t.shown = t.shown && f.t.shown
		t.equal = t.equal && f.t.equal
		if f.embedded {
			fs = append(fs, f.t.name)
			t.value, t.ptrVal = f.t.value, f.t.ptrVal
		} else {
			fs = append(fs, f.name+" "+f.t.name)
		}
	}
	fmt.Fprintf(&g.decls, "type %s struct { %s }\n", t.name, strings.Join(fs, "; "))
}

func (g *generator) methods(t *typ) {
	if g.chance(3) {
		fmt.Fprintf(&g.decls, "func (t %s) String() string { return \"<%s>\" }\n", t.name, t.name)
	}
	switch g.r.IntN(4) {
	case 0:
		t.value = true
		fmt.Fprintf(&g.decls, "func (t %s) Val(k int) int { return k + %s }\n", t.name, g.measure(t, "t"))
	case 1:
		t.ptrVal, t.value = true, false
		fmt.Fprintf(&g.decls, "func (t *%s) Val(k int) int { %sreturn k + %s }\n", t.name, g.mutate(t, "(*t)"), g.measure(t, "(*t)"))
	case 2:
		if !t.shown || t.kind != "struct" {
			return
		}
		g.errs = append(g.errs, t)
		fmt.Fprintf(&g.decls, "func (t %s) Error() string { return fmt.Sprint(\"E\", %s) }\n", t.name, g.measure(t, "t"))
	}
}

// measure is an int that depends on a value.
func (g *generator) measure(t *typ, v string) string {
	switch t.kind {
	case "int":
		return v
	case "float64":
		return "int(" + v + ")"
	case "string", "slice", "map":
		return "len(" + v + ")"
	case "named":
		switch t.elem.kind {
		case "int":
			return "int(" + v + ")"
		case "float64":
			return "int(" + v + ")"
		}
		return "len(" + v + ")"
	case "struct":
		for _, f := range t.fields {
			if !f.embedded && (f.t.kind == "int" || f.t.kind == "string" || f.t.kind == "slice" || f.t.kind == "named") {
				return g.measure(f.t, v+"."+f.name)
			}
		}
	}
	return "1"
}

// mutate is a statement that changes a variable, or nothing.
func (g *generator) mutate(t *typ, v string) string {
	switch t.kind {
	case "int":
		return v + "++; "
	case "string":
		return v + " += \"m\"; "
	case "float64":
		return v + " *= 2; "
	case "slice":
		return fmt.Sprintf("%s = append(%s, %s); ", v, v, g.literal(t.elem, 2))
	case "map":
		return fmt.Sprintf("if %s != nil { %s[\"m\"] = %s }; ", v, v, g.literal(t.elem, 2))
	case "named":
		return g.mutate(t.elem, v)
	case "struct":
		for _, f := range t.fields {
			if !f.embedded {
				if s := g.mutate(f.t, v+"."+f.name); s != "" {
					return s
				}
			}
		}
	}
	return ""
}

// anyType picks a type.
func (g *generator) anyType(depth int) *typ {
	if depth > 2 {
		return g.basicOrNamed()
	}
	switch g.r.IntN(9) {
	case 0:
		return sliceOf(g.anyType(depth + 1))
	case 1:
		return mapOf(g.anyType(depth + 1))
	case 2:
		return anyT
	case 3:
		return g.iface
	case 4:
		return funcOf(g.pick(intT, stringT))
	case 5:
		if len(g.named) > 0 {
			return ptrTo(g.named[g.r.IntN(len(g.named))])
		}
	}
	return g.basicOrNamed()
}

// literal is an expression of a type without variables.
func (g *generator) literal(t *typ, depth int) string {
	switch t.kind {
	case "int":
		return fmt.Sprint(g.r.IntN(10))
	case "string":
		return fmt.Sprintf("%q", string(rune('a'+g.r.IntN(26))))
	case "float64":
		return fmt.Sprintf("%d.5", g.r.IntN(10))
	case "bool":
		return fmt.Sprint(g.chance(2))
	case "any":
		e := g.basicOrNamed()
		if !e.shown {
			return "any(3)"
		}
		return "any(" + g.literal(e, depth+1) + ")"
	case "error":
		if len(g.errs) > 0 && g.chance(2) {
			return "error(" + g.literal(g.errs[g.r.IntN(len(g.errs))], depth+1) + ")"
		}
		return `errors.New("plain")`
	case "iface":
		for _, n := range g.named {
			if n.value && n.shown && g.chance(2) {
				return g.iface.name + "(" + g.literal(n, depth+1) + ")"
			}
		}
		return g.iface.name + "(nil)"
	case "named":
		if t.elem.kind == "slice" || t.elem.kind == "map" {
			return t.name + strings.TrimPrefix(g.literal(t.elem, depth), t.elem.name)
		}
		return t.name + "(" + g.literal(t.elem, depth) + ")"
	case "slice", "map":
		var l []string
		if depth < 4 {
			for i := range g.r.IntN(3) {
				e := g.literal(t.elem, depth+1)
				if t.kind == "map" {
					e = fmt.Sprintf("%q: %s", string(rune('a'+i)), e)
				}
				l = append(l, e)
			}
		}
		return t.name + "{" + strings.Join(l, ", ") + "}"
	case "struct":
		var l []string
		for _, f := range t.fields {
			if depth > 4 || g.chance(4) && f.t.kind != "ptr" && f.t.kind != "func" {
				continue
			}
			l = append(l, f.name+": "+g.literal(f.t, depth+1))
		}
		return t.name + "{" + strings.Join(l, ", ") + "}"
	case "ptr":
		if t.elem.kind == "struct" {
			return "&" + g.literal(t.elem, depth+1)
		}
		return "new(" + t.elem.name + ")"
	case "func":
		return fmt.Sprintf("func(k int) %s { return %s }", t.elem.name, g.literal(t.elem, depth+1))
	}
	return "nil"
}

// functions declares functions: one with a deferred call that may recover, and
// generic ones.
func (g *generator) functions() {
	d := &g.decls
	sfx := fmt.Sprint(g.n)
	fmt.Fprintf(d, "func mapTo%s[A, B any](l []A, f func(A) B) []B { var r []B; for _, x := range l { r = append(r, f(x)) }; return r }\n", sfx)
	fmt.Fprintf(d, "func count%s[K comparable, V any](m map[K]V, ok func(V) bool) (n int) { for _, v := range m { if ok(v) { n++ } }; return }\n", sfx)
	fmt.Fprintf(d, "type pair%s[A, B any] struct { First A; Second B }\nfunc (p pair%s[A, B]) Swap() pair%s[B, A] { return pair%s[B, A]{p.Second, p.First} }\n", sfx, sfx, sfx, sfx)
	fmt.Fprintf(d, "func seq%s(n int) func(func(int) bool) { return func(yield func(int) bool) { for i := range n { if !yield(i * i) { return } } } }\n", sfx)
	fmt.Fprintf(d, "type errOf%s struct{}\nfunc (*errOf%s) Error() string { return \"typed nil\" }\n", sfx, sfx)
	for range 2 {
		f := fn{name: g.name("fn"), params: []*typ{g.anyType(1), intT}, result: g.anyType(1)}
		var b body
		sc := &scope{}
		sc.add("p0", f.params[0])
		sc.add("p1", intT)
		b.line("n++")
		g.block(&b, sc, 4, 1)
		defers := ""
		if g.chance(2) {
			defers = fmt.Sprintf("defer func() { if x := recover(); x != nil { out = %s; n += 100 } }()\n", g.expr(sc, f.result, 2))
			b.line("if p1 > 3 { panic(%s) }", g.expr(sc, g.pick(stringT, anyT, errorT), 2))
		}
		fmt.Fprintf(d, "func %s(p0 %s, p1 int) (out %s, n int) {\n%s%sreturn %s, n\n}\n", f.name, f.params[0], f.result, defers, b.String(), g.expr(sc, f.result, 2))
		g.funcs = append(g.funcs, f)
	}
}

type body struct{ strings.Builder }

func (b *body) line(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }

// scope holds the variables at hand.
type scope struct{ vars []fieldOf }

func (s *scope) add(name string, t *typ) { s.vars = append(s.vars, fieldOf{name: name, t: t}) }

// find picks a variable of a type, or "".
func (g *generator) find(sc *scope, t *typ) string {
	var l []string
	for _, v := range sc.vars {
		if v.t.name == t.name {
			l = append(l, v.name)
		}
	}
	if len(l) == 0 {
		return ""
	}
	return l[g.r.IntN(len(l))]
}

// expr is an expression of a type.
func (g *generator) expr(sc *scope, t *typ, depth int) string {
	if depth > 3 {
		if v := g.find(sc, t); v != "" {
			return v
		}
		return g.literal(t, 3)
	}
	if v := g.find(sc, t); v != "" && g.chance(2) {
		return v
	}
	switch t.kind {
	case "int":
		switch g.r.IntN(5) {
		case 0:
			return fmt.Sprintf("(%s %s %s)", g.expr(sc, intT, depth+1), []string{"+", "-", "*", "&", "|", "^"}[g.r.IntN(6)], g.expr(sc, intT, depth+1))
		case 1:
			v := sc.any(g)
			if v.t != nil {
				return g.measure(v.t, v.name)
			}
		case 2:
			return fmt.Sprintf("max(%s, %s)", g.expr(sc, intT, depth+1), g.expr(sc, intT, depth+1))
		}
	case "string":
		if g.chance(2) {
			return fmt.Sprintf("(%s + %s)", g.expr(sc, stringT, depth+1), g.expr(sc, stringT, depth+1))
		}
	case "bool":
		x := g.pick(intT, stringT, floatT)
		return fmt.Sprintf("(%s %s %s)", g.expr(sc, x, depth+1), []string{"<", "==", "!=", ">="}[g.r.IntN(4)], g.expr(sc, x, depth+1))
	case "any":
		x := g.basicOrNamed()
		if x.shown {
			return "any(" + g.expr(sc, x, depth+1) + ")"
		}
	case "iface":
		for _, v := range sc.vars {
			if v.t.value && v.t.shown && g.chance(2) {
				return g.iface.name + "(" + v.name + ")"
			}
		}
	case "func":
		if t.elem == intT {
			return fmt.Sprintf("func(k int) int { return k + %s }", g.expr(sc, intT, depth+1))
		}
	case "slice":
		if v := g.find(sc, t); v != "" {
			return fmt.Sprintf("append(append(%s{}, %s...), %s)", t.name, v, g.expr(sc, t.elem, depth+1))
		}
	case "error":
		if g.chance(3) {
			return fmt.Sprintf("fmt.Errorf(\"w: %%w\", %s)", g.expr(sc, errorT, depth+1))
		}
	}
	return g.literal(t, depth)
}

func (s *scope) any(g *generator) fieldOf {
	if len(s.vars) == 0 {
		return fieldOf{}
	}
	return s.vars[g.r.IntN(len(s.vars))]
}
