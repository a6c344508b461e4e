package repl

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session"
)

// screen writes the events of cells as text. On a terminal a one-line output
// that is updated, such as a progress bar, is redrawn in place; elsewhere only
// its last state is written.
type screen struct {
	mu     sync.Mutex
	out    io.Writer
	err    io.Writer
	in     *bufio.Reader // answers input requests; nil if nobody can
	tty    bool
	liveID string // the output that can still be redrawn
	live   string // its text
	column int    // 0 when the next byte starts a line
}

// Emit implements [display.Sink].
func (s *screen) Emit(e display.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := e.(type) {
	case display.Stream:
		s.settle()
		if e.Name == "stderr" {
			io.WriteString(s.err, e.Text)
			return
		}
		s.write(e.Text)
	case display.Data:
		s.data(e)
	case display.Clear:
		s.liveID, s.live = "", ""
		if s.tty && s.column > 0 {
			s.write("\r\x1b[2K")
			s.column = 0
		}
	case display.Death:
		s.settle() // the error of the cell tells the rest
	}
}

func (s *screen) data(e display.Data) {
	text, _ := e.Data["text/plain"].(string)
	switch {
	case e.Update && e.ID != s.liveID:
		return // it has scrolled away
	case e.Update && s.tty:
		s.write("\r\x1b[2K")
	case !e.Update:
		s.settle()
		s.freshLine()
	}
	if e.ID == "" || strings.Contains(text, "\n") {
		s.write(text + "\n")
		return
	}
	s.liveID, s.live = e.ID, text
	if s.tty {
		s.write(text)
	}
}

// settle ends the output that could be redrawn.
func (s *screen) settle() {
	if s.liveID == "" {
		return
	}
	if s.tty {
		s.write("\n")
	} else {
		s.write(s.live + "\n")
	}
	s.liveID, s.live = "", ""
}

func (s *screen) write(text string) {
	if text == "" {
		return
	}
	io.WriteString(s.out, text)
	s.column = len(text) - 1 - strings.LastIndexByte(text, '\n')
}

// freshLine ends a line that a cell has begun with fmt.Print.
func (s *screen) freshLine() {
	if s.column > 0 {
		s.write("\n")
	}
}

// result writes how a cell ended; label stands before the value.
func (s *screen) result(r session.Result, label string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	for _, w := range r.Warnings {
		fmt.Fprintf(s.err, "warning: %s\n", w)
	}
	if r.Value != nil {
		s.freshLine()
		text, _ := r.Value.Data["text/plain"].(string)
		if strings.Contains(text, "\n") && label != "" {
			label += "\n"
		}
		s.write(label + text + "\n")
	}
	if r.Err != nil {
		s.freshLine()
		if s.tty {
			fmt.Fprintln(s.err, strings.Join(r.Err.Traceback(), "\n"))
		} else {
			fmt.Fprintln(s.err, r.Err.Report())
		}
	}
}

// Input implements [display.Sink]. A password is echoed only where the
// terminal cannot be told not to.
func (s *screen) Input(ctx context.Context, prompt string, password bool) (string, error) {
	if s.in == nil {
		return "", display.ErrNoInput
	}
	s.mu.Lock()
	s.settle()
	s.write(prompt)
	s.column = 0
	s.mu.Unlock()
	if password && s.tty {
		return readPassword(s.out)
	}
	line, err := s.in.ReadString('\n')
	if err != nil && line == "" {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
