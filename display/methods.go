package display

import (
	"context"
	"fmt"
	"reflect"
)

// cellValue is a value whose type was declared in a cell: compiled code cannot
// see its methods and fields as they are.
type cellValue interface {
	// CallMethod calls a method without parameters that has one result.
	CallMethod(name string) (result any, ok bool)

	// Raw is the value as the interpreter has it.
	Raw() any

	// Plain is the value with the names that the cell gave its fields. Of a
	// list of n elements it has only the first and the last limit/2, if there
	// are more than limit; of a map that is larger it has nothing.
	Plain(limit int) (v any, n int)
}

// shown maps the methods by which a value may show itself to what they give.
var shown = []struct{ method, mime string }{
	{"HTML", "text/html"},
	{"SVG", "image/svg+xml"},
	{"Markdown", "text/markdown"},
	{"LaTeX", "text/latex"},
	{"PNG", "image/png"},
	{"JPEG", "image/jpeg"},
}

// ofMethods shows a value in all the forms that it has a method for: HTML()
// string and the like, PNG() []byte. A second result may be an error.
func ofMethods(_ context.Context, v any) (b Bundle, ok bool, err error) {
	if v == nil || reflect.TypeOf(v).NumMethod() == 0 {
		return b, false, nil
	}
	for _, s := range shown {
		r, found, err := callMethod(v, s.method)
		if err != nil {
			return b, true, fmt.Errorf("display: %s of %T: %w", s.method, v, err)
		}
		if !found {
			continue
		}
		if b.Data == nil {
			b.Data = map[string]any{}
		}
		b.Data[s.mime] = r
		if pic, isPicture := r.([]byte); isPicture {
			b.describePicture(s.mime, pic, text(v))
		}
	}
	return b, b.Data != nil, nil
}

var (
	stringType = reflect.TypeFor[string]()
	bytesType  = reflect.TypeFor[[]byte]()
	errorType  = reflect.TypeFor[error]()
)

// callMethod calls v.name() if it gives a string or bytes.
func callMethod(v any, name string) (result any, ok bool, err error) {
	if c, isCell := v.(cellValue); isCell {
		r, ok := c.CallMethod(name)
		switch r.(type) {
		case string, []byte:
			return r, ok, nil
		}
		return nil, false, nil
	}
	rv := reflect.ValueOf(v)
	if !rv.IsValid() || rv.Kind() == reflect.Pointer && rv.IsNil() {
		return nil, false, nil
	}
	m := rv.MethodByName(name)
	if !m.IsValid() || m.Type().NumIn() > 0 || m.Type().NumOut() < 1 || m.Type().NumOut() > 2 {
		return nil, false, nil
	}
	if t := m.Type().Out(0); t != stringType && t != bytesType {
		return nil, false, nil
	}
	if m.Type().NumOut() == 2 && m.Type().Out(1) != errorType {
		return nil, false, nil
	}
	out := m.Call(nil)
	if len(out) == 2 && !out[1].IsNil() {
		return nil, false, out[1].Interface().(error)
	}
	return out[0].Interface(), true, nil
}
