package front

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// Interfaces. The executor knows no named types, so that a dynamic type would
// be lost where a value becomes an interface. Core Go therefore has only two
// kinds of interface type:
//
//   - interface{}, for any, and for every interface that a cell declares. What it
//     holds tells its own type: structs of cells carry a tag; any other value
//     whose type the executor would confuse is put in a box, a struct with a tag.
//   - interfaces with methods of compiled packages, error too. What cells put
//     there is wrapped by the runtime, which calls the methods.
//
// Conversions are explicit, and assertions, method calls and == go through the
// runtime.

// foreign reports whether t is an interface type of a compiled package that
// has methods.
func (s *Session) foreign(t types.Type) bool {
	it, ok := t.Underlying().(*types.Interface)
	if !ok || it.NumMethods() == 0 {
		return false
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && !s.lowered(n)
}

// lowered reports whether a named type is declared in Core Go.
func (s *Session) lowered(t *types.Named) bool {
	o := t.Obj()
	if o.Pkg() == nil {
		return false
	}
	sh := s.shadows[o.Pkg().Path()]
	return s.isSession(o) || sh != nil && (!o.Exported() || sh.pkg == o.Pkg() && t.TypeArgs().Len() > 0)
}

// faithful reports whether the executor's type for t stands for no other type.
func (s *Session) faithful(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return true
	case *types.Named:
		if !s.lowered(t) {
			return true
		}
		_, ok := t.Underlying().(*types.Struct)
		return ok || s.hollow(t)
	case *types.Pointer:
		return s.faithful(t.Elem())
	case *types.Slice:
		return s.faithful(t.Elem())
	case *types.Array:
		return s.faithful(t.Elem())
	case *types.Map:
		return s.faithful(t.Key()) && s.faithful(t.Elem())
	case *types.Chan:
		return s.faithful(t.Elem())
	case *types.Interface:
		return t.NumMethods() == 0
	case *types.Signature:
		for _, l := range []*types.Tuple{t.Params(), t.Results()} {
			for v := range l.Variables() {
				if !s.faithful(v.Type()) {
					return false
				}
			}
		}
		return true
	}
	return false // unnamed structs: their fields are renamed
}

// conv lowers the conversion of val from one type to another where one of them
// is an interface.
func (s *Session) conv(val string, from, to types.Type) string {
	if !isIface(to) {
		return s.refill(val, from, to)
	}
	if from == nil || isNil(from) {
		return val
	}
	switch {
	case !isIface(from):
		if !s.foreign(to) {
			return s.box(val, from)
		}
		if s.declares(from) {
			return s.wrap(s.box(val, from), to)
		}
		return val
	case s.foreign(from) && !s.foreign(to):
		return runtimeName + ".Bare(" + val + ")"
	case s.foreign(to) && !s.foreign(from):
		return s.wrap(val, to)
	}
	return val
}

// declares reports whether t's methods are those of a type of cells.
func (s *Session) declares(t types.Type) bool {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	switch t := t.(type) {
	case *types.Named:
		return s.lowered(t)
	case *types.Struct:
		return true
	}
	return false
}

// box makes an interface{} that tells its type.
func (s *Session) box(val string, t types.Type) string {
	t = types.Default(t)
	if s.faithful(t) {
		switch t.Underlying().(type) {
		case *types.Struct, *types.Array, *types.Slice, *types.Map: // yaegi would alias structs, and takes literals for interfaces
		default:
			return val
		}
	}
	h := s.helper("box:"+s.key(t), "box", func(n string) string { // a call also copies
		ty := s.typ(t)
		if s.faithful(t) {
			return fmt.Sprintf("func %s(v %s) interface{} { return v }\n", n, ty)
		}
		return fmt.Sprintf("func %s(v %s) interface{} { return %s{V: v} }\n", n, ty, s.boxType(t))
	})
	return h + "(" + val + ")"
}

// boxType is the struct type that holds values of t in interfaces.
func (s *Session) boxType(t types.Type) string {
	k := "boxtype:" + s.key(t)
	if n := s.helpers[k]; n != "" {
		return n
	}
	n := s.fresh("box")
	put(s, s.helpers, k, n)
	s.out.types = append(s.out.types, fmt.Sprintf("type %s struct { V %s %q }\n", n, s.typ(t), fmt.Sprintf("ᐧ:%q", s.code(t))))
	return n
}

// wrap converts an interface{} to a compiled interface type.
func (s *Session) wrap(val string, to types.Type) string {
	h := s.helper("wrap:"+s.key(to), "wrap", func(n string) string {
		ty := s.typ(to)
		return fmt.Sprintf("func %s(v interface{}) %s { if v == nil { return nil }; w, _ := %s.Wrap(v, %q); return w.(%s) }\n", n, ty, runtimeName, s.wrapperName(to), ty)
	})
	return h + "(" + val + ")"
}

// wrapperName is how the runtime finds a compiled interface type: "io.Reader",
// "error".
func (s *Session) wrapperName(t types.Type) string {
	o := types.Unalias(t).(*types.Named).Obj()
	if o.Pkg() == nil {
		return o.Name()
	}
	return o.Pkg().Path() + "." + o.Name()
}

// assert lowers x.(T) for a value of an interface type; with ok it has two
// results.
func (s *Session) assert(val string, from, to types.Type, ok bool) string {
	kind := "must"
	if ok {
		kind = "is"
	}
	h := s.helper(kind+":"+s.key(to), kind, func(n string) string {
		ty := s.typ(to)
		if !ok {
			inner := s.assert("v", nil, to, true)
			return fmt.Sprintf("func %s(v interface{}, from string) %s { t, ok := %s; if !ok { %s.NotA(v, from, %q) }; return t }\n", n, ty, inner, runtimeName, s.code(to))
		}
		switch {
		case s.foreign(to):
			return fmt.Sprintf("func %s(v interface{}) (%s, bool) { w, ok := %s.Wrap(v, %q); if !ok { return nil, false }; return w.(%s), true }\n",
				n, ty, runtimeName, s.wrapperName(to), ty)
		case isIface(to):
			return fmt.Sprintf("func %s(v interface{}) (%s, bool) { return %s.Implements(v, %q) }\n", n, ty, runtimeName, s.methodList(to))
		}
		rep, field := ty, ""
		if !s.faithful(to) {
			rep, field = s.boxType(to), ".V"
		}
		return fmt.Sprintf("func %s(v interface{}) (%s, bool) { if b, ok := v.(%s); ok { return b%s, true }; if b, ok := %s.Bare(v).(%s); ok { return b%s, true }; var z %s; return z, false }\n",
			n, ty, rep, field, runtimeName, rep, field, ty)
	})
	if ok {
		return h + "(" + val + ")"
	}
	name := "interface {}"
	if from != nil && s.foreign(from) {
		name = typeName(from)
	} else if from != nil && !isAny(from) {
		name = s.goName(from)
	}
	return fmt.Sprintf("%s(%s, %q)", h, val, name)
}

// methodList is what Implements looks for: "Area|func()(.float64;)" and so on.
func (s *Session) methodList(t types.Type) string {
	it := t.Underlying().(*types.Interface)
	var l []string
	for m := range it.Methods() {
		l = append(l, m.Name()+"|"+s.code(m.Signature()))
	}
	return strings.Join(l, "\n")
}

// dispatch is the function that calls a method of an interface{}.
func (s *Session) dispatch(name string, sig *types.Signature) string {
	msig := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	return s.helper("call:"+name+s.key(msig), "call"+name, func(n string) string {
		ps, args := paramNames(msig)
		comma := ""
		if args != "" {
			comma = ", "
		}
		ret := ""
		if sig.Results().Len() > 0 {
			ret = "return "
		}
		ft := s.withReceiver("", msig, nil)
		return fmt.Sprintf("func %s%s { %s%s.Find(rᐧ, %q).(func%s)(rᐧ%s%s) }\n", n, s.withReceiver("rᐧ ", msig, ps), ret, runtimeName, name, ft, comma, args)
	})
}

// withReceiver prints a signature with a first parameter, an interface{}.
func (s *Session) withReceiver(recv string, sig *types.Signature, names []string) string {
	first := "(" + recv + "interface{}"
	if sig.Params().Len() > 0 {
		first += ", "
	}
	return first + strings.TrimPrefix(s.sig(sig, names), "(")
}

func paramNames(sig *types.Signature) (names []string, args string) {
	return (*gen)(nil).params(sig)
}

// convTuple converts values of a call with several results.
func (g *gen) convTuple(vals []string, from *types.Tuple, to []types.Type) (out []string, changed bool) {
	for i, v := range vals {
		c := v
		if i < len(to) && to[i] != nil && v != "_" {
			c = g.s.conv(v, g.sub(from.At(i).Type()), to[i])
		}
		changed = changed || c != v
		out = append(out, c)
	}
	return out, changed
}

// tuple is the type of an expression with several values, or nil.
func (g *gen) tuple(e ast.Expr) *types.Tuple {
	t, _ := g.info.Types[e].Type.(*types.Tuple)
	return t
}

// convCall lowers an expression with several values, to be converted to the
// types in to, nil for those that stay. Without vals nothing is to be converted;
// otherwise the values have been evaluated, and vals are what to use of them.
func (g *gen) convCall(e ast.Expr, to []types.Type) (call string, vals []string) {
	call = g.expr(e)
	t := g.tuple(e)
	if t == nil || t.Len() != len(to) {
		return call, nil
	}
	var tmps []string
	for range to {
		tmps = append(tmps, g.tmp("q"))
	}
	out, changed := g.convTuple(tmps, t, to)
	if !changed {
		return call, nil
	}
	for i := range tmps {
		if to[i] == nil {
			tmps[i] = "_"
		}
	}
	g.w("%s := %s\n", strings.Join(tmps, ", "), call)
	return "", out
}

var anyType = types.NewInterfaceType(nil, nil)

// interfaceOf is e as an interface{}, for the runtime.
func (g *gen) interfaceOf(e ast.Expr) string {
	return g.exprTo(e, anyType)
}
