// Package exec runs Core Go, the small subset of Go that package front lowers
// cells to. The interpreter behind it is yaegi; nothing outside of this package
// knows that.
//
//	x, err := exec.New(symbols)
//	err = x.Declare(ctx, program.Decls, program.Imports)
//	err = x.Run(ctx, program.Entry)
package exec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib/unsafe"

	"github.com/ingot-go/ingot/session/rt"
)

// Executor runs Core Go and holds the values of its variables. Declare and Run
// are not to be called at the same time.
type Executor interface {
	// Declare adds declarations, which import the packages of these paths. An
	// error means that they were refused.
	Declare(ctx context.Context, decls string, imports []string) error

	// Run evaluates the call of a declared function. A panic of the code is
	// returned as a *Panic. When ctx is cancelled, the running code and every
	// goroutine that it has started stop, without running their defers.
	Run(ctx context.Context, call string) error

	// Get returns the variable of that lowered name.
	Get(name string) (reflect.Value, bool)

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

// Panic is a panic of the executed code.
type Panic struct{ Value any }

func (p *Panic) Error() string { return fmt.Sprint(p.Value) }

// Symbols are values of compiled packages: import path → what makes a new table
// of the package's values by their names. It is called when the package is
// first imported.
type Symbols = map[string]func() map[string]reflect.Value

// New starts an executor to which the packages in syms are known.
func New(syms Symbols) (Executor, error) {
	y := &yaegi{lib: library{symbols: syms, replaced: rt.Replacements()}}
	y.in = interp.New(interp.Options{
		Stdin: rt.Reader{}, Stdout: rt.Writer{Name: "stdout", Else: io.Discard}, Stderr: rt.TraceWriter{}, Unrestricted: true,
	})
	for _, s := range []interp.Exports{unsafe.Symbols, {rt.Path + "/" + rt.Path: y.rt.Exports()}} {
		if err := y.in.Use(s); err != nil {
			return nil, fmt.Errorf("exec: %w", err)
		}
	}
	y.rt.Symbols = y.lib.table
	// The first evaluation with a context also makes channel operations of all
	// later code cancellable.
	if _, err := y.in.EvalWithContext(context.Background(), fmt.Sprintf("import %s %q", rt.Path, rt.Path)); err != nil {
		return nil, fmt.Errorf("exec: %w", err)
	}
	return y, nil
}

type yaegi struct {
	in  *interp.Interpreter
	rt  rt.Runtime
	lib library
}

func (y *yaegi) Declare(ctx context.Context, decls string, imports []string) error {
	for _, p := range imports {
		if err := y.lib.use(y.in, p); err != nil {
			return err
		}
	}
	_, err := y.in.EvalWithContext(ctx, decls)
	return err
}

func (y *yaegi) Run(ctx context.Context, call string) error {
	_, err := y.in.EvalWithContext(ctx, call)
	var p interp.Panic
	if errors.As(err, &p) {
		return &Panic{rt.Unwrap(p.Value)}
	}
	return err
}

func (y *yaegi) Get(name string) (reflect.Value, bool) {
	v, ok := y.in.Globals()[name]
	return v, ok
}

func (y *yaegi) NewCell(ctx context.Context, n int) *rt.Cell { return y.rt.NewCell(ctx, n) }

func (y *yaegi) View(v any) any { return y.rt.View(v) }

func (y *yaegi) Text(v any) string { return y.rt.Text(v) }

func (y *yaegi) TextAs(v reflect.Value, code string) string { return y.rt.TextAs(v, code) }

func (y *yaegi) Poll(on bool) { y.rt.Stop.Set(on) }

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
// "cellᐧᐧ3" the statements of a cell.
func plainName(low string) string {
	if strings.HasPrefix(low, "cellᐧᐧ") {
		return ""
	}
	parts := strings.Split(low, "ᐧ")
	if n := len(parts) - 1; n > 0 && strings.Trim(parts[n], "0123456789") == "" {
		parts = parts[:n]
	}
	return strings.Join(parts, ".")
}
