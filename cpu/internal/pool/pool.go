// Package pool spreads work over the cores. Its workers are goroutines that stay:
// after a job they look out for the next one for a while before they sleep, since
// waking a core takes longer than many a job. The caller works too, and never
// waits for a worker that has not yet begun.
package pool

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// worthwhile is the number of operations that pays for waking another core.
const worthwhile = 100_000

// patience is how long a worker looks out for work before it sleeps.
const patience = 50 * time.Microsecond

// job is one Run.
type job struct {
	next    atomic.Int64
	pending atomic.Int64 // workers that have taken it and are not done
	n       int
	f       func(w, i int)
}

// worker is a goroutine that takes jobs.
type worker struct {
	job    atomic.Pointer[job] // to be taken
	asleep atomic.Bool
	wake   chan struct{}
	id     int
}

var (
	busy    atomic.Bool
	mu      sync.Mutex
	workers []*worker
)

// Run calls f with each number below n, on several cores when the whole is worth
// it: cost is about how many operations on one element a call does. w tells the
// cores apart. As many cores are used as GOMAXPROCS says. Within f, and while
// another goroutine's Run uses the workers, Run makes all calls itself.
func Run(n int, cost int, f func(w, i int)) {
	cores := min(runtime.GOMAXPROCS(0), n, n*cost/worthwhile+1)
	if cores <= 1 || !busy.CompareAndSwap(false, true) {
		for i := range n {
			f(0, i)
		}
		return
	}
	j := &job{n: n, f: f}
	j.pending.Store(int64(cores - 1))
	team := staff(cores - 1)
	for _, w := range team {
		w.job.Store(j)
		if w.asleep.CompareAndSwap(true, false) {
			w.wake <- struct{}{}
		}
	}
	j.run(0)
	for _, w := range team { // who has not come by now need not
		if w.job.CompareAndSwap(j, nil) {
			j.pending.Add(-1)
		}
	}
	for j.pending.Load() > 0 {
		runtime.Gosched()
	}
	busy.Store(false)
}

// staff gives n workers.
func staff(n int) []*worker {
	mu.Lock()
	defer mu.Unlock()
	for len(workers) < n {
		w := &worker{wake: make(chan struct{}, 1), id: len(workers) + 1}
		workers = append(workers, w)
		go w.loop()
	}
	return workers[:n]
}

func (j *job) run(w int) {
	for {
		i := int(j.next.Add(1)) - 1
		if i >= j.n {
			return
		}
		j.f(w, i)
	}
}

func (w *worker) loop() {
	for {
		j := w.await()
		if w.job.CompareAndSwap(j, nil) { // else the caller has taken it back
			j.run(w.id)
			j.pending.Add(-1)
		}
	}
}

// await waits for a job.
func (w *worker) await() *job {
	start := time.Now()
	for spins := 0; ; spins++ {
		if j := w.job.Load(); j != nil {
			return j
		}
		if spins%16 < 15 || time.Since(start) < patience {
			runtime.Gosched()
			continue
		}
		w.asleep.Store(true)
		if j := w.job.Load(); j != nil {
			if !w.asleep.CompareAndSwap(true, false) {
				<-w.wake
			}
			return j
		}
		<-w.wake
		start = time.Now()
	}
}
