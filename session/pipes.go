package session

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ingot-go/ingot/session/exec"
	"github.com/ingot-go/ingot/session/rt"
)

// pipes catch what is written to the files os.Stdout and os.Stderr as such: by
// compiled code, or by a cell that uses the file itself. What cells print goes
// a shorter way, through rt.Writer, which also knows the cell.
type pipes struct {
	out, err *pipe
	restore  func()
	flushing sync.Mutex
}

type pipe struct {
	name   string
	r, w   *os.File
	mark   []byte      // never occurs in output; it ends a flush
	taking atomic.Bool // between taking something out of the pipe and its delivery
	marks  chan struct{}
	closed chan struct{}
}

func newPipes(deliver func(name, text string), process bool) (*pipes, error) {
	p := &pipes{restore: func() {}}
	var err error
	if p.out, err = newPipe("stdout", deliver); err != nil {
		return nil, err
	}
	if p.err, err = newPipe("stderr", deliver); err != nil {
		return nil, err
	}
	if process {
		out, errf, lw := os.Stdout, os.Stderr, log.Writer()
		back, err := p.out.standOut()
		if err != nil {
			return nil, err
		}
		os.Stdout, os.Stderr = p.out.w, p.err.w
		log.SetOutput(rt.Writer{Name: "stderr", Else: errf})
		p.restore = func() { back(); os.Stdout, os.Stderr = out, errf; log.SetOutput(lw) }
	}
	return p, nil
}

func newPipe(name string, deliver func(name, text string)) (*pipe, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("pipe for %s: %w", name, err)
	}
	p := &pipe{name: name, r: r, w: w, marks: make(chan struct{}, 1), closed: make(chan struct{})}
	p.mark = fmt.Appendf(nil, "\x00\x1bflush-%p\x00", p)
	go p.read(deliver)
	return p, nil
}

// read delivers what arrives, and tells flush when it sees the mark.
func (p *pipe) read(deliver func(name, text string)) {
	defer close(p.closed)
	var buf []byte
	chunk := make([]byte, 32<<10)
	for {
		n, err := p.take(chunk)
		buf = append(buf, chunk[:n]...)
		for {
			i := bytes.Index(buf, p.mark)
			if i < 0 {
				break
			}
			if i > 0 {
				deliver(p.name, string(buf[:i]))
			}
			buf = append([]byte{}, buf[i+len(p.mark):]...)
			p.marks <- struct{}{}
		}
		if keep := partial(buf, p.mark); len(buf) > keep {
			deliver(p.name, string(buf[:len(buf)-keep]))
			buf = append([]byte{}, buf[len(buf)-keep:]...)
		}
		p.taking.Store(len(buf) > 0)
		if err != nil {
			if len(buf) > 0 {
				deliver(p.name, string(buf))
			}
			return
		}
	}
}

// partial is the length of the longest end of buf that may begin the mark.
func partial(buf, mark []byte) int {
	for n := min(len(buf), len(mark)-1); n > 0; n-- {
		if bytes.HasPrefix(mark, buf[len(buf)-n:]) {
			return n
		}
	}
	return 0
}

// flush waits until everything written so far has been delivered.
func (p *pipes) flush() {
	p.flushing.Lock()
	defer p.flushing.Unlock()
	both := []*pipe{p.out, p.err}
	var marked []*pipe
	for _, q := range both {
		if q.quiet() {
			continue
		}
		if _, err := q.w.Write(q.mark); err == nil {
			marked = append(marked, q)
		}
	}
	for _, q := range marked {
		select {
		case <-q.marks:
		case <-q.closed:
		case <-time.After(time.Second): // the sink does not take it
		}
	}
}

// bind gives cells the pipes as os.Stdout and os.Stderr.
func (p *pipes) bind(symbols exec.Symbols) exec.Symbols {
	table := symbols["os"]
	if table == nil {
		return symbols
	}
	out := maps.Clone(symbols)
	out["os"] = func() map[string]reflect.Value {
		m := table()
		m["Stdout"] = reflect.ValueOf(&p.out.w).Elem()
		m["Stderr"] = reflect.ValueOf(&p.err.w).Elem()
		return m
	}
	return out
}

func (p *pipes) close() error {
	p.restore()
	for _, q := range []*pipe{p.out, p.err} {
		if err := q.w.Close(); err != nil && err != io.ErrClosedPipe {
			return err
		}
		<-q.closed
		q.r.Close()
	}
	return nil
}
