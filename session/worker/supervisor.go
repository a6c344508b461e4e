// Package worker runs a session in a child process and outlives it. What one
// process cannot contain, such as a fatal error, os.Exit or running out of
// memory, ends the child; the supervisor reports the cell, starts another
// child, and the next cell works.
//
//	s, err := worker.Start(worker.Config{Command: []string{exe, "worker"}, Version: version})
//
// The child calls [Serve]. doc/session.md describes the pipe between the two.
package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session"
)

// Config says how to start a worker.
type Config struct {
	Command []string // program and arguments
	Version string   // of the program; the worker's must be the same
	Env     []string // nil: this process's
	Dir     string   // "": this process's
}

// Patience with a worker that does not react.
const (
	cancelGrace    = 3 * time.Second // after its context is cancelled, until the worker is ended
	interruptGrace = 5 * time.Second // after a second interrupt
	resetGrace     = 5 * time.Second
	startGrace     = 20 * time.Second // until a new worker must have answered
)

// errClosed is the answer of a closed session.
var errClosed = errors.New("the session is closed")

// Supervisor is a session in a child process.
type Supervisor struct {
	config Config
	record record

	mu         sync.Mutex
	proc       *process
	closed     bool
	running    uint64 // the call that evaluates a cell; 0: none
	interrupts int    // of that cell
}

var _ session.Session = (*Supervisor)(nil)

// Start starts a worker. It does not wait until the worker is ready: the first
// call does.
func Start(c Config) (*Supervisor, error) {
	p, err := startProcess(c)
	if err != nil {
		return nil, err
	}
	s := &Supervisor{config: c, proc: p}
	go s.watch(p)
	return s, nil
}

// watch starts the next worker when one is gone.
func (s *Supervisor) watch(p *process) {
	<-p.dead
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.proc != p {
		return
	}
	if p.used() {
		s.replace()
		p.mourn()
	} // else it never worked: the next call says why, rather than trying for ever
}

// replace starts a worker in place of a dead one. s.mu is held.
func (s *Supervisor) replace() error {
	next, err := startProcess(s.config)
	if err != nil {
		return err
	}
	s.record.lose(session.Cell{Silent: true}) // no cell, if it was idle
	s.proc = next
	go s.watch(next)
	return nil
}

// live is the worker to talk to, ready to answer.
func (s *Supervisor) live(ctx context.Context) (*process, error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, errClosed
	}
	p := s.proc
	select {
	case <-p.dead:
		reason := p.reason
		err := s.replace()
		never := !p.used()
		p = s.proc
		s.mu.Unlock()
		if err != nil {
			return nil, err
		}
		if never {
			return nil, fmt.Errorf("the worker does not start: %s", reason)
		}
	default:
		s.mu.Unlock()
	}
	select {
	case <-p.ready:
		return p, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(startGrace):
		p.kill("the worker did not answer in time")
		return nil, errors.New("the worker did not answer in time")
	}
}

// Eval implements [session.Session].
func (s *Supervisor) Eval(ctx context.Context, c session.Cell, sink display.Sink) session.Result {
	start := time.Now()
	r := s.evalOrRestore(ctx, c, sink)
	r.Elapsed = time.Since(start)
	return r
}

func (s *Supervisor) evalOrRestore(ctx context.Context, c session.Cell, sink display.Sink) session.Result {
	if name, args, ok := session.ParseCommand(c.Code); ok && name == "restore" {
		return s.restore(ctx, args, sink)
	}
	return s.eval(ctx, c, sink)
}

func (s *Supervisor) eval(ctx context.Context, c session.Cell, sink display.Sink) session.Result {
	f, e := s.work(ctx, frame{}, call{Method: "eval", Cell: c}, sink)
	if e != nil {
		return session.Result{Err: e}
	}
	r := decodeResult(f, c)
	if name, _, ok := session.ParseCommand(c.Code); ok && name == "reset" {
		s.record.clear()
	} else if r.Err == nil && !c.Silent {
		s.record.add(c)
	}
	return r
}

// Comm implements [session.Session].
func (s *Supervisor) Comm(ctx context.Context, m display.Comm, sink display.Sink) *session.Error {
	f, e := s.work(ctx, frame{blobs: m.Buffers}, call{Method: "comm", Comm: m}, sink)
	if e != nil {
		return e
	}
	var failed *session.Error
	if err := json.Unmarshal(f.body, &failed); err != nil {
		return &session.Error{Name: session.InternalError, Message: err.Error()}
	}
	return failed
}

// work makes a call that runs code of cells, and sends it in the frame f.
func (s *Supervisor) work(ctx context.Context, f frame, c call, sink display.Sink) (frame, *session.Error) {
	p, err := s.live(ctx)
	if err != nil {
		return f, &session.Error{Name: session.WorkerDied, Message: err.Error(), Cell: c.Cell.N}
	}
	seq, reply := p.begin(sink)
	defer p.end(seq)
	s.mu.Lock()
	s.running, s.interrupts = seq, 0
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		if s.running == seq {
			s.running = 0
		}
		s.mu.Unlock()
	}()
	f.kind, f.seq = kindCall, seq
	if err := p.out.send(f, c); err != nil && !gone(p) {
		return f, &session.Error{Name: session.InternalError, Message: err.Error(), Cell: c.Cell.N}
	}
	f, err = s.wait(ctx, p, seq, reply)
	if err != nil {
		if c.Method == "eval" {
			s.record.lose(c.Cell)
		}
		return f, died(p, c.Cell.N, sink)
	}
	return f, nil
}

// gone waits a moment for the end of a process whose pipe is broken.
func gone(p *process) bool {
	select {
	case <-p.dead:
		return true
	case <-time.After(time.Second):
		return false
	}
}

var errDead = errors.New("the worker is gone")

// wait waits for the reply of a call. When ctx is done the worker is told; if
// that does not help, it is ended.
func (s *Supervisor) wait(ctx context.Context, p *process, seq uint64, reply chan frame) (frame, error) {
	done := ctx.Done()
	var late <-chan time.Time
	for {
		select {
		case f := <-reply:
			return f, nil
		case <-p.dead:
			select {
			case f := <-reply: // it answered with its last breath
				return f, nil
			default:
				return frame{}, errDead
			}
		case <-done:
			done = nil
			p.out.send(frame{kind: kindCancel, seq: seq}, nil)
			late = time.After(cancelGrace)
		case <-late:
			p.kill("cancelled, and did not stop")
		}
	}
}

// died is the error of cell n, whose worker is gone.
func died(p *process, n int, sink display.Sink) *session.Error {
	<-p.dead
	p.mu.Lock()
	p.told = true
	p.mu.Unlock()
	sink.Emit(display.Death{Reason: p.reason})
	return &session.Error{
		Name:    session.WorkerDied,
		Message: fmt.Sprintf("the process that ran the cell is gone: %s; all variables are lost", p.reason),
		Cell:    n,
		Hint:    "a new one has started: run the cells that you need again, or :restore all",
	}
}

func decodeResult(f frame, c session.Cell) session.Result {
	var r result
	err := json.Unmarshal(f.body, &r)
	if err == nil && r.Value != nil {
		var b display.Bundle
		if b, err = r.Value.unpack(f.blobs); err == nil {
			r.Outcome.Value = &b
		}
	}
	if err != nil {
		return session.Result{Err: &session.Error{Name: session.InternalError, Message: err.Error(), Cell: c.N}}
	}
	return r.Outcome
}

// ask calls a method that answers with JSON into v.
func (s *Supervisor) ask(ctx context.Context, c call, v any) error {
	p, err := s.live(ctx)
	if err != nil {
		return err
	}
	seq, reply := p.begin(nil)
	defer p.end(seq)
	if err := p.out.send(frame{kind: kindCall, seq: seq}, c); err != nil {
		return err
	}
	select {
	case f := <-reply:
		return json.Unmarshal(f.body, v)
	case <-p.dead:
		return errDead
	case <-ctx.Done():
		p.out.send(frame{kind: kindCancel, seq: seq}, nil)
		return ctx.Err()
	}
}

// Complete implements [session.Session]. A worker that is gone knows nothing.
func (s *Supervisor) Complete(ctx context.Context, code string, cursor int) session.Completion {
	c := session.Completion{Start: cursor, End: cursor}
	if err := s.ask(ctx, call{Method: "complete", Code: code, Cursor: cursor}, &c); err != nil {
		return session.Completion{Start: cursor, End: cursor}
	}
	return c
}

// Inspect implements [session.Session].
func (s *Supervisor) Inspect(ctx context.Context, code string, cursor, detail int) session.Inspection {
	var i session.Inspection
	if err := s.ask(ctx, call{Method: "inspect", Code: code, Cursor: cursor, Detail: detail}, &i); err != nil {
		return session.Inspection{}
	}
	return i
}

// IsComplete implements [session.Session].
func (s *Supervisor) IsComplete(code string) session.Completeness {
	var c session.Completeness
	if err := s.ask(context.Background(), call{Method: "is_complete", Code: code}, &c); err != nil {
		return session.Completeness{Status: "unknown"}
	}
	return c
}

// Variables implements [session.Session].
func (s *Supervisor) Variables() []session.Variable {
	var v []session.Variable
	if err := s.ask(context.Background(), call{Method: "variables"}, &v); err != nil {
		return nil
	}
	return v
}

// Processes lists the process that evaluates.
func (s *Supervisor) Processes() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []int{s.proc.cmd.Process.Pid}
}

// Interrupt implements [session.Session]. A cell that withstands two of them
// for some seconds is ended together with its worker.
func (s *Supervisor) Interrupt() {
	s.mu.Lock()
	p, cell := s.proc, s.running
	if cell != 0 {
		s.interrupts++
	}
	again := s.interrupts == 2
	s.mu.Unlock()
	p.out.send(frame{kind: kindInterrupt}, nil)
	if cell == 0 || !again {
		return
	}
	time.AfterFunc(interruptGrace, func() {
		s.mu.Lock()
		stuck := s.proc == p && s.running == cell
		s.mu.Unlock()
		if stuck {
			p.kill("interrupted twice, and did not stop")
		}
	})
}

// Reset implements [session.Session]. A worker that does not answer is replaced.
func (s *Supervisor) Reset(ctx context.Context) error {
	s.record.clear()
	ctx, cancel := context.WithTimeout(ctx, resetGrace)
	defer cancel()
	var text string
	err := s.ask(ctx, call{Method: "reset"}, &text)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		s.mu.Lock()
		p := s.proc
		s.mu.Unlock()
		p.kill("did not answer to reset")
		return nil
	case errors.Is(err, errDead):
		return nil // the next one is empty
	case err != nil:
		return err
	case text != "":
		return errors.New(text)
	}
	return nil
}

// Close implements [session.Session].
func (s *Supervisor) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	p := s.proc
	s.mu.Unlock()
	p.stop()
	return nil
}
