package rt

import (
	"errors"
	"fmt"
	"reflect"
)

// bare looks inside the interpreter's interface wrappers: structs whose first
// field IValue holds the interpreted value.
func bare(v any) any {
	for {
		rv := reflect.ValueOf(v)
		if !rv.IsValid() || rv.Kind() != reflect.Struct || rv.NumField() == 0 || rv.Type().Field(0).Name != "IValue" {
			return v
		}
		iv := rv.Field(0)
		if iv.IsNil() || !iv.CanInterface() {
			return v
		}
		v = iv.Interface()
	}
}

// equal compares interface values; where Go panics it does too.
func equal(a, b any) bool { return bare(a) == bare(b) }

// errorsAs is errors.As for interpreted error types.
func errorsAs(err error, target any) bool {
	tv := reflect.ValueOf(target)
	if tv.Kind() != reflect.Pointer || tv.IsNil() {
		panic(errors.New("errors: target must be a non-nil pointer"))
	}
	tt := tv.Type().Elem()
	for err != nil {
		for _, v := range []any{err, bare(err)} {
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
