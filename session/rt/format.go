package rt

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"sort"
	"strings"
)

// view is a value of a cell as compiled code is to see it: it formats and
// encodes itself as the cell's types say.
type view struct {
	v any
	r *registry
}

// shower is a view of a value that has a method DisplayMIME.
type shower struct{ *view }

func (s shower) DisplayMIME(ctx context.Context) (map[string]any, error) {
	return s.r.find(s.v, "DisplayMIME").(func(any, context.Context) (map[string]any, error))(s.v, ctx)
}

// viewOf is what package fmt and the like are given for v.
func (r *registry) viewOf(v any) any {
	v = Bare(v)
	if v == nil {
		return nil
	}
	rv, t := r.typeOf(reflect.ValueOf(v))
	if t.plain {
		return rv.Interface()
	}
	if _, ok := r.method(t, "DisplayMIME").(func(any, context.Context) (map[string]any, error)); ok {
		return shower{&view{v, r}}
	}
	if _, ok := r.method(t, "Error").(func(any) string); ok {
		return r.asError(v)
	}
	return &view{v, r}
}

func (r *registry) viewsOf(vs []any) []any {
	out := make([]any, len(vs))
	for i, v := range vs {
		out[i] = r.viewOf(v)
	}
	return out
}

// Format makes a view print as Go would print the value.
func (v *view) Format(st fmt.State, verb rune) { v.r.print(st, verb, v.v, 0) }

// String is for templates, which look for it.
func (v *view) String() string { return fmt.Sprint(v) }

// Format makes an error print as Go would print the value.
func (e Err) Format(st fmt.State, verb rune) { e.r.print(st, verb, e.V, 0) }

func (r *registry) print(st fmt.State, verb rune, v any, limit int) {
	rv, t := r.typeOf(reflect.ValueOf(v))
	p := printer{State: st, r: r, verb: verb, format: fmt.FormatString(st, verb), limit: limit}
	switch verb {
	case 'T':
		fmt.Fprint(st, t.String())
		return
	case 'p':
		fmt.Fprintf(st, p.format, rv.Interface())
		return
	}
	p.value(rv, t, 0, false)
}

// Limits of what text writes of one value.
const (
	maxElems = 1000 // of a slice or map
	maxDepth = 12
	maxText  = 64 << 10
)

// printer follows package fmt: methods first, then the parts of the value,
// each with the verb and flags given.
type printer struct {
	fmt.State
	r      *registry
	verb   rune
	format string
	limit  int // of elements; 0: none
	n      int // bytes written, when limited
}

func (p *printer) str(s string) {
	p.n += len(s)
	fmt.Fprint(p.State, s)
}

func (p *printer) leaf(v reflect.Value) {
	if p.limit > 0 {
		s := fmt.Sprintf(p.format, v)
		p.str(s)
		return
	}
	fmt.Fprintf(p.State, p.format, v)
}

// value prints v, of type t. Methods of what is in an unexported field are not
// called.
func (p *printer) value(v reflect.Value, t *Type, depth int, hidden bool) {
	if p.limit > 0 && (depth > maxDepth || p.n > maxText) {
		p.str("…")
		return
	}
	switch {
	case !v.IsValid():
		p.str("<nil>")
		return
	case !hidden && p.methods(v, t):
		return
	case stands(v, t):
		p.opened(v, t, depth, hidden)
		return
	case t.plain && !hidden && (p.limit == 0 || !compound(v.Kind()) || hasMethods(v)):
		p.plain(v, depth)
		return
	case hidden && v.Type().Name() != "":
		v = bare(v)
	}
	sharp := p.verb == 'v' && p.Flag('#')
	switch v.Kind() {
	case reflect.Interface:
		p.inner(v, t, depth, hidden, sharp)
	case reflect.Struct:
		p.structure(v, t, depth, hidden, sharp)
	case reflect.Slice, reflect.Array:
		p.list(v, t, depth, hidden, sharp)
	case reflect.Map:
		p.mapping(v, t, depth, hidden, sharp)
	case reflect.Pointer:
		p.pointer(v, t, depth, hidden, sharp)
	default:
		if sharp && (t.kind == reflect.Func || t.kind == reflect.Chan) {
			p.str(fmt.Sprintf("(%s)(%#x)", t, v.Pointer()))
			return
		}
		p.leaf(v)
	}
}

// opened prints what is in the struct that stands for a type that refers to
// itself.
func (p *printer) opened(v reflect.Value, t *Type, depth int, hidden bool) {
	in := v.Field(0)
	if !in.IsNil() {
		p.value(in.Elem(), t, depth, hidden)
		return
	}
	empty := map[reflect.Kind]string{reflect.Map: "map[]", reflect.Slice: "[]"}[t.kind]
	switch {
	case p.verb == 'v' && p.Flag('#'):
		empty = t.String() + "(nil)"
	case empty == "":
		empty = "<nil>"
	}
	p.str(empty)
}

func compound(k reflect.Kind) bool {
	switch k {
	case reflect.Interface, reflect.Struct, reflect.Slice, reflect.Array, reflect.Map, reflect.Pointer:
		return true
	}
	return false
}

// plain prints a value of compiled types. Inside of another value fmt does not
// print what a pointer points to.
func (p *printer) plain(v reflect.Value, depth int) {
	if depth > 0 && v.Kind() == reflect.Pointer && !v.IsNil() && compound(v.Elem().Kind()) && !hasMethods(v) {
		p.str(fmt.Sprintf("%#x", v.Pointer()))
		return
	}
	p.leaf(v)
}

// bare takes a basic value's methods away.
func bare(v reflect.Value) reflect.Value {
	switch {
	case v.CanInt():
		return reflect.ValueOf(v.Int())
	case v.CanUint():
		return reflect.ValueOf(v.Uint())
	case v.CanFloat():
		return v.Convert(map[bool]reflect.Type{true: reflect.TypeFor[float32](), false: reflect.TypeFor[float64]()}[v.Kind() == reflect.Float32])
	case v.Kind() == reflect.String:
		return reflect.ValueOf(v.String())
	}
	return v
}

func hasMethods(v reflect.Value) bool {
	if !v.CanInterface() {
		return false
	}
	switch v.Interface().(type) {
	case error, fmt.Stringer, fmt.Formatter:
		return true
	}
	return false
}

// methods calls the Format, GoString, Error or String method of v.
func (p *printer) methods(v reflect.Value, t *Type) bool {
	if t.plain || v.Kind() == reflect.Interface {
		return false
	}
	recv := func() any { return p.r.boxAs(v, t) }
	if f, ok := p.r.method(t, "Format").(func(any, fmt.State, rune)); ok {
		f(recv(), p.State, p.verb)
		return true
	}
	if p.verb == 'v' && p.Flag('#') {
		if f, ok := p.r.method(t, "GoString").(func(any) string); ok {
			p.str(f(recv()))
			return true
		}
		return false
	}
	switch p.verb {
	case 'v', 's', 'x', 'X', 'q':
		for _, name := range []string{"Error", "String"} {
			if f, ok := p.r.method(t, name).(func(any) string); ok {
				if v.Kind() == reflect.Pointer && v.IsNil() {
					p.guarded(f, recv())
					return true
				}
				fmt.Fprintf(p.State, p.format, f(recv()))
				return true
			}
		}
	}
	return false
}

// guarded calls a method of a nil pointer, which may panic.
func (p *printer) guarded(f func(any) string, v any) {
	defer func() {
		if recover() != nil {
			p.str("<nil>")
		}
	}()
	fmt.Fprintf(p.State, p.format, f(v))
}

func (p *printer) inner(v reflect.Value, t *Type, depth int, hidden, sharp bool) {
	if v.IsNil() {
		if sharp {
			p.str(t.String() + "(nil)")
		} else {
			p.str("<nil>")
		}
		return
	}
	e := reflect.ValueOf(Bare(v.Elem().Interface()))
	iv, it := p.r.typeOf(e)
	p.value(iv, it, depth+1, hidden)
}

func (p *printer) structure(v reflect.Value, t *Type, depth int, hidden, sharp bool) {
	if sharp {
		p.str(t.String())
	}
	p.str("{")
	for i := range v.NumField() {
		if t.kind == reflect.Struct && !t.plain && i >= len(t.fields) {
			break // the mark of an empty struct
		}
		ft, name, private := p.fieldOf(v, t, i)
		if i > 0 {
			if sharp {
				p.str(", ")
			} else {
				p.str(" ")
			}
		}
		if sharp || p.Flag('+') && p.verb == 'v' {
			p.str(name + ":")
		}
		p.value(v.Field(i), ft, depth+1, hidden || private)
	}
	p.str("}")
}

// fieldOf describes field i of a struct, which may be one of compiled code.
func (p *printer) fieldOf(v reflect.Value, t *Type, i int) (ft *Type, name string, private bool) {
	if t.kind == reflect.Struct && i < len(t.fields) {
		f := t.fields[i]
		return f.typ, f.name, !exported(f.name)
	}
	f := v.Type().Field(i)
	p.r.mu.Lock()
	defer p.r.mu.Unlock()
	return p.r.reflected(f.Type), f.Name, !f.IsExported()
}

func (p *printer) part(v reflect.Value, t *Type, which func(*Type) *Type, rt func(reflect.Type) reflect.Type) *Type {
	if e := which(t); e != nil {
		return e
	}
	p.r.mu.Lock()
	defer p.r.mu.Unlock()
	return p.r.reflected(rt(v.Type()))
}

func (p *printer) elem(v reflect.Value, t *Type) *Type {
	return p.part(v, t, func(t *Type) *Type { return t.elem }, reflect.Type.Elem)
}

func (p *printer) list(v reflect.Value, t *Type, depth int, hidden, sharp bool) {
	if p.verb != 'v' && p.verb != 'd' && v.Type().Elem().Kind() == reflect.Uint8 {
		p.leaf(v)
		return
	}
	open, sep, shut := "[", " ", "]"
	if sharp {
		open, sep, shut = t.String()+"{", ", ", "}"
		if v.Kind() == reflect.Slice && v.IsNil() {
			p.str(t.String() + "(nil)")
			return
		}
	}
	p.str(open)
	et := p.elem(v, t)
	for i := range v.Len() {
		if i > 0 {
			p.str(sep)
		}
		if p.limit > 0 && (i == p.limit || p.n > maxText) {
			p.str(fmt.Sprintf("… %d more", v.Len()-i))
			break
		}
		p.value(v.Index(i), et, depth+1, hidden)
	}
	p.str(shut)
}

func (p *printer) mapping(v reflect.Value, t *Type, depth int, hidden, sharp bool) {
	open, sep, shut := "map[", " ", "]"
	if sharp {
		open, sep, shut = t.String()+"{", ", ", "}"
		if v.IsNil() {
			p.str(t.String() + "(nil)")
			return
		}
	}
	p.str(open)
	kt := p.part(v, t, func(t *Type) *Type { return t.key }, reflect.Type.Key)
	et := p.elem(v, t)
	keys := v.MapKeys()
	if p.limit == 0 || len(keys) <= p.limit {
		p.r.sortKeys(keys)
	}
	for i, k := range keys {
		if i > 0 {
			p.str(sep)
		}
		if p.limit > 0 && (i == p.limit || p.n > maxText) {
			p.str(fmt.Sprintf("… %d more", len(keys)-i))
			break
		}
		p.value(k, kt, depth+1, hidden)
		p.str(":")
		p.value(v.MapIndex(k), et, depth+1, hidden)
	}
	p.str(shut)
}

func (p *printer) pointer(v reflect.Value, t *Type, depth int, hidden, sharp bool) {
	if depth == 0 && !v.IsNil() {
		switch v.Elem().Kind() {
		case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array:
			p.str("&")
			p.value(v.Elem(), p.elem(v, t), depth+1, hidden)
			return
		}
	}
	switch {
	case sharp && v.IsNil():
		p.str("(" + t.String() + ")(nil)")
	case sharp:
		p.str(fmt.Sprintf("(%s)(%#x)", t, v.Pointer()))
	case v.IsNil() && p.verb == 'v':
		p.str("<nil>")
	default:
		p.str(fmt.Sprintf("%#x", v.Pointer()))
	}
}

func exported(name string) bool {
	return name != "" && strings.ToUpper(name[:1]) == name[:1] && name[0] != '_'
}

// boxAs is v as an interface of a cell holds it.
func (r *registry) boxAs(v reflect.Value, t *Type) any {
	if r.faithful(v, t) {
		return v.Interface()
	}
	st := reflect.StructOf([]reflect.StructField{{Name: "V", Type: v.Type(), Tag: reflect.StructTag(fmt.Sprintf("ᐧ:%q", t.code))}})
	b := reflect.New(st).Elem()
	b.Field(0).Set(v)
	return b.Interface()
}

// faithful reports whether the executor's type of v tells that it is t.
func (r *registry) faithful(v reflect.Value, t *Type) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reflected(v.Type()).code == t.code
}

// sortKeys orders keys as fmt does.
func (r *registry) sortKeys(keys []reflect.Value) {
	sort.SliceStable(keys, func(i, j int) bool {
		a, b := keys[i], keys[j]
		if a.Kind() == reflect.Interface {
			a, b = reflect.ValueOf(Raw(a.Interface())), reflect.ValueOf(Raw(b.Interface()))
		}
		return less(a, b)
	})
}

func less(a, b reflect.Value) bool {
	switch {
	case !a.IsValid() || !b.IsValid():
		return !a.IsValid() && b.IsValid()
	case a.Kind() != b.Kind():
		return a.Kind() < b.Kind()
	case a.CanInt():
		return a.Int() < b.Int()
	case a.CanUint():
		return a.Uint() < b.Uint()
	case a.CanFloat():
		return a.Float() < b.Float() || a.Float() != a.Float() && b.Float() == b.Float()
	case a.Kind() == reflect.String:
		return a.String() < b.String()
	case a.Kind() == reflect.Bool:
		return !a.Bool() && b.Bool()
	case a.Kind() == reflect.Struct || a.Kind() == reflect.Array:
		n := a.Len
		at := reflect.Value.Index
		if a.Kind() == reflect.Struct {
			n, at = a.NumField, reflect.Value.Field
		}
		for i := range n() {
			x, y := at(a, i), at(b, i)
			if less(x, y) {
				return true
			}
			if less(y, x) {
				return false
			}
		}
		return false
	case a.Kind() == reflect.Pointer:
		return a.Pointer() < b.Pointer()
	}
	return false
}

// View is what package fmt and the like are given for v.
func (r *Runtime) View(v any) any { return r.reg.viewOf(v) }

// Text writes v as %v does, cutting large and cyclic values short.
func (r *Runtime) Text(v any) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%v", limited{v, r.reg})
	return b.String()
}

// TextAs is Text for a variable of the type with that code.
func (r *Runtime) TextAs(v reflect.Value, code string) string {
	if !v.IsValid() || !v.CanInterface() {
		return "<nil>"
	}
	if v.Kind() == reflect.Interface {
		return r.Text(v.Interface())
	}
	return r.Text(r.reg.boxAs(v, r.reg.byCode(code)))
}

type limited struct {
	v any
	r *registry
}

func (l limited) Format(st fmt.State, verb rune) { l.r.print(st, verb, Bare(l.v), maxElems) }
