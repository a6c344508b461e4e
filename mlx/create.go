package mlx

import (
	"math"
	"reflect"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// New makes an array of a number, a bool, or a slice of them nested to any
// depth; a slice of arrays stacks them. Without a dtype, floats become float32,
// int becomes int32 (int64 where a value needs it), and elements of a sized
// integer type keep it.
func New(v any, dtype ...Dtype) *Array {
	const name = "new"
	if a, ok := v.(*Array); ok {
		n := a.node(name)
		if len(dtype) > 0 {
			n = castNode(name, n, dtype[0])
		}
		return wrap(n)
	}
	d := natural
	if len(dtype) > 0 {
		d = dtype[0]
	}
	switch v := v.(type) {
	case []float32:
		if d == natural || d == op.Float32 {
			return wrap(dataNode([]int{len(v)}, backend.From(op.Float32, append([]float32{}, v...))))
		}
	case nil:
		fail(name, "value", "the value is nil")
	}
	return wrap(nested(name, reflect.ValueOf(v), d))
}

func dataNode(shape []int, b *backend.Buffer) *node {
	n := newNode(kData, b.Dtype, shape)
	n.buf.Store(b)
	theMemory.count(b)
	return n
}

// natural stands for the dtype that elements have by themselves.
const natural = op.Dtype(op.Dtypes)

func fromNested(name string, v reflect.Value) *node { return nested(name, v, natural) }

var arrayType = reflect.TypeFor[*Array]()

// nested makes a node of a nested slice.
func nested(name string, v reflect.Value, d op.Dtype) *node {
	shape := []int{}
	for e := v; ; {
		for e.Kind() == reflect.Interface && !e.IsNil() {
			e = e.Elem()
		}
		if e.Kind() != reflect.Slice && e.Kind() != reflect.Array {
			if e.Type() == arrayType && len(shape) > 0 {
				return stackNested(name, v, d)
			}
			break
		}
		shape = append(shape, e.Len())
		if e.Len() == 0 {
			for t := e.Type().Elem(); t.Kind() == reflect.Slice || t.Kind() == reflect.Array; t = t.Elem() {
				shape = append(shape, 0)
			}
			break
		}
		e = e.Index(0)
	}
	r := reader{name: name, shape: shape, natural: op.Bool, vals: make([]operand, 0, backend.Volume(shape))}
	r.read(v, 0)
	if len(r.vals) == 0 {
		r.natural = op.Float32
	}
	if d == natural {
		d = r.natural
	}
	b, err := backend.Alloc(d, len(r.vals))
	if err != nil {
		panic(asError(name, err))
	}
	for i, o := range r.vals {
		if o.kind == reflect.Complex128 {
			b.Put(i, op.Cast(d, op.Complex64, op.ComplexValue(o.z)))
		} else if d.IsInexact() || o.kind == reflect.Float64 {
			b.Put(i, op.Cast(d, op.Float64, op.FloatValue(op.Float64, o.f)))
		} else {
			o.checkRange(name, d)
			b.Put(i, op.Cast(d, op.Int64, op.Value(o.i)))
		}
	}
	return dataNode(shape, b)
}

// stackNested makes an array of a (nested) slice of arrays.
func stackNested(name string, v reflect.Value, d op.Dtype) *node {
	parts := make([]*Array, v.Len())
	for i := range parts {
		e := v.Index(i)
		for e.Kind() == reflect.Interface && !e.IsNil() {
			e = e.Elem()
		}
		if e.Type() == arrayType {
			parts[i] = e.Interface().(*Array)
		} else {
			parts[i] = wrap(nested(name, e, natural))
		}
	}
	n := Stack(parts).n
	if d != natural {
		n = castNode(name, n, d)
	}
	return n
}

// reader collects the numbers of a nested slice.
type reader struct {
	name    string
	shape   []int
	natural op.Dtype
	vals    []operand
}

func (r *reader) read(v reflect.Value, depth int) {
	for v.Kind() == reflect.Interface && !v.IsNil() {
		v = v.Elem()
	}
	isList := v.Kind() == reflect.Slice || v.Kind() == reflect.Array
	if isList != (depth < len(r.shape)) || isList && v.Len() != r.shape[depth] {
		fail(r.name, "shape", "the nested slices do not have equal lengths")
	}
	if isList {
		for i := range v.Len() {
			r.read(v.Index(i), depth+1)
		}
		return
	}
	if !v.IsValid() || v.Kind() == reflect.Interface {
		fail(r.name, "value", "an element is nil")
	}
	o := toOperand(r.name, v.Interface())
	if !o.weak {
		fail(r.name, "value", "an element is a %s", v.Type())
	}
	r.natural = op.Promote(r.natural, elementType(v.Kind(), o))
	r.vals = append(r.vals, o)
}

// elementType is the dtype for an element of a Go type.
func elementType(k reflect.Kind, o operand) op.Dtype {
	switch k {
	case reflect.Int8:
		return op.Int8
	case reflect.Int16:
		return op.Int16
	case reflect.Int32:
		return op.Int32
	case reflect.Int64:
		return op.Int64
	case reflect.Uint8:
		return op.Uint8
	case reflect.Uint16:
		return op.Uint16
	case reflect.Uint32:
		return op.Uint32
	case reflect.Uint64:
		return op.Uint64
	}
	return o.natural()
}

// Full is an array of the given shape with v everywhere. v may be an array that
// broadcasts to the shape.
func Full(shape []int, v Operand, dtype ...Dtype) *Array {
	const name = "full"
	checkShape(name, shape)
	o := toOperand(name, v)
	d := o.natural()
	if len(dtype) > 0 {
		d = dtype[0]
	}
	if !o.weak {
		return BroadcastTo(wrap(castNode(name, o.n, d)), shape...)
	}
	o.checkRange(name, d)
	s := o.as(name, d)
	return wrap(fullNode(d, append([]int{}, shape...), s.value, false))
}

func filled(shape []int, v float64) *Array {
	checkShape("full", shape)
	return wrap(fullNode(op.Float32, append([]int{}, shape...), op.FloatValue(op.Float32, v), true))
}

// Zeros is a float32 array of zeros; AsType gives it another dtype.
func Zeros(shape ...int) *Array { return filled(shape, 0) }

// Ones is a float32 array of ones; AsType gives it another dtype.
func Ones(shape ...int) *Array { return filled(shape, 1) }

// ZerosLike is an array of zeros with the shape and dtype of a.
func ZerosLike(a *Array, dtype ...Dtype) *Array { return like("zeros_like", a, 0, dtype) }

// OnesLike is an array of ones with the shape and dtype of a.
func OnesLike(a *Array, dtype ...Dtype) *Array { return like("ones_like", a, 1, dtype) }

func like(name string, a *Array, v float64, dtype []Dtype) *Array {
	d := a.node(name).dtype
	if len(dtype) > 0 {
		d = dtype[0]
	}
	return filled(a.n.shape, v).AsType(d)
}

func checkShape(name string, shape []int) {
	size := 1
	for _, d := range shape {
		if d < 0 {
			fail(name, "shape", "the shape %s has a negative length", shapeText(shape))
		}
		if d > 0 && size > backend.MaxBytes/d {
			fail(name, "shape", "an array of shape %s is too large", shapeText(shape))
		}
		size *= d
	}
}

// Arange counts: Arange(stop), Arange(start, stop) or Arange(start, stop, step),
// without stop itself. Whole arguments of integer type give int32 (or int64
// where need be), any float gives float32.
func Arange(args ...any) *Array {
	bounds := arangeBounds(args)
	return arange(promoted(bounds...), bounds)
}

// ArangeOf is [Arange] in a dtype: start and step are cut to it, and how many
// numbers there are follows from the arguments as they are.
func ArangeOf(d Dtype, args ...any) *Array {
	switch d {
	case op.Bool:
		fail("arange", "dtype", "%v numbers cannot be counted", d)
	case op.Complex64:
		return ArangeOf(op.Float32, args...).AsType(d)
	}
	return arange(d, arangeBounds(args))
}

// arangeBounds is start, stop and step.
func arangeBounds(args []any) []operand {
	const name = "arange"
	if len(args) < 1 || len(args) > 3 {
		fail(name, "value", "%d arguments, want stop, or start and stop, or start, stop and step", len(args))
	}
	bounds := []operand{{weak: true, kind: reflect.Int64}, {}, {weak: true, kind: reflect.Int64, i: 1, f: 1}}
	if len(args) == 1 {
		bounds[1] = toOperand(name, args[0])
	} else {
		for i, a := range args {
			bounds[i] = toOperand(name, a)
		}
	}
	for _, b := range bounds {
		if !b.weak || b.kind == reflect.Bool || b.kind == reflect.Complex128 {
			fail(name, "value", "the arguments must be numbers")
		}
	}
	return bounds
}

func arange(d op.Dtype, bounds []operand) *Array {
	const name = "arange"
	start, stop, step := bounds[0], bounds[1], bounds[2]
	if step.f == 0 {
		fail(name, "value", "the step is zero")
	}
	count := math.Ceil((stop.f - start.f) / step.f)
	if count != count || count > backend.MaxBytes {
		fail(name, "shape", "from %v to %v by %v is too long", start.f, stop.f, step.f)
	}
	n := int(max(count, 0))
	if !d.IsFloat() {
		// The step is what two neighbours differ by once they are cut.
		first := int(op.FloatToInt(start.f))
		return wrap(iotaNode(d, n, first, int(op.FloatToInt(start.f+step.f))-first))
	}
	return wrap(rampNode(d, n, start.f, step.f))
}

func iotaNode(d op.Dtype, n, start, step int) *node {
	x := newNode(kIota, d, []int{n})
	x.ints = []int{start, step}
	return x
}

// rampNode is start + i·step. Whole numbers are counted exactly.
func rampNode(d op.Dtype, n int, start, step float64) *node {
	if start == math.Trunc(start) && step == math.Trunc(step) && math.Abs(start) < 1<<53 && math.Abs(step) < 1<<53 {
		return iotaNode(d, n, int(start), int(step))
	}
	i := iotaNode(d, n, 0, 1)
	v := func(x float64) *node { return fullNode(d, nil, op.FloatValue(d, x), false) }
	return call(op.Add, call(op.Multiply, i, v(step)), v(start))
}

// Linspace is num numbers from start to stop, both included, as float32.
func Linspace(start, stop float64, num int, dtype ...Dtype) *Array {
	return linspace(start, stop, num, num-1, dtype)
}

// LinspaceOpen is [Linspace] without stop itself.
func LinspaceOpen(start, stop float64, num int, dtype ...Dtype) *Array {
	return linspace(start, stop, num, num, dtype)
}

func linspace(start, stop float64, num, gaps int, dtype []Dtype) *Array {
	const name = "linspace"
	checkShape(name, []int{num})
	d := op.Float32
	if len(dtype) > 0 {
		d = dtype[0]
	}
	work := op.AtLeastFloat(d)
	if num == 1 {
		return wrap(castNode(name, fullNode(work, []int{1}, op.FloatValue(work, start), false), d))
	}
	// Weighting both ends reaches each of them exactly.
	t := call(op.Divide, iotaNode(work, num, 0, 1), constNode(work, float64(gaps)))
	v := func(x float64) *node { return fullNode(work, nil, op.FloatValue(work, x), false) }
	a := call(op.Multiply, call(op.Subtract, constNode(work, 1), t), v(start))
	return wrap(castNode(name, call(op.Add, a, call(op.Multiply, t, v(stop))), d))
}

// Eye is the n×n float32 matrix with ones on the diagonal; with m it is n×m.
func Eye(n int, m ...int) *Array {
	cols := n
	if len(m) > 0 {
		cols = m[0]
	}
	return EyeAt(n, cols, 0)
}
