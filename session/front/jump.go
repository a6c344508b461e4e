package front

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

func (g *gen) ret(x *ast.ReturnStmt) {
	f := g.fn
	if len(f.bkind) == 0 {
		if len(x.Results) == 0 && len(f.results) > 0 {
			g.w("return %s\n", strings.Join(f.results, ", "))
			return
		}
		g.w("%s", g.retExprs(x))
		return
	}
	if len(x.Results) > 0 {
		if len(x.Results) == len(f.results) && len(x.Results) > 1 {
			to := f.resultTypes()
			var rs []string
			for i, r := range x.Results {
				rs = append(rs, g.exprTo(r, to[i]))
			}
			g.assignApart(f.results, rs, to)
		} else {
			g.assignTo(f.results, "=", x.Results, f.resultTypes())
		}
	}
	g.leave("return")
}

func (f *fctx) resultTypes() (l []types.Type) {
	for v := range f.sig.Results().Variables() {
		l = append(l, v.Type())
	}
	return l
}

func (g *gen) retExprs(x *ast.ReturnStmt) string {
	if len(x.Results) == 1 && g.fn.sig.Results().Len() > 1 {
		call, vals := g.convCall(x.Results[0], g.fn.resultTypes())
		if vals != nil {
			call = strings.Join(vals, ", ")
		}
		return "return " + call + "\n"
	}
	var pre string
	var rs []string
	for i, r := range x.Results {
		var rt types.Type
		if n := g.fn.sig.Results().Len(); n == len(x.Results) {
			rt = g.fn.sig.Results().At(i).Type()
		}
		e := g.exprTo(r, rt)
		if u, ok := ast.Unparen(r).(*ast.UnaryExpr); ok && u.Op == token.ARROW {
			t := g.tmp("q") // yaegi: "return <-c" fails at run time
			pre += t + " := " + e + "\n"
			e = t
		}
		rs = append(rs, e)
	}
	return pre + "return " + strings.Join(rs, ", ") + "\n"
}

// leave emits the jump out of the innermost barrier that leads to code.
func (g *gen) leave(code string) {
	f := g.fn
	if len(f.bkind) == 0 {
		switch {
		case code == "return":
			if len(f.results) > 0 {
				g.w("return %s\n", strings.Join(f.results, ", "))
			} else {
				g.w("return\n")
			}
		default:
			g.w("%s\n", code)
		}
		return
	}
	k := f.bkind[len(f.bkind)-1]
	if k == "defer" {
		g.w("return\n")
		return
	}
	g.w("%s = %q\nreturn false\n", k, code)
}

func (g *gen) branch(x *ast.BranchStmt) {
	f := g.fn
	lbl := ""
	if x.Label != nil {
		lbl = x.Label.Name
	}
	switch x.Tok {
	case token.GOTO:
		g.w("goto %s\n", lbl)
		return
	case token.FALLTHROUGH:
		g.w("fallthrough\n")
		return
	}
	var target *loop
	for i := len(f.loops) - 1; i >= 0; i-- {
		l := f.loops[i]
		if lbl != "" && l.label != lbl {
			continue
		}
		if lbl == "" && x.Tok == token.CONTINUE && l.kind == "switch" {
			continue
		}
		target = l
		break
	}
	if target == nil {
		g.fail(x, "no target for %s", x.Tok)
	}
	if target.kind == "rangefunc" {
		if target.barrier+1 == len(f.bkind) {
			if x.Tok == token.CONTINUE {
				g.w("return true\n")
			} else {
				g.w("return false\n")
			}
			return
		}
		g.leave(x.Tok.String() + " " + target.label)
		return
	}
	if target.barrier == len(f.bkind) {
		if lbl != "" {
			g.w("%s %s\n", x.Tok, lbl)
		} else {
			g.w("%s\n", x.Tok)
		}
		return
	}
	if target.label == "" {
		target.label = g.tmp("L")
	}
	g.leave(x.Tok.String() + " " + target.label)
}

func (g *gen) push(l *loop) *loop {
	l.barrier = len(g.fn.bkind)
	g.fn.loops = append(g.fn.loops, l)
	return l
}

func (g *gen) pop() { g.fn.loops = g.fn.loops[:len(g.fn.loops)-1] }

// labeled writes code produced by f, prefixed by the loop's label if it has one.
func (g *gen) labeled(l *loop, f func()) {
	save := g.b
	g.b = strings.Builder{}
	f()
	code := g.b.String()
	g.b = save
	if l.label != "" {
		g.w("%s:\n", l.label)
	}
	g.b.WriteString(code)
}
