package rt

import (
	"context"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Goroutines inherit pprof labels from the one that starts them. A cell runs
// under a label set of its own, so that its address tells, in any goroutine,
// which cell started it, also after the cell has ended.

//go:linkname runtime_getProfLabel runtime/pprof.runtime_getProfLabel
func runtime_getProfLabel() unsafe.Pointer

var (
	cells   sync.Map // label set (unsafe.Pointer) → *Cell
	current atomic.Pointer[Cell]

	order   []unsafe.Pointer // of cells, oldest first
	orderMu sync.Mutex
)

// remembered is how many cells keep their background goroutines' output apart.
const remembered = 1000

// Run runs f as the body of a cell: Current finds the cell in f and in every
// goroutine that f starts.
func Run(c *Cell, f func()) {
	ctx := pprof.WithLabels(context.Background(), pprof.Labels("cell", strconv.Itoa(c.N)))
	pprof.SetGoroutineLabels(ctx)
	defer pprof.SetGoroutineLabels(context.Background())
	key := runtime_getProfLabel()
	cells.Store(key, c)
	remember(key)
	current.Store(c)
	defer current.CompareAndSwap(c, nil)
	f()
}

func remember(key unsafe.Pointer) {
	orderMu.Lock()
	defer orderMu.Unlock()
	order = append(order, key)
	if len(order) > remembered {
		cells.Delete(order[0])
		order = order[1:]
	}
}

// Current returns the cell that the calling goroutine belongs to; where that is
// unknown, the cell that is running, or nil.
func Current() *Cell {
	if p := runtime_getProfLabel(); p != nil {
		if c, ok := cells.Load(p); ok {
			return c.(*Cell)
		}
	}
	return current.Load()
}
