package mlx

import (
	"math"
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// Eval computes the arrays, in one go. Reading or printing an array does it by itself.
func Eval(arrays ...*Array) {
	nodes := make([]*node, len(arrays))
	for i, a := range arrays {
		nodes[i] = a.node("eval")
	}
	evaluate(nodes)
}

// Eval computes the array and returns it.
func (a *Array) Eval() *Array {
	a.elements("eval")
	return a
}

// elements evaluates and gives the buffer.
func (a *Array) elements(name string) *backend.Buffer {
	n := a.node(name)
	if b := n.buf.Load(); b != nil {
		return b
	}
	evaluate([]*node{n})
	return n.buf.Load()
}

// only is the single element of an array of size 1.
func (a *Array) only(name string) (op.Value, op.Dtype) {
	n := a.node(name)
	if n.size != 1 {
		fail(name, "shape", "an array of shape %s is not a single number", shapeText(n.shape))
	}
	return a.elements(name).Get(0), n.dtype
}

// Item is the element of an array of size 1 as a Go value: a bool, int64, uint64,
// complex128 or float64 (float32 elements as a float64 of the same value).
func (a *Array) Item() any {
	v, d := a.only("item")
	return backend.Node{Dtype: d, Value: v}.Literal()
}

// Float is the element of an array of size 1, which must be real.
func (a *Array) Float() float64 { return a.real("float") }

// Int is the element of an array of size 1, truncated. It must be real and finite.
func (a *Array) Int() int {
	f := a.real("int")
	if f != f || math.IsInf(f, 0) {
		fail("int", "value", "%v is no integer", f)
	}
	v, d := a.only("int")
	return int(op.Cast(Int64, d, v))
}

func (a *Array) real(name string) float64 {
	v, d := a.only(name)
	if d == Complex64 {
		fail(name, "dtype", "a complex number is not real; take its Real part or Abs")
	}
	return v.Float(d)
}

// Complex is the element of an array of size 1.
func (a *Array) Complex() complex128 {
	v, d := a.only("complex")
	return v.Complex(d)
}

// Bool is whether the element of an array of size 1 is not zero.
func (a *Array) Bool() bool {
	v, d := a.only("bool")
	return op.Cast(Bool, d, v) != 0
}

// Float64s is a copy of the elements, in row-major order; of complex numbers the
// real parts.
func (a *Array) Float64s() []float64 {
	b := a.elements("float64s")
	out := make([]float64, b.Size)
	if b.Dtype == Float32 {
		for i, v := range backend.Slice[float32](b) {
			out[i] = float64(v)
		}
		return out
	}
	for i := range out {
		out[i] = b.Get(i).Float(b.Dtype)
	}
	return out
}

// Float32s is a copy of the elements, in row-major order, rounded to float32.
func (a *Array) Float32s() []float32 {
	b := a.elements("float32s")
	if b.Dtype == Float32 {
		return slices.Clone(backend.Slice[float32](b))
	}
	out := make([]float32, b.Size)
	for i := range out {
		out[i] = float32(b.Get(i).Float(b.Dtype))
	}
	return out
}

// Ints is a copy of the elements, in row-major order, truncated.
func (a *Array) Ints() []int {
	b := a.elements("ints")
	out := make([]int, b.Size)
	for i := range out {
		out[i] = int(op.Cast(Int64, b.Dtype, b.Get(i)))
	}
	return out
}

// ToList is the elements as nested slices of any, or as one value when there
// are no axes; see [Array.Item] for their types.
func (a *Array) ToList() any {
	b := a.elements("to_list")
	at := 0
	var list func(shape []int) any
	list = func(shape []int) any {
		if len(shape) == 0 {
			at++
			return backend.Node{Dtype: b.Dtype, Value: b.Get(at - 1)}.Literal()
		}
		out := make([]any, shape[0])
		for i := range out {
			out[i] = list(shape[1:])
		}
		return out
	}
	return list(a.n.shape)
}

// Complex128s is a copy of the elements, in row-major order.
func (a *Array) Complex128s() []complex128 {
	b := a.elements("complex128s")
	out := make([]complex128, b.Size)
	for i := range out {
		out[i] = b.Get(i).Complex(b.Dtype)
	}
	return out
}
