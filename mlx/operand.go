package mlx

import (
	"math"
	"reflect"

	"github.com/ingot-go/ingot/mlx/op"
)

// Operand marks a parameter that takes an array, a number or bool, or a nested
// slice of them. A number is weak: it takes the dtype of the array that it
// meets, except that a float raises integers to float32.
type Operand = any

// operand is an Operand on its way to becoming a node.
type operand struct {
	n    *node
	weak bool
	kind reflect.Kind // of a weak scalar: Bool, Int64, Uint64, Float64 or Complex128
	i    int64
	u    uint64
	f    float64
	z    complex128
}

func toOperand(name string, v Operand) operand {
	switch v := v.(type) {
	case *Array:
		return operand{n: v.node(name)}
	case int:
		return operand{weak: true, kind: reflect.Int64, i: int64(v), f: float64(v)}
	case float64:
		return operand{weak: true, kind: reflect.Float64, f: v}
	case nil:
		checkStop(name)
		fail(name, "value", "an operand is nil")
	}
	r := reflect.ValueOf(v)
	switch {
	case r.CanInt():
		return operand{weak: true, kind: reflect.Int64, i: r.Int(), f: float64(r.Int())}
	case r.CanUint():
		return operand{weak: true, kind: reflect.Uint64, u: r.Uint(), i: int64(r.Uint()), f: float64(r.Uint())}
	case r.CanFloat():
		return operand{weak: true, kind: reflect.Float64, f: r.Float()}
	case r.Kind() == reflect.Bool:
		o := operand{weak: true, kind: reflect.Bool}
		if r.Bool() {
			o.i, o.f = 1, 1
		}
		return o
	case r.Kind() == reflect.Slice || r.Kind() == reflect.Array:
		return operand{n: fromNested(name, r)}
	case r.CanComplex():
		return operand{weak: true, kind: reflect.Complex128, f: real(r.Complex()), z: r.Complex()}
	}
	fail(name, "value", "%T is neither an array, a number nor a slice of numbers", v)
	return operand{}
}

// natural is the dtype of an operand that meets no array.
func (o operand) natural() op.Dtype {
	if !o.weak {
		return o.n.dtype
	}
	switch o.kind {
	case reflect.Bool:
		return op.Bool
	case reflect.Float64:
		return op.Float32
	case reflect.Complex128:
		return op.Complex64
	case reflect.Uint64:
		switch {
		case o.u > math.MaxInt64:
			return op.Uint64
		case o.u > math.MaxInt32:
			return op.Int64
		}
		return op.Int32
	}
	if o.i != int64(int32(o.i)) {
		return op.Int64
	}
	return op.Int32
}

// beside is the dtype that a weak operand asks for beside an array of type d.
func (o operand) beside(d op.Dtype) op.Dtype {
	switch {
	case o.kind == reflect.Bool:
		return d
	case o.kind == reflect.Float64:
		return op.AtLeastFloat(d)
	case o.kind == reflect.Complex128:
		return op.Complex64
	case d == op.Bool:
		return op.Int32
	}
	return d
}

// promoted is the dtype in which the operands meet.
func promoted(os ...operand) op.Dtype {
	strong, seen := op.Bool, false
	for _, o := range os {
		if !o.weak {
			strong, seen = op.Promote(strong, o.n.dtype), true
		}
	}
	d := strong
	for _, o := range os {
		switch {
		case !o.weak:
		case seen:
			d = op.Promote(d, o.beside(strong))
		default:
			d = op.Promote(d, o.natural())
		}
	}
	return d
}

// as makes a node of dtype d of the operand.
func (o operand) as(name string, d op.Dtype) *node {
	if !o.weak {
		return castNode(name, o.n, d)
	}
	var v op.Value
	switch {
	case o.kind == reflect.Complex128:
		v = op.Cast(d, op.Complex64, op.ComplexValue(o.z))
	case d.IsInexact():
		v = op.FloatValue(d, o.f)
	case o.kind == reflect.Float64:
		v = op.Cast(d, op.Float64, op.FloatValue(op.Float64, o.f))
	default:
		v = op.Cast(d, op.Int64, op.Value(o.i))
	}
	return fullNode(d, nil, v, false)
}

// checkRange refuses an integer that an integer dtype cannot hold.
func (o operand) checkRange(name string, d op.Dtype) {
	if o.kind == reflect.Int64 && d.IsInteger() && d.Size() < 8 && int64(op.Cast(op.Int64, d, op.Cast(d, op.Int64, op.Value(o.i)))) != o.i {
		fail(name, "value", "the number %d does not fit into %v", o.i, d)
	}
}

func fullNode(d op.Dtype, shape []int, v op.Value, fixed bool) *node {
	n := newNode(kFull, d, shape)
	n.value, n.fixed = v, fixed
	return n
}

// constNode is a number that belongs to a formula.
func constNode(d op.Dtype, x float64) *node {
	return fullNode(d, nil, op.Cast(d, op.Float64, op.FloatValue(op.Float64, x)), true)
}

func castNode(name string, n *node, d op.Dtype) *node {
	if n.dtype == d {
		return n
	}
	if d > op.Complex64 {
		fail(name, "dtype", "%v is not a dtype", d)
	}
	if n.kind == kFull {
		return fullNode(d, n.shape, op.Cast(d, n.dtype, n.value), n.fixed)
	}
	return newNode(kCast, d, n.shape, n)
}

// applyNode is op c of nodes that are already cast as the op wants them.
func applyNode(c op.Code, result op.Dtype, in ...*node) *node {
	shape := in[0].shape
	for _, n := range in[1:] {
		shape = broadcastShape(op.Of(c).Name, shape, n.shape)
	}
	n := newNode(kApply, result, shape, in...)
	n.code = uint8(c)
	return n
}

// broadcastShape is the shape to which a and b broadcast; it is a or b itself where it can be.
func broadcastShape(name string, a, b []int) []int {
	if len(a) < len(b) {
		a, b = b, a
	}
	off := len(a) - len(b)
	out, same := a, true
	for i, d := range b {
		switch e := a[off+i]; {
		case d == e || d == 1:
		case e == 1:
			if same {
				out, same = append([]int{}, a...), false
			}
			out[off+i] = d
		default:
			fail(name, "shape", "shapes %s and %s do not broadcast (%d != %d)", shapeText(a), shapeText(b), e, d)
		}
	}
	if !same && len(out) == len(b) && equalShape(out, b) {
		return b
	}
	return out
}

func equalShape(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// unary and binary build the node of a table op from operands of any dtype.
func unary(c op.Code, a Operand) *Array {
	o := op.Of(c)
	return wrap(tableNode(o, toOperand(o.Name, a)))
}

func binary(c op.Code, a, b Operand) *Array {
	o := op.Of(c)
	return wrap(tableNode(o, toOperand(o.Name, a), toOperand(o.Name, b)))
}

func tableNode(o *op.Op, os ...operand) *node {
	d := promoted(os...)
	if o.Rule == op.Choose {
		d = promoted(os[1:]...)
	}
	for _, x := range os {
		if x.weak && o.Rule != op.Logical {
			checkBeside(o.Name, x, os)
		}
	}
	in, out, ok := o.Types(d)
	if !ok {
		fail(o.Name, "dtype", "%s does not take %v", o.Name, d)
	}
	var room [3]*node
	for i, x := range os {
		t := in
		if o.Rule == op.Choose && i == 0 {
			t = op.Bool
		}
		room[i] = x.as(o.Name, t)
	}
	return applyNode(o.Code, out, room[:len(os)]...)
}

// checkBeside refuses a number that the array beside it cannot hold.
func checkBeside(name string, x operand, os []operand) {
	strong, seen := op.Bool, false
	for _, o := range os {
		if !o.weak {
			strong, seen = op.Promote(strong, o.n.dtype), true
		}
	}
	if seen {
		x.checkRange(name, x.beside(strong))
	}
}

// call is the op c of nodes, cast as need be: the form in which the package
// itself builds formulas.
func call(c op.Code, in ...*node) *node {
	os := make([]operand, len(in))
	for i, n := range in {
		os[i] = operand{n: n}
	}
	return tableNode(op.Of(c), os...)
}
