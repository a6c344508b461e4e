// Package safejson encodes values that come from user code as JSON that every
// front end can read. The standard encoder refuses the whole value when one
// number in it is NaN or infinite, and a message is lost; here such a number
// becomes null.
//
//	b, _ := safejson.Marshal(map[string]any{"loss": math.NaN()})
//	fmt.Println(string(b)) // {"loss":null}
package safejson

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"math"
	"reflect"
)

// Marshal is json.Marshal without HTML escaping and with null for NaN and the
// infinities, and for a reference of a value to itself. Values that JSON cannot hold at all, such as channels, are still
// errors.
func Marshal(v any) ([]byte, error) {
	b, err := encode(v)
	var bad *json.UnsupportedValueError
	if errors.As(err, &bad) {
		return encode(cleaner{}.clean(reflect.ValueOf(v)))
	}
	return b, err
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// cleaner holds the references on the way from the root to where it is.
type cleaner map[uintptr]bool

// clean copies v with null in place of what the encoder refuses. Only the slow
// path comes here, so it may allocate freely.
func (c cleaner) clean(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		if v.IsNil() || c[v.Pointer()] && v.Kind() != reflect.Slice {
			return nil
		}
		if !c[v.Pointer()] {
			c[v.Pointer()] = true
			defer delete(c, v.Pointer())
		}
	}
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil
		}
		return v.Interface()
	case reflect.Interface:
		return c.clean(v.Elem())
	}
	if v.CanInterface() {
		switch v.Interface().(type) {
		case json.Marshaler, encoding.TextMarshaler, []byte:
			b, err := encode(v.Interface())
			if err != nil {
				return nil
			}
			return json.RawMessage(b)
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		return c.clean(v.Elem())
	case reflect.Slice, reflect.Array:
		return c.list(v)
	case reflect.Map:
		return c.object(v)
	case reflect.Struct:
		return c.structure(v)
	}
	return v.Interface()
}

func (c cleaner) list(v reflect.Value) any {
	out := make([]any, v.Len())
	for i := range out {
		out[i] = c.clean(v.Index(i))
	}
	return out
}

func (c cleaner) object(v reflect.Value) any {
	out := reflect.MakeMap(reflect.MapOf(v.Type().Key(), reflect.TypeFor[any]()))
	for it := v.MapRange(); it.Next(); {
		e := reflect.New(reflect.TypeFor[any]()).Elem()
		if x := c.clean(it.Value()); x != nil {
			e.Set(reflect.ValueOf(x))
		}
		out.SetMapIndex(it.Key(), e)
	}
	return out.Interface()
}

// structure makes an object of a struct and honours the json tags.
func (c cleaner) structure(v reflect.Value) any {
	out := map[string]any{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() && !f.Anonymous {
			continue
		}
		name, omit, skip := fieldName(f)
		switch {
		case skip, omit && v.Field(i).IsZero():
		case f.Anonymous && name == "":
			if m, ok := c.clean(v.Field(i)).(map[string]any); ok {
				for k, x := range m {
					out[k] = x
				}
			}
		case !f.IsExported():
		default:
			if name == "" {
				name = f.Name
			}
			out[name] = c.clean(v.Field(i))
		}
	}
	return out
}

func fieldName(f reflect.StructField) (name string, omit, skip bool) {
	tag := f.Tag.Get("json")
	if tag == "-" {
		return "", false, true
	}
	head, rest, _ := bytes.Cut([]byte(tag), []byte(","))
	return string(head), bytes.Contains(rest, []byte("omit")), false
}
