// Package exec runs Core Go, the small subset of Go that package front lowers
// cells to. The interpreter behind it is yaegi; nothing outside of this package
// knows that.
//
//	x, err := exec.New(symbols)
//	err = x.Run(ctx, cell, program, commit)
package exec

import (
	"context"
	"fmt"
	"io"
	"path"
	"reflect"
	"strings"

	"github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib/unsafe"

	"github.com/ingot-go/ingot/session/front"
	"github.com/ingot-go/ingot/session/rt"
)

// Executor runs Core Go and holds the values of its variables. Run is not to be
// called twice at the same time.
type Executor interface {
	// Run adds the declarations of a program and runs its function init for the
	// cell. Accepted is called in between. A *Refused means that the declarations
	// were not taken; a *Panic is one of the code.
	// When ctx is cancelled, the running code and every goroutine that it has
	// started stop, without running their defers.
	Run(ctx context.Context, c *rt.Cell, p Program, accepted func()) error

	// Get returns the variable of that lowered name.
	Get(name string) (reflect.Value, bool)

	// Forget takes away a name that no later program mentions. The value of a
	// variable is given up once no code that is alive mentions it.
	Forget(name string)

	// NewCell prepares a run, whose code will find itself in the cell.
	NewCell(ctx context.Context, n int) *rt.Cell

	// View is a value of an interface of a cell as compiled code shall see it,
	// with the names and methods of its type.
	View(v any) any

	// Text writes such a value as %v does, cutting what is large.
	Text(v any) string

	// TextAs is Text for a variable, whose type has that code.
	TextAs(v reflect.Value, code string) string

	// Poll makes running code look whether it shall stop.
	Poll(on bool)
}

// Program is Core Go to be run once.
type Program struct {
	Text     string   // declarations, and a function init
	Captured []string // variables that its functions and closures mention
}

// Panic is a panic of the executed code.
type Panic struct{ Value any }

func (p *Panic) Error() string { return fmt.Sprint(p.Value) }

// Refused says why the executor does not take a program.
type Refused struct{ Reason string }

func (r *Refused) Error() string { return r.Reason }

// Symbols are values of compiled packages: "encoding/json/json" → name → value.
type Symbols = map[string]map[string]reflect.Value

// New starts an executor to which the packages in syms are known.
func New(syms Symbols) (Executor, error) {
	y := &yaegi{vars: map[string]reflect.Value{}}
	y.in = interp.New(interp.Options{
		Stdin: rt.Reader{}, Stdout: rt.Writer{Name: "stdout", Else: io.Discard}, Stderr: rt.TraceWriter{}, Unrestricted: true,
	})
	for _, s := range []interp.Exports{y.exports(syms), unsafe.Symbols, {rt.Path + "/" + rt.Path: y.rt.Exports()}} {
		if err := y.in.Use(s); err != nil {
			return nil, fmt.Errorf("exec: %w", err)
		}
	}
	y.rt.Vars, y.rt.Symbols = y.vars, syms
	// The first evaluation with a context also makes channel operations of all
	// later code cancellable.
	prelude := fmt.Sprintf("package main\nimport %s %q\nvar %s int64\nvar %s bool\n", rt.Path, rt.Path, front.LineVar, front.StopVar)
	_, err := y.in.EvalWithContext(context.Background(), prelude)
	if err != nil {
		return nil, fmt.Errorf("exec: %w", err)
	}
	if y.inner, err = openInner(y.in); err != nil {
		return nil, err
	}
	line, _ := y.inner.get(front.LineVar)
	stop, _ := y.inner.get(front.StopVar)
	y.rt.Line, y.rt.Stop = line.Addr().Interface().(*int64), stop.Addr().Interface().(*bool)
	return y, nil
}

type yaegi struct {
	in    *interp.Interpreter
	inner *inner
	rt    rt.Runtime
	vars  map[string]reflect.Value // "os.Args"
}

// exports puts the session's own versions of functions over the compiled ones.
func (y *yaegi) exports(syms Symbols) interp.Exports {
	replaced := rt.Replacements()
	all := interp.Exports{}
	for key, pkg := range syms {
		p := path.Dir(key)
		m := pkg
		if r := replaced[p]; r != nil {
			m = make(map[string]reflect.Value, len(pkg))
			for n, v := range pkg {
				m[n] = v
			}
			for n, v := range r {
				m[n] = v
			}
		}
		for n, v := range pkg {
			if v.CanSet() {
				y.vars[p+"."+n] = v
			}
		}
		// With the usual key "fmt/fmt" the interpreter would replace functions
		// and compile generic packages of its own.
		all[p+"//"+path.Base(key)] = m
	}
	return all
}

func (y *yaegi) Get(name string) (reflect.Value, bool) { return y.inner.get(name) }

func (y *yaegi) Forget(name string) { y.inner.forget(name) }

func (y *yaegi) NewCell(ctx context.Context, n int) *rt.Cell { return y.rt.NewCell(ctx, n) }

func (y *yaegi) View(v any) any { return y.rt.View(v) }

func (y *yaegi) Text(v any) string { return y.rt.Text(v) }

func (y *yaegi) TextAs(v reflect.Value, code string) string { return y.rt.TextAs(v, code) }

func (y *yaegi) Poll(on bool) { y.rt.Poll(on) }

// Frame is one line of the interpreter's account of a panic.
type Frame struct {
	Pos  string // "In[1]/_.go:3:9"
	Func string // as the cell calls it; "" for the cell itself
}

// Frames reads what the interpreter prints about a panic, innermost first.
func Frames(trace []string) (fs []Frame) {
	for _, l := range trace {
		pos, fn, ok := strings.Cut(l, ": panic: ")
		if !ok {
			continue
		}
		fs = append(fs, Frame{pos, plainName(strings.TrimSuffix(strings.TrimPrefix(fn, "main."), "(...)"))})
	}
	return fs
}

// plainName takes back what the front end did to a name: "TᐧMᐧ12" is T.M, and
// "init" the statements of a cell.
func plainName(low string) string {
	if low == "init" || strings.HasPrefix(low, "init.") {
		return ""
	}
	parts := strings.Split(low, "ᐧ")
	if n := len(parts) - 1; n > 0 && strings.Trim(parts[n], "0123456789") == "" {
		parts = parts[:n]
	}
	return strings.Join(parts, ".")
}
