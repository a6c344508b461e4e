package rt

import "reflect"

// dataOf is v as a template can look into it: structs of cells become structs
// whose exported fields hold any, values with a method String or Error print
// themselves. A template that names another method gets an error.
func (r *registry) dataOf(v any) any {
	if v == nil {
		return nil
	}
	rv, t := r.typeOf(reflect.ValueOf(Bare(v)))
	return r.data(rv, t, map[uintptr]any{})
}

func (r *registry) data(v reflect.Value, t *Type, seen map[uintptr]any) any {
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
		return r.data(v.Field(0), t, seen)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || t.elem == nil || v.Elem().Kind() != reflect.Struct || stands(v.Elem(), t.elem) {
			return v.Interface()
		}
		if p, ok := seen[v.Pointer()]; ok {
			return p
		}
		return r.structData(v.Elem(), t.elem, seen, v.Pointer())
	case reflect.Struct:
		return reflect.ValueOf(r.structData(v, t, seen, 0)).Elem().Interface()
	case reflect.Slice, reflect.Array:
		l := make([]any, v.Len())
		for i := range l {
			l[i] = r.data(v.Index(i), t.elem, seen)
		}
		return l
	case reflect.Map:
		m := reflect.MakeMap(reflect.MapOf(v.Type().Key(), reflect.TypeFor[any]()))
		for it := v.MapRange(); it.Next(); {
			e := reflect.New(reflect.TypeFor[any]()).Elem()
			if d := r.data(it.Value(), t.elem, seen); d != nil {
				e.Set(reflect.ValueOf(d))
			}
			m.SetMapIndex(it.Key(), e)
		}
		return m.Interface()
	}
	return v.Interface()
}

// structData returns a pointer to the struct; at is where v is, for cycles.
func (r *registry) structData(v reflect.Value, t *Type, seen map[uintptr]any, at uintptr) any {
	var fs []reflect.StructField
	var from []int
	for i, f := range t.fields {
		if exported(f.name) {
			fs = append(fs, reflect.StructField{Name: f.name, Type: reflect.TypeFor[any]()})
			from = append(from, i)
		}
	}
	p := reflect.New(reflect.StructOf(fs))
	if at != 0 {
		seen[at] = p.Interface()
	}
	for k, i := range from {
		if d := r.data(v.Field(i), t.fields[i].typ, seen); d != nil {
			p.Elem().Field(k).Set(reflect.ValueOf(d))
		}
	}
	return p.Interface()
}
