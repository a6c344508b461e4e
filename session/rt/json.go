package rt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"strings"
)

// MarshalJSON encodes the value as encoding/json encodes a value of the cell's
// type, calling the methods of what is inside.
func (v *view) MarshalJSON() ([]byte, error) {
	rv, t := v.r.typeOf(reflect.ValueOf(v.v))
	return v.r.encode(rv, t)
}

// MarshalJSON encodes an error's value.
func (e Err) MarshalJSON() ([]byte, error) { return (&view{e.V, e.r}).MarshalJSON() }

// UnmarshalJSON decodes into what the value points to.
func (v *view) UnmarshalJSON(data []byte) error {
	rv, t := v.r.typeOf(reflect.ValueOf(v.v))
	if rv.Kind() != reflect.Pointer || rv.IsNil() {
		return fmt.Errorf("json: Unmarshal(non-pointer %s)", t)
	}
	return v.r.decode(data, rv.Elem(), t.elem)
}

// encode follows encoding/json. What holds no type of a cell is left to it.
func (r *registry) encode(v reflect.Value, t *Type) ([]byte, error) {
	if !v.IsValid() {
		return []byte("null"), nil
	}
	if t.plain {
		return json.Marshal(v.Interface())
	}
	if v.Kind() != reflect.Pointer && v.Kind() != reflect.Interface || !v.IsNil() {
		if b, ok, err := r.marshaler(v, t); ok {
			return b, err
		}
	}
	if stands(v, t) {
		return r.encode(v.Field(0).Elem(), t)
	}
	switch v.Kind() {
	case reflect.Interface:
		e, et := r.typeOf(reflect.ValueOf(Bare(v.Interface())))
		return r.encode(e, et)
	case reflect.Pointer:
		if v.IsNil() {
			return []byte("null"), nil
		}
		return r.encode(v.Elem(), t.elem)
	case reflect.Struct:
		return r.encodeStruct(v, t)
	case reflect.Map:
		return r.encodeMap(v, t)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.IsNil() {
			return []byte("null"), nil
		}
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 && r.method(t.elem, "MarshalJSON") == nil && r.method(t.elem, "MarshalText") == nil {
			return json.Marshal(v.Bytes())
		}
		l := make([]json.RawMessage, v.Len())
		for i := range l {
			b, err := r.encode(v.Index(i), t.elem)
			if err != nil {
				return nil, err
			}
			l[i] = b
		}
		return json.Marshal(l)
	case reflect.Func, reflect.Chan:
		return nil, fmt.Errorf("json: unsupported type: %s", t)
	}
	return json.Marshal(v.Interface())
}

// marshaler encodes with a method of the value, or of its address.
func (r *registry) marshaler(v reflect.Value, t *Type) (b []byte, ok bool, err error) {
	for _, name := range []string{"MarshalJSON", "MarshalText"} {
		recv, rt := v, t
		fn, is := r.method(t, name).(func(any) ([]byte, error))
		if !is && v.CanAddr() {
			recv, rt = v.Addr(), r.pointerTo(t)
			fn, is = r.method(rt, name).(func(any) ([]byte, error))
		}
		if !is {
			continue
		}
		b, err := fn(r.boxAs(recv, rt))
		if err == nil && name == "MarshalText" {
			b, err = json.Marshal(string(b))
		}
		if err == nil {
			var c bytes.Buffer
			err = json.Compact(&c, b)
			b = c.Bytes()
		}
		if err != nil {
			return nil, true, fmt.Errorf("json: error calling %s for type %s: %w", name, t, err)
		}
		return b, true, nil
	}
	return nil, false, nil
}

func (r *registry) pointerTo(t *Type) *Type {
	return &Type{code: "*" + t.code, kind: reflect.Pointer, elem: t}
}

func (r *registry) encodeMap(v reflect.Value, t *Type) ([]byte, error) {
	if v.IsNil() {
		return []byte("null"), nil
	}
	m := map[string]json.RawMessage{}
	for it := v.MapRange(); it.Next(); {
		k, err := r.mapKey(it.Key(), t.key)
		if err != nil {
			return nil, err
		}
		if m[k], err = r.encode(it.Value(), t.elem); err != nil {
			return nil, err
		}
	}
	return json.Marshal(m)
}

func (r *registry) mapKey(k reflect.Value, t *Type) (string, error) {
	if k.Kind() == reflect.String {
		return k.String(), nil
	}
	if fn, ok := r.method(t, "MarshalText").(func(any) ([]byte, error)); ok {
		b, err := fn(r.boxAs(k, t))
		return string(b), err
	}
	switch {
	case k.CanInt():
		return fmt.Sprint(k.Int()), nil
	case k.CanUint():
		return fmt.Sprint(k.Uint()), nil
	}
	return "", fmt.Errorf("json: unsupported type: map[%s]…", t)
}

// jsonField is a field of an object: where it is, and how it is written.
type jsonField struct {
	name                    string
	path                    []int
	typ                     *Type
	omit, zero, text, given bool
}

// jsonFields lists the fields of a struct as encoding/json sees them: those of
// embedded structs are promoted unless they are hidden or ambiguous.
func (r *registry) jsonFields(t *Type) []jsonField {
	var all []jsonField
	var collect func(t *Type, path []int, seen map[*Type]bool)
	collect = func(t *Type, path []int, seen map[*Type]bool) {
		for i, f := range t.fields {
			tag, _ := reflect.StructTag(f.tag).Lookup("json")
			if tag == "-" {
				continue
			}
			inner := f.typ
			if inner.kind == reflect.Pointer {
				inner = inner.elem
			}
			isStruct := inner != nil && inner.kind == reflect.Struct
			if !exported(f.name) && !(f.embedded && isStruct) {
				continue
			}
			name, opts, _ := strings.Cut(tag, ",")
			at := append(append([]int{}, path...), i)
			if f.embedded && name == "" && isStruct {
				if !seen[inner] {
					seen[inner] = true
					collect(inner, at, seen)
					delete(seen, inner)
				}
				continue
			}
			if !exported(f.name) {
				continue
			}
			jf := jsonField{name: name, path: at, typ: f.typ, given: name != ""}
			if name == "" {
				jf.name = f.name
			}
			for _, o := range strings.Split(opts, ",") {
				jf.omit, jf.zero, jf.text = jf.omit || o == "omitempty", jf.zero || o == "omitzero", jf.text || o == "string"
			}
			all = append(all, jf)
		}
	}
	collect(t, nil, map[*Type]bool{t: true})
	return dominant(all)
}

// dominant keeps, of the fields of one name, the one that Go would select.
func dominant(all []jsonField) (out []jsonField) {
	byName := map[string][]jsonField{}
	for _, f := range all {
		byName[f.name] = append(byName[f.name], f)
	}
	for _, l := range byName {
		sort.SliceStable(l, func(i, j int) bool {
			if len(l[i].path) != len(l[j].path) {
				return len(l[i].path) < len(l[j].path)
			}
			return l[i].given && !l[j].given
		})
		if len(l) == 1 || len(l[0].path) != len(l[1].path) || l[0].given != l[1].given {
			out = append(out, l[0])
		}
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i].path, out[j].path
		for k := range min(len(a), len(b)) {
			if a[k] != b[k] {
				return a[k] < b[k]
			}
		}
		return len(a) < len(b)
	})
	return out
}

func (r *registry) encodeStruct(v reflect.Value, t *Type) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for _, f := range r.jsonFields(t) {
		fv, ok := walk(v, f.path, false)
		if !ok || f.omit && isEmpty(fv) || f.zero && fv.IsZero() {
			continue
		}
		enc, err := r.encode(fv, f.typ)
		if err != nil {
			return nil, err
		}
		if k := fv.Kind(); f.text && (fv.CanInt() || fv.CanUint() || fv.CanFloat() || k == reflect.Bool || k == reflect.String) {
			if enc, err = json.Marshal(string(enc)); err != nil {
				return nil, err
			}
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(f.name)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(enc)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// walk follows a path of fields through embedded pointers, which it allocates
// if it shall.
func walk(v reflect.Value, path []int, alloc bool) (reflect.Value, bool) {
	for _, i := range path {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				if !alloc {
					return v, false
				}
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, true
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// decode follows encoding/json; v can be set.
func (r *registry) decode(data []byte, v reflect.Value, t *Type) error {
	if t == nil || t.plain {
		return json.Unmarshal(data, v.Addr().Interface())
	}
	null := string(bytes.TrimSpace(data)) == "null"
	if v.Kind() == reflect.Pointer {
		if null {
			v.SetZero()
			return nil
		}
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return r.decode(data, v.Elem(), t.elem)
	}
	pt := r.pointerTo(t)
	if fn, ok := r.method(pt, "UnmarshalJSON").(func(any, []byte) error); ok {
		return fn(r.boxAs(v.Addr(), pt), data)
	}
	if null {
		switch v.Kind() {
		case reflect.Interface, reflect.Map, reflect.Slice:
			v.SetZero()
		}
		return nil
	}
	if fn, ok := r.method(pt, "UnmarshalText").(func(any, []byte) error); ok && data[0] == '"' {
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		return fn(r.boxAs(v.Addr(), pt), []byte(s))
	}
	switch v.Kind() {
	case reflect.Interface:
		if t.methods != "" {
			return &json.UnmarshalTypeError{Value: jsonKind(data), Type: v.Type()}
		}
	case reflect.Struct:
		if stands(v, t) {
			return fmt.Errorf("json: decoding into type %s, which refers to itself, is not supported in a session", t)
		}
		return r.decodeStruct(data, v, t)
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			return r.decodeList(data, v, t)
		}
	case reflect.Map:
		return r.decodeMap(data, v, t)
	}
	return r.named(json.Unmarshal(data, v.Addr().Interface()), t)
}

// named puts the cell's name of a type into the decoder's error.
func (r *registry) named(err error, t *Type) error {
	if e, ok := err.(*json.UnmarshalTypeError); ok {
		return fmt.Errorf("json: cannot unmarshal %s into Go value of type %s", e.Value, t)
	}
	return err
}

func jsonKind(data []byte) string {
	switch data[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "bool"
	}
	return "number"
}

// decodeStruct lets encoding/json find the fields, each as raw text.
func (r *registry) decodeStruct(data []byte, v reflect.Value, t *Type) error {
	fields := r.jsonFields(t)
	var sf []reflect.StructField
	for i, f := range fields {
		tag := strings.ReplaceAll(f.name, `"`, `\"`)
		sf = append(sf, reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: reflect.TypeFor[json.RawMessage](), Tag: reflect.StructTag(fmt.Sprintf("json:\"%s\"", tag))})
	}
	m := reflect.New(reflect.StructOf(sf))
	if err := json.Unmarshal(data, m.Interface()); err != nil {
		return r.named(err, t)
	}
	var first error
	for i, f := range fields {
		part := m.Elem().Field(i).Bytes()
		if part == nil {
			continue
		}
		fv, _ := walk(v, f.path, true)
		if f.text && len(part) > 1 && part[0] == '"' {
			var s string
			if err := json.Unmarshal(part, &s); err != nil {
				return err
			}
			part = []byte(s)
		}
		if err := r.decode(part, fv, f.typ); err != nil && first == nil {
			first = err
		}
	}
	return first
}

func (r *registry) decodeList(data []byte, v reflect.Value, t *Type) error {
	var l []json.RawMessage
	if err := json.Unmarshal(data, &l); err != nil {
		return r.named(err, t)
	}
	if v.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), len(l), len(l)))
	}
	for i := range v.Len() {
		if i >= len(l) {
			v.Index(i).SetZero()
			continue
		}
		if err := r.decode(l[i], v.Index(i), t.elem); err != nil {
			return err
		}
	}
	return nil
}

func (r *registry) decodeMap(data []byte, v reflect.Value, t *Type) error {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(data, &m); err != nil {
		return r.named(err, t)
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	for _, name := range sortedKeys(m) {
		k := reflect.New(v.Type().Key()).Elem()
		kt := r.pointerTo(t.key)
		if fn, ok := r.method(kt, "UnmarshalText").(func(any, []byte) error); ok {
			if err := fn(r.boxAs(k.Addr(), kt), []byte(name)); err != nil {
				return err
			}
		} else if k.Kind() == reflect.String {
			k.SetString(name)
		} else if err := json.Unmarshal([]byte(name), k.Addr().Interface()); err != nil {
			return err
		}
		e := reflect.New(v.Type().Elem()).Elem()
		if err := r.decode(m[name], e, t.elem); err != nil {
			return err
		}
		v.SetMapIndex(k, e)
	}
	return nil
}

func sortedKeys(m map[string]json.RawMessage) (l []string) {
	for k := range m {
		l = append(l, k)
	}
	sort.Strings(l)
	return l
}
