package mem

import (
	"runtime"
	"sync"
	"testing"
	"time"
)

func TestSize(t *testing.T) {
	for n := Smallest; n < 40<<20; n += n/7 + 1 {
		if s := size(n); s < n || s > n+n/4 || size(s) != s || s%64 != 0 {
			t.Fatalf("size(%d) is %d", n, s)
		}
	}
}

// eventually waits until f holds, with collections in between.
func eventually(f func() bool) bool {
	for range 100 {
		if f() {
			return true
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	return false
}

func (c *Cache) blocks() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, list := range c.free {
		n += len(list)
	}
	return n
}

// TestReuse: a block that nothing refers to comes back, and is given out again.
func TestReuse(t *testing.T) {
	c := New()
	c.Alloc(100_000)[5] = 1
	if !eventually(func() bool { return c.blocks() == 1 }) {
		t.Fatal("the block has not come back")
	}
	c.Alloc(100_001)
	if c.Hits != 1 {
		t.Errorf("%d hits", c.Hits)
	}
}

// TestHeld: a block does not come back while a slice of it is alive, be it of
// its last bytes only.
func TestHeld(t *testing.T) {
	c := New()
	tail := c.Alloc(100_000)[99_990:]
	for range 5 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	if n := c.blocks(); n != 0 {
		t.Errorf("%d blocks came back", n)
	}
	runtime.KeepAlive(tail)
	if !eventually(func() bool { return c.blocks() == 1 }) {
		t.Error("the block has not come back")
	}
}

// TestForgotten: blocks that nobody wants are given back to the heap.
func TestForgotten(t *testing.T) {
	c := New()
	b := c.Borrow(1 << 20)
	c.Return(b)
	if c.blocks() != 1 {
		t.Fatal("no block in the cache")
	}
	if !eventually(func() bool { return c.blocks() == 0 }) {
		t.Error("the block is still there")
	}
}

// TestCollects: garbage alone makes the cache collect, and memory stays bounded.
func TestCollects(t *testing.T) {
	c := New()
	const size = 8 << 20
	for range 200 {
		c.Alloc(size)[0] = 1
	}
	if c.Collections == 0 || c.Hits == 0 {
		t.Errorf("%d collections, %d hits", c.Collections, c.Hits)
	}
	if c.Misses > 3*mostAllowance/size {
		t.Errorf("%d fresh blocks", c.Misses)
	}
}

// TestStress: many goroutines that hold blocks, each with its own mark, find
// their marks unharmed whatever the collector does.
func TestStress(t *testing.T) {
	c := New()
	var wg sync.WaitGroup
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	for g := range 8 {
		wg.Go(func() {
			var held [5][]byte
			for i := range 400 {
				k := i % len(held)
				for j, b := range held {
					if b != nil && (b[0] != byte(g) || b[len(b)-1] != byte(j)) {
						t.Errorf("a block was overwritten")
						return
					}
				}
				b := c.Alloc(Smallest + i%3*20_000)
				b[0], b[len(b)-1] = byte(g), byte(k)
				held[k] = b[:len(b):len(b)]
				if i%11 == 0 {
					held[(k+2)%len(held)] = nil
				}
			}
		})
	}
	wg.Wait()
	close(stop)
	if c.Hits == 0 {
		t.Error("no block was used twice")
	}
}
