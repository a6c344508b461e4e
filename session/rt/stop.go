package rt

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// Poll makes the polls of running code look whether their cell shall stop. What
// they read is a plain variable of the interpreter, because an atomic read would
// be a slow call; a late reader polls again.
//
//go:norace
func (r *Runtime) Poll(on bool) { *r.Stop = on }

// interrupt is called when a poll finds the flag set.
func interrupt() {
	if c := Current(); c != nil && c.Stopping() {
		panic(Interrupted{})
	}
}

// Sleep is time.Sleep that ends when the cell is stopped.
func Sleep(d time.Duration) {
	c := Current()
	if c == nil {
		time.Sleep(d)
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-c.ctx.Done():
		if c.Stopping() {
			panic(Interrupted{})
		}
		<-t.C // the cell ended; its background goroutines sleep on
	}
}

// goPanic takes the panic of a goroutine. It fails the cell if that still runs;
// later it can only be told.
func goPanic(v any) {
	if _, ok := v.(Interrupted); ok {
		return
	}
	c := Current()
	if c == nil {
		fmt.Fprintf(os.Stderr, "panic in a goroutine: %v\n", Unwrap(v))
		return
	}
	c.mu.Lock()
	trace := c.trace
	c.trace = nil
	first := c.fault == nil && c.Running()
	if first {
		c.fault = &Fault{Unwrap(v), trace}
	}
	c.mu.Unlock()
	if first {
		c.fail()
		return
	}
	pos := ""
	if len(trace) > 0 {
		at, _, _ := strings.Cut(trace[0], ": panic: ")
		pos = " at " + strings.Replace(at, "/_.go", "", 1)
	}
	c.Stream("stderr", fmt.Sprintf("panic in a goroutine of In[%d]%s: %v\n", c.N, pos, Unwrap(v)))
}

// fail stops the cell because of a fault.
func (c *Cell) fail() {
	c.Stop()
	if c.OnFault != nil {
		c.OnFault()
	}
}

func exit(code int) { panic(Exit{code}) }
