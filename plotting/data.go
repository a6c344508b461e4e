package plotting

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

// array is what this package asks of an array type: its shape, and its values
// in row-major order.
type array interface {
	Shape() []int
	Float64s() []float64
}

// values turns an argument into numbers and their shape. The result is always
// a copy.
func values(arg any) (vals []float64, shape []int, err error) {
	switch v := arg.(type) {
	case nil:
		return nil, nil, fmt.Errorf("is nil")
	case []float64:
		return slices.Clone(v), []int{len(v)}, nil
	case array:
		if r := reflect.ValueOf(arg); r.Kind() == reflect.Pointer && r.IsNil() {
			return nil, nil, fmt.Errorf("is a nil %T", arg)
		}
		return slices.Clone(v.Float64s()), slices.Clone(v.Shape()), nil
	}
	shape, err = nestedShape(reflect.ValueOf(arg))
	if err != nil {
		return nil, nil, err
	}
	vals, err = flatten(reflect.ValueOf(arg), shape, nil)
	return vals, shape, err
}

// nestedShape follows the first element of each level down to a number.
func nestedShape(v reflect.Value) ([]int, error) {
	v = concrete(v)
	switch {
	case !v.IsValid():
		return nil, fmt.Errorf("has a nil element")
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		if v.Len() == 0 {
			return []int{0}, nil
		}
		inner, err := nestedShape(v.Index(0))
		return append([]int{v.Len()}, inner...), err
	}
	if _, ok := number(v); ok {
		return nil, nil
	}
	return nil, fmt.Errorf("is a %s, want numbers, slices of numbers, or an array", v.Type())
}

// flatten appends the numbers of v, whose shape must be as given.
func flatten(v reflect.Value, shape []int, out []float64) ([]float64, error) {
	v = concrete(v)
	if len(shape) == 0 {
		f, ok := number(v)
		if !ok {
			return nil, fmt.Errorf("has an element that is not a number")
		}
		return append(out, f), nil
	}
	if !v.IsValid() || v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
		return nil, fmt.Errorf("is ragged: some elements are rows and some are not")
	}
	if v.Len() != shape[0] {
		return nil, fmt.Errorf("is ragged: one row has %d values and another %d", shape[0], v.Len())
	}
	var err error
	for i := 0; i < v.Len() && err == nil; i++ {
		out, err = flatten(v.Index(i), shape[1:], out)
	}
	return out, err
}

func concrete(v reflect.Value) reflect.Value {
	for v.IsValid() && v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	return v
}

func number(v reflect.Value) (float64, bool) {
	switch {
	case !v.IsValid():
		return 0, false
	case v.CanFloat():
		return v.Float(), true
	case v.CanInt():
		return float64(v.Int()), true
	case v.CanUint():
		return float64(v.Uint()), true
	case v.Kind() == reflect.Bool && v.Bool():
		return 1, true
	}
	return 0, v.Kind() == reflect.Bool
}

// vector wants one dimension; further dimensions of length 1 do not matter.
func vector(what string, arg any) ([]float64, error) {
	vals, shape, err := values(arg)
	if err != nil {
		return nil, fmt.Errorf("%s %w", what, err)
	}
	long := 0
	for _, n := range shape {
		if n != 1 {
			long++
		}
	}
	if long > 1 {
		return nil, fmt.Errorf("%s has shape %s, want one dimension", what, shapeText(shape))
	}
	return vals, nil
}

// matrix wants two dimensions.
func matrix(what string, arg any) (vals []float64, rows, cols int, err error) {
	vals, shape, err := values(arg)
	switch {
	case err != nil:
		return nil, 0, 0, fmt.Errorf("%s %w", what, err)
	case len(shape) != 2:
		return nil, 0, 0, fmt.Errorf("%s has shape %s, want two dimensions", what, shapeText(shape))
	case len(vals) == 0:
		return nil, 0, 0, fmt.Errorf("%s has no values", what)
	}
	return vals, shape[0], shape[1], nil
}

// function recognises a func(float64) float64, also of a named type.
func function(arg any) (func(float64) float64, bool) {
	want := reflect.TypeFor[func(float64) float64]()
	v := reflect.ValueOf(arg)
	if !v.IsValid() || !v.Type().ConvertibleTo(want) || v.IsNil() {
		return nil, false
	}
	return v.Convert(want).Interface().(func(float64) float64), true
}

func shapeText(shape []int) string {
	return "(" + strings.Join(strings.Fields(strings.Trim(fmt.Sprint(shape), "[]")), ",") + ")"
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// interval is a closed range of numbers; it is empty when lo > hi.
type interval struct{ lo, hi float64 }

var empty = interval{math.Inf(1), math.Inf(-1)}

func (r interval) empty() bool { return r.lo > r.hi }

// with extends r to contain the finite ones among vals.
func (r interval) with(vals ...float64) interval {
	for _, v := range vals {
		if finite(v) {
			r.lo, r.hi = math.Min(r.lo, v), math.Max(r.hi, v)
		}
	}
	return r
}
