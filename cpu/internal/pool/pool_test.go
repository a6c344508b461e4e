package pool

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestAll: every number is given out once, whatever the cores, also when several
// goroutines call Run, and Run is called within Run.
func TestAll(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, cores := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(cores)
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				for round := range 300 {
					n := round % 50
					counts := make([]atomic.Int32, n)
					Run(n, worthwhile, func(w, i int) {
						if w >= cores {
							t.Errorf("core %d of %d", w, cores)
						}
						for start := time.Now(); i%16 == 5 && time.Since(start) < 20*time.Microsecond; {
						}
						counts[i].Add(1)
						if i == 3 {
							Run(5, worthwhile, func(_, k int) { counts[i].Add(1) })
						}
					})
					for i := range counts {
						if c := counts[i].Load(); c != 1 && !(i == 3 && c == 6) {
							t.Errorf("call %d of %d was made %d times", i, n, c)
						}
					}
					if round%60 == 0 {
						time.Sleep(2 * patience) // so that workers fall asleep
					}
				}
			})
		}
		wg.Wait()
	}
}

// TestSpreads: the calls of a large job run at the same time.
func TestSpreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	var inside atomic.Int32
	met := false
	Run(2, worthwhile, func(w, i int) {
		inside.Add(1)
		for start := time.Now(); time.Since(start) < 5*time.Second && inside.Load() < 2; {
			runtime.Gosched()
		}
		if i == 0 {
			met = inside.Load() == 2
		}
	})
	if !met {
		t.Error("one call waited for the other to end")
	}
}

// TestSmall: small jobs stay with the caller.
func TestSmall(t *testing.T) {
	Run(10, worthwhile/20, func(w, i int) {
		if w != 0 {
			t.Errorf("core %d works", w)
		}
	})
}

func BenchmarkRun(b *testing.B) {
	for b.Loop() {
		Run(2, worthwhile, func(w, i int) {})
	}
}
