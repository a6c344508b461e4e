package worker

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"
)

// MemoryVariable is the environment variable that sets how many bytes a worker
// may use. Unset, it is three quarters of the machine's memory where that is
// known; 0 means no limit.
const MemoryVariable = "INGOT_MEMORY"

// GuardMemory ends this process when its memory exceeds the limit, before the
// system ends a process of its own choice. The collector works harder as the
// limit comes near.
func GuardMemory() {
	limit := memoryLimit()
	if limit <= 0 {
		return
	}
	debug.SetMemoryLimit(limit - limit/8)
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
		for range time.Tick(20 * time.Millisecond) {
			metrics.Read(sample)
			if used := int64(sample[0].Value.Uint64() - sample[1].Value.Uint64()); used > limit {
				fmt.Fprintf(os.NewFile(2, "stderr"), "out of memory: the worker used %d MiB, more than its %d MiB (%s sets the limit in bytes)\n",
					used>>20, limit>>20, MemoryVariable)
				os.Exit(137)
			}
		}
	}()
}

func memoryLimit() int64 {
	if v := os.Getenv(MemoryVariable); v != "" {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			fmt.Fprintf(os.Stderr, "worker: %s=%q is not a number of bytes and is ignored\n", MemoryVariable, v)
		} else {
			return n
		}
	}
	return machineMemory() / 4 * 3
}

// machineMemory is the memory of this machine or container; 0 if not known.
func machineMemory() int64 {
	total := int64(0)
	if f, err := os.Open("/proc/meminfo"); err == nil {
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			if v, ok := strings.CutPrefix(lines.Text(), "MemTotal:"); ok {
				kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(v), " kB"), 10, 64)
				total = kb << 10
			}
		}
	}
	if text, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && (total == 0 || n < total) {
			total = n
		}
	}
	return total
}
