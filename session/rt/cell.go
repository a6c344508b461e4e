// Package rt is the host side of Core Go: the compiled functions that lowered
// cells call for what the interpreter lacks or gets wrong. It knows which cell
// a goroutine belongs to, and stops cells.
package rt

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Cell is one execution of a cell.
type Cell struct {
	N      int
	Owner  any                                       // whatever the session wants to find again
	Stream func(name, text string)                   // takes output
	Ask    func(ctx context.Context) (string, error) // asks for a line of input

	OnBegin func() // called when the statements begin
	OnFault func() // called when a goroutine has failed the cell

	ctx      context.Context
	cancel   context.CancelCauseFunc
	stopping atomic.Bool
	running  atomic.Bool
	rt       *Runtime     // of the session
	id       atomic.Int64 // of the goroutine that runs the statements

	mu    sync.Mutex
	shown []Shown
	trace []string
	fault *Fault
	input string // rest of the line that was read last

	rounds   []time.Duration // see Timing
	perRound int
}

// Shown is a value that a cell ended in, with its static type.
type Shown struct {
	Type  string
	Value any
}

// Fault is what ended a cell from outside of its own statements: a panic in one
// of its goroutines, or os.Exit there.
type Fault struct {
	Value any
	Trace []string
}

// NewCell prepares a cell. Cancelling ctx ends its sleeps and input requests.
func (r *Runtime) NewCell(ctx context.Context, n int) *Cell {
	atomic.StoreInt64(r.Line, 0)
	c := &Cell{N: n, rt: r, OnBegin: func() {}, Stream: func(string, string) {}, Ask: func(context.Context) (string, error) { return "", fmt.Errorf("no input") }}
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	return c
}

// Begin and End bracket the time in which faults of goroutines fail the cell.
func (c *Cell) Begin() { c.running.Store(true) }

// End see Begin.
func (c *Cell) End() { c.running.Store(false) }

// Running reports whether the cell's statements are being executed.
func (c *Cell) Running() bool { return c.running.Load() }

// Context is cancelled when the cell is stopped.
func (c *Cell) Context() context.Context { return c.ctx }

// Stop asks the cell to stop at its next poll, sleep or input request.
func (c *Cell) Stop() {
	c.stopping.Store(true)
	c.cancel(Interrupted{})
}

// Stopping reports whether the cell has been asked to stop.
func (c *Cell) Stopping() bool { return c.stopping.Load() }

// TakeShown returns the values that the cell ended in, and gives them up.
func (c *Cell) TakeShown() []Shown {
	c.mu.Lock()
	defer c.mu.Unlock()
	shown := c.shown
	c.shown = nil
	return shown
}

// Trace returns the interpreted frames of the last panic, innermost first:
// "In[1]/_.go:3:9: panic: main.f(...)".
func (c *Cell) Trace() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string{}, c.trace...)
}

func (c *Cell) clearTrace() {
	c.mu.Lock()
	c.trace = nil
	c.mu.Unlock()
}

// Fault returns what failed the cell from a goroutine, or nil.
func (c *Cell) Fault() *Fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fault
}

// Where is the position that the running code noted last, packed by the front
// end; 0 before the first.
func (c *Cell) Where() int64 {
	if c.rt == nil {
		return 0
	}
	return atomic.LoadInt64(c.rt.Line)
}

// TraceWriter takes what the interpreter prints about panics and keeps it for
// the cell it belongs to.
type TraceWriter struct{}

func (TraceWriter) Write(p []byte) (int, error) {
	if c := Current(); c != nil {
		c.mu.Lock()
		for _, l := range strings.Split(strings.TrimSpace(string(p)), "\n") {
			if len(c.trace) < 1000 && strings.Contains(l, ": panic: ") {
				c.trace = append(c.trace, l)
			}
		}
		c.mu.Unlock()
	}
	return len(p), nil
}
