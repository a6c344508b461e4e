package worker

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// defaultMemory is a share of what the machine, or the container, has.
func defaultMemory() int64 {
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) != nil {
		return 0
	}
	total := uint64(info.Totalram) * uint64(info.Unit)
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		b, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if n, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 64); err == nil && n > 0 {
			total = min(total, n)
		}
	}
	return share(total)
}

// refuseBeyond makes an allocation beyond the limit fail, which Go answers with
// a fatal error. The limit on data counts what can be written to, not the
// address space, of which Go reserves a lot. It is best effort: the watchdog
// remains.
func refuseBeyond(limit int64) {
	var old syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_DATA, &old) == nil {
		old.Cur = min(uint64(limit), old.Max)
		syscall.Setrlimit(syscall.RLIMIT_DATA, &old)
	}
}

// sacrifice makes this process the first that the system ends when memory runs
// out.
func sacrifice() { os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0) }
