package mlx

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"github.com/ingot-go/ingot/mlx/backend"
)

// The memory of arrays is ordinary memory of Go: that of an array which nothing
// refers to any more is free after the next garbage collection, and used again.
// So these statistics are upper bounds until then.

// smallest is the size in bytes from which on a buffer is counted.
const smallest = 4096

// memory counts the bytes of the buffers that are alive.
type memory struct {
	active, peak, limit, cacheLimit, sinceCheck atomic.Int64
}

var theMemory memory

// count adds a buffer as long as it lives.
func (m *memory) count(b *backend.Buffer) {
	n := int64(len(b.Bytes))
	if n < smallest {
		return
	}
	m.reach(m.active.Add(n))
	runtime.AddCleanup(b, func(n int64) { m.active.Add(-n) }, n)
	if m.sinceCheck.Add(n) > 1<<26 {
		m.sinceCheck.Store(0)
		if limit := m.cacheLimit.Load(); limit > 0 && int64(CacheMemory()) > limit {
			debug.FreeOSMemory()
		}
	}
}

// lend notes bytes that are in use for a moment only.
func (m *memory) lend(n int) { m.reach(m.active.Load() + int64(n)) }

func (m *memory) reach(n int64) {
	for old := m.peak.Load(); n > old && !m.peak.CompareAndSwap(old, n); old = m.peak.Load() {
	}
}

// ask refuses an evaluation that goes beyond the limit, also after what is no
// longer in use was collected.
func (m *memory) ask(n int) error {
	limit := m.limit.Load()
	over := func() bool { return m.active.Load()+int64(n) > limit }
	if limit == 0 || n < smallest || !over() {
		return nil
	}
	for range 3 {
		runtime.GC()
		for range 20 { // until the cleanups have run
			if !over() {
				return nil
			}
			time.Sleep(time.Millisecond)
		}
	}
	return fmt.Errorf("%d bytes are needed and %d in use, with a limit of %d", n, m.active.Load(), limit)
}

func bytesFor(specs []backend.Spec) (n int) {
	for _, s := range specs {
		n += s.Size * s.Dtype.Size()
	}
	return n
}

// ActiveMemory is how many bytes the elements of all arrays take, of which those
// below 4096 bytes are not counted.
func ActiveMemory() int { return int(theMemory.active.Load()) }

// PeakMemory is the most that [ActiveMemory] and the temporaries of an
// evaluation took together since the start, or since [ResetPeakMemory].
func PeakMemory() int { return int(theMemory.peak.Load()) }

// ResetPeakMemory begins anew with what is in use now.
func ResetPeakMemory() { theMemory.peak.Store(theMemory.active.Load()) }

// SetMemoryLimit sets how many bytes arrays may take, and returns the limit
// before; 0 is none. An evaluation that would need more is an error.
func SetMemoryLimit(bytes int) (before int) { return setLimit(&theMemory.limit, bytes) }

// CacheMemory is how many bytes of free memory the process keeps for later.
func CacheMemory() int {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}}
	metrics.Read(sample)
	return int(sample[0].Value.Uint64())
}

// SetCacheLimit sets beyond how many free bytes they go back to the system, and
// returns the limit before; 0 leaves that to Go.
func SetCacheLimit(bytes int) (before int) { return setLimit(&theMemory.cacheLimit, bytes) }

// ClearCache gives free memory back to the system.
func ClearCache() {
	runtime.GC() // what backends keep goes after two collections
	debug.FreeOSMemory()
}

func setLimit(limit *atomic.Int64, bytes int) int {
	if bytes < 0 {
		fail("memory", "value", "a limit of %d bytes", bytes)
	}
	return int(limit.Swap(int64(bytes)))
}
