package worker

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// lastWords reads the standard error of a worker. A dying Go program says there
// why it dies; that is kept as the reason. Anything else was meant for the
// user.
type lastWords struct {
	stray func(string)

	mu   sync.Mutex
	text []byte // from the first line that may be of a dying program on
}

// keepWords is how much of a dying program's text is kept.
const keepWords = 64 << 10

func newLastWords(stray func(string)) *lastWords { return &lastWords{stray: stray} }

// deathMarks begin the text of a dying Go program.
var deathMarks = []string{"panic: ", "fatal error: ", "runtime: ", "unexpected fault address", "SIG", "fatal: "}

func (l *lastWords) read(r io.Reader) {
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			l.add(buf[:n])
		}
		if err != nil {
			return
		}
	}
}

func (l *lastWords) add(b []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.text == nil {
		at := deathAt(b)
		if at > 0 {
			l.stray(string(b[:at]))
		}
		if at == len(b) {
			return
		}
		b = b[at:]
		l.text = []byte{}
		time.AfterFunc(2*time.Second, l.release)
	}
	l.text = append(l.text, b[:min(len(b), keepWords-len(l.text))]...)
}

// release passes on what looked like a death: the worker is still alive.
func (l *lastWords) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.text) > 0 {
		l.stray(string(l.text))
	}
	l.text = nil
}

// deathAt is where the text of a dying program begins in b; its length if it
// does not.
func deathAt(b []byte) int {
	for at := 0; at < len(b); {
		for _, m := range deathMarks {
			if bytes.HasPrefix(b[at:], []byte(m)) {
				return at
			}
		}
		n := bytes.IndexByte(b[at:], '\n')
		if n < 0 {
			break
		}
		at += n + 1
	}
	return len(b)
}

// reason is the first paragraph of the last words, and the functions that the
// first goroutine was in.
func (l *lastWords) reason() (reason string, trace []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	head, rest, _ := strings.Cut(string(l.text), "\n\n")
	l.text = nil
	const maxReason = 2000
	if len(head) > maxReason {
		head = head[:maxReason] + "…"
	}
	first, _, _ := strings.Cut(rest, "\n\n")
	const maxFrames = 8
	for _, line := range strings.Split(first, "\n") {
		if line != "" && !strings.HasPrefix(line, "\t") && !strings.HasPrefix(line, "goroutine ") && len(trace) < maxFrames {
			name, _, _ := strings.Cut(line, "(0x")
			trace = append(trace, name)
		}
	}
	return strings.TrimSpace(head), trace
}

// isEnd tells whether an error is the end of the pipe, not a fault in it.
func isEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrClosed)
}
