package kernel

import "os"

// alive tells whether a process exists: Windows refuses to open others.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	p.Release()
	return true
}
