package front

import (
	"fmt"
	"go/types"
	"strings"
)

// exportType writes a type as Go does, with names of types from name.
func exportType(t types.Type, name func(*types.TypeName) string) string {
	sub := func(t types.Type) string { return exportType(t, name) }
	list := func(l *types.Tuple, variadic bool) string {
		var parts []string
		for i := range l.Len() {
			t := l.At(i).Type()
			if variadic && i == l.Len()-1 {
				parts = append(parts, "..."+sub(t.(*types.Slice).Elem()))
				continue
			}
			parts = append(parts, sub(t))
		}
		return "(" + strings.Join(parts, ", ") + ")"
	}
	sig := func(t *types.Signature) string {
		s := list(t.Params(), t.Variadic())
		switch t.Results().Len() {
		case 0:
			return s
		case 1:
			return s + " " + sub(t.Results().At(0).Type())
		}
		return s + " " + list(t.Results(), false)
	}
	switch t := t.(type) {
	case *types.Alias:
		return sub(types.Unalias(t))
	case *types.Named:
		s := name(t.Origin().Obj())
		var args []string
		for a := range t.TypeArgs().Types() {
			args = append(args, sub(a))
		}
		if len(args) > 0 {
			s += "[" + strings.Join(args, ", ") + "]"
		}
		return s
	case *types.Pointer:
		return "*" + sub(t.Elem())
	case *types.Slice:
		return "[]" + sub(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), sub(t.Elem()))
	case *types.Map:
		return "map[" + sub(t.Key()) + "]" + sub(t.Elem())
	case *types.Chan:
		return map[types.ChanDir]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}[t.Dir()] + "(" + sub(t.Elem()) + ")"
	case *types.Signature:
		return "func" + sig(t)
	case *types.Struct:
		var fields []string
		for i := range t.NumFields() {
			f := t.Field(i)
			text := f.Name() + " " + sub(f.Type())
			if f.Embedded() {
				text = sub(f.Type())
			}
			if tag := t.Tag(i); tag != "" {
				text += fmt.Sprintf(" %q", tag)
			}
			fields = append(fields, text)
		}
		return "struct { " + strings.Join(fields, "; ") + " }"
	case *types.Interface:
		var parts []string
		for m := range t.ExplicitMethods() {
			parts = append(parts, m.Name()+sig(m.Signature()))
		}
		for e := range t.EmbeddedTypes() {
			parts = append(parts, sub(e))
		}
		return "interface { " + strings.Join(parts, "; ") + " }"
	}
	return types.TypeString(types.Default(t), nil)
}
