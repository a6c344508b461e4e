package rt

import (
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"reflect"
	"sync/atomic"
)

// Path is the import path and the name of the package that lowered cells use.
const Path = "rtᐧ"

// Runtime is what one session's cells see of this package.
type Runtime struct {
	Stop *bool  // makes polls look whether their cell shall stop
	Line *int64 // where the code is, as the front end packs it

	Symbols func(path string) map[string]reflect.Value // of a compiled package: name → value

	reg *registry
}

// Exports are the functions that lowered cells call, by name.
func (r *Runtime) Exports() map[string]reflect.Value {
	r.reg = newRegistry()
	fs := map[string]any{
		"NewDefers": r.NewDefers,
		"Show":      show, "ShowCall": showCall, "Quiet": quiet,
		"Use":       func(...any) {},
		"Timeit":    timeit,
		"Panic":     func(v any) { panic(v) },
		"GoPanic":   goPanic,
		"Interrupt": interrupt,
		"Begin":     begin,
		"At":        func(p int64) { atomic.StoreInt64(r.Line, p) },
		"Len":       length,
		"Index":     outOfRange,
		"SetVar":    func(name string, v any) { r.setVar(name, v) },
		"Eq":        r.reg.equal,
		"ErrorsAs":  r.errorsAs, "ErrorsIs": r.errorsIs,
		"Type": r.reg.declare, "Method": r.reg.addMethod,
		"IsNil": func(v any) bool { return v == nil }, "Bare": Bare, "Raw": Raw, "View": r.reg.viewOf, "Views": r.reg.viewsOf, "Data": func(v any) any { d, _ := r.reg.dataOf(v, nil); return d }, "ExecuteTemplate": r.reg.executeTemplate,
		"Find": r.reg.call, "Implements": r.reg.implements, "Wrap": r.wrap, "NotA": r.reg.notA,
		"Stdout": Writer{"stdout", os.Stdout}, "Stderr": Writer{"stderr", os.Stderr}, "Stdin": Reader{},
	}
	m := map[string]reflect.Value{
		"Defers": reflect.ValueOf((*Defers)(nil)),
	}
	for n, f := range fs {
		m[n] = reflect.ValueOf(f)
	}
	return m
}

// Replacements are functions of the standard library that behave differently in
// a session, by package and name. Printing goes to the cell, reading asks the
// client, sleeping can be interrupted, exiting ends the cell.
func Replacements() map[string]map[string]reflect.Value {
	out, in := Writer{"stdout", os.Stdout}, Reader{}
	l := log.New(Writer{"stderr", os.Stderr}, "", log.LstdFlags)
	m := map[string]map[string]any{
		"fmt": {
			"Print":   func(a ...any) (n int, err error) { return fmt.Fprint(out, a...) },
			"Println": func(a ...any) (n int, err error) { return fmt.Fprintln(out, a...) },
			"Scan":    func(a ...any) (n int, err error) { return fmt.Fscan(in, a...) },
			"Scanf":   func(f string, a ...any) (n int, err error) { return fmt.Fscanf(in, f, a...) },
			"Scanln":  func(a ...any) (n int, err error) { return fmt.Fscanln(in, a...) },
		},
		"log": {
			"Default": func() *log.Logger { return l },
			"Fatal":   func(v ...any) { l.Print(v...); exit(1) },
			"Fatalf":  func(f string, v ...any) { l.Printf(f, v...); exit(1) },
			"Fatalln": func(v ...any) { l.Println(v...); exit(1) },
			"Flags":   l.Flags, "Output": l.Output, "Panic": l.Panic, "Panicf": l.Panicf, "Panicln": l.Panicln,
			"Prefix": l.Prefix, "Print": l.Print, "Println": l.Println,
			"SetFlags": l.SetFlags, "SetOutput": func(w io.Writer) { l.SetOutput(w) }, "SetPrefix": l.SetPrefix, "Writer": l.Writer,
		},
		"os":   {"Exit": exit},
		"time": {"Sleep": Sleep},
	}
	for p, fs := range formatters(out, l) {
		maps.Copy(m[p], fs)
	}
	r := map[string]map[string]reflect.Value{}
	for p, fs := range m {
		r[p] = map[string]reflect.Value{}
		for n, f := range fs {
			r[p][n] = reflect.ValueOf(f)
		}
	}
	return r
}
