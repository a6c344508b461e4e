package replay

import (
	"fmt"
	"slices"

	"github.com/ingot-go/ingot/mlx"
)

// aliases are MLX's second names.
var aliases = map[string]string{
	"acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan", "atanh": "arctanh",
	"atan2": "arctan2", "pow": "power", "bitwise_left_shift": "left_shift", "bitwise_right_shift": "right_shift",
	"concat": "concatenate", "permute_dims": "transpose", "conjugate": "conj", "__div__": "__truediv__",
	"__rdiv__": "__rtruediv__", "asarray": "array.__init__", "cumulative_sum": "cumsum", "cumulative_prod": "cumprod",
	"__iadd__": "__add__", "__isub__": "__sub__", "__imul__": "__mul__", "__ifloordiv__": "__floordiv__",
	"__imod__": "__mod__", "__ipow__": "__pow__", "__imatmul__": "__matmul__", "__iand__": "__and__", "__ior__": "__or__",
	"__ixor__": "__xor__", "__ilshift__": "__lshift__", "__irshift__": "__rshift__", "__copy__": "positive",
	"__deepcopy__": "positive", "contiguous": "positive", "__array__": "positive",
}

// more is the rows of what is made of other ops.
var more = table{
	"logical_xor":   binary(mlx.LogicalXor),
	"isposinf":      unary(mlx.IsPosInf),
	"isneginf":      unary(mlx.IsNegInf),
	"degrees":       unary(mlx.Degrees),
	"radians":       unary(mlx.Radians),
	"trunc":         unary(mlx.Trunc),
	"positive":      first(mlx.Positive),
	"conj":          unary(mlx.Conj),
	"real":          unary(mlx.Real),
	"imag":          unary(mlx.Imag),
	"divmod":        func(c *call) any { q, r := mlx.DivMod(c.operand(0), c.operand(1)); return []*mlx.Array{q, r} },
	"isclose":       func(c *call) any { return mlx.IsClose(c.operand(0), c.operand(1), c.closeness()) },
	"allclose":      func(c *call) any { return mlx.AllClose(c.operand(0), c.operand(1), c.closeness()) },
	"array_equal":   func(c *call) any { return mlx.ArrayEqual(c.operand(0), c.operand(1), c.flag(2, "equal_nan")) },
	"count_nonzero": reduction(mlx.CountNonzero, mlx.CountNonzeroKeep),
	"median":        reduction(mlx.Median, mlx.MedianKeep),
	"var":           func(c *call) any { return mlx.VarWith(c.array(0), c.varOptions()) },
	"std":           func(c *call) any { return mlx.StdWith(c.array(0), c.varOptions()) },
	"nan_to_num": func(c *call) any {
		return mlx.NaNToNum(c.operand(0), mlx.NaNOptions{NaN: toFloat(c.or(1, "nan", 0)), PosInf: c.or(2, "posinf", nil), NegInf: c.or(3, "neginf", nil)})
	},

	"cumsum":       scan(mlx.CumSum),
	"cumprod":      scan(mlx.CumProd),
	"cummax":       scan(mlx.CumMax),
	"cummin":       scan(mlx.CumMin),
	"logcumsumexp": scan(mlx.LogCumSumExp),
	"diff":         func(c *call) any { return mlx.Diff(c.array(0), c.int(1, "n", 1), c.int(2, "axis", -1)) },

	"partition":    func(c *call) any { return mlx.Partition(c.flatAt(2), c.int(1, "kth", 0), c.int(2, "axis", -1)) },
	"argpartition": func(c *call) any { return mlx.ArgPartition(c.flatAt(2), c.int(1, "kth", 0), c.int(2, "axis", -1)) },
	"topk":         func(c *call) any { return mlx.TopK(c.flatAt(2), c.int(1, "k", 0), c.int(2, "axis", -1)) },
	"searchsorted": func(c *call) any {
		side := c.or(2, "side", "left")
		if side != "left" && side != "right" {
			panic(unsupported("side"))
		}
		right := c.flag(-1, "right") || side == "right"
		return mlx.SearchSorted(c.array(0), c.operand(1), right)
	},
	"put_along_axis": func(c *call) any {
		axis, a := c.or(3, "axis", nil), c.array(0)
		if axis == nil {
			return mlx.PutAlongAxis(a.Flatten(), c.args[1], c.args[2], 0).Reshape(a.Shape()...)
		}
		return mlx.PutAlongAxis(a, c.args[1], c.args[2], axis.(int))
	},

	"repeat": func(c *call) any { return mlx.Repeat(c.named0("array"), c.int(1, "repeats", 1), c.axes(2, "axis")...) },
	"tile":   func(c *call) any { return mlx.Tile(c.array(0), ints(c.args[1])...) },
	"roll": func(c *call) any {
		a, shifts, axes := c.array(0), ints(c.or(1, "shift", nil)), c.axes(2, "axis")
		if len(shifts) == 1 {
			return mlx.Roll(a, shifts[0], axes...)
		}
		if len(axes) == 0 {
			sum := 0
			for _, s := range shifts {
				sum += s
			}
			return mlx.Roll(a, sum)
		}
		if len(axes) == 1 {
			axes = slices.Repeat(axes, len(shifts))
		}
		for i, s := range shifts {
			a = mlx.Roll(a, s, axes[i])
		}
		return a
	},
	"unflatten": func(c *call) any {
		return mlx.Unflatten(c.array(0), c.int(1, "axis", 0), ints(c.or(2, "shape", nil))...)
	},
	"unstack":    func(c *call) any { return mlx.Unstack(c.array(0), c.int(-1, "axis", 0)) },
	"atleast_1d": several(mlx.AtLeast1D),
	"atleast_2d": several(mlx.AtLeast2D),
	"atleast_3d": several(mlx.AtLeast3D),
	"broadcast_arrays": func(c *call) any {
		return mlx.BroadcastArrays(arrays(c.args)...)
	},
	"broadcast_shapes": func(c *call) any {
		var shapes [][]int
		for _, a := range c.args {
			shapes = append(shapes, ints(a))
		}
		return mlx.BroadcastShapes(shapes...)
	},
	"meshgrid": func(c *call) any {
		indexing := c.or(-1, "indexing", "xy")
		if indexing != "xy" && indexing != "ij" {
			panic(unsupported("indexing"))
		}
		return mlx.Meshgrid(arrays(c.args), mlx.GridOptions{IJ: indexing == "ij", Sparse: c.flag(-1, "sparse")})
	},
	"diagonal": func(c *call) any {
		return mlx.Diagonal(c.array(0), c.int(1, "offset", 0), c.int(2, "axis1", 0), c.int(3, "axis2", 1))
	},
	"diag": func(c *call) any { return mlx.Diag(c.array(0), c.int(1, "k", 0)) },
	"trace": func(c *call) any {
		a := c.array(0)
		return mlx.Trace(a.AsType(c.dtype(4, a.Dtype())), c.int(1, "offset", 0), c.int(2, "axis1", 0), c.int(3, "axis2", 1))
	},
	"tri": func(c *call) any {
		n := c.int(0, "n", 0)
		return mlx.Tri(n, c.int(1, "m", n), c.int(2, "k", 0)).AsType(c.dtype(3, mlx.Float32))
	},
	"tril": func(c *call) any { return mlx.Tril(c.array(0), c.int(1, "k", 0)) },
	"triu": func(c *call) any { return mlx.Triu(c.array(0), c.int(1, "k", 0)) },
	"eye": func(c *call) any {
		n := c.int(0, "n", 0)
		return mlx.EyeAt(n, c.int(1, "m", n), c.int(2, "k", 0)).AsType(c.dtype(3, mlx.Float32))
	},
	"identity": func(c *call) any { return mlx.Identity(c.int(0, "n", 0)).AsType(c.dtype(1, mlx.Float32)) },
	"full_like": func(c *call) any {
		a := c.array(0)
		return mlx.FullLike(a, c.operandOr(1, "vals"), c.dtype(2, a.Dtype()))
	},
	"hamming":  func(c *call) any { return mlx.Hamming(c.int(0, "M", 0)) },
	"hanning":  func(c *call) any { return mlx.Hanning(c.int(0, "M", 0)) },
	"bartlett": func(c *call) any { return mlx.Bartlett(c.int(0, "M", 0)) },
	"blackman": func(c *call) any { return mlx.Blackman(c.int(0, "M", 0)) },

	"outer":  func(c *call) any { return mlx.Outer(c.array(0), arr(c.args[1])) },
	"inner":  func(c *call) any { return mlx.Inner(c.array(0), arr(c.args[1])) },
	"vecdot": func(c *call) any { return mlx.VecDot(c.array(0), arr(c.args[1]), c.int(-1, "axis", -1)) },
	"kron":   func(c *call) any { return mlx.Kron(c.array(0), arr(c.args[1])) },
	"tensordot": func(c *call) any {
		a, b := c.array(0), arr(c.args[1])
		switch v := untuple(c.or(2, "axes", 2)).(type) {
		case int:
			if v < 0 || v > a.NDim() || v > b.NDim() {
				panic(&mlx.Error{Op: "tensordot", Kind: "axis", Msg: "too many axes"})
			}
			return mlx.TensorDot(a, b, all(a.NDim())[a.NDim()-v:], all(v))
		case []any:
			return mlx.TensorDot(a, b, ints(v[0]), ints(v[1]))
		}
		panic(unsupported("axes"))
	},
	"addmm": func(c *call) any {
		return mlx.AddMM(c.array(0), arr(c.args[1]), arr(c.args[2]), toFloat(c.or(3, "alpha", 1.0)), toFloat(c.or(4, "beta", 1.0)))
	},
	"matrix_transpose": func(c *call) any { return mlx.MatrixTranspose(c.named0("x")) },
	"einsum": func(c *call) any {
		s, ok := c.args[0].(string)
		if !ok {
			panic(unsupported("subscripts"))
		}
		return mlx.Einsum(s, arrays(c.args[1:])...)
	},
	"einsum_path": func(c *call) any {
		path, report := mlx.EinsumPath(c.args[0].(string), arrays(c.args[1:])...)
		var steps []any
		for _, p := range path {
			steps = append(steps, p)
		}
		return []any{steps, report}
	},
	"depends": func(c *call) any {
		var others []*mlx.Array
		switch d := untuple(c.args[1]).(type) {
		case []any:
			others = arrays(d)
		default:
			others = []*mlx.Array{arr(d)}
		}
		if l, ok := untuple(c.args[0]).([]any); ok {
			var out []*mlx.Array
			for _, a := range arrays(l) {
				out = append(out, mlx.Depends(a, others...))
			}
			return out
		}
		return mlx.Depends(c.array(0), others...)
	},

	"view": func(c *call) any { return mlx.View(c.array(0), mlx.Dtype(c.args[1].(dtypeValue))) },

	"at.add":      at((*mlx.Array).AddAt),
	"at.subtract": at((*mlx.Array).SubtractAt),
	"at.multiply": at((*mlx.Array).MultiplyAt),
	"at.divide":   at((*mlx.Array).DivideAt),
	"at.maximum":  at((*mlx.Array).MaximumAt),
	"at.minimum":  at((*mlx.Array).MinimumAt),

	"finfo":       func(c *call) any { return limits(c.args[0], mlx.FInfo) },
	"iinfo":       func(c *call) any { return limits(c.args[0], mlx.IInfo) },
	"e":           func(*call) any { return mlx.E },
	"pi":          func(*call) any { return mlx.Pi },
	"euler_gamma": func(*call) any { return mlx.EulerGamma },
	"__format__": func(c *call) any {
		a, verb := c.array(0), c.args[1].(string)
		switch {
		case verb == "":
			verb = "v"
			if a.Dtype() == mlx.Bool {
				panic(deliberate("a bool is written as Go does"))
			}
			if a.NDim() == 0 {
				return a.Item()
			}
		case verb[0] == '>':
			return fmt.Sprintf("%"+verb[1:]+"v", a.Item())
		}
		if a.NDim() > 0 && verb != "v" {
			panic(deliberate("each element is formatted"))
		}
		return fmt.Sprintf("%"+verb, a)
	},
	"__bytes__":  func(*call) any { panic(deliberate("a protocol of Python")) },
	"newaxis":    func(*call) any { panic(deliberate("a value of its own in Go")) },
	"nn.softmax": func(c *call) any { return mlx.Softmax(c.array(0), c.int(1, "axis", -1)) },
	"printoptions": func(c *call) any {
		before := mlx.SetPrecision(c.int(1, "precision", 0))
		defer mlx.SetPrecision(before)
		return c.array(0).String()
	},

	"__itruediv__": func(c *call) any {
		if a := c.array(0); !a.Dtype().IsFloat() && a.Dtype() != mlx.Complex64 {
			panic(deliberate("integers are divided as floats"))
		}
		return mlx.Div(c.operand(0), c.operand(1))
	},
	"array.__init__": func(c *call) any {
		v := c.operandOr(0, "val")
		if d, ok := c.or(1, "dtype", nil).(dtypeValue); ok {
			return mlx.New(v, mlx.Dtype(d))
		}
		return mlx.New(v)
	},
	"__float__":   func(c *call) any { return c.array(0).Float() },
	"__int__":     func(c *call) any { return c.array(0).Int() },
	"__bool__":    func(c *call) any { return c.array(0).Bool() },
	"__complex__": func(c *call) any { return c.array(0).Complex() },
	"__iter__": func(c *call) any {
		a := c.array(0)
		a.Len()
		return mlx.Unstack(a)
	},
	"itemsize":       func(c *call) any { return c.array(0).Dtype().Size() },
	"nbytes":         func(c *call) any { return c.array(0).NBytes() },
	"Dtype.__repr__": func(c *call) any { return "mlx.core." + mlx.Dtype(c.args[0].(dtypeValue)).String() },
	"Dtype.size":     func(c *call) any { return mlx.Dtype(c.args[0].(dtypeValue)).Size() },

	"issubdtype": func(c *call) any {
		if d, ok := c.args[1].(dtypeValue); ok {
			return c.args[0] == d
		}
		return category(c.args[0]).IsIn(category(c.args[1]))
	},
	"can_cast": func(c *call) any {
		from := c.operandOr(0, "from_")
		if a, ok := from.(*mlx.Array); ok {
			from = dtypeValue(a.Dtype())
		}
		return mlx.CanCast(mlx.Dtype(from.(dtypeValue)), mlx.Dtype(c.args[1].(dtypeValue)))
	},
	"isdtype": func(c *call) any {
		kinds, ok := untuple(c.args[1]).([]any)
		if !ok {
			kinds = []any{c.args[1]}
		}
		found := false
		for _, k := range kinds {
			name, ok := k.(string)
			if !ok {
				found = found || k == c.args[0]
				continue
			}
			if name == "bool" {
				found = found || c.args[0] == dtypeValue(mlx.Bool)
				continue
			}
			in, ok := dtypeKinds[name]
			if !ok {
				panic(&mlx.Error{Op: "isdtype", Kind: "value", Msg: "no kind is called " + name})
			}
			found = found || category(c.args[0]).IsIn(in)
		}
		return found
	},
}

// limits is what is recorded of a dtype.
func limits[T any](v any, f func(mlx.Dtype) T) any {
	switch x := any(f(mlx.Dtype(v.(dtypeValue)))).(type) {
	case mlx.FloatInfo:
		return map[string]any{"bits": x.Bits, "min": x.Min, "max": x.Max, "eps": x.Eps, "smallest_normal": x.SmallestNormal}
	case mlx.IntInfo:
		return map[string]any{"min": x.Min, "max": x.Max}
	}
	return nil
}

// dtypeKinds are the kinds of the array API.
var dtypeKinds = map[string]mlx.Category{"signed integer": mlx.SignedInteger, "unsigned integer": mlx.UnsignedInteger,
	"integral": mlx.Integer, "real floating": mlx.Floating, "complex floating": mlx.ComplexFloating, "numeric": mlx.Number}

func category(v any) mlx.Category {
	switch v := v.(type) {
	case mlx.Category:
		return v
	case dtypeValue:
		return mlx.CategoryOf(mlx.Dtype(v))
	}
	panic(unsupported("category"))
}

// first passes the array at the beginning on, whatever else is given.
func first(f func(*mlx.Array) *mlx.Array) row {
	return func(c *call) any {
		c.or(-1, "allow_col_major", nil)
		return f(c.array(0))
	}
}

// several is a function of one array that MLX lets take many.
func several(f func(*mlx.Array) *mlx.Array) row {
	return func(c *call) any {
		if len(c.args) == 1 {
			return f(arr(c.args[0]))
		}
		var out []*mlx.Array
		for _, a := range c.args {
			out = append(out, f(arr(a)))
		}
		return out
	}
}

func at(f func(a *mlx.Array, v mlx.Operand, idx ...any) *mlx.Array) row {
	return func(c *call) any { return f(c.array(0), c.operand(2), c.index(1)...) }
}

func scan(f func(*mlx.Array, int, ...mlx.ScanOptions) *mlx.Array) row {
	return func(c *call) any {
		a := c.array(0)
		if d, ok := c.or(-1, "dtype", nil).(dtypeValue); ok {
			a = a.AsType(mlx.Dtype(d))
		}
		axis, ok := c.or(1, "axis", nil).(int)
		if !ok {
			a, axis = a.Flatten(), 0
		}
		inclusive := c.or(3, "inclusive", true).(bool)
		if initial := c.or(-1, "include_initial", nil); initial == true {
			panic(unsupported("include_initial"))
		}
		return f(a, axis, mlx.ScanOptions{Reverse: c.flag(2, "reverse"), Exclusive: !inclusive})
	}
}

func (c *call) closeness() mlx.CloseOptions {
	return mlx.CloseOptions{RTol: toFloat(c.or(2, "rtol", 1e-5)), ATol: toFloat(c.or(3, "atol", 1e-8)), Exact: true,
		EqualNaN: c.flag(4, "equal_nan")}
}

func (c *call) varOptions() mlx.VarOptions {
	return mlx.VarOptions{Axes: c.axes(1, "axis"), Keep: c.keep(2), DDOF: c.int(3, "ddof", 0)}
}

func (c *call) flag(i int, name string) bool {
	v, _ := c.or(i, name, false).(bool)
	return v
}

func (c *call) int(i int, name string, usual int) int {
	switch v := c.or(i, name, usual).(type) {
	case int:
		return v
	case *mlx.Array:
		return v.Int()
	case bool:
		if v {
			return 1
		}
		return 0
	}
	panic(unsupported(name + " is no integer"))
}

// named0 is the first argument, which may be given by name.
func (c *call) named0(name string) *mlx.Array {
	v, _ := c.get(0, name)
	return arr(v)
}

// operandOr is an argument that may also be given by name.
func (c *call) operandOr(i int, name string) any {
	v, ok := c.get(i, name)
	if !ok {
		panic(unsupported("no " + name))
	}
	return untuple(v)
}

// flatAt is the array, flattened where the axis, argument i, is given as none.
func (c *call) flatAt(i int) *mlx.Array {
	if v, ok := c.get(i, "axis"); ok {
		if v == nil {
			if i < len(c.args) {
				c.args[i] = -1
			}
			return c.array(0).Flatten()
		}
		if i >= len(c.args) {
			c.named["axis"] = v
		}
	}
	return c.array(0)
}
