package front

import (
	"fmt"
	"go/constant"
	"go/types"
	"strconv"
	"strings"
)

func (g *gen) constant(v constant.Value, t types.Type) string {
	t = g.sub(t)
	b, ok := types.Unalias(t).Underlying().(*types.Basic)
	if !ok {
		switch v.Kind() {
		case constant.Bool:
			b = types.Typ[types.Bool]
		case constant.String:
			b = types.Typ[types.String]
		case constant.Int:
			b = types.Typ[types.Int]
		case constant.Float:
			b = types.Typ[types.Float64]
		default:
			b = types.Typ[types.Complex128]
		}
		t = b
	}
	if b.Info()&types.IsUntyped != 0 {
		if b.Kind() == types.UntypedNil {
			return "nil"
		}
		t = types.Default(b)
		b = t.(*types.Basic)
	}
	lit, plain := "", false
	flt := func(v constant.Value) string {
		f, _ := constant.Float64Val(v)
		s := strconv.FormatFloat(f, 'g', -1, 64)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		return s
	}
	switch {
	case b.Info()&types.IsBoolean != 0:
		lit, plain = strconv.FormatBool(constant.BoolVal(v)), b.Kind() == types.Bool
	case b.Info()&types.IsString != 0:
		lit, plain = strconv.Quote(constant.StringVal(v)), b.Kind() == types.String
	case b.Info()&types.IsInteger != 0:
		lit, plain = constant.ToInt(v).ExactString(), b.Kind() == types.Int
	case b.Info()&types.IsFloat != 0:
		lit, plain = flt(v), b.Kind() == types.Float64
	case b.Info()&types.IsComplex != 0:
		v = constant.ToComplex(v)
		lit = fmt.Sprintf("complex(%s, %s)", flt(constant.Real(v)), flt(constant.Imag(v)))
		plain = b.Kind() == types.Complex128
	case b.Kind() == types.UnsafePointer:
		lit = "nil"
	}
	if _, named := types.Unalias(t).(*types.Named); named {
		plain = false
	}
	if plain {
		if strings.HasPrefix(lit, "-") {
			return "(" + lit + ")"
		}
		return lit
	}
	return g.s.typ(t) + "(" + lit + ")"
}
