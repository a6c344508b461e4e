package front

import (
	"fmt"
	"go/types"
	"strings"
)

// code writes a type for the runtime, which shows values with it and tells
// dynamic types apart (see session/rt/types.go):
//
//	.int;  .time.Duration;  #Tᐧ3;  *T  []T  [4]T  map[K]T  chan0T
//	func(A,…)(R,)  i"methods"  {name "tag" T,}
func (s *Session) code(t types.Type) string {
	var b strings.Builder
	s.writeCode(&b, t)
	return b.String()
}

func (s *Session) writeCode(b *strings.Builder, t types.Type) {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		b.WriteString("." + types.Typ[types.Default(t).(*types.Basic).Kind()].Name() + ";")
	case *types.Named:
		switch o := t.Obj(); {
		case s.lowered(t):
			b.WriteString("#" + s.namedName(t) + ";")
		case o.Pkg() == nil:
			b.WriteString("." + o.Name() + ";")
		default:
			b.WriteString("." + o.Pkg().Path() + "." + o.Name() + ";")
		}
	case *types.Pointer:
		b.WriteString("*")
		s.writeCode(b, t.Elem())
	case *types.Slice:
		b.WriteString("[]")
		s.writeCode(b, t.Elem())
	case *types.Array:
		fmt.Fprintf(b, "[%d]", t.Len())
		s.writeCode(b, t.Elem())
	case *types.Map:
		b.WriteString("map[")
		s.writeCode(b, t.Key())
		b.WriteString("]")
		s.writeCode(b, t.Elem())
	case *types.Chan:
		fmt.Fprintf(b, "chan%d", t.Dir())
		s.writeCode(b, t.Elem())
	case *types.Signature:
		b.WriteString("func")
		for i, l := range []*types.Tuple{t.Params(), t.Results()} {
			b.WriteString("(")
			for v := range l.Variables() {
				s.writeCode(b, v.Type())
				b.WriteString(",")
			}
			if i == 0 && t.Variadic() {
				b.WriteString("...")
			}
			b.WriteString(")")
		}
	case *types.Interface:
		fmt.Fprintf(b, "i%q", s.methodList(t))
	case *types.Struct:
		s.writeFields(b, t)
	default:
		b.WriteString("." + strings.ReplaceAll(t.String(), ";", ",") + ";")
	}
}

func (s *Session) writeFields(b *strings.Builder, t *types.Struct) {
	b.WriteString("{")
	for i := range t.NumFields() {
		f := t.Field(i)
		mark := ""
		if f.Embedded() {
			mark = "!"
		}
		fmt.Fprintf(b, "%s%s %q ", mark, f.Name(), t.Tag(i))
		s.writeCode(b, f.Type())
		b.WriteString(",")
	}
	b.WriteString("}")
}

// goName writes a type as %T does: main.Point.
func (s *Session) goName(t types.Type) string {
	n, ok := t.(*types.Named)
	if !ok || n.TypeArgs().Len() == 0 {
		return types.TypeString(t, func(p *types.Package) string { return p.Name() })
	}
	var args []string
	for a := range n.TypeArgs().Types() { // these with their whole path, and no blanks
		args = append(args, types.TypeString(a, func(p *types.Package) string { return p.Path() }))
	}
	return n.Obj().Pkg().Name() + "." + n.Obj().Name() + "[" + strings.ReplaceAll(strings.Join(args, ","), ", ", ",") + "]"
}
