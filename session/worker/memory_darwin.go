package worker

import "golang.org/x/sys/unix"

func defaultMemory() int64 {
	total, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return 0
	}
	return share(total)
}
