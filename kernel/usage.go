package kernel

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
	"time"
)

// usage tells what the kernel takes of its machine, as extensions for the
// status bar ask. What the system does not tell is left out.
func (k *kernel) usage(*request) (content, error) {
	host, _ := os.Hostname()
	c := content{"hostname": host, "pid": os.Getpid(), "cpu_count": runtime.NumCPU()}
	pids := []int{os.Getpid()}
	if s, ok := k.session.(interface{ Processes() []int }); ok {
		pids = append(pids, s.Processes()...)
	}
	var used taken
	for _, pid := range pids {
		u, ok := processUse(pid)
		if !ok {
			return c, nil
		}
		used.memory += u.memory
		used.cpu += u.cpu
	}
	c["kernel_memory"] = used.memory
	now := time.Now()
	k.state.update(func(s *stateFields) {
		if d := now.Sub(s.usedAt); !s.usedAt.IsZero() && d > 0 {
			c["kernel_cpu"] = max(0, 100*(used.cpu-s.usedCPU).Seconds()/d.Seconds())
		} else {
			c["kernel_cpu"] = 0.0
		}
		s.usedAt, s.usedCPU = now, used.cpu
	})
	if total, available, ok := machineMemory(); ok {
		c["host_virtual_memory"] = content{
			"total": total, "available": available, "used": total - available,
			"percent": 100 * float64(total-available) / float64(max(total, 1)),
		}
	}
	return c, nil
}

// taken is what a process has used.
type taken struct {
	memory int64 // resident bytes
	cpu    time.Duration
}

// processUse reads /proc, where there is one.
func processUse(pid int) (u taken, ok bool) {
	const tick = 10 * time.Millisecond // of all Linux systems
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return u, false
	}
	_, rest, _ := bytes.Cut(b, []byte(") ")) // the name may hold spaces
	f := bytes.Fields(rest)
	if len(f) < 22 {
		return u, false
	}
	number := func(i int) int64 { n, _ := strconv.ParseInt(string(f[i]), 10, 64); return n }
	return taken{memory: number(21) * int64(os.Getpagesize()), cpu: time.Duration(number(11)+number(12)) * tick}, true
}

// machineMemory reads /proc/meminfo.
func machineMemory() (total, available int64, ok bool) {
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, 0, false
	}
	for line := range bytes.Lines(b) {
		f := bytes.Fields(line)
		if len(f) < 2 {
			continue
		}
		n, _ := strconv.ParseInt(string(f[1]), 10, 64)
		switch string(f[0]) {
		case "MemTotal:":
			total = n << 10
		case "MemAvailable:":
			available = n << 10
		}
	}
	return total, available, total > 0
}

// connect tells the ports, for clients of an older protocol.
func (k *kernel) connect(*request) (content, error) {
	at := k.at
	return content{
		"shell_port": at.Shell, "iopub_port": at.IOPub, "stdin_port": at.Stdin,
		"control_port": at.Control, "hb_port": at.Heartbeat,
	}, nil
}
