package rt

import (
	html "html/template"
	"io"
	"reflect"
	text "text/template"
	"text/template/parse"
)

// executeTemplate is t.Execute, or t.ExecuteTemplate if a name is given, for a
// template of one of the two packages.
func (r *registry) executeTemplate(t interface {
	Execute(io.Writer, any) error
	ExecuteTemplate(io.Writer, string, any) error
}, w io.Writer, name []string, v any) error {
	names := map[string]bool{}
	switch t := t.(type) {
	case *text.Template:
		for _, s := range append(t.Templates(), t) {
			collect(s.Tree, names)
		}
	case *html.Template:
		for _, s := range append(t.Templates(), t) {
			collect(s.Tree, names)
		}
	}
	data, err := r.dataOf(v, names)
	if err != nil {
		return err
	}
	if len(name) > 0 {
		return t.ExecuteTemplate(w, name[0], data)
	}
	return t.Execute(w, data)
}

// collect gathers the names that a template selects.
func collect(t *parse.Tree, names map[string]bool) {
	if t == nil || t.Root == nil {
		return
	}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Interface:
			walk(v.Elem())
		case reflect.Pointer:
			if v.IsNil() || v.Type() == reflect.TypeFor[*parse.Tree]() {
				return
			}
			switch n := v.Interface().(type) {
			case *parse.FieldNode:
				add(names, n.Ident)
			case *parse.ChainNode:
				add(names, n.Field)
			case *parse.VariableNode:
				add(names, n.Ident)
			}
			walk(v.Elem())
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		}
	}
	walk(reflect.ValueOf(t.Root))
}

func add(names map[string]bool, l []string) {
	for _, n := range l {
		names[n] = true
	}
}
