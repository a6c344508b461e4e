package worker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/display/safejson"
	"github.com/ingot-go/ingot/session"
)

// Options are for the child. Open makes the session; it is called once, after
// the pipe has been secured, so that the session may capture os.Stdout.
type Options struct {
	Version string
	Open    func() (session.Session, error)
}

// Serve runs the session for the supervisor that started this process, until
// that closes the pipe or is gone. Standard input and output belong to the pipe
// from here on: os.Stdin becomes empty and os.Stdout the standard error.
func Serve(o Options) error {
	in, out := os.Stdin, os.Stdout
	null, err := os.Open(os.DevNull)
	if err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	os.Stdin, os.Stdout = null, os.Stderr
	return serve(in, out, o)
}

// serve is Serve over any pipe.
func serve(in io.Reader, out io.WriteCloser, o Options) error {
	c := &child{
		out: &pipeWriter{w: out}, r: bufio.NewReaderSize(in, 64<<10),
		cells: map[uint32]context.CancelFunc{}, asks: map[uint32]chan answerBody{},
	}
	c.credit.init()
	if err := c.greet(o.Version); err != nil {
		return err
	}
	s, err := o.Open()
	if err != nil {
		c.out.send(frame{kind: failed}, failedBody{Message: err.Error()})
		return err
	}
	c.session = s
	if err := c.out.send(frame{kind: ready}, nil); err != nil {
		return err
	}
	for {
		f, err := readFrame(c.r)
		if errors.Is(err, io.EOF) || f.kind == leave {
			return nil // the process ends, and with it what still runs
		}
		if err != nil {
			return err
		}
		c.handle(f)
	}
}

// child is the worker's end of the pipe.
type child struct {
	out     *pipeWriter
	r       *bufio.Reader
	session session.Session
	credit  window

	mu    sync.Mutex
	cells map[uint32]context.CancelFunc
	asks  map[uint32]chan answerBody
	seq   uint32 // of the last ask
}

func (c *child) greet(version string) error {
	mine := helloBody{Protocol: protocol, Version: version}
	if err := c.out.send(frame{kind: hello}, mine); err != nil {
		return err
	}
	f, err := readFrame(c.r)
	if err != nil {
		return err
	}
	var theirs helloBody
	if f.kind != hello {
		return fmt.Errorf("worker pipe: frame of kind %d came before the greeting", f.kind)
	}
	if err := f.into(&theirs); err != nil {
		return err
	}
	limitMemory(theirs.Memory)
	return nil
}

// handle starts what a frame asks for. It never waits: the pipe must be read
// while a cell runs.
func (c *child) handle(f frame) {
	switch f.kind {
	case eval:
		ctx, stop := context.WithCancel(context.Background())
		c.mu.Lock()
		c.cells[f.cell] = stop
		c.mu.Unlock()
		go c.eval(ctx, f)
	case cancel:
		c.mu.Lock()
		stop := c.cells[f.cell]
		c.mu.Unlock()
		if stop != nil {
			stop()
		}
	case interrupt:
		c.session.Interrupt()
	case credit:
		var b creditBody
		if f.into(&b) == nil {
			c.credit.add(b.Bytes)
		}
	case answer:
		var b answerBody
		if f.into(&b) == nil {
			c.answered(f.seq, b)
		}
	case complete, inspect, isComplete, variables, reset:
		go c.question(f)
	}
}

func (c *child) eval(ctx context.Context, f frame) {
	var cell session.Cell
	var res session.Result
	if err := f.into(&cell); err != nil {
		res.Err = &session.Error{Name: session.InternalError, Message: err.Error()}
	} else {
		res = c.session.Eval(ctx, cell, &childSink{c, f.cell})
	}
	c.mu.Lock()
	c.cells[f.cell]()
	delete(c.cells, f.cell)
	c.mu.Unlock()
	body, blobs := packResult(res)
	if err := c.out.send(frame{kind: reply, cell: f.cell, seq: f.seq, blobs: blobs}, body); err != nil {
		c.out.send(frame{kind: reply, cell: f.cell, seq: f.seq}, resultBody{Result: displayFailure(err)})
	}
}

func (c *child) question(f frame) {
	var q questionBody
	if f.into(&q) != nil {
		return
	}
	ctx := context.Background()
	var body any
	switch f.kind {
	case complete:
		body = c.session.Complete(ctx, q.Code, q.Cursor)
	case inspect:
		body = c.session.Inspect(ctx, q.Code, q.Cursor, q.Detail)
	case isComplete:
		body = c.session.IsComplete(q.Code)
	case variables:
		body = c.session.Variables()
	case reset:
		b := failedBody{}
		if err := c.session.Reset(ctx); err != nil {
			b.Message = err.Error()
		}
		body = b
	}
	enc, err := safejson.Marshal(body)
	if err != nil {
		enc = []byte("{}")
	}
	c.out.send(frame{kind: reply, seq: f.seq, body: enc}, nil)
}

func (c *child) answered(seq uint32, b answerBody) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ch := c.asks[seq]; ch != nil {
		ch <- b
		delete(c.asks, seq)
	}
}

// childSink sends the events of one cell.
type childSink struct {
	c    *child
	cell uint32
}

// Emit waits, for streams only, until the supervisor has taken enough of what
// was sent before.
func (s *childSink) Emit(e display.Event) {
	f := frame{cell: s.cell}
	var body any = e
	var err error
	switch e := e.(type) {
	case display.Stream:
		s.c.credit.take(len(e.Text))
		f.kind, f.blobs = stream, [][]byte{[]byte(e.Text)} // bytes: it may be cut inside a character
		s.c.out.send(f, display.Stream{Name: e.Name})
		return
	case display.Data:
		d := dataBody{ID: e.ID, Update: e.Update}
		d.bundleBody, f.blobs, err = packBundle(e.Bundle)
		f.kind, body = data, d
	case display.Clear:
		f.kind = wipe
	case display.Comm:
		f.kind, f.blobs, body = comm, e.Buffers, nil
		f.body, err = safejson.Marshal(e)
	default:
		return // a death is the supervisor's to tell
	}
	if err == nil {
		err = s.c.out.send(f, body)
	}
	if err != nil {
		s.Emit(display.Stream{Name: "stderr", Text: "not shown: " + err.Error() + "\n"})
	}
}

func (s *childSink) Input(ctx context.Context, prompt string, password bool) (string, error) {
	ch := make(chan answerBody, 1)
	s.c.mu.Lock()
	s.c.seq++
	seq := s.c.seq
	s.c.asks[seq] = ch
	s.c.mu.Unlock()
	s.c.out.send(frame{kind: ask, cell: s.cell, seq: seq}, askBody{prompt, password})
	select {
	case b := <-ch:
		return b.Text, b.err()
	case <-ctx.Done():
		s.c.mu.Lock()
		delete(s.c.asks, seq)
		s.c.mu.Unlock()
		s.c.out.send(frame{kind: unask, cell: s.cell, seq: seq}, nil)
		return "", ctx.Err()
	}
}

const (
	errEOF  = "eof"
	errNone = "none"
)

func (b answerBody) err() error {
	switch b.Err {
	case "":
		return nil
	case errEOF:
		return io.EOF
	case errNone:
		return display.ErrNoInput
	}
	return errors.New(b.Err)
}

func errorText(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, io.EOF):
		return errEOF
	case errors.Is(err, display.ErrNoInput):
		return errNone
	}
	return err.Error()
}

// windowSize is how many bytes of stream output may be under way.
const windowSize = 256 << 10

// window is the credit for stream output.
type window struct {
	mu    sync.Mutex
	free  int
	grown *sync.Cond
}

func (w *window) init() { w.free, w.grown = windowSize, sync.NewCond(&w.mu) }

// take waits until any credit is left, and may overdraw it: a text of any size
// passes.
func (w *window) take(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.free <= 0 {
		w.grown.Wait()
	}
	w.free -= n
}

func (w *window) add(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.free += n
	w.grown.Broadcast()
}
