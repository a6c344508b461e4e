package rt

import (
	"fmt"
	"io"
	"log"
	"reflect"
	"strings"
)

// withTypes makes %T print the types of cells: fmt asks reflect, not the value.
// It understands formats without explicit argument indices.
func withTypes(format string, args []any) (string, []any) {
	if !strings.Contains(format, "T") || strings.Contains(format, "%[") {
		return format, args
	}
	b := []byte(format)
	var out []any
	n := 0
	for i := 0; i < len(b); i++ {
		if b[i] != '%' {
			continue
		}
		for i++; i < len(b) && strings.IndexByte("+-# 0123456789.*", b[i]) >= 0; i++ {
			if b[i] == '*' {
				n++
			}
		}
		if i >= len(b) || b[i] == '%' {
			continue
		}
		if b[i] == 'T' && n < len(args) {
			if name := typeNameOf(args[n]); name != "" {
				if out == nil {
					out = append(out, args...)
				}
				b[i] = 's'
				out[n] = name
			}
		}
		n++
	}
	if out == nil {
		return format, args
	}
	return string(b), out
}

// typeNameOf is the type of a view, or "".
func typeNameOf(v any) string {
	var r *registry
	switch e := v.(type) {
	case *view:
		r = e.r
	case shower:
		r = e.r
	case Err:
		r = e.r
	case errs:
		r = e.r
	case incomparable:
		r = e.r
	default:
		return ""
	}
	_, t := r.typeOf(reflect.ValueOf(Bare(v)))
	return t.String()
}

// formatters are the functions with a format, for Replacements.
func formatters(out io.Writer, l *log.Logger) map[string]map[string]any {
	return map[string]map[string]any{
		"fmt": {
			"Printf": func(f string, a ...any) (n int, err error) {
				f, a = withTypes(f, a)
				return fmt.Fprintf(out, f, a...)
			},
			"Sprintf": func(f string, a ...any) string {
				f, a = withTypes(f, a)
				return fmt.Sprintf(f, a...)
			},
			"Fprintf": func(w io.Writer, f string, a ...any) (n int, err error) {
				f, a = withTypes(f, a)
				return fmt.Fprintf(w, f, a...)
			},
			"Errorf": func(f string, a ...any) error {
				f, a = withTypes(f, a)
				return fmt.Errorf(f, a...)
			},
			"Appendf": func(b []byte, f string, a ...any) []byte {
				f, a = withTypes(f, a)
				return fmt.Appendf(b, f, a...)
			},
		},
		"log": {
			"Printf": func(f string, a ...any) {
				f, a = withTypes(f, a)
				l.Printf(f, a...)
			},
		},
	}
}
