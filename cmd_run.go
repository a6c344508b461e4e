package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"golang.org/x/term"

	"github.com/ingot-go/ingot/notebook"
	"github.com/ingot-go/ingot/repl"
	"github.com/ingot-go/ingot/session"
)

// exitStatus ends the program with a status and without a message.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// runREPL is the terminal, or what stands at the other end of a pipe.
func runREPL(ctx context.Context) error {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return inProcess(ctx, nil, func(ctx context.Context, b repl.Batch) error { return b.Lines(ctx, os.Stdin) })
	}
	s, err := startWorker()
	if err != nil {
		return err
	}
	defer s.Close()
	return repl.Run(ctx, repl.Config{
		Session: s,
		Banner:  fmt.Sprintf("Ingot %s: Go arrays, lazy and differentiable. :help lists the commands, Ctrl-D leaves.", version),
		History: stateFile("history"),
	})
}

// stateFile is where things are kept that outlive a session, such as the
// history of the REPL; "" if there is no place, or INGOT_HISTORY is "off".
func stateFile(name string) string {
	if os.Getenv("INGOT_HISTORY") == "off" {
		return ""
	}
	if dir := os.Getenv("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "ingot", name)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".local", "state", "ingot", name)
}

func runCode(ctx context.Context, code string) error {
	return inProcess(ctx, os.Stdin, func(ctx context.Context, b repl.Batch) error { return b.Code(ctx, code) })
}

// inProcess evaluates without a worker: the program ends with its cells, so
// there is nothing for a supervisor to save.
func inProcess(ctx context.Context, in *os.File, f func(context.Context, repl.Batch) error) error {
	s, err := newSession()
	if err != nil {
		return err
	}
	defer s.Close()
	defer onInterrupt(s)()
	b := repl.Batch{Session: s, Out: realStdout, Err: realStderr}
	if in != nil {
		b.In = in
	}
	return f(ctx, b)
}

// realStdout and realStderr stay what they were when a session captures the
// streams of the process.
var realStdout, realStderr = os.Stdout, os.Stderr

// onInterrupt makes Ctrl-C stop the running cell until the result is called. A
// second Ctrl-C ends the program.
func onInterrupt(s session.Session) (stop func()) {
	c := make(chan os.Signal, 2)
	signal.Notify(c, os.Interrupt)
	go func() {
		if _, ok := <-c; !ok {
			return
		}
		s.Interrupt()
		if _, ok := <-c; ok {
			os.Exit(130)
		}
	}()
	return func() { signal.Stop(c); close(c) }
}

func runFile(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("run", flag.ContinueOnError)
	out := f.String("o", "", "")
	// The flag may stand before or after the file.
	if len(args) > 0 && args[0] != "-o" && args[0] != "--o" {
		args = append(append([]string{}, args[1:]...), args[0])
	}
	if err := parse(f, args, 1); err != nil {
		return err
	}
	switch path := f.Arg(0); filepath.Ext(path) {
	case ".ipynb":
		return runNotebook(ctx, path, *out)
	case ".go":
		if *out != "" {
			return usagef("run: -o is for notebooks")
		}
		code, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("run: %w", err)
		}
		return inProcess(ctx, os.Stdin, func(ctx context.Context, b repl.Batch) error { return b.Code(ctx, string(code)) })
	default:
		return usagef("run: %s is neither a .go nor a .ipynb file", path)
	}
}

// runNotebook executes a notebook in its own folder, as Jupyter does. What has
// been computed is written also when a cell fails.
func runNotebook(ctx context.Context, path, out string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("run: %w", err)
	}
	nb, err := notebook.Read(file)
	file.Close()
	if err != nil {
		return fmt.Errorf("run: %s: %w", path, err)
	}
	if out == "" {
		out = path
	}
	if out, err = filepath.Abs(out); err != nil {
		return err
	}
	if err := os.Chdir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("run: %w", err)
	}
	s, err := startWorker()
	if err != nil {
		return err
	}
	defer s.Close()
	failed := nb.Run(ctx, s, nil)
	to, err := os.Create(out)
	if err != nil {
		return fmt.Errorf("run: %w", err)
	}
	if err := nb.Write(to); err != nil {
		return err
	}
	if err := to.Close(); err != nil {
		return fmt.Errorf("run: %w", err)
	}
	if failed != nil {
		return fmt.Errorf("run: %s: %w", filepath.Base(path), failed)
	}
	return nil
}
