package rt

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// The executor's types have no names and no methods. The front end describes
// the types of cells here, in a notation of its own (front/typecode.go), and
// marks the first field of their structs with their code. A value whose type
// has no mark is in an interface only in a box: a struct whose one field V is
// marked with the code of the value's type.

// Type is a type as a cell sees it.
type Type struct {
	code   string
	name   string // of a named type: "main.Point"
	kind   reflect.Kind
	elem   *Type
	key    *Type
	len    int
	fields []field
	rest   string // of what has no parts: how %T prints it

	methods string // of an interface: "Name|code" on lines
	plain   bool   // nothing of a cell is in it
}

type field struct {
	name, tag string
	embedded  bool
	typ       *Type
}

// registry holds the types and methods of one session.
type registry struct {
	mu      sync.RWMutex
	decls   map[string][2]string // id → Go name, code of the underlying type
	types   map[string]*Type     // by code
	methods map[string]map[string]method
	mirror  map[reflect.Type]*Type
	impl    map[string]bool
}

type method struct {
	sig string
	fn  any // func(receiver any, …) …
}

func newRegistry() *registry {
	return &registry{decls: map[string][2]string{}, types: map[string]*Type{}, methods: map[string]map[string]method{}, mirror: map[reflect.Type]*Type{}, impl: map[string]bool{}}
}

func (r *registry) declare(id, name, under string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.decls[id] = [2]string{name, under}
}

func (r *registry) addMethod(code, name, sig string, fn any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.methods[code] == nil {
		r.methods[code] = map[string]method{}
	}
	r.methods[code][name] = method{sig, fn}
	clear(r.impl)
}

// method finds a method of a type, or nil.
func (r *registry) method(t *Type, name string) any {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.methods[t.code][name].fn
}

// byCode is the type that a code describes.
func (r *registry) byCode(code string) *Type {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, _ := r.parse(code)
	return t
}

// parse reads a code; what is left of it follows the type.
func (r *registry) parse(s string) (t *Type, left string) {
	switch {
	case s == "":
		return &Type{plain: true}, ""
	case s[0] == '#':
		id, left, _ := strings.Cut(s[1:], ";")
		code := "#" + id + ";"
		if t := r.types[code]; t != nil {
			return t, left
		}
		t := &Type{}
		r.types[code] = t // before its parts, which may refer to it
		d := r.decls[id]
		under, _ := r.parse(d[1])
		*t = *under
		t.code, t.name, t.plain = code, d[0], false
		return t, left
	case s[0] == '.':
		name, left, _ := strings.Cut(s[1:], ";")
		return &Type{code: s[:len(s)-len(left)], plain: true, rest: lastPart(name)}, left
	case strings.HasPrefix(s, `i"`):
		q, err := strconv.QuotedPrefix(s[1:])
		if err != nil {
			return &Type{plain: true}, ""
		}
		t := &Type{code: "i" + q, kind: reflect.Interface}
		t.methods, _ = strconv.Unquote(q)
		return t, s[1+len(q):]
	case s[0] == '{':
		return r.parseStruct(s)
	}
	t = &Type{}
	n := 0
	switch {
	case s[0] == '*':
		t.kind, n = reflect.Pointer, 1
	case strings.HasPrefix(s, "[]"):
		t.kind, n = reflect.Slice, 2
	case s[0] == '[':
		n = strings.IndexByte(s, ']') + 1
		t.kind = reflect.Array
		t.len, _ = strconv.Atoi(s[1 : n-1])
	case strings.HasPrefix(s, "map["):
		t.kind = reflect.Map
		t.key, left = r.parse(s[4:])
		n = len(s) - len(left) + 1
	case strings.HasPrefix(s, "chan"):
		t.kind, t.len, n = reflect.Chan, int(s[4]-'0'), 5
	case strings.HasPrefix(s, "func"):
		return r.parseFunc(s)
	default:
		return &Type{code: s, plain: true, rest: s}, ""
	}
	t.elem, left = r.parse(s[n:])
	t.code = s[:len(s)-len(left)]
	t.plain = t.elem.plain && (t.key == nil || t.key.plain)
	return t, left
}

func lastPart(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

func (r *registry) parseStruct(s string) (*Type, string) {
	t := &Type{kind: reflect.Struct}
	left := s[1:]
	for left != "" && left[0] != '}' {
		var f field
		f.embedded = left[0] == '!'
		f.name, left, _ = strings.Cut(strings.TrimPrefix(left, "!"), " ")
		q, err := strconv.QuotedPrefix(left)
		if err != nil {
			return t, ""
		}
		f.tag, _ = strconv.Unquote(q)
		f.typ, left = r.parse(strings.TrimPrefix(left[len(q):], " "))
		left = strings.TrimPrefix(left, ",")
		t.fields = append(t.fields, f)
	}
	left = strings.TrimPrefix(left, "}")
	t.code = s[:len(s)-len(left)]
	return t, left
}

func (r *registry) parseFunc(s string) (*Type, string) {
	t := &Type{kind: reflect.Func, plain: true}
	left := s[4:]
	var lists [2]string
	for i := range lists {
		var names []string
		left = strings.TrimPrefix(left, "(")
		variadic := false
		for left != "" && left[0] != ')' {
			if strings.HasPrefix(left, "...)") {
				variadic = true
				left = left[3:]
				break
			}
			var p *Type
			p, left = r.parse(left)
			left = strings.TrimPrefix(left, ",")
			names = append(names, p.String())
			t.plain = t.plain && p.plain
		}
		left = strings.TrimPrefix(left, ")")
		if n := len(names); variadic && n > 0 {
			names[n-1] = "..." + strings.TrimPrefix(names[n-1], "[]")
		}
		lists[i] = strings.Join(names, ", ")
		if i == 0 || len(names) > 1 {
			lists[i] = "(" + lists[i] + ")"
		}
	}
	t.rest = strings.TrimSuffix("func"+lists[0]+" "+lists[1], " ")
	t.code = s[:len(s)-len(left)]
	return t, left
}

// String is the type as %T prints it.
func (t *Type) String() string {
	if t.name != "" {
		return t.name
	}
	switch t.kind {
	case reflect.Pointer:
		return "*" + t.elem.String()
	case reflect.Slice:
		return "[]" + t.elem.String()
	case reflect.Array:
		return fmt.Sprintf("[%d]%s", t.len, t.elem)
	case reflect.Map:
		return fmt.Sprintf("map[%s]%s", t.key, t.elem)
	case reflect.Chan:
		return [...]string{"chan ", "chan<- ", "<-chan "}[t.len] + t.elem.String()
	case reflect.Struct:
		if len(t.fields) == 0 {
			return "struct {}"
		}
		var l []string
		for _, f := range t.fields {
			s := f.typ.String()
			if !f.embedded {
				s = f.name + " " + s
			}
			if f.tag != "" {
				s += " " + strconv.Quote(f.tag)
			}
			l = append(l, s)
		}
		return "struct { " + strings.Join(l, "; ") + " }"
	}
	if t.kind == reflect.Interface && t.rest == "" {
		var l []string
		for _, m := range strings.Fields(t.methods) {
			name, _, _ := strings.Cut(m, "|")
			l = append(l, name+"()")
		}
		return strings.ReplaceAll("interface { "+strings.Join(l, "; ")+" }", "{  }", "{}")
	}
	return t.rest
}

// typeOf describes what an interface holds, taking it out of its box.
func (r *registry) typeOf(v reflect.Value) (reflect.Value, *Type) {
	if !v.IsValid() {
		return v, &Type{plain: true, rest: "<nil>"}
	}
	if code := boxed(v.Type()); code != "" {
		return v.Field(0), r.byCode(code)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return v, r.reflected(v.Type())
}

// stands reports whether v is a struct that stands for a map, slice, channel
// or function type that refers to itself; the value is in its one field.
func stands(v reflect.Value, t *Type) bool {
	return v.Kind() == reflect.Struct && t.name != "" && !t.plain && t.kind != reflect.Struct
}

// boxed is the code of what a box holds, or "".
func boxed(t reflect.Type) string {
	if t.Kind() != reflect.Struct || t.Name() != "" || t.NumField() != 1 || t.Field(0).Name != "V" {
		return ""
	}
	code := t.Field(0).Tag.Get("ᐧ")
	if strings.HasSuffix(code, "!") {
		return ""
	}
	return code
}

// reflected describes an unboxed type.
func (r *registry) reflected(t reflect.Type) *Type {
	if d := r.mirror[t]; d != nil {
		return d
	}
	d := r.reflect1(t)
	r.mirror[t] = d
	return d
}

func (r *registry) reflect1(t reflect.Type) *Type {
	d := &Type{kind: t.Kind(), plain: true, rest: t.String()}
	if t.Name() != "" {
		d.code = "." + t.Name() + ";"
		if t.PkgPath() != "" {
			d.code = "." + t.PkgPath() + d.code
		}
		return d
	}
	part := func(e reflect.Type) *Type {
		p := r.reflected(e)
		d.plain = d.plain && p.plain
		return p
	}
	switch t.Kind() {
	case reflect.Struct:
		if t.NumField() > 0 {
			if code := strings.TrimSuffix(t.Field(0).Tag.Get("ᐧ"), "!"); code != "" {
				n, _ := r.parse(code)
				return n
			}
		}
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return &Type{code: `i""`, kind: reflect.Interface}
		}
	case reflect.Pointer:
		d.elem = part(t.Elem())
		d.code = "*" + d.elem.code
	case reflect.Slice:
		d.elem = part(t.Elem())
		d.code = "[]" + d.elem.code
	case reflect.Array:
		d.elem, d.len = part(t.Elem()), t.Len()
		d.code = fmt.Sprintf("[%d]%s", t.Len(), d.elem.code)
	case reflect.Map:
		d.key, d.elem = part(t.Key()), part(t.Elem())
		d.code = "map[" + d.key.code + "]" + d.elem.code
	case reflect.Chan:
		d.elem = part(t.Elem())
		d.len = map[reflect.ChanDir]int{reflect.BothDir: 0, reflect.SendDir: 1, reflect.RecvDir: 2}[t.ChanDir()]
		d.code = fmt.Sprintf("chan%d%s", d.len, d.elem.code)
	case reflect.Func:
		d.code = r.funcCode(t, 0)
		p, _ := r.parse(d.code)
		return p
	}
	return d
}

// funcCode is the code of a function type without its first parameters.
func (r *registry) funcCode(t reflect.Type, skip int) string {
	var b strings.Builder
	b.WriteString("func(")
	for i := skip; i < t.NumIn(); i++ {
		b.WriteString(r.reflected(t.In(i)).code + ",")
	}
	if t.IsVariadic() {
		b.WriteString("...")
	}
	b.WriteString(")(")
	for i := range t.NumOut() {
		b.WriteString(r.reflected(t.Out(i)).code + ",")
	}
	return b.String() + ")"
}
