package front

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// lower produces the Core Go of a checked cell: its declarations, and a function
// init with its statements, which no function of a cell is called.
func (s *Session) lower(c *cell) string {
	s.bindFuncs(c)
	s.bindVars(c)
	g := &gen{s: s, info: c.info, names: map[types.Object]string{}, used: map[string]bool{}, seq: new(int), cell: c,
		fn: &fctx{sig: types.NewSignatureType(nil, nil, nil, nil, nil, false)}}
	s.declareAll(c)
	s.startModules(c)
	g.body(&ast.BlockStmt{List: c.body})
	s.drain(c)

	var b strings.Builder
	b.WriteString("package main\n")
	var calls strings.Builder
	for _, fd := range c.fdecls {
		if strings.HasPrefix(fd.key, "initᐧ") && !c.relinked[fd.key] {
			calls.WriteString(s.instance(fd, nil) + "()\n")
		}
	}
	calls.WriteString(g.b.String())
	for _, fd := range c.fdecls {
		if fd.key == "main" && len(c.body) == 0 && !c.relinked["main"] {
			calls.WriteString(s.instance(fd, nil) + "()\n")
		}
	}
	for _, l := range [][]string{s.out.imports, s.out.types, s.out.vars, s.out.funcs} {
		b.WriteString(strings.Join(l, ""))
	}
	text := calls.String()
	if c.opts.Timed {
		text = fmt.Sprintf("%s.Timeit(func(nᐧ int) {\nfor ; nᐧ > 0; nᐧ-- {\n%s%s}\n})\n", runtimeName, poll, text)
	}
	fmt.Fprintf(&b, "func init() {\n%s.Begin()\n%s%s}\n", runtimeName, strings.Join(s.out.init, ""), s.initCalls()+text)
	return b.String()
}

// bindFuncs makes the cell's functions and methods known to the lowering.
func (s *Session) bindFuncs(c *cell) {
	for _, fd := range c.fdecls {
		fd.info = c.info
		fd.obj, _ = c.info.Defs[fd.fn.Name].(*types.Func)
		if fd.obj == nil {
			panic(unsupported{pos: s.fset.Position(fd.fn.Pos()).String(), msg: "function " + fd.key + " has no meaning"})
		}
		put(s, s.fobj, types.Object(fd.obj), fd)
		fd.deps = s.depsOf(fd.fn, c.info)
		if fd.node.Recv == nil {
			continue
		}
		base, _ := recvBase(fd.node)
		tn := c.newTypes[base]
		if tn == nil {
			tn, _ = s.objs[base].(*types.TypeName)
		}
		put(s, s.meths, methodKey{tn, fd.node.Name.Name}, fd)
	}
}

// bindVars gives the cell's variables their storage. One that is declared
// again with the same type keeps its storage, so that closures see the change.
func (s *Session) bindVars(c *cell) {
	for _, vs := range c.vars {
		for _, id := range vs.Names {
			s.at = id.Pos()
			o := c.info.Defs[id]
			if id.Name == "_" || o == nil {
				continue
			}
			if old, ok := s.objs[id.Name].(*types.Var); ok && types.Identical(old.Type(), o.Type()) && s.low[old] != "" {
				put(s, s.low, o, s.low[old])
				continue
			}
			n := s.fresh(id.Name)
			put(s, s.low, o, n)
			s.out.vars = append(s.out.vars, fmt.Sprintf("var %s %s\n", n, s.typ(o.Type())))
		}
	}
}

// declareAll lowers declared types and functions even if the cell does not use
// them: later cells may.
func (s *Session) declareAll(c *cell) {
	for _, t := range c.types {
		n, ok := c.newTypes[t.Name.Name].Type().(*types.Named)
		if !ok || n.TypeParams().Len() > 0 {
			continue
		}
		if it, ok := n.Underlying().(*types.Interface); ok && !it.IsMethodSet() {
			continue
		}
		s.at = t.Pos()
		s.namedName(n)
	}
	for _, fd := range c.fdecls {
		if fd.obj.Signature().TypeParams().Len() == 0 {
			s.instance(fd, nil)
		}
	}
}

// embeds reports whether a type is one of a set, or has methods of one through
// embedding.
func embeds(t types.Type, set map[*types.TypeName]bool, depth int) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || depth > 16 {
		return false
	}
	if set[n.Origin().Obj()] {
		return true
	}
	if st, ok := n.Underlying().(*types.Struct); ok {
		for f := range st.Fields() {
			if f.Embedded() && embeds(f.Type(), set, depth+1) {
				return true
			}
		}
	}
	return false
}

// drain lowers queued function instances and method wrappers until none is left.
func (s *Session) drain(c *cell) {
	first := len(s.namedL) - s.out.named
	changed := map[*types.TypeName]bool{} // types with new methods
	for _, fd := range c.fdecls {
		if fd.node.Recv != nil {
			base, _ := recvBase(fd.node)
			tn := c.newTypes[base]
			if tn == nil {
				tn, _ = s.objs[base].(*types.TypeName)
			}
			changed[tn] = true
		}
	}
	for _, e := range s.namedL[:first] {
		if embeds(e.t, changed, 0) {
			s.emitMethods(e)
		}
	}
	for next := first; ; {
		for len(s.queue) > 0 {
			w := s.queue[0]
			s.queue = s.queue[1:]
			s.out.funcs = append(s.out.funcs, s.emitFunc(w))
		}
		for ; next < len(s.namedL); next++ {
			s.emitMethods(s.namedL[next])
		}
		s.lowerInits()
		if len(s.queue) == 0 && next == len(s.namedL) {
			return
		}
	}
}
