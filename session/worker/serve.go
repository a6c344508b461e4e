package worker

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/display/safejson"
	"github.com/ingot-go/ingot/session"
)

// Serve answers calls that arrive on in until in ends, which is when the parent
// has gone. It is what a worker process does; version must be the parent's.
func Serve(s session.Session, version string, in io.Reader, out io.Writer) error {
	signal.Ignore(os.Interrupt) // Ctrl-C is the parent's to handle
	c := &child{session: s, out: &wire{w: out}, calls: map[uint64]context.CancelFunc{}, asks: map[uint64]chan answer{}, end: make(chan error, 1)}
	c.room = sync.NewCond(&c.mu)
	c.credit = window
	in = bufio.NewReader(in)
	us := hello{protocol, version}
	if err := c.out.send(frame{kind: kindHello}, us); err != nil {
		return err
	}
	f, err := readFrame(in)
	if err != nil {
		return endOfPipe(err)
	}
	var them hello
	if err := json.Unmarshal(f.body, &them); err != nil || f.kind != kindHello {
		return fmt.Errorf("%w: no hello", errFrame)
	}
	if err := us.check(them); err != nil {
		return err
	}
	c.reading.Lock()
	go c.listen(in)
	return <-c.end
}

// listen reads frames until there are no more. A call is executed right here,
// which is sooner than in another goroutine: that one goes on listening. Two
// goroutines take turns as long as calls are short, and keep their stacks,
// which the front end makes grow.
func (c *child) listen(in io.Reader) {
	for c.turn(in) {
		if c.idle.Add(1) > 1 { // enough others wait for their turn
			c.idle.Add(-1)
			return
		}
		c.reading.Lock()
		c.idle.Add(-1)
	}
}

// turn reads up to the next call and executes it; it has the turn when it is
// called and passes it on before the call. It tells whether there may be more.
func (c *child) turn(in io.Reader) bool {
	for {
		f, err := readFrame(in)
		if err != nil {
			c.end <- endOfPipe(err)
			return false
		}
		run, err := c.handle(f)
		if err != nil {
			c.end <- err
			return false
		}
		if run == nil {
			continue
		}
		if c.idle.Load() == 0 {
			go func() {
				c.reading.Lock()
				c.listen(in)
			}()
		}
		c.reading.Unlock()
		run()
		return true
	}
}

// endOfPipe turns the parent's going into success.
func endOfPipe(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

// child is the state of a worker process.
type child struct {
	session session.Session
	out     *wire
	end     chan error   // of the listener
	reading sync.Mutex   // held by the goroutine that listens
	idle    atomic.Int64 // goroutines that wait to listen

	mu     sync.Mutex
	room   *sync.Cond // signalled when credit grows or output is to be dropped
	credit int
	drop   bool // an interrupted cell's output is dropped rather than waited for
	calls  map[uint64]context.CancelFunc
	asks   map[uint64]chan answer
	askSeq uint64
}

// handle deals with one frame, except for executing the call that it may bring:
// run does that. It never waits for a cell.
func (c *child) handle(f frame) (run func(), err error) {
	switch f.kind {
	case kindCall:
		var call call
		if err := json.Unmarshal(f.body, &call); err != nil {
			return nil, fmt.Errorf("%w: %v", errFrame, err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		c.mu.Lock()
		c.calls[f.seq] = cancel
		c.mu.Unlock()
		call.Comm.Buffers = f.blobs
		return func() { c.run(ctx, f.seq, call) }, nil
	case kindCancel:
		c.mu.Lock()
		if cancel := c.calls[f.seq]; cancel != nil {
			cancel()
		}
		c.mu.Unlock()
	case kindInterrupt:
		c.mu.Lock()
		c.drop = true
		c.room.Broadcast()
		c.mu.Unlock()
		go c.session.Interrupt()
	case kindCredit:
		var credit credit
		if err := json.Unmarshal(f.body, &credit); err != nil {
			return nil, fmt.Errorf("%w: %v", errFrame, err)
		}
		c.mu.Lock()
		c.credit += credit.Bytes
		c.room.Broadcast()
		c.mu.Unlock()
	case kindAnswer:
		var a answer
		if err := json.Unmarshal(f.body, &a); err != nil {
			return nil, fmt.Errorf("%w: %v", errFrame, err)
		}
		c.mu.Lock()
		reply := c.asks[f.seq]
		delete(c.asks, f.seq)
		c.mu.Unlock()
		if reply != nil {
			reply <- a
		}
	default:
		return nil, fmt.Errorf("%w: kind %d", errFrame, f.kind)
	}
	return nil, nil
}

// run executes one call and sends its reply.
func (c *child) run(ctx context.Context, seq uint64, call call) {
	reply, blobs := c.do(ctx, seq, call)
	c.mu.Lock()
	c.calls[seq]()
	delete(c.calls, seq)
	c.mu.Unlock()
	if err := c.out.send(frame{kind: kindReply, seq: seq, blobs: blobs}, reply); err != nil && reply != nil {
		// What cannot be sent is an error of the call, not the end of the pipe.
		fault := result{Outcome: session.Result{Err: &session.Error{Name: session.DisplayFailure, Message: err.Error()}}}
		c.out.send(frame{kind: kindReply, seq: seq}, fault)
	}
}

// do calls the method. Adding a method of Session to the pipe is one case here
// and one method of Supervisor.
func (c *child) do(ctx context.Context, seq uint64, call call) (reply any, blobs [][]byte) {
	switch call.Method {
	case "eval":
		c.accept()
		return packResult(c.session.Eval(ctx, call.Cell, sink{c, seq}))
	case "complete":
		return c.session.Complete(ctx, call.Code, call.Cursor), nil
	case "inspect":
		return c.session.Inspect(ctx, call.Code, call.Cursor, call.Detail), nil
	case "is_complete":
		return c.session.IsComplete(call.Code), nil
	case "comm":
		c.accept()
		return c.session.Comm(ctx, call.Comm, sink{c, seq}), nil
	case "variables":
		return c.session.Variables(), nil
	case "reset":
		if err := c.session.Reset(ctx); err != nil {
			return err.Error(), nil
		}
		return "", nil
	}
	return nil, nil
}

// accept takes output again, after an interrupt.
func (c *child) accept() {
	c.mu.Lock()
	c.drop = false
	c.mu.Unlock()
}

// packResult takes a result apart for the pipe.
func packResult(r session.Result) (result, [][]byte) {
	out := result{Outcome: r}
	if r.Value == nil {
		return out, nil
	}
	b, blobs, err := packBundle(*r.Value)
	if err != nil && out.Outcome.Err == nil {
		out.Outcome.Err = &session.Error{Name: session.DisplayFailure, Message: err.Error()}
	}
	out.Value, out.Outcome.Value = &b, nil
	return out, blobs
}

// sink sends the events of one cell to the parent.
type sink struct {
	*child
	cell uint64
}

func (s sink) Emit(e display.Event) {
	f := frame{cell: s.cell}
	switch e := e.(type) {
	case display.Stream:
		if !s.spend(len(e.Text)) {
			return
		}
		f.kind = kindStream
		s.out.send(f, e)
	case display.Data:
		b, blobs, err := packBundle(e.Bundle)
		if err != nil {
			s.Emit(display.Stream{Name: "stderr", Text: err.Error() + "\n"})
		}
		f.kind, f.blobs = kindData, blobs
		s.out.send(f, data{Bundle: b, ID: e.ID, Update: e.Update})
	case display.Clear:
		f.kind = kindClear
		s.out.send(f, e)
	case display.Comm:
		text, err := safejson.Marshal(e)
		if err != nil {
			s.Emit(display.Stream{Name: "stderr", Text: "display: " + e.Type + " not sent: " + err.Error() + "\n"})
			return
		}
		f.kind, f.blobs = kindComm, e.Buffers
		s.out.send(f, json.RawMessage(text))
	}
}

// spend waits until n more bytes of stream output may be sent; false means
// that they are to be dropped.
func (c *child) spend(n int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.credit <= 0 && !c.drop {
		c.room.Wait()
	}
	if c.credit <= 0 {
		return false
	}
	c.credit -= n
	return true
}

// Input asks the parent and waits for the answer.
func (s sink) Input(ctx context.Context, prompt string, password bool) (string, error) {
	reply := make(chan answer, 1)
	s.mu.Lock()
	s.askSeq++
	seq := s.askSeq
	s.asks[seq] = reply
	s.mu.Unlock()
	if err := s.out.send(frame{kind: kindAsk, seq: seq, cell: s.cell}, ask{prompt, password}); err != nil {
		return "", err
	}
	select {
	case a := <-reply:
		switch {
		case a.NoInput:
			return "", display.ErrNoInput
		case a.Err != "":
			return a.Text, errors.New(a.Err)
		}
		return a.Text, nil
	case <-ctx.Done():
		s.mu.Lock()
		delete(s.asks, seq)
		s.mu.Unlock()
		return "", ctx.Err()
	}
}
