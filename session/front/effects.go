package front

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// What the initialisation of a package does to be noticed from outside. A part
// of it that only gives values to variables of packages can wait until one of
// these is used. The analysis errs on the side of doing too much: what it does
// not understand is loud, and done when the package is imported.

// effects of running a piece of code, directly: without what it calls.
type effects struct {
	loud     bool
	writes   map[string]bool // variables of packages, as varKey names them
	mentions map[string]bool
	params   bool // writes through its parameters
	calls    []call
	results  []*types.Func // what is written came out of these functions
}

func newEffects() *effects {
	return &effects{writes: map[string]bool{}, mentions: map[string]bool{}}
}

// varKey names a variable of a package.
func varKey(v *types.Var) string { return v.Pkg().Path() + "." + v.Name() }

// call is a call of a function of a package lowered from source. What is
// written if the function writes through its parameters are the origins.
type call struct {
	fn   *types.Func
	args origin
}

// origin is where a value may come from: fresh if from nowhere else.
type origin struct {
	vars    []*types.Var  // of packages
	results []*types.Func // of packages lowered from source
	params  bool
	unknown bool
}

func (o *origin) add(p origin) {
	for _, v := range p.vars {
		if !slices.Contains(o.vars, v) {
			o.vars = append(o.vars, v)
		}
	}
	for _, fn := range p.results {
		if !slices.Contains(o.results, fn) {
			o.results = append(o.results, fn)
		}
	}
	o.params = o.params || p.params
	o.unknown = o.unknown || p.unknown
}

// scan collects the effects of code.
type scan struct {
	s      *Session
	info   *types.Info
	e      *effects
	params map[types.Object]bool
	locals map[types.Object]origin
	values bool // function literals that are no arguments are not called
}

// direct analyses the body of a function with parameters.
func (s *Session) direct(info *types.Info, n ast.Node, params ...*ast.FieldList) *effects {
	c := &scan{s: s, info: info, params: map[types.Object]bool{}, locals: map[types.Object]origin{}, e: newEffects()}
	for _, l := range params {
		if l == nil {
			continue
		}
		for _, f := range l.List {
			for _, id := range f.Names {
				c.params[info.Defs[id]] = true
			}
		}
	}
	for range 2 { // a local variable's origin may show after its first use
		ast.Inspect(n, c.node)
	}
	return c.e
}

// value analyses the initialiser of a variable.
func (s *Session) value(info *types.Info, e ast.Expr) *effects {
	c := &scan{s: s, info: info, locals: map[types.Object]origin{}, e: newEffects(), values: true}
	for range 2 {
		ast.Inspect(e, c.node)
	}
	return c.e
}

func (c *scan) node(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Ident:
		if v, ok := c.info.Uses[n].(*types.Var); ok && isPkgLevel(v) {
			c.e.mentions[varKey(v)] = true
		}
	case *ast.FuncLit: // as if it were called here
		if c.values {
			return false
		}
		for _, f := range n.Type.Params.List {
			for _, id := range f.Names {
				c.locals[c.info.Defs[id]] = origin{unknown: true}
			}
		}
	case *ast.GoStmt, *ast.SendStmt, *ast.SelectStmt:
		c.e.loud = true
	case *ast.UnaryExpr:
		c.e.loud = c.e.loud || n.Op == token.ARROW
	case *ast.IncDecStmt:
		c.write(n.X)
	case *ast.RangeStmt:
		if _, ok := c.info.TypeOf(n.X).Underlying().(*types.Signature); ok {
			c.e.loud = true
		}
		for _, e := range []ast.Expr{n.Key, n.Value} {
			c.assign(e, c.origin(n.X))
		}
	case *ast.AssignStmt:
		for i, l := range n.Lhs {
			from := origin{unknown: true}
			if len(n.Rhs) == len(n.Lhs) {
				from = c.origin(n.Rhs[i])
			} else if len(n.Rhs) == 1 {
				from = c.origin(n.Rhs[0])
			}
			c.assign(l, from)
		}
	case *ast.ValueSpec:
		for i, id := range n.Names {
			if len(n.Values) == len(n.Names) {
				c.assign(id, c.origin(n.Values[i]))
			} else if len(n.Values) == 1 {
				c.assign(id, c.origin(n.Values[0]))
			}
		}
	case *ast.TypeSwitchStmt: // its variable is another one in each clause
		from := origin{unknown: true}
		for _, cl := range n.Body.List {
			if o := c.info.Implicits[cl]; o != nil {
				c.locals[o] = from
			}
		}
	case *ast.CallExpr:
		c.call(n)
		c.values = false // an argument may be called
	}
	return true
}

// assign notes what a local variable may hold, or that something is written.
func (c *scan) assign(l, from any) {
	e, _ := l.(ast.Expr)
	if e == nil {
		return
	}
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		o := c.info.Defs[id]
		if o == nil {
			o = c.info.Uses[id]
		}
		if v, ok := o.(*types.Var); ok && !isPkgLevel(v) {
			was := c.locals[o]
			was.add(from.(origin))
			c.locals[o] = was
			return
		}
	}
	c.write(e)
}

// write notes an assignment to what is not a local variable as such.
func (c *scan) write(e ast.Expr) {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		if v, ok := c.info.Uses[id].(*types.Var); !ok || !isPkgLevel(v) {
			return
		}
	}
	c.written(c.origin(e))
}

func (c *scan) written(o origin) {
	for _, v := range o.vars {
		switch {
		case c.s.moduleOf(v.Pkg()) != nil:
			c.e.writes[varKey(v)] = true
		case !isMain(v):
			c.e.loud = true
		}
	}
	c.e.results = append(c.e.results, o.results...)
	c.e.params = c.e.params || o.params
	c.e.loud = c.e.loud || o.unknown
}

// origin finds where what an expression refers to may come from.
func (c *scan) origin(e ast.Expr) (o origin) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		switch v := c.info.Uses[e].(type) {
		case *types.Var:
			switch {
			case isPkgLevel(v):
				return origin{vars: []*types.Var{v}}
			case c.params[v]:
				return origin{params: true}
			}
			return c.locals[v]
		}
		if v := c.info.Defs[e]; v != nil {
			return c.locals[v]
		}
	case *ast.SelectorExpr:
		if v, ok := c.info.Uses[e.Sel].(*types.Var); ok && isPkgLevel(v) {
			return origin{vars: []*types.Var{v}}
		}
		return c.origin(e.X)
	case *ast.IndexExpr:
		return c.origin(e.X)
	case *ast.SliceExpr:
		return c.origin(e.X)
	case *ast.StarExpr:
		return c.origin(e.X)
	case *ast.UnaryExpr:
		return c.origin(e.X)
	case *ast.TypeAssertExpr:
		return c.origin(e.X)
	case *ast.KeyValueExpr:
		return c.origin(e.Value)
	case *ast.CompositeLit:
		for _, x := range e.Elts {
			o.add(c.origin(x))
		}
	case *ast.FuncLit:
		return origin{unknown: true}
	case *ast.CallExpr:
		return c.result(e)
	}
	return o
}

// result is the origin of what a call returns.
func (c *scan) result(x *ast.CallExpr) (o origin) {
	tv := c.info.Types[ast.Unparen(x.Fun)]
	fn := c.callee(x)
	if t := c.info.TypeOf(x); t != nil && !holdsReferences(t, 0) {
		return o
	}
	switch {
	case tv.IsType() || tv.IsBuiltin() || fn != nil && silent(fn):
	case fn != nil && fn.Pkg() != nil && c.s.moduleOf(fn.Pkg()) != nil:
		o.results = append(o.results, fn.Origin())
	default:
		return origin{unknown: true}
	}
	for _, a := range x.Args {
		o.add(c.origin(a))
	}
	if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok && fn != nil && fn.Signature().Recv() != nil {
		o.add(c.origin(sel.X))
	}
	return o
}

// holdsReferences reports whether a value of the type may share memory with
// another one.
func holdsReferences(t types.Type, depth int) bool {
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return t.Kind() == types.UnsafePointer
	case *types.Array:
		return holdsReferences(t.Elem(), depth)
	case *types.Struct:
		for f := range t.Fields() {
			if depth > 8 || holdsReferences(f.Type(), depth+1) {
				return true
			}
		}
		return false
	case *types.Tuple:
		for v := range t.Variables() {
			if holdsReferences(v.Type(), depth) {
				return true
			}
		}
		return false
	}
	return true
}

// callee is the function or method that a call is known to call, or nil.
func (c *scan) callee(x *ast.CallExpr) *types.Func {
	fun := ast.Unparen(x.Fun)
	for {
		switch f := fun.(type) {
		case *ast.IndexExpr:
			fun = f.X
			continue
		case *ast.IndexListExpr:
			fun = f.X
			continue
		case *ast.Ident:
			o, _ := c.info.Uses[f].(*types.Func)
			return o
		case *ast.SelectorExpr:
			if sel := c.info.Selections[f]; sel != nil && sel.Kind() != types.MethodVal {
				return nil
			}
			o, _ := c.info.Uses[f.Sel].(*types.Func)
			return o
		}
		return nil
	}
}

func (c *scan) call(x *ast.CallExpr) {
	tv := c.info.Types[ast.Unparen(x.Fun)]
	if tv.IsType() {
		return
	}
	if _, ok := ast.Unparen(x.Fun).(*ast.FuncLit); ok {
		return // its body is looked at
	}
	if tv.IsBuiltin() {
		switch id, _ := ast.Unparen(x.Fun).(*ast.Ident); {
		case id == nil: // package unsafe
		case slices.Contains([]string{"copy", "delete", "clear", "append"}, id.Name):
			c.written(c.origin(x.Args[0]))
		case slices.Contains([]string{"close", "print", "println"}, id.Name):
			c.e.loud = true
		}
		return
	}
	fn := c.callee(x)
	if fn == nil || fn.Pkg() == nil {
		c.e.loud = true
		return
	}
	var args origin
	refs := func(e ast.Expr) {
		if t := c.info.TypeOf(e); t == nil || holdsReferences(t, 0) {
			args.add(c.origin(e))
		}
	}
	for _, a := range x.Args {
		refs(a)
	}
	if r := fn.Signature().Recv(); r != nil {
		if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok {
			args.add(c.origin(sel.X)) // its address may be taken
		}
		if types.IsInterface(r.Type()) && fn.Pkg().Path() != "reflect" {
			c.e.loud = true
			return
		}
	}
	switch {
	case c.s.moduleOf(fn.Pkg()) != nil:
		c.e.calls = append(c.e.calls, call{fn.Origin(), args})
	case silent(fn):
		c.written(args)
	default:
		c.e.loud = true
	}
}

// silentPackages have functions that do nothing but return values or change
// their arguments; so have the methods of their types.
var silentPackages = []string{"bytes", "cmp", "encoding/base64", "encoding/binary", "encoding/hex", "errors", "fmt", "hash/crc32", "hash/crc64", "maps", "math",
	"math/big", "math/bits", "math/cmplx", "reflect", "regexp", "slices", "sort", "strconv", "strings", "sync", "sync/atomic", "time", "unicode",
	"unicode/utf16", "unicode/utf8"}

func silent(fn *types.Func) bool {
	if fn.Pkg() == nil || !slices.Contains(silentPackages, fn.Pkg().Path()) {
		return false
	}
	n := fn.Name()
	return !strings.HasPrefix(n, "Print") && !strings.Contains(n, "can") && n != "Sleep" && n != "AfterFunc" && n != "Wait" && n != "Go"
}

// total are the effects of code with all that it calls.
func (s *Session) total(e *effects) *effects {
	sum := newEffects()
	seen := map[string]bool{}
	var add func(e *effects)
	add = func(e *effects) {
		sum.loud = sum.loud || e.loud
		maps.Copy(sum.writes, e.writes)
		maps.Copy(sum.mentions, e.mentions)
		results := e.results
		for _, c := range e.calls {
			if s.writesParams(c.fn) {
				sum.loud = sum.loud || c.args.unknown
				for _, v := range c.args.vars {
					sum.writes[varKey(v)] = true
				}
				results = slices.Concat(results, c.args.results)
			}
			if k := c.fn.FullName(); !seen[k] {
				seen[k] = true
				add(s.effectsOf(c.fn))
			}
		}
		for _, fn := range results { // they may be any variable that the function knows
			t := s.totalOf(fn)
			sum.loud = sum.loud || t.loud
			maps.Copy(sum.writes, t.mentions)
		}
	}
	add(e)
	return sum
}

// totalOf is the total of a function; of one that is part of its own result, what
// is known so far.
func (s *Session) totalOf(fn *types.Func) *effects {
	k := fn.FullName()
	if t := s.totals[k]; t != nil {
		return t
	}
	s.totals[k] = &effects{loud: true}
	t := s.total(s.effectsOf(fn))
	s.totals[k] = t
	return t
}

// writesParams reports whether a function, or what it passes them to, writes
// through its parameters.
func (s *Session) writesParams(fn *types.Func) bool {
	seen := map[string]bool{}
	var visit func(fn *types.Func) bool
	visit = func(fn *types.Func) bool {
		k := fn.FullName()
		if known, ok := s.changers[k]; ok {
			return known
		}
		if seen[k] {
			return false
		}
		seen[k] = true
		e := s.effectsOf(fn)
		if e.params || slices.ContainsFunc(e.calls, func(c call) bool { return c.args.params && visit(c.fn) }) {
			s.changers[k] = true
			return true
		}
		return false
	}
	if visit(fn) {
		return true
	}
	for k := range seen { // all that could be reached does not
		s.changers[k] = false
	}
	return false
}

// effectsOf are the direct effects of a function of a package lowered from source.
func (s *Session) effectsOf(fn *types.Func) *effects {
	k := fn.FullName()
	if e := s.effects[k]; e != nil {
		return e
	}
	e := newEffects()
	sh := s.syntaxOf(s.moduleOf(fn.Pkg()))
	if d := sh.declOf(fn); d != nil && d.Body != nil {
		e = s.direct(sh.info, d.Body, d.Recv, d.Type.Params)
	} else {
		e.loud = true // nobody knows
	}
	s.effects[k] = e // survives a rollback: it does not depend on the cell
	return e
}

// declared lists the functions and methods of a package.
func (sh *shadow) declared() (l []*ast.FuncDecl) {
	for _, n := range sortedKeys(sh.funcs) {
		l = append(l, sh.funcs[n])
	}
	for _, t := range sortedKeys(sh.meths) {
		for _, n := range sortedKeys(sh.meths[t]) {
			l = append(l, sh.meths[t][n])
		}
	}
	return l
}

// declOf finds the syntax of a function or method.
func (sh *shadow) declOf(fn *types.Func) *ast.FuncDecl {
	r := fn.Signature().Recv()
	if r == nil {
		return sh.funcs[fn.Name()]
	}
	t := types.Unalias(r.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	if !ok {
		return nil
	}
	return sh.meths[n.Obj().Name()][fn.Name()]
}
