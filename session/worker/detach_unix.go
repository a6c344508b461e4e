//go:build unix

package worker

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Detach gives the worker's side of the pipe a number of its own, so that what
// cells write to file descriptor 1 is not taken for frames.
func Detach(out *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(out.Fd(), unix.F_DUPFD_CLOEXEC, 10)
	if err != nil {
		return nil, fmt.Errorf("worker: standard output: %w", err)
	}
	return os.NewFile(uintptr(fd), "frames"), nil
}
