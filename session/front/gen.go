package front

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// gen lowers the bodies of one function instance (or of the cell).
type gen struct {
	s     *Session
	info  *types.Info
	tmap  map[*types.TypeParam]types.Type
	names map[types.Object]string
	used  map[string]bool
	seq   *int
	b     strings.Builder
	fn    *fctx
	cell  *cell
	inst  string   // instance key, for local types
	noted ast.Node // a statement whose position has been noted before its loop
}

// fctx is the state of one (source) function body.
type fctx struct {
	sig      *types.Signature
	results  []string // named results in the lowered code, if any
	barriers int      // closures between the statement and the function
	bkind    []string // per barrier: "defer" or state variable of a range func
	loops    []*loop
	defers   string // name of the Defers variable
	parent   *fctx
	inDefer  string // Defers variable recover() refers to
}

type loop struct {
	label   string
	kind    string // for, switch, rangefunc
	barrier int    // number of barriers outside the loop body
	state   string
}

func (g *gen) sub(t types.Type) types.Type { return subst(t, g.tmap) }

// tmp makes a name for a temporary variable. What [Session.fresh] and local make
// has another form, so that none hides a variable of the cell.
func (g *gen) tmp(p string) string {
	*g.seq++
	return fmt.Sprintf("%sᐧt%d", p, *g.seq)
}

func (g *gen) typeOf(e ast.Expr) types.Type {
	if id, ok := e.(*ast.Ident); ok {
		if o := g.obj(id); o != nil {
			if _, isC := o.(*types.Const); !isC {
				if tv, ok := g.info.Types[e]; !ok || tv.Type == nil {
					return g.sub(o.Type())
				}
			}
		}
	}
	return g.sub(g.info.Types[e].Type)
}

func (g *gen) obj(id *ast.Ident) types.Object {
	if o := g.info.Defs[id]; o != nil {
		return o
	}
	return g.info.Uses[id]
}

// local returns the lowered name of a local variable, making one if needed.
func (g *gen) local(o types.Object) string {
	if n, ok := g.names[o]; ok {
		return n
	}
	n := o.Name()
	if n == "_" {
		return "_"
	}
	if token.IsKeyword(n) || types.Universe.Lookup(n) != nil {
		n += "ᐧ"
	}
	base := n
	for k := 1; g.used[n]; k++ {
		n = fmt.Sprintf("%sᐧs%d", base, k)
	}
	g.used[n] = true
	g.names[o] = n
	return n
}

func isPkgLevel(o types.Object) bool {
	return o.Parent() != nil && o.Pkg() != nil && o.Parent() == o.Pkg().Scope()
}

// global returns the lowered name of a variable of the session.
func (g *gen) global(o types.Object) (name string, ok bool) {
	name, ok = g.s.low[o]
	if ok && (g.cell == nil || g.fn.parent != nil) {
		g.s.out.captured[name] = true
	}
	return name, ok
}

func (g *gen) line(p token.Pos) string {
	if !p.IsValid() {
		return ""
	}
	ps := g.s.fset.Position(p)
	if !strings.HasPrefix(ps.Filename, "In[") {
		return ""
	}
	return fmt.Sprintf("/*line %s:%d:%d*/", ps.Filename, ps.Line, ps.Column)
}

// fail gives up on the cell: what n says cannot be lowered.
func (g *gen) fail(n ast.Node, format string, args ...any) string {
	panic(unsupported{pos: g.s.fset.Position(n.Pos()).String(), msg: fmt.Sprintf(format, args...)})
}

func (g *gen) w(f string, a ...any) { fmt.Fprintf(&g.b, f, a...) }

// isSession reports whether cells declared the object, or a package that is
// lowered like them.
func (s *Session) isSession(o types.Object) bool {
	return o.Pkg() != nil && (isMain(o) || s.moduleOf(o.Pkg()) != nil)
}

func isMain(o types.Object) bool { return o.Pkg() != nil && o.Pkg().Path() == "main" }
