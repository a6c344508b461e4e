package repl

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ingot-go/ingot/session"
)

// ErrFailed says that a cell failed and that its error has been written.
var ErrFailed = errors.New("a cell failed")

// Batch evaluates cells without a terminal: values are written one below the
// other, without prompts and colours, and the first error ends the run.
type Batch struct {
	Session session.Session
	Out     io.Writer
	Err     io.Writer
	In      io.Reader // answers input requests; may be nil
}

func (b Batch) screen() *screen {
	s := &screen{out: b.Out, err: b.Err}
	if b.In != nil {
		s.in = bufio.NewReader(b.In)
	}
	return s
}

// Code evaluates one text as one cell. A func main that is declared alone, as
// in a Go program, is called.
func (b Batch) Code(ctx context.Context, code string) error {
	return b.eval(ctx, b.screen(), 1, code)
}

// Lines evaluates r piece by piece: as soon as the lines read make a complete
// cell, it runs.
func (b Batch) Lines(ctx context.Context, r io.Reader) error {
	s := b.screen()
	in := bufio.NewReader(r)
	n := 0
	var cell strings.Builder
	for {
		line, err := in.ReadString('\n')
		cell.WriteString(line)
		code := cell.String()
		if err != nil && err != io.EOF {
			return fmt.Errorf("standard input: %w", err)
		}
		if strings.TrimSpace(code) != "" && (err == io.EOF || b.Session.IsComplete(code).Status != "incomplete") {
			n++
			cell.Reset()
			if err := b.eval(ctx, s, n, code); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

func (b Batch) eval(ctx context.Context, s *screen, n int, code string) error {
	r := b.Session.Eval(ctx, session.Cell{N: n, Code: code, AllowStdin: s.in != nil}, s)
	s.result(r, "")
	if r.Err != nil {
		return ErrFailed
	}
	return ctx.Err()
}
