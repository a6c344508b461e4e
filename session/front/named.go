package front

import (
	"fmt"
	"go/ast"
	"go/types"
)

type namedEmit struct {
	name string
	t    *types.Named // canonical instance
}

// namedName returns the yaegi name of a session type, declaring it on first use.
func (s *Session) namedName(t *types.Named) string {
	k := s.key(t)
	if e := s.named[k]; e != nil {
		return e.name
	}
	o := t.Obj()
	e := &namedEmit{name: s.fresh(o.Name()), t: t}
	put(s, s.named, k, e)
	s.namedL = append(s.namedL, e)
	s.out.named++
	s.undo = append(s.undo, func() { s.namedL = s.namedL[:len(s.namedL)-1] })
	slot := len(s.out.types)
	s.out.types = append(s.out.types, "")
	var body string
	switch u := t.Underlying().(type) {
	case *types.Struct:
		body = s.structType(u, "#"+e.name+";!", t) // ! tells it from a box with one field V
	default:
		if body = "interface{}"; !isIface(t) {
			body = s.typ(u)
		}
		if s.hollow(t) {
			body = fmt.Sprintf("struct { V interface{} %q }", fmt.Sprintf("ᐧ:%q", "#"+e.name+";!"))
		}
	}
	s.out.types[slot] = "type " + e.name + " " + body + "\n"
	s.out.init = append(s.out.init, fmt.Sprintf("%s.Type(%q, %q, %q)\n", runtimeName, e.name, s.goName(t), s.code(t.Underlying())))
	return e.name
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

// emitMethods tells the runtime the methods of a type, so that interfaces can
// call them. A method that is redefined replaces the old one, also for values
// that exist already.
func (s *Session) emitMethods(e *namedEmit) {
	if isIface(e.t) {
		return
	}
	if _, ok := e.t.Underlying().(*types.Pointer); ok {
		return
	}
	values := types.NewMethodSet(e.t)
	for sel := range types.NewMethodSet(types.NewPointer(e.t)).Methods() {
		m := sel.Obj().(*types.Func)
		if !m.Exported() && !s.isSession(m) || len(sel.Index()) == 1 && s.method(e.t, m.Name()) == nil {
			continue
		}
		if values.Lookup(m.Pkg(), m.Name()) != nil {
			s.emitMethod(e, m, e.t)
		}
		s.emitMethod(e, m, types.NewPointer(e.t))
	}
}

// emitMethod registers method m for the receiver type recv.
func (s *Session) emitMethod(e *namedEmit, m *types.Func, recv types.Type) {
	g := &gen{s: s, fn: &fctx{}}
	msig := types.NewSignatureType(nil, nil, nil, m.Signature().Params(), m.Signature().Results(), m.Signature().Variadic())
	ps, args := paramNames(msig)
	fn, arg := g.callee("vᐧ", recv, m.Name(), m.Pkg(), true, ast.NewIdent(m.Name()))
	if arg != "" && args != "" {
		arg += ", "
	}
	ret := ""
	if msig.Results().Len() > 0 {
		ret = "return "
	}
	code := s.code(recv)
	held := "rᐧ.(" + s.typ(recv) + ")" // the runtime has found the method by this type
	if !s.faithful(recv) {
		held = "rᐧ.(" + s.boxType(recv) + ").V"
	}
	text := fmt.Sprintf("func%s { vᐧ := %s; %s%s(%s%s) }", s.withReceiver("rᐧ ", msig, ps), held, ret, fn, arg, args)
	key := "method:" + code + m.Name()
	if s.helpers[key] == text {
		return
	}
	put(s, s.helpers, key, text)
	s.out.init = append(s.out.init, fmt.Sprintf("%s.Method(%q, %q, %q, %s)\n", runtimeName, code, m.Name(), s.code(msig), text))
}
