package mlx

import (
	"context"
	"fmt"
	"html"
	"io"
	"math"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// An axis longer than summarise shows only edge elements at each end.
const (
	summarise = 6
	edge      = 3
)

// String is the array as MLX prints it, such as array([1, 2], dtype=int32). It
// evaluates. An array that cannot be evaluated prints why.
func (a *Array) String() string {
	if a == nil || a.n == nil {
		return "array(nil)"
	}
	var b strings.Builder
	if err := Try(func() {
		buf := a.elements("string")
		b.WriteString("array(")
		writeRows(&b, buf, a.n.shape, 0, 0)
		fmt.Fprintf(&b, ", dtype=%v)", a.n.dtype)
	}); err != nil {
		return "array(" + err.Error() + ")"
	}
	return b.String()
}

// writeRows writes the part of the buffer that begins at element at; shape is
// what is left of the axes, depth how many are done.
func writeRows(b *strings.Builder, buf *backend.Buffer, shape []int, depth, at int) {
	if len(shape) == 0 {
		b.WriteString(elementText(buf, at))
		return
	}
	b.WriteByte('[')
	gap := ", "
	if len(shape) > 1 {
		gap = ",\n" + strings.Repeat(" ", 7+depth)
	}
	row := backend.Volume(shape[1:])
	for i := 0; i < shape[0]; i++ {
		if i > 0 {
			b.WriteString(gap)
		}
		if shape[0] > summarise && i == edge {
			b.WriteString("...")
			i = shape[0] - edge - 1
			continue
		}
		writeRows(b, buf, shape[1:], depth+1, at+i*row)
	}
	b.WriteByte(']')
}

// elementText is one element: floats with 6 significant digits, as C prints them.
func elementText(buf *backend.Buffer, i int) string {
	v, d := buf.Get(i), buf.Dtype
	switch {
	case d == op.Bool && v != 0:
		return "True"
	case d == op.Bool:
		return "False"
	case d.IsFloat():
		return floatText(v.Float(d))
	}
	if d == op.Complex64 {
		z := v.Complex(d)
		im := floatText(imag(z))
		if im[0] != '-' {
			im = "+" + im
		}
		return floatText(real(z)) + im + "j"
	}
	return fmt.Sprint(backend.Node{Dtype: d, Value: v}.Literal())
}

func floatText(x float64) string {
	switch {
	case x != x:
		return "nan"
	case math.IsInf(x, 1):
		return "inf"
	case math.IsInf(x, -1):
		return "-inf"
	}
	if p := int(precision.Load()); p > 0 {
		return strconv.FormatFloat(x, 'f', p-1, 64)
	}
	return strconv.FormatFloat(x, 'g', 6, 64)
}

// precision is the number of decimals to print plus 1, or 0 for six significant digits.
var precision atomic.Int32

// SetPrecision sets how many decimals floats are printed with, from now on and
// everywhere; -1 stands for six significant digits, as in the beginning. It
// returns what was set before.
func SetPrecision(decimals int) (before int) {
	if decimals < -1 || decimals > 100 {
		fail("set_precision", "value", "%d decimals", decimals)
	}
	return int(precision.Swap(int32(decimals+1))) - 1
}

// Precision is how many decimals floats are printed with; see [SetPrecision].
func Precision() int { return int(precision.Load()) - 1 }

// WithPrecision calls f, during which floats are printed with so many decimals.
func WithPrecision(decimals int, f func()) {
	before := SetPrecision(decimals)
	defer SetPrecision(before)
	f()
}

// Format prints an array as fmt.Printf asks for: %v and %s as [Array.String], a
// verb of numbers, such as %.2f, with each element, in brackets for each axis.
func (a *Array) Format(f fmt.State, verb rune) {
	switch {
	case a == nil:
		io.WriteString(f, "<nil>")
	case verb == 'v' || verb == 's':
		text := a.String()
		if width, ok := f.Width(); ok {
			left := ""
			if f.Flag('-') {
				left = "-"
			}
			text = fmt.Sprintf("%"+left+"*s", width, text)
		}
		io.WriteString(f, text)
	default:
		if !a.Dtype().IsInexact() && strings.ContainsRune("eEfFgG", verb) {
			a = a.AsType(Float64)
		}
		v := a.ToList()
		if b, ok := v.(bool); ok && verb != 't' {
			v = map[bool]int{true: 1}[b]
		}
		fmt.Fprintf(f, fmt.FormatString(f, verb), v)
	}
}

// Tables of more rows or columns than tableLimit are cut in the middle.
const tableLimit = 12

// DisplayMIME gives the representations of the array: always text/plain, and
// for arrays of one and two axes an HTML table.
func (a *Array) DisplayMIME(context.Context) (map[string]any, error) {
	n := a.node("display")
	var buf *backend.Buffer
	if err := Try(func() { buf = a.elements("display") }); err != nil {
		return nil, err
	}
	m := map[string]any{"text/plain": a.String()}
	if d := len(n.shape); d == 1 || d == 2 {
		m["text/html"] = htmlTable(n, buf)
	}
	return m, nil
}

func htmlTable(n *node, buf *backend.Buffer) string {
	rows, cols := 1, n.shape[len(n.shape)-1]
	if len(n.shape) == 2 {
		rows = n.shape[0]
	}
	var b strings.Builder
	b.WriteString(`<table class="ingot-array"><caption>`)
	b.WriteString(html.EscapeString(fmt.Sprintf("%v %s", n.dtype, shapeText(n.shape))))
	b.WriteString("</caption><tbody>")
	for _, i := range shown(rows) {
		b.WriteString("<tr>")
		for _, j := range shown(cols) {
			b.WriteString("<td>")
			if i < 0 || j < 0 {
				b.WriteString("…")
			} else {
				b.WriteString(html.EscapeString(elementText(buf, i*cols+j)))
			}
			b.WriteString("</td>")
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	return b.String()
}

// shown is the rows to show of n; -1 stands for those left out.
func shown(n int) []int {
	var out []int
	for i := 0; i < n; i++ {
		if n > tableLimit && i == tableLimit/2 {
			out = append(out, -1)
			i = n - tableLimit/2
		}
		out = append(out, i)
	}
	return out
}
