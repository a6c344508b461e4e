package front

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// The variables of a package lowered from source are initialised, and its init
// functions run, at the beginning of the first cell that imports it. Parts that
// do no more than give values to variables wait until one of these is used, if
// nothing can have changed by then what they read: tables that nobody needs cost
// nothing. See effects.go.

// part is an entry of a package's InitOrder, or an init function; these come
// after the former.
type part struct {
	Loud             bool // it must not wait
	Writes, Mentions []string
}

// initKey says which part of which package.
type initKey struct {
	m     *module
	index int
}

func (k initKey) part() part { return k.m.parts[k.index] }

// initChunk is a part in Core Go.
type initChunk struct {
	key  initKey
	call string
}

// analyse finds out what a package's initialisation does.
func (s *Session) analyse(m *module) {
	sh := m.syntax
	add := func(e *effects) {
		t := s.total(e)
		m.parts = append(m.parts, part{t.loud, sortedKeys(t.writes), sortedKeys(t.mentions)})
	}
	change := map[string]bool{}
	for _, in := range sh.info.InitOrder {
		e := s.value(sh.info, in.Rhs)
		for _, v := range in.Lhs {
			if v.Name() != "_" {
				e.writes[varKey(v)] = true
			}
		}
		add(e)
		maps.Copy(change, s.literals(sh, in.Rhs).writes)
	}
	for _, d := range sh.inits {
		add(s.direct(sh.info, d.Body))
	}
	for _, d := range sh.declared() {
		fn, ok := sh.info.Defs[d.Name].(*types.Func)
		if !ok {
			continue
		}
		e := s.effectsOf(fn)
		maps.Copy(change, e.writes)
		for _, c := range e.calls {
			if len(c.args.vars) > 0 && s.writesParams(c.fn) {
				for _, v := range c.args.vars {
					change[varKey(v)] = true
				}
			}
		}
	}
	m.change = sortedKeys(change)
}

// literals are the effects of the function literals in an expression.
func (s *Session) literals(sh *shadow, e ast.Expr) *effects {
	sum := newEffects()
	ast.Inspect(e, func(n ast.Node) bool {
		lit, ok := n.(*ast.FuncLit)
		if ok {
			maps.Copy(sum.writes, s.direct(sh.info, lit.Body, lit.Type.Params).writes)
		}
		return !ok
	})
	return sum
}

// startModules begins the initialisation of the packages that a cell imports.
func (s *Session) startModules(c *cell) {
	for _, path := range slices.Concat(slices.Sorted(maps.Values(c.imports)), c.dots, c.blank) {
		s.startModule(path)
	}
	if len(s.waiting) > 0 && s.writesModule(c) {
		for _, k := range s.waitingParts() {
			s.needInit(k)
		}
	}
}

// writesModule reports whether a cell assigns to a variable of a package.
func (s *Session) writesModule(c *cell) bool {
	for _, st := range c.body {
		if len(s.direct(c.info, st).writes) > 0 {
			return true
		}
	}
	for _, fd := range c.fdecls {
		if fd.fn.Body != nil && len(s.direct(c.info, fd.fn.Body).writes) > 0 {
			return true
		}
	}
	return false
}

func (s *Session) startModule(path string) {
	m := s.modules[path]
	if m == nil || s.started[path] {
		return
	}
	put(s, s.started, path, true)
	for _, p := range m.source.Imports {
		s.startModule(p)
	}
	for _, v := range m.change {
		put(s, s.mutable, v, true)
	}
	for i, p := range m.parts {
		k := initKey{m, i}
		put(s, s.waiting, k, true)
		for _, v := range p.Writes {
			put(s, s.writers, v, append(slices.Clip(s.writers[v]), k))
		}
	}
	for _, k := range s.waitingParts() {
		if p := k.part(); p.Loud || s.unsettled(p) || slices.ContainsFunc(p.Writes, func(v string) bool { return s.vars[v] != "" }) {
			s.needInit(k)
		}
	}
}

// waitingParts are those that have not run, in order.
func (s *Session) waitingParts() []initKey {
	return slices.SortedFunc(maps.Keys(s.waiting), initKey.compare)
}

func (k initKey) compare(l initKey) int {
	return cmp.Or(cmp.Compare(k.m.order, l.m.order), cmp.Compare(k.index, l.index))
}

// unsettled reports whether a part reads what may change while it waits.
func (s *Session) unsettled(p part) bool {
	return slices.ContainsFunc(p.Mentions, func(v string) bool { return s.mutable[v] && !slices.Contains(p.Writes, v) })
}

// moduleVar returns the lowered name of a package's variable. When it is first
// needed it is declared, and what gives it its value is lowered.
func (s *Session) moduleVar(o *types.Var) string {
	k := varKey(o)
	if n := s.vars[k]; n != "" {
		return n
	}
	n := s.fresh(o.Pkg().Name() + "ᐧ" + o.Name())
	put(s, s.vars, k, n)
	s.out.vars = append(s.out.vars, fmt.Sprintf("var %s %s\n", n, s.typ(o.Type())))
	for _, w := range s.writers[k] {
		s.needInit(w)
	}
	return n
}

// needInit queues a part of the initialisation.
func (s *Session) needInit(k initKey) {
	if !s.waiting[k] {
		return
	}
	put(s, s.waiting, k, false)
	delete(s.waiting, k)
	s.initQueue = append(s.initQueue, k)
}

// lowerInits lowers the queued parts. What these need is queued anew.
func (s *Session) lowerInits() {
	for len(s.initQueue) > 0 {
		k := s.initQueue[0]
		s.initQueue = s.initQueue[1:]
		s.out.inits = append(s.out.inits, initChunk{k, s.lowerInit(k) + "()\n"})
	}
}

// lowerInit returns the name of the function that does it.
func (s *Session) lowerInit(k initKey) string {
	sh := s.syntaxOf(k.m)
	if i := k.index - len(sh.info.InitOrder); i >= 0 {
		d := sh.inits[i]
		o := types.NewFunc(d.Pos(), sh.pkg, "init", types.NewSignatureType(nil, nil, nil, nil, nil, false))
		fd := &fdecl{key: fmt.Sprintf("%s.initᐧ%d", sh.pkg.Path(), i), node: d, fn: d, obj: o, info: sh.info, insts: map[string]string{}}
		return s.instance(fd, nil)
	}
	in := sh.info.InitOrder[k.index]
	s.at = in.Rhs.Pos()
	g := &gen{s: s, info: sh.info, names: map[types.Object]string{}, used: map[string]bool{}, seq: new(int),
		fn: &fctx{sig: types.NewSignatureType(nil, nil, nil, nil, nil, false)}}
	g.initialise(in)
	fn := s.fresh("initᐧ" + sh.pkg.Name())
	s.out.funcs = append(s.out.funcs, "func "+fn+"() {\n"+g.b.String()+"}\n")
	return fn
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

// initCalls is the initialisation that the cell has to do first, in Go's order.
func (s *Session) initCalls() string {
	slices.SortFunc(s.out.inits, func(a, b initChunk) int { return a.key.compare(b.key) })
	var b strings.Builder
	for _, c := range s.out.inits {
		b.WriteString(c.call)
	}
	return b.String()
}
