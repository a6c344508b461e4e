package worker

import (
	"fmt"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// limitMemory sees to it that this process, and no other, dies when a cell
// takes more memory than it may. 0 means no limit.
//
// Three measures work together: the garbage collector works harder near the
// limit; the system refuses a single allocation beyond it, where it can
// (Linux); and a watchdog ends the process when the sum of small ones passes it.
func limitMemory(limit int64) {
	sacrifice()
	if limit <= 0 {
		return
	}
	debug.SetMemoryLimit(limit / 10 * 9)
	refuseBeyond(limit)
	go watchMemory(limit)
}

func watchMemory(limit int64) {
	const every = 100 * time.Millisecond
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for range time.Tick(every) {
		metrics.Read(s)
		if used := int64(s[0].Value.Uint64() - s[1].Value.Uint64()); used > limit {
			fmt.Fprintf(rawStderr, "fatal: out of memory: %d MiB in use, the limit is %d MiB\n\n", used>>20, limit>>20)
			os.Exit(2)
		}
	}
}

// rawStderr stays the standard error of the process when a session captures
// os.Stderr.
var rawStderr = os.Stderr

// share is the part of a machine's memory that a worker may use.
func share(total uint64) int64 { return int64(total / 4 * 3) }
