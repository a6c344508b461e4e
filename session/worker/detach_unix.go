//go:build unix

package worker

import (
	"os/exec"
	"syscall"
)

// detach keeps Ctrl-C on a terminal from the worker: the parent decides what it
// means.
func detach(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
