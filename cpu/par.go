package cpu

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// parallel calls f with each number below n, on several cores when the whole
// is worth it: cost is about how many operations on one element a call does.
func parallel(n int, cost int, f func(w, i int)) {
	workers := min(runtime.GOMAXPROCS(0), n, n*cost/worthwhile+1)
	if workers <= 1 {
		for i := range n {
			f(0, i)
		}
		return
	}
	var next atomic.Int64
	work := func(w int) {
		for {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			f(w, i)
		}
	}
	var group sync.WaitGroup
	for w := 1; w < workers; w++ {
		group.Go(func() { work(w) })
	}
	work(0)
	group.Wait()
}

// worthwhile is the number of operations that pays for waking another core.
const worthwhile = 150_000
