package front

import (
	"go/ast"
	"go/types"
	"strings"
)

// commit makes the cell's definitions visible to later cells.
func (s *Session) commit(c *cell) {
	for n := range c.names {
		delete(s.imports, n)
		delete(s.tdecls, n)
		delete(s.funcs, n)
	}
	for n, p := range c.imports {
		s.imports[n] = p
		delete(s.objs, n)
	}
	s.dots = append(s.dots, c.dots...)
	for _, t := range c.types {
		n := t.Name.Name
		s.declare(c, n, c.newTypes[n])
		s.tdecls[n] = &tdecl{spec: t, text: specText(t), deps: s.depsOf(t, c.info1)}
	}
	for _, d := range c.consts {
		for _, id := range constNames(d) {
			s.declare(c, id.Name, c.consts1[id.Name])
		}
	}
	for _, fd := range c.fdecls {
		if fd.obj.Signature().TypeParams().Len() == 0 {
			fd.info = nil // lowered for good
		}
		s.funcs[fd.key] = fd
		if fd.node.Recv == nil && !strings.HasPrefix(fd.key, "initᐧ") {
			s.declare(c, fd.key, fd.obj)
		}
	}
	for _, vs := range c.vars {
		for _, id := range vs.Names {
			if id.Name != "_" && !strings.Contains(id.Name, "ᐧᐧ") {
				s.declare(c, id.Name, c.info.Defs[id])
			}
		}
	}
	if c.result != nil {
		s.objs[c.result.Name()] = c.result
		s.objs[lastName] = c.result
		s.results = append(s.results, c.result.Name())
	}
	s.commits++
	s.dismiss(c)
}

// dismiss empties the scope, in which the functions of the cell are, and forgets
// the positions in its text unless a later cell may compile a part of it again.
func (s *Session) dismiss(c *cell) {
	emptyScope(s.pkg)
	if len(c.funcs) == 0 && len(c.types) == 0 && !s.keepAll {
		s.dropFiles()
	}
	s.files = nil
}

func (s *Session) declare(c *cell, name string, o types.Object) {
	s.objs[name] = o
	if !c.relinked[name] {
		s.cells[name] = c.n
	}
}

// depsOf lists the session's names and methods ("T.M") that a declaration uses.
func (s *Session) depsOf(n ast.Node, info *types.Info) map[string]bool {
	m := map[string]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.Ident:
			if o := info.Uses[x]; o != nil && isMain(o) && isPkgLevel(o) {
				m[o.Name()] = true
			}
		case *ast.SelectorExpr:
			if sel := info.Selections[x]; sel != nil && sel.Kind() != types.FieldVal {
				t := sel.Recv()
				if p, ok := t.(*types.Pointer); ok {
					t = p.Elem()
				}
				if nm, ok := types.Unalias(t).(*types.Named); ok && isMain(nm.Obj()) {
					m[nm.Obj().Name()+"."+x.Sel.Name] = true
				}
			}
		}
		return true
	})
	return m
}
