package inspect

import (
	"fmt"
	"reflect"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/hook"
)

var arrayType = reflect.TypeFor[*mlx.Array]()

// callee makes of f, a function of arrays that returns one array, a function of
// any number of them; it is to be called with count.
func callee(f any, count int) func(...*mlx.Array) *mlx.Array {
	v := reflect.ValueOf(f)
	if !v.IsValid() || v.Kind() == reflect.Func && v.IsNil() {
		refuse("value", "the function is nil")
	}
	t := v.Type()
	if !takesArrays(t) {
		refuse("value", "%v is not a function of arrays that returns one array", t)
	}
	if n := t.NumIn(); !t.IsVariadic() && n != count {
		refuse("value", "the function takes %s and %s given", plural(n, "array"), were(count))
	}
	return func(args ...*mlx.Array) *mlx.Array {
		in := make([]reflect.Value, len(args))
		for i, a := range args {
			in[i] = reflect.ValueOf(a)
		}
		return v.Call(in)[0].Interface().(*mlx.Array)
	}
}

func were(n int) string {
	if n == 1 {
		return "1 is"
	}
	return fmt.Sprint(n, " are")
}

func takesArrays(t reflect.Type) bool {
	if t.Kind() != reflect.Func || t.NumOut() != 1 || t.Out(0) != arrayType {
		return false
	}
	for i := range t.NumIn() {
		in := t.In(i)
		if t.IsVariadic() && i == t.NumIn()-1 {
			in = in.Elem()
		}
		if in != arrayType {
			return false
		}
	}
	return true
}

// refuse panics as array functions do.
func refuse(kind, format string, args ...any) {
	panic(&mlx.Error{Op: "gradients", Kind: kind, Msg: fmt.Sprintf(format, args...), Where: hook.Where()})
}
