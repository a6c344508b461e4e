package rt

import (
	"io"
	"strings"
)

// Writer is the standard output or error of cells: what is written goes to the
// cell that the writing goroutine belongs to.
type Writer struct {
	Name string // stdout or stderr
	Else io.Writer
}

func (w Writer) Write(p []byte) (int, error) {
	if c := Current(); c != nil {
		c.Stream(w.Name, string(p))
		return len(p), nil
	}
	return w.Else.Write(p)
}

// WriteString avoids a copy.
func (w Writer) WriteString(s string) (int, error) {
	if c := Current(); c != nil {
		c.Stream(w.Name, s)
		return len(s), nil
	}
	return io.WriteString(w.Else, s)
}

// Reader is the standard input of cells: it asks the client for a line at a
// time.
type Reader struct{}

func (Reader) Read(p []byte) (int, error) {
	c := Current()
	if c == nil {
		return 0, io.EOF
	}
	c.mu.Lock()
	rest := c.input
	c.mu.Unlock()
	if rest == "" {
		line, err := c.Ask(c.ctx)
		if c.Stopping() {
			panic(Interrupted{})
		}
		if err != nil {
			return 0, err
		}
		rest = strings.TrimSuffix(line, "\n") + "\n"
	}
	n := copy(p, rest)
	c.mu.Lock()
	c.input = rest[n:]
	c.mu.Unlock()
	return n, nil
}
