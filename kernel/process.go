package kernel

import (
	"context"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

// watchParent stops the kernel when the process that started it is gone: nobody
// would ever shut it down. JPY_PARENT_PID names that process; where the kernel
// runs below a wrapper, the process itself is looked for.
func watchParent(ctx context.Context, stop func()) {
	const every = time.Second
	pid, err := strconv.Atoi(os.Getenv("JPY_PARENT_PID"))
	if err != nil || pid <= 1 {
		return
	}
	gone := func() bool { return !alive(pid) }
	if os.Getppid() == pid {
		gone = func() bool { return os.Getppid() != pid }
	}
	for !gone() {
		select {
		case <-ctx.Done():
			return
		case <-time.After(every):
		}
	}
	stop()
}

// forwardSignals makes SIGINT interrupt the cell and SIGTERM end the kernel.
func forwardSignals(ctx context.Context, stop, interrupt func()) {
	c := make(chan os.Signal, 4)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(c)
	for {
		select {
		case s := <-c:
			if s != os.Interrupt {
				stop()
				return
			}
			interrupt()
		case <-ctx.Done():
			return
		}
	}
}
