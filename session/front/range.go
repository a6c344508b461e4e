package front

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

func (g *gen) rangeStmt(x *ast.RangeStmt, label string) {
	t := g.typeOf(x.X)
	u := t.Underlying()
	if tp, ok := t.(*types.TypeParam); ok {
		u = tp.Underlying()
	}
	def := x.Tok == token.DEFINE
	// fresh variables for the body
	name := func(e ast.Expr) (tmp, init string) {
		if e == nil {
			return "", ""
		}
		if id, ok := e.(*ast.Ident); ok && id.Name == "_" {
			return "_", ""
		}
		if def {
			o := g.info.Defs[e.(*ast.Ident)]
			if !g.captured(o, x.Body) && !g.assigned(o, x.Body) { // yaegi counts with the variable itself
				return g.local(o), ""
			}
			tm := g.tmp(o.Name())
			return tm, fmt.Sprintf("%s := %s\n", g.local(o), tm)
		}
		tm := g.tmp("k")
		return tm, fmt.Sprintf("%s = %s\n", g.expr(e), tm)
	}
	switch ut := u.(type) {
	case *types.Basic:
		if ut.Info()&types.IsInteger != 0 {
			l := g.push(&loop{label: label, kind: "for"})
			defer g.pop()
			n := g.tmp("n")
			i := g.tmp("i")
			vt := t
			if b, ok := t.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
				vt = types.Typ[types.Int]
				if id, ok := x.Key.(*ast.Ident); ok && def && g.info.Defs[id] != nil {
					vt = g.sub(g.info.Defs[id].Type())
				}
			}
			g.w("{\n%s := %s(%s)\n", n, g.s.typ(vt), g.expr(x.X))
			g.noteLoop(x.Body, x.X, x.Key)
			g.labeled(l, func() {
				g.w("for %s := %s(0); %s < %s; %s++ {\n%s", i, g.s.typ(vt), i, n, i, poll)
				if x.Key != nil {
					if id, ok := x.Key.(*ast.Ident); !ok || id.Name != "_" {
						if def {
							g.w("%s := %s\n", g.local(g.info.Defs[id]), i)
						} else {
							g.w("%s = %s\n", g.expr(x.Key), i)
						}
					}
				}
				g.stmts(x.Body.List)
				g.w("}\n")
			})
			g.w("}\n")
			return
		}
	case *types.Signature:
		g.rangeFunc(x, ut, label)
		return
	}
	l := g.push(&loop{label: label, kind: "for"})
	defer g.pop()
	g.w("{\n")
	g.noteLoop(x.Body, x.X, x.Key, x.Value)
	src := g.under(x.X)
	k, ki := name(x.Key)
	v, vi := name(x.Value)
	if _, ok := u.(*types.Pointer); ok && v != "" && v != "_" {
		src = "(" + src + ")[:]"
	}
	from := ""
	switch ast.Unparen(x.X).(type) {
	case *ast.Ident, *ast.BasicLit:
	default: // yaegi gives wrong types to some expressions there
		from = g.tmp("from")
		g.w("%s := %s\n", from, src)
		src = from
	}
	if v != "" && v != "_" && holdsChannels(u) {
		// yaegi would receive from the elements: take them out by their keys.
		if from == "" {
			from = g.tmp("from")
			g.w("%s := %s\n", from, src)
		}
		if k == "" || k == "_" {
			k = g.tmp("k")
		}
		src, vi, v = from, fmt.Sprintf("%s := %s[%s]\n%s", v, from, k, vi), ""
	}
	g.labeled(l, func() {
		switch {
		case k == "" && v == "":
			g.w("for range %s {\n", src)
		case v == "" || v == "_":
			if k == "_" {
				g.w("for range %s {\n", src)
			} else {
				g.w("for %s := range %s {\n", k, src)
			}
		default:
			g.w("for %s, %s := range %s {\n", k, v, src)
		}
		g.w("%s%s%s", poll, ki, vi)
		g.stmts(x.Body.List)
		g.w("}\n")
	})
	g.w("}\n")
}

// holdsChannels reports whether the elements of a range expression are channels.
func holdsChannels(u types.Type) bool {
	if p, ok := u.(*types.Pointer); ok {
		u = p.Elem().Underlying()
	}
	c, ok := u.(interface{ Elem() types.Type })
	if !ok {
		return false
	}
	_, ok = c.Elem().Underlying().(*types.Chan)
	return ok
}

// assigned reports whether n assigns to a variable.
func (g *gen) assigned(o types.Object, n ast.Node) (found bool) {
	is := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && g.info.Uses[id] == o
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			found = found || slices.ContainsFunc(n.Lhs, is)
		case *ast.IncDecStmt:
			found = found || is(n.X)
		case *ast.RangeStmt:
			found = found || n.Key != nil && is(n.Key) || n.Value != nil && is(n.Value)
		}
		return !found
	})
	return found
}

func (g *gen) rangeFunc(x *ast.RangeStmt, sig *types.Signature, label string) {
	yield := sig.Params().At(0).Type().Underlying().(*types.Signature)
	st := g.tmp("st")
	l := g.push(&loop{label: label, kind: "rangefunc", state: st})
	if l.label == "" {
		l.label = g.tmp("L")
	}
	f := g.fn
	src := g.under(x.X)
	var ps []string
	var inits string
	es := []ast.Expr{x.Key, x.Value}
	for i := 0; i < yield.Params().Len(); i++ {
		n := g.tmp("y")
		ps = append(ps, n+" "+g.typ(yield.Params().At(i).Type()))
		if e := es[i]; e != nil {
			if id, ok := e.(*ast.Ident); ok && id.Name == "_" {
				continue
			}
			if x.Tok == token.DEFINE {
				inits += fmt.Sprintf("%s := %s\n", g.local(g.info.Defs[e.(*ast.Ident)]), n)
			} else {
				inits += fmt.Sprintf("%s = %s\n", g.expr(e), n)
			}
		}
	}
	f.bkind = append(f.bkind, st)
	save := g.b
	g.b = strings.Builder{}
	g.stmts(x.Body.List)
	body := g.b.String()
	g.b = save
	f.bkind = f.bkind[:len(f.bkind)-1]
	g.pop()
	g.w("%s := \"\"\n%s(func(%s) bool {\n%s%sreturn true\n})\n", st, src, strings.Join(ps, ", "), inits, body)
	// dispatch
	if strings.Contains(body, st+" = \"return\"") {
		g.w("if %s == \"return\" {\n", st)
		g.leave("return")
		g.w("}\n")
	}
	seen := map[string]bool{}
	for _, outer := range f.loops {
		for _, tok := range []string{"break", "continue"} {
			code := tok + " " + outer.label
			if outer.label == "" || seen[code] || !strings.Contains(body, fmt.Sprintf("%s = %q", st, code)) {
				continue
			}
			seen[code] = true
			g.w("if %s == %q {\n", st, code)
			switch {
			case outer.kind == "rangefunc" && outer.barrier+1 == len(f.bkind):
				g.w("return %v\n", tok == "continue")
			case outer.kind != "rangefunc" && outer.barrier == len(f.bkind):
				g.w("%s\n", code)
			default:
				g.leave(code)
			}
			g.w("}\n")
		}
	}
}
