package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/hook"
	"github.com/ingot-go/ingot/session"
	"github.com/ingot-go/ingot/session/bind"
	modules "github.com/ingot-go/ingot/session/module"
	"github.com/ingot-go/ingot/session/worker"
)

const arrays = "github.com/ingot-go/ingot/mlx"

// sessionOptions put the parts together: the bound packages, what operators on
// arrays mean, and where arrays learn about the running cell.
func sessionOptions() session.Options {
	hook.Where, hook.Stop = session.Where, session.Stop
	from := modules.Environment()
	return session.Options{
		Bindings:  bind.All(),
		Operators: session.ArrayOperators(arrays, "Array"),
		Device:    mlx.DeviceName,
		Modules:   &from,
	}
}

// newSession evaluates in this process.
func newSession() (session.Session, error) { return session.New(sessionOptions()) }

// executable is the path of this program, with links resolved: a link may be
// moved, and what was installed or started through it must go on working.
func executable() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(exe); err == nil {
		return real, nil
	}
	return exe, nil
}

// startWorker evaluates in a child process.
func startWorker() (session.Session, error) {
	exe, err := executable()
	if err != nil {
		return nil, err
	}
	return worker.Start(worker.Config{Command: []string{exe, "worker"}, Version: build()})
}

// build tells this program from any other: a worker that starts later may be
// what the program was replaced by meanwhile.
func build() string {
	exe, err := executable()
	if err != nil {
		return version
	}
	info, err := os.Stat(exe)
	if err != nil {
		return version
	}
	return fmt.Sprintf("%s of %s, %d bytes", version, info.ModTime().Format("2006-01-02 15:04:05.000"), info.Size())
}

// runWorker is the child's side of startWorker.
func runWorker(context.Context, []string) error {
	in := os.Stdin
	os.Stdin = nil // cells ask through their sink
	out, err := worker.Detach(os.Stdout)
	if err != nil {
		return err
	}
	worker.GuardMemory()
	o := sessionOptions()
	o.CaptureProcess = true
	s, err := session.New(o)
	if err != nil {
		return err
	}
	save := recordPlans(os.Getenv("INGOT_RECORD"))
	if err := worker.Serve(s, build(), in, out); err != nil {
		return err
	}
	return save()
}

// recordPlans remembers the plans that cells evaluate; the result saves them in
// dir, so that other backends can be tested on them. With no dir it does nothing.
func recordPlans(dir string) (save func() error) {
	if dir == "" {
		return func() error { return nil }
	}
	rec := &backend.Recorder{}
	rec.Backend = mlx.SetBackend(rec)
	return func() error { return backend.Save(dir, rec.Records()) }
}
