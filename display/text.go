package display

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"
)

// selfText stands for a value that cannot be written.
const selfText = "<value that contains itself>"

const (
	maxText  = 100_000 // bytes of a value's text
	maxElems = 1000    // of a list or map that are written
)

// text is a value as %v writes it, cut where it is long.
func text(v any) string {
	if ContainsItself(v) {
		return selfText
	}
	switch x := v.(type) {
	case time.Time:
		return x.Round(0).String() // without the reading of the monotonic clock
	case error, fmt.Stringer, fmt.Formatter:
		return cutText(fmt.Sprint(v))
	}
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.Slice, reflect.Array:
		if n := rv.Len(); n > maxElems {
			head := make([]any, maxElems)
			for i := range head {
				head[i] = rv.Index(i).Interface()
			}
			return cutText(strings.TrimSuffix(fmt.Sprint(head), "]")) + fmt.Sprintf(" … %d elements]", n)
		}
	case reflect.Map:
		if n := rv.Len(); n > maxElems {
			return fmt.Sprintf("<%T of %d elements>", v, n)
		}
	}
	return cutText(fmt.Sprint(v))
}

func cutText(s string) string {
	if len(s) <= maxText {
		return s
	}
	n := maxText
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + fmt.Sprintf("… (%d bytes more)", len(s)-n)
}

// ContainsItself tells whether a value is part of itself through lists, maps
// and interfaces; writing it would have no end. Pointers within are not
// followed when they are written.
func ContainsItself(v any) bool {
	if c, ok := v.(cellValue); ok {
		v = c.Raw()
	}
	return refersToItself(reflect.ValueOf(v), map[uintptr]bool{})
}

func refersToItself(v reflect.Value, above map[uintptr]bool) bool {
	if !v.IsValid() {
		return false
	}
	switch v.Kind() {
	case reflect.Interface:
		return refersToItself(v.Elem(), above)
	case reflect.Slice, reflect.Map:
		if v.IsNil() || !mayNest(v.Type().Elem()) {
			return false
		}
		p := v.Pointer()
		if above[p] && v.Len() > 0 {
			return true
		}
		above[p] = true
		defer delete(above, p)
	case reflect.Array:
		if !mayNest(v.Type().Elem()) {
			return false
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if mayNest(v.Field(i).Type()) && refersToItself(v.Field(i), above) {
				return true
			}
		}
		return false
	default:
		return false
	}
	if v.Kind() == reflect.Map {
		for it := v.MapRange(); it.Next(); {
			if refersToItself(it.Value(), above) {
				return true
			}
		}
		return false
	}
	for i := range min(v.Len(), maxElems) {
		if refersToItself(v.Index(i), above) {
			return true
		}
	}
	return false
}

// mayNest tells whether values of t may hold others that are written out.
func mayNest(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface, reflect.Slice, reflect.Map, reflect.Struct, reflect.Array:
		return true
	}
	return false
}
