package rt

import (
	"context"
	"fmt"
)

// Failure is panicked when a cell ends in a non-nil error.
type Failure struct{ Err error }

func show(ts []string, vs ...any) {
	quiet(ts, vs...)
	c := Current()
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, v := range vs {
		c.shown = append(c.shown, Shown{ts[i], v})
	}
}

// showCall leaves out a final error, which is nil.
func showCall(ts []string, vs ...any) {
	quiet(ts, vs...)
	show(ts[:len(ts)-1], vs[:len(vs)-1]...)
}

// quiet only looks at a final error.
func quiet(ts []string, vs ...any) {
	if n := len(vs) - 1; n >= 0 && ts[n] == "error" {
		if err, ok := vs[n].(error); ok && err != nil {
			panic(Failure{err})
		}
	}
}

// fmtArg formats with String for %v, %s and the like, and as the raw value
// otherwise. An interpreted value with methods would print as its wrapper.
type fmtArg struct {
	s   fmt.Stringer
	raw any
}

func (f fmtArg) Format(st fmt.State, verb rune) {
	switch verb {
	case 'v', 's', 'q', 'x', 'X':
		if verb == 'v' && st.Flag('#') {
			break
		}
		fmt.Fprintf(st, fmt.FormatString(st, verb), f.s.String())
		return
	}
	fmt.Fprintf(st, fmt.FormatString(st, verb), f.raw)
}

func (f fmtArg) String() string { return f.s.String() }

// mimeArg lends a value of an interpreted type its DisplayMIME method.
type mimeArg struct {
	raw any
	f   func(context.Context) (map[string]any, error)
}

func (m mimeArg) DisplayMIME(ctx context.Context) (map[string]any, error) { return m.f(ctx) }

func (m mimeArg) String() string { return fmt.Sprint(m.raw) }
