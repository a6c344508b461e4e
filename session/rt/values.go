package rt

import (
	"errors"
	"fmt"
	"reflect"
	"unsafe"
)

// Bare takes a value out of what the interpreter wraps interfaces in: structs
// whose first field IValue holds the value, and its own valueInterface.
func Bare(v any) any {
	for range 8 {
		rv := reflect.ValueOf(v)
		if !rv.IsValid() || rv.Kind() != reflect.Struct || rv.NumField() == 0 {
			return v
		}
		switch {
		case rv.Type().Field(0).Name == "IValue" && rv.Field(0).Kind() == reflect.Interface:
			iv := rv.Field(0)
			if iv.IsNil() || !iv.CanInterface() {
				return v
			}
			v = iv.Interface()
		case IsWrapper(rv.Type()):
			inner := Inner(rv)
			if !inner.IsValid() || !inner.CanInterface() {
				return v
			}
			v = inner.Interface()
		default:
			return v
		}
	}
	return v
}

// IsWrapper recognises the interpreter's struct{node, value reflect.Value} for
// values in its interfaces, which is not exported.
func IsWrapper(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.Name() == "valueInterface" && t.NumField() == 2 && t.Field(1).Type == reflect.TypeFor[reflect.Value]()
}

// Inner is the value in a wrapper.
func Inner(wrapper reflect.Value) reflect.Value {
	p := reflect.New(wrapper.Type())
	if !wrapper.CanInterface() {
		if !wrapper.CanAddr() {
			return reflect.Value{}
		}
		p = reflect.NewAt(wrapper.Type(), unsafe.Pointer(wrapper.UnsafeAddr()))
	} else {
		p.Elem().Set(wrapper)
	}
	return *(*reflect.Value)(unsafe.Pointer(p.Elem().Field(1).UnsafeAddr()))
}

// equal compares interface values; where Go panics it does too.
func equal(a, b any) bool { return Bare(a) == Bare(b) }

// errorsAs is errors.As for interpreted error types.
func errorsAs(err error, target any) bool {
	tv := reflect.ValueOf(target)
	if tv.Kind() != reflect.Pointer || tv.IsNil() {
		panic(errors.New("errors: target must be a non-nil pointer"))
	}
	tt := tv.Type().Elem()
	for err != nil {
		for _, v := range []any{err, Bare(err)} {
			if rv := reflect.ValueOf(v); rv.IsValid() && rv.Type().AssignableTo(tt) {
				tv.Elem().Set(rv)
				return true
			}
		}
		if m, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range m.Unwrap() {
				if errorsAs(e, target) {
					return true
				}
			}
			return false
		}
		err = errors.Unwrap(err)
	}
	return false
}

// setVar assigns to a variable of a compiled package, which the interpreter
// cannot.
func setVar(symbols map[string]reflect.Value, name string, v any) {
	dst, ok := symbols[name]
	if !ok || !dst.CanSet() {
		panic(Error(fmt.Sprintf("cannot assign to %s", name)))
	}
	rv := reflect.ValueOf(v)
	switch {
	case !rv.IsValid():
		rv = reflect.Zero(dst.Type())
	case !rv.Type().AssignableTo(dst.Type()):
		rv = rv.Convert(dst.Type())
	}
	dst.Set(rv)
}

// maxAlloc bounds what one make may ask for. Beyond it Go's allocator kills the
// process instead of panicking.
const maxAlloc = 1 << 35

// length checks the argument of make for elements of the given size.
func length(n, size int) int {
	if n < 0 || size > 0 && n > maxAlloc/size {
		panic(Error("makeslice: len out of range"))
	}
	return n
}
