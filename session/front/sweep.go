package front

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// Cells that declare names again leave the old functions, types and variables
// behind. Sweep finds those that no later cell can mention: neither a name of
// the session means them, nor is there a way to them through the types of such
// names or through the bodies of generic functions, which may be lowered again.

// sweepEvery is how many cells are committed between two sweeps. What a sweep
// costs depends on how much is alive.
const sweepEvery = 64

// Sweep forgets what is dead, if it is time to, and returns its names in Core
// Go. It is to be called between cells.
func (s *Session) Sweep() []string {
	if s.keepAll || s.commits < sweepEvery {
		return nil
	}
	s.commits = 0
	for _, n := range s.results[:max(0, len(s.results)-keptResults)] {
		if s.cells[n] == 0 { // else a cell has declared the name itself
			delete(s.objs, n)
		}
	}
	s.results = slices.Clone(s.results[max(0, len(s.results)-keptResults):])
	m := &marker{s: s, types: map[*types.TypeName]bool{}, objs: map[types.Object]bool{}, seen: map[types.Type]bool{}, fds: map[*fdecl]bool{}}
	for _, o := range s.objs {
		m.object(o)
	}
	for _, fd := range s.funcs {
		m.function(fd)
	}
	sw := &sweeper{s: s, live: m, names: map[string]bool{}}
	sw.objects()
	sw.types()
	return sw.dead
}

// marker notes what is alive.
type marker struct {
	s     *Session
	types map[*types.TypeName]bool
	objs  map[types.Object]bool
	seen  map[types.Type]bool
	fds   map[*fdecl]bool
}

func (m *marker) object(o types.Object) {
	if o == nil || m.objs[o] {
		return
	}
	m.objs[o] = true
	m.typ(o.Type())
	if fd := m.s.fobj[o]; fd != nil {
		m.function(fd)
	}
}

func (m *marker) function(fd *fdecl) {
	if m.fds[fd] {
		return
	}
	m.fds[fd] = true
	m.object(fd.obj)
	if fd.info == nil { // not generic: it has been lowered for good
		return
	}
	ast.Inspect(fd.fn, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			m.typ(fd.info.TypeOf(e))
		}
		if id, ok := n.(*ast.Ident); ok {
			m.object(fd.info.Uses[id])
			m.object(fd.info.Defs[id])
			m.typ(fd.info.Instances[id].Type)
		}
		return true
	})
}

func (m *marker) typ(t types.Type) {
	if t == nil || m.seen[t] {
		return
	}
	m.seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		m.types[t.Obj()] = true
		m.typ(types.Unalias(t))
	case *types.Named:
		m.named(t)
	case *types.TypeParam:
		m.typ(t.Constraint())
	case *types.Struct:
		for f := range t.Fields() {
			m.typ(f.Type())
		}
	case *types.Signature:
		m.typ(t.Params())
		m.typ(t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			m.typ(v.Type())
		}
	case *types.Interface:
		for f := range t.Methods() {
			m.typ(f.Type())
		}
	case *types.Map:
		m.typ(t.Key())
		m.typ(t.Elem())
	case interface{ Elem() types.Type }: // pointer, slice, array, channel
		m.typ(t.Elem())
	}
}

// named marks a type of cells with its methods. Those of compiled packages do
// not refer to cells but through type arguments.
func (m *marker) named(t *types.Named) {
	for a := range t.TypeArgs().Types() {
		m.typ(a)
	}
	tn := t.Origin().Obj()
	m.types[tn] = true
	if !isMain(tn) {
		return
	}
	m.typ(t.Underlying())
	for f := range t.Methods() {
		m.typ(f.Type())
	}
	if t != t.Origin() {
		m.typ(t.Origin())
		return
	}
	for f := range t.Methods() {
		if fd := m.s.meths[methodKey{tn, f.Name()}]; fd != nil {
			m.function(fd)
		}
	}
}

// sweeper removes what is not alive from the session's tables.
type sweeper struct {
	s     *Session
	live  *marker
	names map[string]bool // dead already
	gone  map[int]bool    // identities of dead types
	dead  []string
}

func (sw *sweeper) name(n string) {
	if n != "" && !sw.names[n] {
		sw.names[n] = true
		sw.dead = append(sw.dead, n)
	}
}

// objects sweeps variables, functions and methods.
func (sw *sweeper) objects() {
	s := sw.s
	storage := map[string]bool{} // several variables may share one
	for o, n := range s.low {
		if sw.live.objs[o] {
			storage[n] = true
		}
	}
	for o, n := range s.low {
		if sw.live.objs[o] {
			continue
		}
		delete(s.low, o)
		if !storage[n] {
			sw.name(n)
		}
	}
	forget := func(fd *fdecl) {
		for _, n := range fd.insts {
			sw.name(n)
		}
	}
	for o, fd := range s.fobj {
		if isMain(o) && !sw.live.fds[fd] {
			forget(fd)
			delete(s.fobj, o)
		}
	}
	for k, fd := range s.meths {
		if !sw.live.types[k.recv] {
			forget(fd)
			delete(s.meths, k)
		}
	}
	maps.DeleteFunc(s.ghosts, func(tn *types.TypeName, _ map[string]bool) bool { return !sw.live.types[tn] })
}

// types sweeps types, and the helpers and instances made for them.
func (sw *sweeper) types() {
	s := sw.s
	sw.gone = map[int]bool{}
	for tn, id := range s.tnID {
		if isMain(tn) && !sw.live.types[tn] {
			sw.gone[id] = true
			delete(s.tnID, tn)
		}
	}
	for k, e := range s.named {
		if sw.isGone(k) {
			delete(s.named, k)
			sw.name(e.name)
		}
	}
	s.namedL = slices.DeleteFunc(s.namedL, func(e *namedEmit) bool { return sw.names[e.name] })
	for k, n := range s.helpers {
		code, method := strings.CutPrefix(k, "method:")
		switch {
		case method && sw.names[namedIn(code)]:
			delete(s.helpers, k)
		case !method && sw.isGone(k):
			delete(s.helpers, k)
			sw.name(n)
		}
	}
	maps.DeleteFunc(s.erase, func(k string, _ bool) bool { return sw.isGone(k) })
	for _, fd := range s.fobj {
		for k, n := range fd.insts {
			if sw.isGone(k) {
				delete(fd.insts, k)
				sw.name(n)
			}
		}
	}
}

// isGone reports whether a key made by Session.key mentions a dead type.
func (sw *sweeper) isGone(key string) bool {
	for {
		_, rest, ok := strings.Cut(key, "#")
		if !ok {
			return false
		}
		id := 0
		for len(rest) > 0 && '0' <= rest[0] && rest[0] <= '9' {
			id, rest = 10*id+int(rest[0]-'0'), rest[1:]
		}
		if sw.gone[id] {
			return true
		}
		key = rest
	}
}

// namedIn is the lowered type that a receiver's code names: "*#Tᐧ3;".
func namedIn(code string) string {
	_, name, _ := strings.Cut(code, "#")
	name, _, _ = strings.Cut(name, ";")
	return name
}
