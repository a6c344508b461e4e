//go:build unix

package session

import (
	"errors"
	"io"
	"syscall"

	"golang.org/x/sys/unix"
)

// take reads what has arrived, or waits for something. It sets taking before
// anything leaves the pipe, so that quiet never misses what is on its way.
func (p *pipe) take(chunk []byte) (n int, err error) {
	raw, err := p.r.SyscallConn()
	if err != nil {
		return 0, err
	}
	waitErr := raw.Read(func(fd uintptr) bool {
		before := p.taking.Swap(true)
		for {
			if n, err = syscall.Read(int(fd), chunk); err != syscall.EINTR {
				break
			}
		}
		if err == syscall.EAGAIN {
			p.taking.Store(before)
			return false
		}
		return true
	})
	switch {
	case waitErr != nil:
		return 0, waitErr
	case err != nil:
		return 0, err
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// quiet tells that all that was written has been delivered. What it saves is
// the way of a mark through the pipe and the reader.
func (p *pipe) quiet() (quiet bool) {
	raw, err := p.r.SyscallConn()
	if err != nil {
		return false
	}
	err = raw.Control(func(fd uintptr) {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := unix.Poll(fds, 0)
		quiet = n == 0 && err == nil && !p.taking.Load()
	})
	return quiet && err == nil
}

// standOut makes the pipe file descriptor 1 of the process. Descriptor 2 stays:
// the last words of the Go runtime must leave the process.
func (p *pipe) standOut() (restore func(), err error) {
	saved, err := unix.FcntlInt(1, unix.F_DUPFD_CLOEXEC, 10)
	if err != nil {
		return nil, err
	}
	raw, err := p.w.SyscallConn()
	if err != nil {
		return nil, err
	}
	var failed error
	err = raw.Control(func(fd uintptr) { failed = unix.Dup2(int(fd), 1) })
	return func() { unix.Dup2(saved, 1); unix.Close(saved) }, errors.Join(err, failed)
}
