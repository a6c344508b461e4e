package mlx_test

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

// axes takes an argument that is nothing, one axis or several. An empty list,
// which MLX takes for no axis at all, cannot be said with variadic axes.
func (c *call) axes(i int, name string) []int {
	switch v := untuple(c.or(i, name, nil)).(type) {
	case nil:
		return nil
	case int:
		return []int{v}
	case []any:
		if len(v) == 0 {
			panic(unsupported("empty axes"))
		}
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

var unaryOps = map[string]func(*mlx.Array) *mlx.Array{
	"negative": mlx.Neg, "__neg__": mlx.Neg, "abs": mlx.Abs, "__abs__": mlx.Abs, "sign": mlx.Sign, "square": mlx.Square,
	"sqrt": mlx.Sqrt, "rsqrt": mlx.Rsqrt, "reciprocal": mlx.Reciprocal, "exp": mlx.Exp, "expm1": mlx.Expm1, "log": mlx.Log,
	"log1p": mlx.Log1p, "log2": mlx.Log2, "log10": mlx.Log10, "sin": mlx.Sin, "cos": mlx.Cos, "tan": mlx.Tan,
	"arcsin": mlx.Arcsin, "arccos": mlx.Arccos, "arctan": mlx.Arctan, "sinh": mlx.Sinh, "cosh": mlx.Cosh, "tanh": mlx.Tanh,
	"arcsinh": mlx.Arcsinh, "arccosh": mlx.Arccosh, "arctanh": mlx.Arctanh, "erf": mlx.Erf, "erfinv": mlx.Erfinv,
	"sigmoid": mlx.Sigmoid, "floor": mlx.Floor, "ceil": mlx.Ceil, "logical_not": mlx.LogicalNot, "isnan": mlx.IsNaN,
	"isinf": mlx.IsInf, "isfinite": mlx.IsFinite, "bitwise_invert": mlx.BitwiseInvert, "__invert__": mlx.BitwiseInvert,
	"stop_gradient": mlx.StopGradient, "relu": mlx.ReLU, "silu": mlx.SiLU, "gelu": mlx.GELU, "gelu_approx": mlx.GELUApprox,
	"softplus": mlx.Softplus, "zeros_like": mlx.ZerosLike, "ones_like": mlx.OnesLike, "T": (*mlx.Array).T,
}

var binaryOps = map[string]func(a, b mlx.Operand) *mlx.Array{
	"add": mlx.Add, "subtract": mlx.Sub, "multiply": mlx.Mul, "divide": mlx.Div, "floor_divide": mlx.FloorDivide,
	"remainder": mlx.Rem, "power": mlx.Pow, "arctan2": mlx.Arctan2, "logaddexp": mlx.LogAddExp, "maximum": mlx.Maximum,
	"minimum": mlx.Minimum, "equal": mlx.Equal, "not_equal": mlx.NotEqual, "less": mlx.Less, "less_equal": mlx.LessEqual,
	"greater": mlx.Greater, "greater_equal": mlx.GreaterEqual, "logical_and": mlx.LogicalAnd, "logical_or": mlx.LogicalOr,
	"bitwise_and": mlx.BitwiseAnd, "bitwise_or": mlx.BitwiseOr, "bitwise_xor": mlx.BitwiseXor,
	"left_shift": mlx.LeftShift, "right_shift": mlx.RightShift, "matmul": mlx.MatMul,
	"__add__": mlx.Add, "__sub__": mlx.Sub, "__mul__": mlx.Mul, "__truediv__": mlx.Div, "__floordiv__": mlx.FloorDivide,
	"__mod__": mlx.Rem, "__pow__": mlx.Pow, "__matmul__": mlx.MatMul, "__eq__": mlx.Equal, "__ne__": mlx.NotEqual,
	"__lt__": mlx.Less, "__le__": mlx.LessEqual, "__gt__": mlx.Greater, "__ge__": mlx.GreaterEqual,
	"__and__": mlx.BitwiseAnd, "__or__": mlx.BitwiseOr, "__xor__": mlx.BitwiseXor,
	"__lshift__": mlx.LeftShift, "__rshift__": mlx.RightShift,
}

// reflected operators have their operands exchanged.
var reflected = map[string]string{"__radd__": "__add__", "__rsub__": "__sub__", "__rmul__": "__mul__",
	"__rtruediv__": "__truediv__", "__rfloordiv__": "__floordiv__", "__rmod__": "__mod__", "__rpow__": "__pow__"}

type reduceFunc = func(*mlx.Array, ...int) *mlx.Array

var reductions = map[string][2]reduceFunc{
	"sum": {mlx.Sum, mlx.SumKeep}, "prod": {mlx.Prod, mlx.ProdKeep}, "max": {mlx.Max, mlx.MaxKeep}, "min": {mlx.Min, mlx.MinKeep},
	"mean": {mlx.Mean, mlx.MeanKeep}, "var": {mlx.Var, mlx.VarKeep}, "std": {mlx.Std, mlx.StdKeep},
	"all": {mlx.AllTrue, mlx.AllTrueKeep}, "any": {mlx.Any, mlx.AnyKeep}, "argmax": {mlx.ArgMax, mlx.ArgMaxKeep},
	"argmin": {mlx.ArgMin, mlx.ArgMinKeep}, "logsumexp": {mlx.LogSumExp, mlx.LogSumExpKeep},
}

// run makes the call. Its result is an array, a list of arrays, or another value.
func (c *call) run(name string) any {
	for _, a := range c.args {
		if _, ok := a.(string); ok {
			panic(unsupported("string"))
		}
		if _, ok := a.([]any); ok && (name == "core.array.__eq__" || name == "core.array.__ne__") {
			panic(unsupported("comparison with a list"))
		}
	}
	name = name[strings.LastIndex(name, ".")+1:]
	if f, ok := unaryOps[name]; ok {
		if len(c.args) > 1 {
			panic(unsupported("dtype"))
		}
		return f(c.array(0))
	}
	if to, ok := reflected[name]; ok {
		name = to
		c.args[0], c.args[1] = c.args[1], c.args[0]
	}
	if f, ok := binaryOps[name]; ok {
		return f(c.args[0], c.args[1])
	}
	if f, ok := reductions[name]; ok {
		a, axes := c.array(0), c.axes(1, "axis")
		keep := c.keep(2)
		if n, _ := c.or(3, "ddof", 0).(int); n != 0 {
			panic(unsupported("ddof"))
		}
		if keep {
			return f[1](a, axes...)
		}
		return f[0](a, axes...)
	}
	if f, ok := shapeCalls[name]; ok {
		return f(c)
	}
	panic(unsupported(name))
}

var shapeCalls = map[string]func(c *call) any{
	"where":       func(c *call) any { return mlx.Where(c.args[0], c.args[1], c.args[2]) },
	"clip":        func(c *call) any { return mlx.Clip(c.array(0), c.or(1, "a_min", nil), c.or(2, "a_max", nil)) },
	"astype":      func(c *call) any { return c.array(0).AsType(mlx.Dtype(c.args[1].(dtypeValue))) },
	"round":       func(c *call) any { return mlx.Round(c.array(0), c.or(1, "decimals", 0).(int)) },
	"reshape":     func(c *call) any { return mlx.Reshape(c.array(0), c.shape(1, "shape")...) },
	"transpose":   func(c *call) any { return mlx.Transpose(c.array(0), c.shape(1, "axes")...) },
	"swapaxes":    func(c *call) any { return mlx.Swapaxes(c.array(0), c.args[1].(int), c.args[2].(int)) },
	"moveaxis":    func(c *call) any { return mlx.Moveaxis(c.array(0), c.args[1].(int), c.args[2].(int)) },
	"expand_dims": func(c *call) any { return mlx.ExpandDims(c.array(0), c.axes(1, "axis")...) },
	"squeeze":     func(c *call) any { return mlx.Squeeze(c.array(0), c.axes(1, "axis")...) },
	"broadcast_to": func(c *call) any {
		return mlx.BroadcastTo(c.array(0), ints(c.or(1, "shape", nil))...)
	},
	"flatten": func(c *call) any {
		return mlx.Flatten(c.array(0), c.or(1, "start_axis", 0).(int), c.or(2, "end_axis", -1).(int))
	},
	"concatenate": func(c *call) any {
		list, axis := arrays(c.args[0]), c.or(1, "axis", 0)
		if len(c.args) > 1 && c.args[1] == nil {
			panic(unsupported("no axis"))
		}
		return mlx.Concatenate(list, axis.(int))
	},
	"stack": func(c *call) any { return mlx.Stack(arrays(c.args[0]), c.or(1, "axis", 0).(int)) },
	"split": func(c *call) any {
		axis := c.or(2, "axis", 0).(int)
		if cuts, ok := untuple(c.args[1]).([]any); ok {
			return mlx.SplitAt(c.array(0), ints(cuts), axis)
		}
		return mlx.Split(c.array(0), c.args[1].(int), axis)
	},
	"pad":  padCall,
	"take": func(c *call) any { return mlx.Take(c.array(0), c.args[1], c.axes(2, "axis")...) },
	"take_along_axis": func(c *call) any {
		axis, ok := c.or(2, "axis", nil).(int)
		if !ok {
			panic(unsupported("no axis"))
		}
		return mlx.TakeAlongAxis(c.array(0), c.args[1], axis)
	},
	"softmax":     func(c *call) any { return mlx.Softmax(c.array(0), c.axes(1, "axis")...) },
	"log_softmax": func(c *call) any { return mlx.LogSoftmax(c.array(0), c.or(1, "axis", -1).(int)) },
	"arange":      arangeCall,
	"linspace": func(c *call) any {
		if e, _ := c.or(-1, "endpoint", true).(bool); !e {
			panic(unsupported("endpoint"))
		}
		if len(c.args) > 3 {
			panic(unsupported("endpoint"))
		}
		return mlx.Linspace(toFloat(c.args[0]), toFloat(c.args[1]), c.or(2, "num", 50).(int), c.dtype(3, mlx.Float32))
	},
	"eye": func(c *call) any {
		n := c.or(0, "n", nil).(int)
		m := c.or(1, "m", n).(int)
		if c.or(2, "k", 0).(int) != 0 {
			panic(unsupported("k"))
		}
		return mlx.Eye(n, m).AsType(c.dtype(3, mlx.Float32))
	},
	"zeros":   func(c *call) any { return mlx.Zeros(ints(c.or(0, "shape", nil))...).AsType(c.dtype(1, mlx.Float32)) },
	"ones":    func(c *call) any { return mlx.Ones(ints(c.or(0, "shape", nil))...).AsType(c.dtype(1, mlx.Float32)) },
	"full":    fullCall,
	"argsort": func(c *call) any { return mlx.ArgSort(c.flat(), c.or(1, "axis", -1).(int)) },
	"sort":    func(c *call) any { return mlx.Sort(c.flat(), c.or(1, "axis", -1).(int)) },
	"flip":    func(c *call) any { return mlx.Flip(c.array(0), c.axes(1, "axis")...) },
	"result_type": func(c *call) any {
		var ds []mlx.Dtype
		for _, a := range c.args {
			switch a := a.(type) {
			case dtypeValue:
				ds = append(ds, mlx.Dtype(a))
			case *mlx.Array:
				ds = append(ds, a.Dtype())
			default:
				panic(unsupported("scalar"))
			}
		}
		return dtypeValue(mlx.ResultType(ds...))
	},
	"__getitem__": func(c *call) any { return c.array(0).At(c.index(1)...) },
	"__setitem__": func(c *call) any {
		a := c.array(0)
		a.Set(c.args[2], c.index(1)...)
		return a
	},
	"__repr__": func(c *call) any { return c.array(0).String() },
	"item":     func(c *call) any { return c.array(0).Item() },
	"tolist":   func(c *call) any { return c.array(0).ToList() },
	"ndim":     func(c *call) any { return c.array(0).NDim() },
	"size":     func(c *call) any { return c.array(0).Size() },
	"__len__":  func(c *call) any { return c.array(0).Len() },
	"shape":    func(c *call) any { return c.array(0).Shape() },
	"dtype":    func(c *call) any { return dtypeValue(c.array(0).Dtype()) },

	"key": func(c *call) any { return random.Key(uint64(c.args[0].(int))) },
	"split_key": func(c *call) any {
		k := c.array(0)
		if k.NDim() != 1 {
			panic(unsupported("several keys"))
		}
		return random.Split(k, c.or(1, "num", 2).(int))
	},
	"uniform": func(c *call) any {
		low, high, shape := c.or(0, "low", 0.0), c.or(1, "high", 1.0), ints(c.or(2, "shape", []any{}))
		c.float32Only(3)
		return random.UniformKey(c.key(), low, high, shape...)
	},
	"normal": func(c *call) any {
		shape := ints(c.or(0, "shape", []any{}))
		c.float32Only(1)
		loc, scale := c.or(2, "loc", nil), c.or(3, "scale", nil)
		if loc != nil || scale != nil {
			panic(unsupported("loc"))
		}
		return random.NormalKey(c.key(), shape...)
	},
	"randint": func(c *call) any {
		shape := ints(c.or(2, "shape", []any{}))
		if c.dtype(3, mlx.Int32) != mlx.Int32 {
			panic(unsupported("dtype"))
		}
		return random.RandIntKey(c.key(), c.or(0, "low", nil), c.or(1, "high", nil), shape...)
	},
	"bernoulli": func(c *call) any {
		p, shape := c.or(0, "p", 0.5), c.or(1, "shape", nil)
		if shape == nil {
			shape = []any{}
			if a, ok := p.(*mlx.Array); ok {
				return random.BernoulliKey(c.key(), p, a.Shape()...)
			}
		}
		return random.BernoulliKey(c.key(), p, ints(shape)...)
	},
	"gumbel": func(c *call) any {
		shape := ints(c.or(0, "shape", []any{}))
		c.float32Only(1)
		return random.GumbelKey(c.key(), shape...)
	},
	"permutation": func(c *call) any {
		n, ok := c.args[0].(int)
		if !ok {
			panic(unsupported("permutation of an array"))
		}
		return random.PermutationKey(c.key(), n)
	},
}

func (c *call) float32Only(i int) {
	if c.dtype(i, mlx.Float32) != mlx.Float32 {
		panic(unsupported("dtype"))
	}
}

// key is the recorded key, or the one that the recorded seed gives.
func (c *call) key() *mlx.Array {
	k, ok := c.or(-1, "key", nil).(*mlx.Array)
	if !ok {
		if k, ok = c.named["seeded"].(*mlx.Array); !ok {
			panic(unsupported("no key"))
		}
		delete(c.named, "seeded")
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
	if m := c.or(2, "mode", "constant"); m != "constant" {
		panic(unsupported("pad mode"))
	}
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
	if a.NDim() == 0 {
		panic(unsupported("pad of a number"))
	}
	v := c.or(3, "constant_values", 0)
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
		if _, ok := args[len(args)-1].(dtypeValue); ok {
			panic(unsupported("dtype by position"))
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
	if _, ok := c.named["dtype"].(dtypeValue); ok {
		panic(unsupported("dtype"))
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
