package front

import (
	"fmt"
	"go/types"
	"strings"
)

func (s *Session) tid(o *types.TypeName) int {
	if s.tnID[o] == 0 {
		s.typeSeq++
		s.tnID[o] = s.typeSeq
	}
	return s.tnID[o]
}

// key is a canonical string for a (substituted) type.
func (s *Session) key(t types.Type) string {
	var sb strings.Builder
	s.wkey(&sb, t)
	return sb.String()
}

func (s *Session) wkey(sb *strings.Builder, t types.Type) {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if o := t.Origin().Obj(); o.Pkg() != nil && s.moduleOf(o.Pkg()) != nil && isPkgLevel(o) {
			sb.WriteString("#" + o.Pkg().Path() + "." + o.Name()) // there may be two objects for it
		} else {
			fmt.Fprintf(sb, "#%d", s.tid(o))
		}
		if n := t.TypeArgs().Len(); n > 0 {
			sb.WriteString("[")
			for i := 0; i < n; i++ {
				s.wkey(sb, t.TypeArgs().At(i))
				sb.WriteString(",")
			}
			sb.WriteString("]")
		}
	case *types.Pointer:
		sb.WriteString("*")
		s.wkey(sb, t.Elem())
	case *types.Slice:
		sb.WriteString("[]")
		s.wkey(sb, t.Elem())
	case *types.Array:
		fmt.Fprintf(sb, "[%d]", t.Len())
		s.wkey(sb, t.Elem())
	case *types.Map:
		sb.WriteString("map[")
		s.wkey(sb, t.Key())
		sb.WriteString("]")
		s.wkey(sb, t.Elem())
	case *types.Chan:
		fmt.Fprintf(sb, "chan%d ", t.Dir())
		s.wkey(sb, t.Elem())
	case *types.Signature:
		sb.WriteString("func(")
		for i := 0; i < t.Params().Len(); i++ {
			s.wkey(sb, t.Params().At(i).Type())
			sb.WriteString(",")
		}
		if t.Variadic() {
			sb.WriteString("...")
		}
		sb.WriteString(")(")
		for i := 0; i < t.Results().Len(); i++ {
			s.wkey(sb, t.Results().At(i).Type())
			sb.WriteString(",")
		}
		sb.WriteString(")")
	case *types.Struct:
		sb.WriteString("struct{")
		for i := 0; i < t.NumFields(); i++ {
			f := t.Field(i)
			fmt.Fprintf(sb, "%s %v ", f.Name(), f.Embedded())
			s.wkey(sb, f.Type())
			fmt.Fprintf(sb, " %q;", t.Tag(i))
		}
		sb.WriteString("}")
	default:
		sb.WriteString(types.TypeString(t, func(p *types.Package) string { return p.Path() }))
	}
}
