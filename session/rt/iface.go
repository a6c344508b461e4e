package rt

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Err makes a value of a cell an error for compiled code. It is comparable as
// the value is.
type Err struct {
	V any
	r *registry
}

func (e Err) Error() string {
	if s, ok := e.r.text(e.V, "Error"); ok {
		return s
	}
	panic(nilDereference)
}

const nilDereference = Error("invalid memory address or nil pointer dereference")

// Unwrap calls the value's method, if it has one.
func (e Err) Unwrap() error {
	if f, ok := e.r.find(e.V, "Unwrap").(func(any) error); ok {
		return f(e.V)
	}
	return nil
}

// Is calls the value's method, if it has one.
func (e Err) Is(target error) bool {
	f, ok := e.r.find(e.V, "Is").(func(any, error) bool)
	return ok && f(e.V, target)
}

// errs is an error that wraps several.
type errs struct{ Err }

// Unwrap calls the value's method.
func (e errs) Unwrap() []error { return e.r.find(e.V, "Unwrap").(func(any) []error)(e.V) }

// incomparable is an error whose value cannot be compared.
type incomparable struct {
	Err
	_ func()
}

// asError makes a value with a method Error an error.
func (r *registry) asError(v any) error {
	if !reflect.TypeOf(v).Comparable() {
		return incomparable{Err: Err{v, r}}
	}
	if _, ok := r.find(v, "Unwrap").(func(any) []error); ok {
		return errs{Err{v, r}}
	}
	return Err{v, r}
}

// Bare takes a value out of what makes it an interface of compiled packages.
func Bare(v any) any {
	switch e := v.(type) {
	case nil:
		return nil
	case Err:
		return e.V
	case errs:
		return e.V
	case incomparable:
		return e.V
	case shower:
		return e.v
	case *view:
		return e.v
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Struct && rv.NumField() > 0 && rv.Type().Field(0).Name == "IValue" && rv.Field(0).Kind() == reflect.Interface && !rv.Field(0).IsNil() {
		return Bare(rv.Field(0).Interface())
	}
	return v
}

// Raw also takes a value out of its box.
func Raw(v any) any {
	v = Bare(v)
	if rv := reflect.ValueOf(v); rv.IsValid() && boxed(rv.Type()) != "" {
		return rv.Field(0).Interface()
	}
	return v
}

// equal compares interface values; where Go panics it does too.
func (r *registry) equal(a, b any) bool {
	a, b = Bare(a), Bare(b)
	defer func() {
		if recover() != nil {
			panic(Error("comparing uncomparable type " + r.incomparable(reflect.ValueOf(a))))
		}
	}()
	return a == b
}

// incomparable names the type of what cannot be compared in v.
func (r *registry) incomparable(v reflect.Value) string {
	switch {
	case !v.IsValid() || v.Comparable():
		return ""
	case v.Kind() == reflect.Interface:
		return r.incomparable(reflect.ValueOf(Bare(v.Interface())))
	case !v.Type().Comparable():
		_, t := r.typeOf(v)
		return t.String()
	}
	n, at := v.NumField, reflect.Value.Field
	if v.Kind() == reflect.Array {
		n, at = v.Len, reflect.Value.Index
	}
	for i := range n() {
		if name := r.incomparable(at(v, i)); name != "" {
			return name
		}
	}
	return ""
}

// find returns a method of what an interface holds, as a function with the
// receiver as first parameter, or nil.
func (r *registry) find(v any, name string) any {
	if v == nil {
		return nil
	}
	_, t := r.typeOf(reflect.ValueOf(v))
	if fn := r.method(t, name); fn != nil {
		return fn
	}
	m, ok := reflect.TypeOf(v).MethodByName(name)
	if !ok {
		return nil
	}
	ft := m.Type
	in := []reflect.Type{reflect.TypeFor[any]()}
	for i := 1; i < ft.NumIn(); i++ {
		in = append(in, ft.In(i))
	}
	var out []reflect.Type
	for o := range ft.Outs() {
		out = append(out, o)
	}
	return reflect.MakeFunc(reflect.FuncOf(in, out, ft.IsVariadic()), func(args []reflect.Value) []reflect.Value {
		args[0] = args[0].Elem()
		if ft.IsVariadic() {
			return m.Func.CallSlice(args)
		}
		return m.Func.Call(args)
	}).Interface()
}

// call finds a method that must be there.
func (r *registry) call(v any, name string) any {
	if v == nil {
		panic(nilDereference)
	}
	if fn := r.find(Bare(v), name); fn != nil {
		return fn
	}
	panic(fmt.Errorf("session: no method %s in %s", name, r.typeName(v)))
}

// text calls a method func() string.
func (r *registry) text(v any, name string) (string, bool) {
	if f, ok := r.find(v, name).(func(any) string); ok {
		return f(v), true
	}
	return "", false
}

// typeName is the name of the dynamic type of v.
func (r *registry) typeName(v any) string {
	if v == nil {
		return "nil"
	}
	_, t := r.typeOf(reflect.ValueOf(Bare(v)))
	return t.String()
}

// implements reports whether what v holds has the methods: "Name|code" on lines.
func (r *registry) implements(v any, methods string) (any, bool) {
	v = Bare(v)
	if v == nil {
		return nil, false
	}
	_, t := r.typeOf(reflect.ValueOf(v))
	if r.has(t, reflect.TypeOf(v), methods) {
		return v, true
	}
	return nil, false
}

func (r *registry) has(t *Type, rt reflect.Type, methods string) bool {
	if methods == "" {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	key := t.code + "\x00" + methods
	if is, ok := r.impl[key]; ok {
		return is
	}
	is := true
	for _, m := range strings.Split(methods, "\n") {
		name, sig, _ := strings.Cut(m, "|")
		if own, ok := r.methods[t.code][name]; ok {
			is = is && own.sig == sig
			continue
		}
		m, ok := rt.MethodByName(name)
		is = is && ok && r.funcCode(m.Type, 1) == sig
	}
	r.impl[key] = is
	return is
}

// wrap makes v an interface of a compiled package, by name.
func (r *Runtime) wrap(v any, name string) (any, bool) {
	v = Bare(v)
	if v == nil {
		return nil, false
	}
	if name == "error" {
		if e, ok := v.(error); ok {
			return e, true
		}
		if _, ok := r.reg.find(v, "Error").(func(any) string); !ok {
			return nil, false
		}
		return r.reg.asError(v), true
	}
	it := r.symbol(name)
	if !it.IsValid() {
		return nil, false
	}
	if reflect.TypeOf(v).Implements(it.Type().Elem()) {
		return v, true
	}
	dot := strings.LastIndexByte(name, '.')
	wt := r.symbol(name[:dot+1] + "_" + name[dot+1:])
	if !wt.IsValid() {
		return nil, false
	}
	w := reflect.New(wt.Type().Elem()).Elem()
	w.Field(0).Set(reflect.ValueOf(v))
	for i := 1; i < w.NumField(); i++ {
		f := w.Field(i)
		fn := reflect.ValueOf(r.reg.find(v, strings.TrimPrefix(w.Type().Field(i).Name, "W")))
		if !fn.IsValid() || fn.Type().NumIn() != f.Type().NumIn()+1 || fn.Type().NumOut() != f.Type().NumOut() {
			return nil, false
		}
		recv := reflect.ValueOf(&v).Elem()
		f.Set(reflect.MakeFunc(f.Type(), func(args []reflect.Value) []reflect.Value {
			args = append([]reflect.Value{recv}, args...)
			if fn.Type().IsVariadic() {
				return fn.CallSlice(args)
			}
			return fn.Call(args)
		}))
	}
	return w.Interface(), true
}

// AssertionError is the panic of x.(T).
type AssertionError string

func (e AssertionError) Error() string { return string(e) }

// RuntimeError marks it as a runtime.Error.
func (AssertionError) RuntimeError() {}

// notA panics as a failed assertion to the type of that code does.
func (r *registry) notA(v any, from, code string) {
	t := r.byCode(code)
	switch {
	case t.kind == reflect.Interface && v == nil, v == nil && t.code == "":
		panic(AssertionError("interface conversion: interface is nil, not " + t.String()))
	case v == nil:
		panic(AssertionError(fmt.Sprintf("interface conversion: %s is nil, not %s", from, t)))
	case t.kind == reflect.Interface:
		_, d := r.typeOf(reflect.ValueOf(Bare(v)))
		panic(AssertionError(fmt.Sprintf("interface conversion: %s is not %s: missing method %s", d, t, r.missing(d, reflect.TypeOf(Bare(v)), t))))
	}
	panic(AssertionError(fmt.Sprintf("interface conversion: %s is %s, not %s", from, r.typeName(v), t)))
}

// missing names the first method that d lacks for the interface t.
func (r *registry) missing(d *Type, rt reflect.Type, t *Type) string {
	for _, m := range strings.Split(t.methods, "\n") {
		if !r.has(d, rt, m) {
			name, _, _ := strings.Cut(m, "|")
			return name
		}
	}
	return ""
}

// errorsIs is errors.Is, which panics as Go does when values cannot be compared.
func (r *Runtime) errorsIs(err, target error) bool {
	if err == nil || target == nil {
		return err == target
	}
	if reflect.TypeOf(Bare(target)).Comparable() && r.reg.equal(err, target) {
		return true
	}
	if x, ok := err.(interface{ Is(error) bool }); ok && x.Is(target) {
		return true
	}
	switch x := err.(type) {
	case interface{ Unwrap() []error }:
		for _, e := range x.Unwrap() {
			if r.errorsIs(e, target) {
				return true
			}
		}
	case interface{ Unwrap() error }:
		if e := x.Unwrap(); e != nil {
			return r.errorsIs(e, target)
		}
	}
	return false
}

// errorsAs is errors.As for errors and targets of cells.
func (r *Runtime) errorsAs(err error, target any) bool {
	p, t := r.reg.typeOf(reflect.ValueOf(target))
	if p.Kind() != reflect.Pointer || p.IsNil() {
		panic(errors.New("errors: target must be a non-nil pointer"))
	}
	want := t.elem
	for err != nil {
		v := reflect.ValueOf(Bare(err))
		held, d := r.reg.typeOf(v)
		switch {
		case want != nil && want.kind == reflect.Interface && !want.plain:
			if _, ok := r.reg.implements(Bare(err), want.methods); ok {
				p.Elem().Set(v)
				return true
			}
		case p.Type().Elem() == reflect.TypeFor[error]() || p.Type().Elem().Kind() == reflect.Interface && reflect.TypeOf(err).Implements(p.Type().Elem()):
			p.Elem().Set(reflect.ValueOf(err))
			return true
		case held.IsValid() && held.Type() == p.Type().Elem() && want != nil && d.code == want.code:
			p.Elem().Set(held)
			return true
		}
		if as, ok := r.reg.find(Bare(err), "As").(func(any, any) bool); ok && as(Bare(err), target) {
			return true
		}
		switch m := err.(type) {
		case interface{ Unwrap() []error }:
			for _, e := range m.Unwrap() {
				if r.errorsAs(e, target) {
					return true
				}
			}
			return false
		case interface{ Unwrap() error }:
			err = m.Unwrap()
		default:
			return false
		}
	}
	return false
}
