package rt

import "reflect"

// CallMethod calls a method of the value that has no parameters and gives text
// or bytes, for package display: HTML() string, PNG() []byte.
func (v *view) CallMethod(name string) (result any, ok bool) {
	switch f := v.r.find(v.v, name).(type) {
	case func(any) string:
		return f(v.v), true
	case func(any) []byte:
		return f(v.v), true
	}
	return nil, false
}

// Raw is the value as the interpreter has it.
func (v *view) Raw() any { return Raw(v.v) }

// Plain is the value as compiled code can look into it, with the names that the
// cell gave the fields. Of a list of n elements it has only the first and the
// last limit/2, if there are more than limit; of a map that is larger nothing.
func (v *view) Plain(limit int) (plain any, n int) {
	rv, t := v.r.typeOf(reflect.ValueOf(Bare(v.v)))
	if stands(rv, t) {
		rv = rv.Field(0)
	}
	switch rv.Kind() {
	case reflect.Map:
		if n = rv.Len(); n > limit {
			return nil, n
		}
	case reflect.Slice, reflect.Array:
		n = rv.Len()
		if n <= limit || t.elem == nil {
			break
		}
		part := make([]any, 0, limit)
		d := &dataMaker{registry: v.r, seen: map[uintptr]any{}}
		for i := range n {
			if i < limit/2 || i >= n-limit/2 {
				part = append(part, d.data(rv.Index(i), t.elem))
			}
		}
		return part, n
	}
	plain, _ = v.r.dataOf(v.v, nil) // without methods nothing can fail
	return plain, n
}
