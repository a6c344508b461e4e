package rt

import (
	"fmt"
	"reflect"
	"sort"
)

// dataOf is v as a template can look into it: structs of cells become structs
// whose exported fields hold any, values with a method String or Error print
// themselves. Of the other methods those that the template names are called
// now, and their results are fields too.
func (r *registry) dataOf(v any, names map[string]bool) (data any, err error) {
	if v == nil {
		return nil, nil
	}
	d := &dataMaker{registry: r, names: names, seen: map[uintptr]any{}}
	rv, t := r.typeOf(reflect.ValueOf(Bare(v)))
	data = d.data(rv, t)
	return data, d.err
}

// dataMaker makes the data for one template.
type dataMaker struct {
	*registry
	names map[string]bool
	seen  map[uintptr]any // what structs have become, by their address
	depth int             // of methods in results of methods
	err   error           // of the first method that failed
}

// maxMethods bounds results of methods that have methods in turn.
const maxMethods = 50

func (r *dataMaker) data(v reflect.Value, t *Type) any {
	if v.IsValid() && v.Kind() == reflect.Interface {
		v, t = r.typeOf(reflect.ValueOf(Bare(v.Interface())))
	}
	if !v.IsValid() {
		return nil
	}
	_, str := r.method(t, "String").(func(any) string)
	_, err := r.method(t, "Error").(func(any) string)
	switch {
	case t.plain:
		return v.Interface()
	case (str || err) && v.Kind() != reflect.Struct && v.Kind() != reflect.Pointer:
		return r.viewOf(r.boxAs(v, t))
	case stands(v, t):
		return r.data(v.Field(0), t)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || t.elem == nil || v.Elem().Kind() != reflect.Struct || stands(v.Elem(), t.elem) {
			return v.Interface()
		}
		if p, ok := r.seen[v.Pointer()]; ok {
			return p
		}
		return r.structData(v.Elem(), t.elem, v.Pointer(), r.boxAs(v, t), t)
	case reflect.Struct:
		return reflect.ValueOf(r.structData(v, t, 0, r.boxAs(v, t), t)).Elem().Interface()
	case reflect.Slice, reflect.Array:
		l := make([]any, v.Len())
		for i := range l {
			l[i] = r.data(v.Index(i), t.elem)
		}
		return l
	case reflect.Map:
		m := reflect.MakeMap(reflect.MapOf(v.Type().Key(), reflect.TypeFor[any]()))
		for it := v.MapRange(); it.Next(); {
			e := reflect.New(reflect.TypeFor[any]()).Elem()
			if d := r.data(it.Value(), t.elem); d != nil {
				e.Set(reflect.ValueOf(d))
			}
			m.SetMapIndex(it.Key(), e)
		}
		return m.Interface()
	}
	return v.Interface()
}

// structData returns a pointer to the struct; at is where v is, for cycles. The
// methods are those of whole, of type wt: the struct or its address.
func (r *dataMaker) structData(v reflect.Value, t *Type, at uintptr, whole any, wt *Type) any {
	var fs []reflect.StructField
	var from []int
	for i, f := range t.fields {
		if exported(f.name) {
			fs = append(fs, reflect.StructField{Name: f.name, Type: reflect.TypeFor[any]()})
			from = append(from, i)
		}
	}
	methods := r.named(wt)
	for _, m := range methods {
		fs = append(fs, reflect.StructField{Name: m, Type: reflect.TypeFor[any]()})
	}
	p := reflect.New(reflect.StructOf(fs))
	if at != 0 {
		r.seen[at] = p.Interface()
	}
	set := func(k int, d any) {
		if d != nil {
			p.Elem().Field(k).Set(reflect.ValueOf(d))
		}
	}
	for k, i := range from {
		set(k, r.data(v.Field(i), t.fields[i].typ))
	}
	for k, m := range methods {
		set(len(from)+k, r.result(whole, m))
	}
	return p.Interface()
}

// named lists the methods without arguments that the template names.
func (r *dataMaker) named(t *Type) (l []string) {
	if r.depth == maxMethods {
		return nil
	}
	for name := range r.names {
		f := reflect.ValueOf(r.method(t, name))
		if f.IsValid() && f.Type().NumIn() == 1 && f.Type().NumOut() > 0 {
			l = append(l, name)
		}
	}
	sort.Strings(l)
	return l
}

// result calls a method.
func (r *dataMaker) result(v any, name string) any {
	r.depth++
	defer func() { r.depth-- }()
	out := reflect.ValueOf(r.find(v, name)).Call([]reflect.Value{reflect.ValueOf(v)})
	if len(out) > 1 {
		if err, _ := out[1].Interface().(error); err != nil && r.err == nil {
			r.err = fmt.Errorf("template: calling %s: %w", name, err)
		}
	}
	rv, t := r.typeOf(out[0])
	return r.data(rv, t)
}
