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

// LimitMemory sets the limit of the workers that are started from now on: "4GiB",
// "500MB" or a number of bytes.
func LimitMemory(size string) error {
	n, err := parseSize(size)
	if err != nil {
		return err
	}
	return os.Setenv(MemoryVariable, strconv.FormatInt(n, 10))
}

// units of sizes. The longer ones come first.
var units = []struct {
	name  string
	bytes int64
}{
	{"KIB", 1 << 10}, {"MIB", 1 << 20}, {"GIB", 1 << 30}, {"TIB", 1 << 40}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12},
	{"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"T", 1 << 40}, {"B", 1},
}

func parseSize(size string) (int64, error) {
	text, factor := strings.ToUpper(strings.TrimSpace(size)), int64(1)
	for _, u := range units {
		if number, ok := strings.CutSuffix(text, u.name); ok {
			text, factor = strings.TrimSpace(number), u.bytes
			break
		}
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !(x >= 0) || x*float64(factor) >= 1<<62 {
		return 0, fmt.Errorf("%q is not a size such as 4GiB or 500MB", size)
	}
	return int64(x * float64(factor)), nil
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
