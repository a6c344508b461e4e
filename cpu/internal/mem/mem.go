// Package mem keeps large blocks of memory for use again, so that a program
// that computes the same thing over and over neither clears memory nor waits for
// the system to map it.
//
// Blocks are ordinary Go memory, and the collector alone decides when one is
// free: Alloc gives a block a finalizer, which runs when neither an array, nor a
// view, nor a slice anywhere in the program refers to it, and puts the block
// back. So a block cannot be handed out while anything still reads it.
//
// Since cached blocks are no garbage, their reuse does not make the collector
// run. When Alloc finds no free block after much has been handed out since the
// last collection, it starts one itself; how much depends on what collections
// cost and on how much is in use. A block that nobody wanted between two
// collections is given back to the Go heap.
package mem

import (
	"math/bits"
	"runtime"
	"sync"
	"time"
	"unsafe"
)

// Smallest is the size in bytes from which on blocks are worth keeping: below
// it, a finalizer costs more than clearing.
const Smallest = 32 << 10

// Allowances for the bytes handed out between two collections.
const (
	leastAllowance = 64 << 20
	mostAllowance  = 128 << 20
	// share is how much of the time collections may take before the allowance is
	// raised: one part of this many.
	share = 32
)

// Cache holds free blocks by size class.
type Cache struct {
	mu        sync.Mutex
	free      map[int][]block // by class
	cycle     int             // collections seen
	watched   bool            // a watch object waits for the next collection
	given     int             // bytes handed out since the last collection
	used      int             // bytes handed out and not come back
	allowance int
	collected time.Time // end of the last collection that we started

	// Counts for tests and reports.
	Hits, Misses, Collections int
}

type block struct {
	p     *uint64
	cycle int // when it came back
}

// Default is the cache of the process.
var Default = New()

// New makes an empty cache.
func New() *Cache { return &Cache{free: map[int][]block{}, allowance: leastAllowance} }

// size is the size of the blocks of the class that holds n bytes: four classes
// to each doubling.
func size(n int) int {
	step := 1 << max(0, bits.Len(uint(n-1))-3)
	return (n + step - 1) / step * step
}

// Alloc gives n bytes, with any contents, aligned to a cache line when n is at
// least Smallest. They come back when nothing refers to them any more.
func (c *Cache) Alloc(n int) []byte {
	if n < Smallest {
		return view(&make([]uint64, max(1, (n+7)/8))[0], n)
	}
	s := size(n)
	p := c.take(s)
	if p == nil && c.collect() {
		p = c.await(s)
	}
	if p == nil {
		p = fresh(s)
	}
	c.mu.Lock()
	c.given += s
	c.used += s
	c.mu.Unlock()
	runtime.SetFinalizer(p, func(p *uint64) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.used -= s
		c.put(s, p)
	})
	return view(p, n)
}

// Borrow gives n bytes, with any contents, that the caller gives back with Return.
func (c *Cache) Borrow(n int) []byte {
	s := size(max(n, Smallest))
	p := c.take(s)
	if p == nil {
		p = fresh(s)
	}
	return view(p, n)
}

// Return gives back what Borrow gave. Nothing may refer to it any more.
func (c *Cache) Return(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(size(max(len(b), Smallest)), (*uint64)(unsafe.Pointer(unsafe.SliceData(b))))
}

func view(p *uint64, n int) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(p)), n) }

func fresh(s int) *uint64 {
	w := make([]uint64, s/8)
	b := view(&w[0], s)
	hugePages(b)
	return &w[0]
}

// take removes the youngest block, which is most likely still in a processor's cache.
func (c *Cache) take(s int) *uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := c.free[s]
	if len(list) == 0 {
		c.Misses++
		return nil
	}
	last := len(list) - 1
	p := list[last].p
	list[last] = block{}
	c.free[s] = list[:last]
	c.Hits++
	return p
}

func (c *Cache) put(s int, p *uint64) {
	c.free[s] = append(c.free[s], block{p, c.cycle})
	if !c.watched {
		c.watched = true
		c.watch()
	}
}

// watch has endCycle called after the next collection.
func (c *Cache) watch() {
	// The object must not be tiny: small ones without pointers share a block.
	runtime.AddCleanup(new([4]uint64), func(c *Cache) { c.endCycle() }, c)
}

// endCycle gives up the blocks that nobody wanted for a whole cycle.
func (c *Cache) endCycle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.given = 0
	left := false
	for s, list := range c.free {
		keep := list[:0]
		for _, b := range list {
			if b.cycle >= c.cycle {
				keep = append(keep, b)
			}
		}
		clear(list[len(keep):])
		c.free[s] = keep
		left = left || len(keep) > 0
	}
	c.cycle++
	c.watched = left
	if left {
		c.watch()
	}
}

// collect runs a collection if enough has been handed out since the last one.
func (c *Cache) collect() bool {
	c.mu.Lock()
	due := c.given > max(c.allowance, c.used/4)
	if due {
		c.given = 0
		c.Collections++
	}
	c.mu.Unlock()
	if !due {
		return false
	}
	start := time.Now()
	runtime.GC()
	end := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	between := start.Sub(c.collected)
	switch cost := end.Sub(start); {
	case cost*share > between:
		c.allowance = min(2*c.allowance, mostAllowance)
	case cost*share*4 < between:
		c.allowance = max(c.allowance/2, leastAllowance)
	}
	c.collected = end
	return true
}

// patience is how long to wait for a block after a collection.
const patience = 2 * time.Millisecond

// await waits for the finalizers to bring back a block.
func (c *Cache) await(s int) *uint64 {
	for start := time.Now(); time.Since(start) < patience; {
		c.mu.Lock()
		n := len(c.free[s])
		c.mu.Unlock()
		if n > 0 {
			return c.take(s)
		}
		runtime.Gosched()
	}
	return nil
}
