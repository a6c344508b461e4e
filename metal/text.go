package metal

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// metalTypes are the names of the dtypes that Metal has.
var metalTypes = map[op.Dtype]string{
	op.Bool: "bool", op.Uint8: "uchar", op.Uint16: "ushort", op.Uint32: "uint", op.Uint64: "ulong",
	op.Int8: "char", op.Int16: "short", op.Int32: "int", op.Int64: "long",
	op.Float16: "half", op.BFloat16: "bfloat", op.Float32: "float",
}

// castPrelude holds the conversion of floats to integers, which Metal leaves
// undefined where the value does not fit: NaN becomes 0, the rest saturates, at
// 32 bits for the small signed types and at 64 for the others, and is cut to the
// type. See op.Cast.
const castPrelude = `
inline int ingot_small(float x) {
  if (isnan(x)) return 0;
  if (x >= 2147483648.0f) return 2147483647;
  if (x <= -2147483648.0f) return int(2147483648u);
  return int(x);
}
inline ulong ingot_integer(float x) {
  if (fabs(x) < 2147483648.0f) return ulong(long(int(x)));
  if (isnan(x)) return 0ul;
  if (x >= 18446744073709551616.0f) return 18446744073709551615ul;
  if (x >= 9223372036854775808.0f) return ulong(x);
  if (x <= -9223372036854775808.0f) return 9223372036854775808ul;
  return ulong(long(x));
}
`

func narrow(d op.Dtype) bool { return d == op.Float16 || d == op.BFloat16 }

// castText is x, a name of type from, as type to.
func castText(to, from op.Dtype, x string) string {
	t := metalTypes[to]
	switch {
	case to == from:
		return x
	case to == op.Bool && narrow(from):
		return "(float(" + x + ") != 0.0f)"
	case to == op.Bool:
		return "(" + x + " != " + metalTypes[from] + "(0))"
	case to == op.Float32:
		return "float(" + x + ")"
	case to.IsFloat():
		return t + "(float(" + x + "))"
	case from.IsFloat() && to.IsSigned() && to != op.Int64:
		return t + "(ingot_small(float(" + x + ")))"
	case from.IsFloat():
		return t + "(ingot_integer(float(" + x + ")))"
	}
	return t + "(" + x + ")"
}

// applyText is the op of operands of type d, rounded to the result's type. The
// operands are names; narrow floats are computed as float.
func applyText(c op.Code, d, result op.Dtype, args ...string) (string, error) {
	o := op.Of(c)
	text := o.Metal
	if !d.IsFloat() && o.MetalInt != "" {
		text = o.MetalInt
	}
	if text == "" {
		return "", fmt.Errorf("%s of %v has no Metal text", o.Name, d)
	}
	arithmetic := o.Rule != op.Compare && o.Rule != op.Logical && o.Rule != op.Choose
	wrap := ""
	switch {
	case narrow(d) && o.Rule != op.Choose:
		wrap = "float"
	case d == op.Bool && arithmetic:
		wrap = "int"
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '#' {
			b.WriteByte(text[i])
			continue
		}
		i++
		b.WriteString(wrap + "(" + args[text[i]-'1'] + ")")
	}
	switch expr := b.String(); {
	case d == op.Bool && arithmetic:
		return "((" + expr + ") != 0)", nil
	case !arithmetic:
		return "(" + expr + ")", nil
	default:
		return metalTypes[result] + "(" + expr + ")", nil
	}
}

// literal writes a constant.
func literal(d op.Dtype, v op.Value) string {
	t := metalTypes[d]
	switch {
	case d == op.Bool:
		return strconv.FormatBool(v != 0)
	case d == op.Float32:
		return floatText(v.Float(d))
	case d.IsFloat():
		return t + "(" + floatText(v.Float(d)) + ")"
	case d == op.Int64 && int64(v) == math.MinInt64, d == op.Int32 && int64(v) == math.MinInt32:
		return t + "(" + strconv.FormatUint(uint64(-int64(v)), 10) + "ul)" // has no signed literal
	case d.IsSigned():
		return t + "(" + strconv.FormatInt(int64(v), 10) + "l)"
	}
	return t + "(" + strconv.FormatUint(uint64(v), 10) + "ul)"
}

func floatText(x float64) string {
	switch {
	case math.IsNaN(x):
		return "NAN"
	case math.IsInf(x, 1):
		return "INFINITY"
	case math.IsInf(x, -1):
		return "-INFINITY"
	}
	s := strconv.FormatFloat(float64(float32(x)), 'g', -1, 32)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s + "f"
}

// indexText writes an affine map over the coordinates i0, i1, …; axes of length
// 1 are left out.
func indexText(x backend.Index, space []int) string { return affineText(x, space, "i%d") }

// affineText is indexText with a format for the coordinates.
func affineText(x backend.Index, space []int, coordinate string) string {
	var b strings.Builder
	for k, s := range x.Strides {
		if s == 0 || k >= len(space) || space[k] == 1 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(" + ")
		}
		fmt.Fprintf(&b, coordinate, k)
		if s != 1 {
			b.WriteString(" * " + integer(s))
		}
	}
	if x.Offset != 0 || b.Len() == 0 {
		if b.Len() > 0 {
			b.WriteString(" + ")
		}
		b.WriteString(integer(x.Offset))
	}
	return b.String()
}

// integer writes a number for arithmetic with coordinates.
func integer(n int) string {
	s := strconv.Itoa(n)
	if n != int(int32(n)) {
		s += "l"
	}
	if n < 0 {
		return "(" + s + ")"
	}
	return s
}
