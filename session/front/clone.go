package front

import (
	"go/ast"
	"reflect"
)

// cloneNode copies a syntax tree. Positions stay the same.
func cloneNode[N ast.Node](n N) N {
	return cloneValue(reflect.ValueOf(n)).Interface().(N)
}

func cloneValue(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer:
		//lint:ignore SA1019 the parser still fills these in, and they may be cyclic
		if v.IsNil() || v.Type() == reflect.TypeFor[*ast.Object]() || v.Type() == reflect.TypeFor[*ast.Scope]() {
			return reflect.Zero(v.Type())
		}
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(cloneValue(v.Elem()))
		return p
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		return cloneValue(v.Elem())
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		s := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			s.Index(i).Set(cloneValue(v.Index(i)))
		}
		return s
	case reflect.Struct:
		s := reflect.New(v.Type()).Elem()
		for i := range v.NumField() {
			s.Field(i).Set(cloneValue(v.Field(i)))
		}
		return s
	}
	return v
}
