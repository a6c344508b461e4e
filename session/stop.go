package session

import (
	"fmt"
	"runtime/metrics"
	"time"

	"github.com/ingot-go/ingot/session/rt"
)

// A cell is stopped in two steps. First its polls, at loop heads, panic in it,
// so that its deferred functions run and only this cell stops. Where that does
// not help, because it is blocked or in compiled code, its context is
// cancelled, which stops all interpreted goroutines at once.

const (
	pollGrace    = 30 * time.Millisecond // until a blocked cell is stopped hard
	patience     = 2 * time.Second       // until any cell is
	watchStart   = 150 * time.Millisecond
	watchEvery   = 50 * time.Millisecond
	maxStackUsed = 200 << 20 // Go dies at a stack of 1 GB; stacks double
)

func (s *inProcess) Interrupt() {
	if cancel := s.download.Load(); cancel != nil {
		(*cancel)()
	}
	if r := s.running.Load(); r != nil {
		s.stop(r)
	}
}

// stop asks the cell to stop and sees to it that it does.
func (s *inProcess) stop(r *run) {
	r.cell.Stop()
	s.exec.Poll(true)
	r.once.Do(func() { go r.insist() })
}

func (r *run) insist() {
	deadline := time.Now().Add(patience)
	for {
		select {
		case <-r.done:
			return
		case <-time.After(pollGrace):
		}
		if r.cell.Blocked() || time.Now().After(deadline) {
			r.cancel(rt.Interrupted{})
			return
		}
	}
}

// tooDeep is the cause of stopping a runaway recursion. Panicking there would
// take minutes, for the interpreter unwinds in quadratic time.
type tooDeep struct{ bytes uint64 }

func (t tooDeep) Error() string {
	return fmt.Sprintf("stack overflow: the recursion has no end (the stack grew to %d MiB)", t.bytes>>20)
}

// watch stops the cell before the stack overflows, which Go cannot recover
// from. What counts is what the stacks of the process have grown by since the
// cell began, when they took up before bytes: those of an earlier runaway stay
// until they are collected, which may be at any time.
func (r *run) watch(before uint64) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		used := stacks()
		before = min(before, used)
		if used-before > maxStackUsed {
			r.cancel(tooDeep{used - before})
			return
		}
		select {
		case <-r.done:
			return
		case <-tick.C:
		}
	}
}

// stacks is how many bytes the stacks of all goroutines take up.
func stacks() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
