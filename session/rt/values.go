package rt

import (
	"fmt"
	"reflect"
	"strings"
)

// setVar assigns to a variable of a compiled package, which the interpreter
// cannot.
func (r *Runtime) setVar(name string, v any) {
	dst := r.symbol(name)
	if !dst.CanSet() {
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

// symbol finds what a compiled package declares: "os.Args".
func (r *Runtime) symbol(name string) reflect.Value {
	dot := strings.LastIndexByte(name, '.')
	return r.Symbols(name[:dot])[name[dot+1:]]
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
