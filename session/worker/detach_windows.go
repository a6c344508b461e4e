package worker

import (
	"os/exec"
	"syscall"
)

// detach keeps Ctrl-C on a console from the worker: the parent decides what it
// means.
func detach(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
