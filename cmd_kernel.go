package main

import (
	"context"
	"flag"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/ingot-go/ingot/kernel"
)

// runKernel serves a Jupyter client. Cells run in a worker, which starts while
// the sockets are opened.
func runKernel(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("kernel", flag.ContinueOnError)
	remote := f.Bool("allow-remote", false, "")
	if err := parse(f, args, 1); err != nil {
		return err
	}
	// This process only passes messages on. Each is handed from goroutine to
	// goroutine, which takes longer when another thread is woken for it.
	runtime.GOMAXPROCS(1)
	debug.SetMemoryLimit(88 << 20) // it holds little but what is on its way
	s, err := startWorker()
	if err != nil {
		return err
	}
	defer s.Close()
	return kernel.Run(ctx, f.Arg(0), kernel.Config{
		Session: s, Version: version, Remote: *remote, History: stateFile("kernel-history.jsonl"), Log: os.Stderr,
	})
}
