//go:build unix

package kernel

import "syscall"

// alive tells whether a process exists.
func alive(pid int) bool { return syscall.Kill(pid, 0) != syscall.ESRCH }
