package rt

import (
	"fmt"
	"reflect"
)

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

// outOfRange panics as Go does for an index that does not fit.
func outOfRange(i, n int) {
	if i < 0 {
		panic(Error(fmt.Sprintf("index out of range [%d]", i)))
	}
	panic(Error(fmt.Sprintf("index out of range [%d] with length %d", i, n)))
}
