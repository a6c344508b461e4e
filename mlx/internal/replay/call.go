package replay

import (
	"fmt"
	"strings"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/random"
)

// call makes the recorded call with this API. args are decoded; named holds the
// keyword arguments.
type call struct {
	args  []any
	named map[string]any
	seed  *uint64

	initInput *mlx.Array
}

// get takes an argument by position or name.
func (c *call) get(i int, name string) (any, bool) {
	if i >= 0 && i < len(c.args) {
		return c.args[i], true
	}
	v, ok := c.named[name]
	delete(c.named, name)
	return v, ok
}

func (c *call) or(i int, name string, usual any) any {
	if v, ok := c.get(i, name); ok && v != nil {
		return v
	}
	return usual
}

func (c *call) array(i int) *mlx.Array {
	v, _ := c.get(i, "a")
	return arr(v)
}

// operand is an argument that may also be a number or a list.
func (c *call) operand(i int) any {
	v, _ := c.get(i, "")
	switch v.(type) {
	case string, dtypeValue:
		panic(unsupported(fmt.Sprintf("operand %T", v)))
	}
	return untuple(v)
}

func arr(v any) *mlx.Array {
	if a, ok := v.(*mlx.Array); ok {
		return a
	}
	if v == nil {
		panic(unsupported("no array"))
	}
	if _, ok := v.(dtypeValue); ok {
		panic(unsupported("dtype for an array"))
	}
	return mlx.New(v)
}

// axes takes an argument that is nothing, one axis or several. An empty list
// means no axis at all.
func (c *call) axes(i int, name string) []int {
	switch v := untuple(c.or(i, name, nil)).(type) {
	case nil:
		return nil
	case int:
		return []int{v}
	case []any:
		return ints(v)
	default:
		panic(unsupported(fmt.Sprintf("axes %T", v)))
	}
}

// untuple forgets which brackets a list had.
func untuple(v any) any {
	if t, ok := v.(tuple); ok {
		return []any(t)
	}
	return v
}

func ints(v any) []int {
	out := []int{}
	switch v := untuple(v).(type) {
	case int:
		return []int{v}
	case *mlx.Array:
		return []int{v.Int()}
	case []any:
		for _, x := range v {
			n, ok := x.(int)
			if !ok {
				panic(unsupported("not integers"))
			}
			out = append(out, n)
		}
	default:
		panic(unsupported(fmt.Sprintf("integers %T", v)))
	}
	return out
}

func arrays(v any) []*mlx.Array {
	l, ok := untuple(v).([]any)
	if !ok {
		panic(unsupported("not a list"))
	}
	var out []*mlx.Array
	for _, x := range l {
		out = append(out, arr(x))
	}
	return out
}

func (c *call) keep(i int) bool {
	v, _ := c.or(i, "keepdims", false).(bool)
	return v
}

func (c *call) dtype(i int, usual mlx.Dtype) mlx.Dtype {
	if v, ok := c.or(i, "dtype", nil).(dtypeValue); ok {
		return mlx.Dtype(v)
	}
	return usual
}

// row makes a recorded call with this API. Its result is an array, a list of
// arrays, or another value.
type row = func(c *call) any

// table says which function of this API answers for which name of MLX. Names
// are without "core."; a row "array.x" goes before "x" for methods of arrays.
type table map[string]row

func tables() []table {
	return []table{more, trees, neural, quantized, files, network, algebra, pointwise, core}
}

// rowOf finds the row for one of MLX's names.
func rowOf(name string) (row, bool) {
	name = strings.TrimPrefix(name, "core.")
	short := name[strings.LastIndexByte(name, '.')+1:]
	if to, ok := aliases[short]; ok && !strings.HasPrefix(name, "at.") {
		name = to
	}
	for _, key := range []string{name, strings.TrimPrefix(name, "array."), strings.TrimPrefix(name, "nn.")} {
		for _, t := range tables() {
			if f, ok := t[key]; ok {
				return f, true
			}
		}
	}
	return nil, false
}

// run makes the call.
func (c *call) run(name string) any {
	f, ok := rowOf(name)
	if !ok {
		panic(missing(name))
	}
	return f(c)
}

func unary(f func(*mlx.Array) *mlx.Array) row {
	return func(c *call) any {
		if len(c.args) > 1 {
			panic(unsupported("more than one argument"))
		}
		return f(c.array(0))
	}
}

func binary(f func(a, b mlx.Operand) *mlx.Array) row {
	return func(c *call) any { return f(c.operand(0), c.operand(1)) }
}

// reflected is an operator whose operands are exchanged.
func reflected(f func(a, b mlx.Operand) *mlx.Array) row {
	return func(c *call) any { return f(c.operand(1), c.operand(0)) }
}

type reduceFunc = func(*mlx.Array, ...int) *mlx.Array

func reduction(f, keep reduceFunc) row {
	return func(c *call) any {
		a, axes := c.array(0), c.axes(1, "axis")
		keepdims := c.keep(2)
		if keepdims {
			return keep(a, axes...)
		}
		return f(a, axes...)
	}
}

// key is the recorded key, or the one that the recorded seed gives.
func (c *call) key() *mlx.Array {
	k, ok := c.or(-1, "key", nil).(*mlx.Array)
	if !ok {
		if c.seed == nil {
			panic(unsupported("no key"))
		}
		k = random.Split(random.Key(*c.seed)).At(1)
	}
	return k
}

// shape is integers given as one list or one by one.
func (c *call) shape(i int, name string) []int {
	v, ok := c.get(i, name)
	if !ok || v == nil {
		return nil
	}
	if _, ok := v.(int); ok && i < len(c.args) {
		return ints(c.args[i:])
	}
	return ints(v)
}

// flat is the array, flattened where the axis is given as none.
func (c *call) flat() *mlx.Array {
	if v, ok := c.get(1, "axis"); ok {
		if v == nil {
			return c.array(0).Flatten()
		}
		c.named["axis"] = v
	}
	return c.array(0)
}

func (c *call) index(i int) []any {
	list := []any{c.args[i]}
	if l, ok := c.args[i].(tuple); ok {
		list = l
	}
	out := make([]any, len(list))
	for k, x := range list {
		switch x := x.(type) {
		case nil:
			out[k] = mlx.NewAxis
		case bool:
			panic(unsupported("bool index"))
		case *mlx.Array:
			if x.Dtype() == mlx.Bool && len(list) > 1 {
				panic(unsupported("mask among indices"))
			}
			out[k] = x
		default:
			out[k] = x
		}
	}
	return out
}

func toFloat(v any) float64 {
	switch v := v.(type) {
	case int:
		return float64(v)
	case float64:
		return v
	}
	panic(unsupported("not a number"))
}

func padCall(c *call) any {
	a := c.array(0)
	mode, _ := c.or(2, "mode", "constant").(string)
	widths := [][2]int{}
	switch w := untuple(c.args[1]).(type) {
	case int:
		widths = append(widths, [2]int{w, w})
	case []any:
		if len(w) == 2 {
			if lo, ok := w[0].(int); ok {
				widths = append(widths, [2]int{lo, w[1].(int)})
				break
			}
		}
		for _, p := range w {
			n := ints(p)
			if len(n) == 1 {
				n = append(n, n[0])
			}
			widths = append(widths, [2]int{n[0], n[1]})
		}
	}
	v := c.or(3, "constant_values", 0)
	if mode != "constant" {
		return mlx.PadWith(a, widths, mlx.PadMode(mode))
	}
	if x, ok := v.(*mlx.Array); ok {
		v = x.AsType(a.Dtype())
	}
	return mlx.Pad(a, widths, v)
}

func arangeCall(c *call) any {
	var args []any
	switch len(c.args) {
	case 0:
		args = []any{c.or(-1, "start", 0), c.or(-1, "stop", nil), c.or(-1, "step", 1)}
	case 1:
		args = []any{c.args[0]}
		if stop := c.or(-1, "stop", nil); stop != nil {
			args = append(args, stop)
		}
		if step := c.or(-1, "step", nil); step != nil {
			if len(args) == 1 {
				args = []any{0, args[0]}
			}
			args = append(args, step)
		}
	default:
		args = c.args
		if d, ok := args[len(args)-1].(dtypeValue); ok {
			args, c.named["dtype"] = args[:len(args)-1], d
		}
		if step := c.or(-1, "step", nil); step != nil {
			args = append(args, step)
		}
	}
	for _, a := range args {
		if a == nil {
			panic(unsupported("arange None"))
		}
	}
	if d, ok := c.or(-1, "dtype", nil).(dtypeValue); ok {
		return mlx.ArangeOf(mlx.Dtype(d), args...)
	}
	return mlx.Arange(args...)
}

func fullCall(c *call) any {
	shape, v := ints(c.args[0]), c.or(1, "vals", nil)
	if d, ok := c.or(2, "dtype", nil).(dtypeValue); ok {
		return mlx.Full(shape, v, mlx.Dtype(d))
	}
	return mlx.Full(shape, v)
}
