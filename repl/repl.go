// Package repl is the terminal: an interactive loop with editing, history and
// completion, and a batch mode for pipes and one-liners.
//
// All output of the user interface follows a few rules. Values go to standard
// output, errors and warnings to standard error. Prompts and colours appear
// only on a terminal. Nothing is lost when a cell fails: the source stays in
// the history and the variables stay as they are.
package repl

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/ingot-go/ingot/session"
)

// Config is what an interactive loop needs.
type Config struct {
	Session session.Session
	Banner  string // printed first, if not empty
	History string // file that keeps the history; empty for none
}

// Run reads cells from the terminal and evaluates them until the user leaves
// with Ctrl-D or :quit.
func Run(ctx context.Context, c Config) error {
	ed, err := newEditor(c.Session, c.History)
	if err != nil {
		return err
	}
	s := &screen{out: os.Stdout, err: os.Stderr, in: bufio.NewReader(os.Stdin), tty: true}
	if c.Banner != "" {
		fmt.Println(c.Banner)
	}
	for n := 1; ; {
		code, err := ed.read(n)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errCancelled):
			continue
		case err != nil:
			return err
		}
		switch strings.TrimSpace(code) {
		case "":
			continue
		case ":quit", ":q", "%quit", "exit", "quit":
			return nil
		}
		r := evalInterruptibly(ctx, c.Session, s, n, code)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if r.Next != nil {
			if err := ed.offer(*r.Next); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}
		n++
	}
}

// evalInterruptibly runs one cell; Ctrl-C stops the cell, not the program.
func evalInterruptibly(ctx context.Context, sess session.Session, s *screen, n int, code string) session.Result {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	done := make(chan struct{})
	defer func() {
		signal.Stop(signals)
		close(done)
	}()
	go func() {
		for {
			select {
			case <-signals:
				sess.Interrupt()
			case <-done:
				return
			}
		}
	}()
	r := sess.Eval(ctx, session.Cell{N: n, Code: code, AllowStdin: true}, s)
	s.result(r, fmt.Sprintf("\x1b[31mOut[%d]:\x1b[0m ", n))
	fmt.Println()
	return r
}
