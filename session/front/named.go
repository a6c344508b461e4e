package front

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

type namedEmit struct {
	name string
	t    *types.Named // canonical instance
	done map[string]bool
}

// namedName returns the yaegi name of a session type, declaring it on first use.
func (s *Session) namedName(t *types.Named) string {
	k := s.key(t)
	if e := s.named[k]; e != nil {
		return e.name
	}
	s.rejectRecursive(t)
	o := t.Obj()
	e := &namedEmit{name: s.fresh(o.Name()), t: t, done: map[string]bool{}}
	put(s, s.named, k, e)
	s.namedL = append(s.namedL, e)
	s.out.named++
	s.undo = append(s.undo, func() { s.namedL = s.namedL[:len(s.namedL)-1] })
	slot := len(s.out.types)
	s.out.types = append(s.out.types, "")
	var body string
	switch u := t.Underlying().(type) {
	case *types.Struct:
		body = s.structType(u, e.name, t)
	case *types.Interface:
		if u.NumMethods() == 0 {
			body = "interface{}"
		} else {
			body = s.ifaceBody(u)
		}
	default:
		body = s.typ(u)
	}
	s.out.types[slot] = "type " + e.name + " " + body + "\n"
	return e.name
}

func (s *Session) emitType(n, body string) {
	s.out.types = append(s.out.types, "type "+n+" "+body+"\n")
}

// shadowNamed maps an instance of a compiled package's generic type to the
// same instance of its source (override) version.
func (s *Session) shadowNamed(t *types.Named) *types.Named {
	path := t.Obj().Pkg().Path()
	sh, err := s.shadow(path)
	if err != nil || sh.specs[t.Obj().Name()] == nil {
		return nil
	}
	if sh.pkg == t.Obj().Pkg() {
		return t
	}
	if !sh.override {
		return nil
	}
	o := sh.pkg.Scope().Lookup(t.Obj().Name())
	if o == nil {
		return nil
	}
	var args []types.Type
	for i := 0; i < t.TypeArgs().Len(); i++ {
		args = append(args, t.TypeArgs().At(i))
	}
	r, err := types.Instantiate(ctxt, o.Type(), args, false)
	if err != nil {
		return nil
	}
	return r.(*types.Named)
}

// emitMethods declares, for each method in the type's method set, a yaegi
// method forwarding to the lowered function, so that interfaces work.
func (s *Session) emitMethods(e *namedEmit) {
	if isIface(e.t) {
		return
	}
	if _, ok := e.t.Underlying().(*types.Pointer); ok {
		return
	}
	g := &gen{s: s}
	ms := types.NewMethodSet(types.NewPointer(e.t))
	for i := 0; i < ms.Len(); i++ {
		sel := ms.At(i)
		m := sel.Obj().(*types.Func)
		name := m.Name()
		direct := len(sel.Index()) == 1
		if !m.Exported() && !s.isSession(m) {
			continue
		}
		var fd *fdecl
		if direct {
			if fd = s.method(e.t, name); fd == nil {
				continue
			}
		}
		sig := m.Signature()
		_, ptr := types.Unalias(sig.Recv().Type()).(*types.Pointer)
		if !direct {
			// promoted: pointer receiver needed unless reachable from the value
			ptr = types.NewMethodSet(e.t).Lookup(m.Pkg(), name) == nil
		}
		var targs []types.Type
		for k := 0; k < e.t.TypeArgs().Len(); k++ {
			targs = append(targs, e.t.TypeArgs().At(k))
		}
		ver := "-"
		fn := ""
		if direct {
			fn = s.instance(fd, targs)
			ver = fn
		}
		vname := e.name + "ᐧ" + name + "ᐧv"
		if e.done[name] {
			if direct && s.helpers[vname] != ver {
				put(s, s.helpers, vname, ver)
				s.out.init = append(s.out.init, vname+" = "+fn+"\n")
			}
			continue
		}
		put(s, e.done, name, true)
		msig := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
		ps, args := g.params(msig)
		rt := e.name
		if ptr {
			rt = "*" + rt
		}
		ret := ""
		if sig.Results().Len() > 0 {
			ret = "return "
		}
		hdr := s.sig(msig, ps)
		if direct {
			put(s, s.helpers, vname, ver)
			fsig := "func(" + rt
			if len(ps) > 0 {
				fsig += ", "
			}
			fsig += strings.TrimPrefix(s.sig(msig, nil), "(")
			s.out.vars = append(s.out.vars, "var "+vname+" "+fsig+"\n")
			s.out.init = append(s.out.init, vname+" = "+fn+"\n")
			sep := ""
			if args != "" {
				sep = ", "
			}
			s.out.funcs = append(s.out.funcs, fmt.Sprintf("func (rᐧ %s) %s%s { %s%s(rᐧ%s%s) }\n", rt, name, hdr, ret, vname, sep, args))
			continue
		}
		gg := &gen{s: s, fn: &fctx{}}
		pt := types.Type(e.t)
		if ptr {
			pt = types.NewPointer(e.t)
		}
		f, a := gg.callee("rᐧ", pt, name, m.Pkg(), true, ast.NewIdent(name))
		if a != "" && args != "" {
			a += ", "
		}
		s.out.funcs = append(s.out.funcs, fmt.Sprintf("func (rᐧ %s) %s%s { %s%s(%s%s) }\n", rt, name, hdr, ret, f, a, args))
	}
}
