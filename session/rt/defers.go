package rt

import "sync/atomic"

// Defers gives lowered functions Go's defer and recover. The interpreter's own
// hold a lock while deferred functions run, and deadlock.
type Defers struct {
	fs        []func()
	panicking bool
	val       any
	rt        *Runtime
	line      int64 // where it panicked, which deferred calls must not blur
}

// NewDefers is called at the start of a function that defers.
func (r *Runtime) NewDefers() *Defers { return &Defers{rt: r} }

// Push adds a deferred call.
func (d *Defers) Push(f func()) { d.fs = append(d.fs, f) }

// Recover is recover() in a deferred call. A request to stop the cell is not
// recovered, for the cell would go on.
func (d *Defers) Recover() any {
	if !d.panicking || isRequest(d.val) {
		return nil
	}
	v := d.val
	d.panicking, d.val = false, nil
	if c := Current(); c != nil {
		c.clearTrace()
	}
	return v
}

// Run runs the function's body and then what it deferred, and panics if the
// panic was not recovered.
func (d *Defers) Run(body func()) {
	d.call(body)
	for len(d.fs) > 0 {
		f := d.fs[len(d.fs)-1]
		d.fs = d.fs[:len(d.fs)-1]
		d.call(f)
	}
	if d.panicking {
		atomic.StoreInt64(d.rt.Line, d.line)
		panic(d.val)
	}
}

func (d *Defers) call(f func()) {
	done := false
	defer func() {
		if !done {
			if v := recover(); v != nil {
				d.panicking, d.val = true, Unwrap(v)
				d.line = atomic.LoadInt64(d.rt.Line)
			}
		}
	}()
	f()
	done = true
}
