package session

import (
	"fmt"
	"reflect"
	"sort"
	"strings"

	"github.com/ingot-go/ingot/session/rt"
)

// Limits of what format writes of one value.
const (
	maxElems = 1000 // of a slice or map
	maxDepth = 12
	maxText  = 64 << 10
)

// format writes v as fmt's %v does, except that it cuts large and cyclic values
// short.
func format(v reflect.Value) string {
	f := formatter{}
	f.value(v, 0)
	return f.b.String()
}

type formatter struct{ b strings.Builder }

func (f *formatter) value(v reflect.Value, depth int) {
	if f.b.Len() > maxText || depth > maxDepth {
		f.b.WriteString("…")
		return
	}
	if !v.IsValid() {
		f.b.WriteString("<nil>")
		return
	}
	if v.CanInterface() {
		switch v.Interface().(type) {
		case error, fmt.Stringer, fmt.Formatter:
			fmt.Fprint(&f.b, v.Interface())
			return
		}
	}
	if rt.IsWrapper(v.Type()) {
		if inner := rt.Inner(v); inner.IsValid() {
			f.value(inner, depth)
			return
		}
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		f.list(v, depth)
	case reflect.Map:
		f.mapping(v, depth)
	case reflect.Struct:
		f.b.WriteByte('{')
		for i := range v.NumField() {
			if i > 0 {
				f.b.WriteByte(' ')
			}
			f.value(v.Field(i), depth+1)
		}
		f.b.WriteByte('}')
	case reflect.Interface:
		f.value(v.Elem(), depth)
	case reflect.Pointer:
		if k := v.Elem().Kind(); depth == 0 && (k == reflect.Struct || k == reflect.Map || k == reflect.Slice || k == reflect.Array) {
			f.b.WriteByte('&')
			f.value(v.Elem(), depth+1)
			return
		}
		fmt.Fprint(&f.b, v)
	default:
		fmt.Fprint(&f.b, v)
	}
}

func (f *formatter) list(v reflect.Value, depth int) {
	f.b.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			f.b.WriteByte(' ')
		}
		if i == maxElems || f.b.Len() > maxText {
			fmt.Fprintf(&f.b, "… %d more", v.Len()-i)
			break
		}
		f.value(v.Index(i), depth+1)
	}
	f.b.WriteByte(']')
}

func (f *formatter) mapping(v reflect.Value, depth int) {
	f.b.WriteString("map[")
	keys := v.MapKeys()
	if len(keys) <= maxElems {
		sortKeys(keys)
	}
	for i, k := range keys {
		if i > 0 {
			f.b.WriteByte(' ')
		}
		if i == maxElems || f.b.Len() > maxText {
			fmt.Fprintf(&f.b, "… %d more", len(keys)-i)
			break
		}
		f.value(k, depth+1)
		f.b.WriteByte(':')
		f.value(v.MapIndex(k), depth+1)
	}
	f.b.WriteByte(']')
}

// sortKeys orders keys as fmt does where they are of one ordered kind.
func sortKeys(keys []reflect.Value) {
	sort.SliceStable(keys, func(i, j int) bool {
		a, b := keys[i], keys[j]
		if a.Kind() == reflect.Interface {
			a, b = a.Elem(), b.Elem()
		}
		if a.Kind() != b.Kind() {
			return a.Kind() < b.Kind()
		}
		switch {
		case a.CanInt():
			return a.Int() < b.Int()
		case a.CanUint():
			return a.Uint() < b.Uint()
		case a.CanFloat():
			return a.Float() < b.Float()
		case a.Kind() == reflect.String:
			return a.String() < b.String()
		}
		return fmt.Sprint(a) < fmt.Sprint(b)
	})
}
