package front

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// The variables of a package lowered from source are initialised, and its init
// functions run, at the beginning of the first cell that imports it. Variables
// whose initialisers cannot be noticed from outside wait until something uses
// them: tables that nobody needs cost nothing.

// initChunk is a part of the initialisation of a package, in Core Go.
type initChunk struct {
	order, index int // of the package, and in it
	text         string
}

// startModules begins the initialisation of the packages that a cell imports.
func (s *Session) startModules(c *cell) {
	for _, path := range c.imports {
		s.startModule(path)
	}
	for _, path := range c.dots {
		s.startModule(path)
	}
	for _, path := range c.blank {
		s.startModule(path)
	}
}

func (s *Session) startModule(path string) {
	sh := s.shadows[path]
	if sh == nil || sh.module == nil || s.started[path] {
		return
	}
	put(s, s.started, path, true)
	for _, p := range sh.pkg.Imports() {
		s.startModule(p.Path())
	}
	for i, in := range sh.info.InitOrder {
		if !sh.quiet(in.Rhs) {
			s.needInit(sh, i)
		}
	}
	for i, d := range sh.module.inits {
		o := types.NewFunc(d.Pos(), sh.pkg, "init", types.NewSignatureType(nil, nil, nil, nil, nil, false))
		fd := &fdecl{key: fmt.Sprintf("%s.initᐧ%d", path, i), node: d, fn: d, obj: o, info: sh.info, insts: map[string]string{}}
		s.out.inits = append(s.out.inits, initChunk{sh.module.order, len(sh.info.InitOrder) + i, s.instance(fd, nil) + "()\n"})
	}
}

// moduleVar returns the lowered name of a package's variable, which is declared
// and initialised when it is first needed.
func (s *Session) moduleVar(o *types.Var) string {
	if n := s.low[o]; n != "" {
		return n
	}
	n := s.fresh(o.Pkg().Name() + "ᐧ" + o.Name())
	put(s, s.low, types.Object(o), n)
	s.out.vars = append(s.out.vars, fmt.Sprintf("var %s %s\n", n, s.typ(o.Type())))
	sh := s.moduleOf(o.Pkg())
	if i, ok := sh.module.initOf[o]; ok {
		s.needInit(sh, i)
	}
	return n
}

// initKey is an entry of a package's InitOrder.
type initKey struct {
	sh    *shadow
	index int
}

// needInit queues an initialiser.
func (s *Session) needInit(sh *shadow, i int) {
	k := initKey{sh, i}
	if s.inited[k] {
		return
	}
	put(s, s.inited, k, true)
	s.initQueue = append(s.initQueue, k)
}

// lowerInits lowers the queued initialisers. What these need is queued anew.
func (s *Session) lowerInits() {
	for len(s.initQueue) > 0 {
		k := s.initQueue[0]
		s.initQueue = s.initQueue[1:]
		in := k.sh.info.InitOrder[k.index]
		g := &gen{s: s, info: k.sh.info, names: map[types.Object]string{}, used: map[string]bool{}, seq: new(int),
			fn: &fctx{sig: types.NewSignatureType(nil, nil, nil, nil, nil, false)}}
		s.at = in.Rhs.Pos()
		g.initialise(in)
		fn := s.fresh("initᐧ" + k.sh.pkg.Name())
		s.out.funcs = append(s.out.funcs, "func "+fn+"() {\n"+g.b.String()+"}\n")
		s.out.inits = append(s.out.inits, initChunk{k.sh.module.order, k.index, fn + "()\n"})
	}
}

func (g *gen) initialise(in *types.Initializer) {
	var lhs []string
	var to []types.Type
	for _, v := range in.Lhs {
		if v.Name() == "_" {
			lhs, to = append(lhs, "_"), append(to, nil)
		} else {
			lhs, to = append(lhs, g.s.moduleVar(v)), append(to, v.Type())
		}
	}
	g.setVars(lhs, in.Rhs, to)
}

// initCalls is the initialisation that the cell has to do first.
func (s *Session) initCalls() string {
	slices.SortFunc(s.out.inits, func(a, b initChunk) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.index, b.index))
	})
	var b strings.Builder
	for _, c := range s.out.inits {
		b.WriteString(c.text)
	}
	return b.String()
}

// quiet reports whether evaluating an expression cannot be noticed: all it calls
// is built in or known to do nothing but return a value.
func (sh *shadow) quiet(e ast.Expr) bool {
	quiet := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.UnaryExpr:
			quiet = quiet && n.Op.String() != "<-"
		case *ast.CallExpr:
			tv := sh.info.Types[ast.Unparen(n.Fun)]
			quiet = quiet && (tv.IsType() || tv.IsBuiltin() || sh.silent(n.Fun))
		}
		return quiet
	})
	return quiet
}

// silentPackages have functions that only return values; so have methods of
// their types.
var silentPackages = []string{"bytes", "cmp", "encoding/base64", "encoding/hex", "errors", "fmt", "maps", "math", "math/big", "math/bits", "reflect",
	"regexp", "slices", "sort", "strconv", "strings", "time", "unicode", "unicode/utf8"}

func (sh *shadow) silent(fun ast.Expr) bool {
	switch f := ast.Unparen(fun).(type) {
	case *ast.IndexExpr:
		return sh.silent(f.X)
	case *ast.SelectorExpr:
		o, ok := sh.info.Uses[f.Sel].(*types.Func)
		return ok && o.Pkg() != nil && slices.Contains(silentPackages, o.Pkg().Path()) && !strings.HasPrefix(o.Name(), "Print") && !strings.HasPrefix(o.Name(), "Fprint")
	}
	return false
}
