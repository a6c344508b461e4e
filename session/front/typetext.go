package front

import (
	"fmt"
	"go/types"
	"strings"
)

// typ returns the yaegi source of a type.
func (g *gen) typ(t types.Type) string {
	return g.s.typ(g.sub(t))
}

func (s *Session) typ(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return s.importName("unsafe") + ".Pointer"
		}
		if t.Info()&types.IsUntyped != 0 {
			return types.Default(t).String()
		}
		switch t.Kind() {
		case types.Byte:
			return "uint8"
		}
		return t.Name()
	case *types.Named:
		o := t.Obj()
		if o.Pkg() == nil {
			return o.Name()
		}
		if s.lowered(t) {
			n := s.namedName(t)
			if isIface(t) {
				return "interface{}"
			}
			return n
		}
		if t.TypeArgs().Len() > 0 {
			if _, ok := t.Underlying().(*types.Signature); ok {
				return s.typ(t.Underlying())
			}
			if sn := s.shadowNamed(t); sn != nil {
				return s.namedName(sn)
			}
			panic(unsupported{msg: fmt.Sprintf("generic type %s of a compiled package cannot be used in cells", t)})
		}
		return s.importName(o.Pkg().Path()) + "." + o.Name()
	case *types.Pointer:
		return "*" + s.typ(t.Elem())
	case *types.Slice:
		return "[]" + s.typ(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), s.typ(t.Elem()))
	case *types.Map:
		return "map[" + s.typ(t.Key()) + "]" + s.typ(t.Elem())
	case *types.Chan:
		switch t.Dir() {
		case types.SendOnly:
			return "chan<- " + s.typ(t.Elem())
		case types.RecvOnly:
			return "<-chan " + s.typ(t.Elem())
		}
		if c, ok := t.Elem().(*types.Chan); ok && c.Dir() == types.RecvOnly {
			return "chan (" + s.typ(t.Elem()) + ")"
		}
		return "chan " + s.typ(t.Elem())
	case *types.Signature:
		return "func" + s.sig(t, nil)
	case *types.Struct:
		return s.structType(t, "", nil)
	case *types.Interface:
		return "interface{}"
	}
	panic(unsupported{msg: fmt.Sprintf("cannot lower type %s (%T)", t, t)})
}

func (s *Session) structType(t *types.Struct, id string, of *types.Named) string {
	var sb strings.Builder
	sb.WriteString("struct {")
	if id != "" && t.NumFields() == 0 {
		fmt.Fprintf(&sb, " ᐧ struct{} %q", fmt.Sprintf("ᐧ:%q", id))
	}
	for i := 0; i < t.NumFields(); i++ {
		f := t.Field(i)
		if i > 0 {
			sb.WriteString(";")
		}
		ty := ""
		if of != nil && s.erased(of, i) {
			ty = "interface{}"
			s.typ(f.Type())
		} else {
			ty = s.typ(f.Type())
		}
		if f.Embedded() && strings.TrimPrefix(ty[strings.LastIndex(ty, ".")+1:], "*") == f.Name() {
			sb.WriteString(" " + ty)
		} else {
			sb.WriteString(" " + f.Name() + " " + ty)
		}
		tag := t.Tag(i)
		if !f.Exported() && !f.Embedded() && tag == "" {
			tag = `json:"-" xml:"-"`
		}
		if id != "" && i == 0 {
			tag = strings.TrimSpace(fmt.Sprintf("ᐧ:%q %s", id, tag))
		}
		if tag != "" {
			fmt.Fprintf(&sb, " %q", tag)
		}
	}
	sb.WriteString(" }")
	return sb.String()
}

// sig prints parameters and results; names, when given, name the parameters.
func (s *Session) sig(t *types.Signature, names []string) string {
	var sb strings.Builder
	sb.WriteString("(")
	for i := 0; i < t.Params().Len(); i++ {
		if i > 0 {
			sb.WriteString(", ")
		}
		if names != nil {
			sb.WriteString(names[i] + " ")
		}
		pt := t.Params().At(i).Type()
		if t.Variadic() && i == t.Params().Len()-1 {
			sb.WriteString("..." + s.typ(pt.(*types.Slice).Elem()))
		} else {
			sb.WriteString(s.typ(pt))
		}
	}
	sb.WriteString(")")
	switch n := t.Results().Len(); {
	case n == 1:
		sb.WriteString(" " + s.typ(t.Results().At(0).Type()))
	case n > 1:
		sb.WriteString(" (")
		for i := 0; i < n; i++ {
			if i > 0 {
				sb.WriteString(", ")
			}
			sb.WriteString(s.typ(t.Results().At(i).Type()))
		}
		sb.WriteString(")")
	}
	return sb.String()
}

func clean(n string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127 {
			return r
		}
		return '_'
	}, n)
}

func (s *Session) importName(path string) string {
	if a := s.aliases[path]; a != "" {
		return a
	}
	a := "pᐧ" + clean(path)
	put(s, s.aliases, path, a)
	s.out.paths = append(s.out.paths, s.imp.needs(path)...)
	s.out.imports = append(s.out.imports, fmt.Sprintf("import %s %q\n", a, path))
	return a
}
