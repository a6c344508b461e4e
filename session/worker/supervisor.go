package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session"
)

// Config is for the parent.
type Config struct {
	// Command starts the worker: the running binary with the argument "worker",
	// if it is empty.
	Command []string
	Env     []string // added to our own
	Version string   // of Ingot; the worker must be the same

	// Memory is how many bytes the worker may use: more ends it, and it alone.
	// 0 stands for three quarters of what the machine or the container has,
	// where that can be found out; less than 0 for no limit.
	Memory int64

	// KillAfter is how long a cell may go on after a second interrupt, or after
	// its context has ended, before the worker is killed. 0 means 5 seconds.
	KillAfter time.Duration
}

// Start starts a worker and returns without waiting for it; calls wait until it
// is ready. The worker is killed when ctx ends.
func Start(ctx context.Context, cfg Config) (session.Session, error) {
	if len(cfg.Command) == 0 {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("worker: %w", err)
		}
		cfg.Command = []string{self, "worker"}
	}
	if cfg.KillAfter == 0 {
		cfg.KillAfter = 5 * time.Second
	}
	if cfg.Memory == 0 {
		cfg.Memory = defaultMemory()
	}
	s := &supervisor{cfg: cfg}
	s.ctx, s.cancel = context.WithCancel(ctx)
	if _, err := s.current(); err != nil {
		s.cancel()
		return nil, err
	}
	return s, nil
}

// supervisor is a session whose cells run in a process that may die.
type supervisor struct {
	cfg    Config
	ctx    context.Context // ends with the session
	cancel context.CancelFunc
	turn   sync.Mutex // held while a cell runs

	mu      sync.Mutex
	proc    *process
	running *cell
	last    *cell
}

// current is the worker, started anew if the last one is gone.
func (s *supervisor) current() (*process, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return nil, errors.New("worker: the session is closed")
	}
	if s.proc != nil && !s.proc.isGone() {
		return s.proc, nil
	}
	p, err := startProcess(s.ctx, s.cfg, s.stray)
	if err != nil {
		return nil, err
	}
	s.proc = p
	go s.watch(p)
	return p, nil
}

// watch waits for the death of a worker. If it ever worked, the next one is
// started at once; if not, that is left to the next call, lest it goes on
// forever.
func (s *supervisor) watch(p *process) {
	<-p.gone
	s.mu.Lock()
	idle, last := s.running == nil, s.last
	s.mu.Unlock()
	if s.ctx.Err() != nil || !p.wasReady() {
		return
	}
	if idle && last != nil {
		last.events.put(func() { last.sink.Emit(display.Death{Reason: p.reason}) })
	}
	s.current() // what goes wrong here goes wrong again, and is told, at the next call
}

// stray delivers what the worker wrote to standard error itself.
func (s *supervisor) stray(text string) {
	s.mu.Lock()
	c := s.running
	if c == nil {
		c = s.last
	}
	s.mu.Unlock()
	if c != nil {
		c.events.put(func() { c.sink.Emit(display.Stream{Name: "stderr", Text: text}) })
	}
}

func (s *supervisor) Eval(ctx context.Context, code session.Cell, sink display.Sink) session.Result {
	start := time.Now()
	s.turn.Lock()
	defer s.turn.Unlock()
	c := newCell(sink)
	s.setRunning(c)
	defer s.setRunning(nil)
	defer close(c.ended)
	res := s.run(ctx, c, code)
	res.Elapsed = time.Since(start)
	return res
}

func (s *supervisor) setRunning(c *cell) {
	s.mu.Lock()
	s.running = c
	if c != nil {
		s.last = c
	}
	s.mu.Unlock()
}

// run sends a cell to the worker and waits for its end.
func (s *supervisor) run(ctx context.Context, c *cell, code session.Cell) session.Result {
	p, err := s.current()
	if err != nil {
		return session.Result{Err: &session.Error{Name: session.WorkerDied, Message: err.Error()}}
	}
	select {
	case <-p.ready:
	case <-p.gone:
		return died(p, code)
	case <-c.interrupted:
		return session.Result{Err: &session.Error{Name: session.Interrupted, Message: "interrupted before the worker was ready", Cell: code.N}}
	case <-ctx.Done():
		return session.Result{Err: &session.Error{Name: session.Interrupted, Message: ctx.Err().Error(), Cell: code.N}}
	}
	if err := p.eval(c, code); err != nil {
		<-p.gone
		return s.died(p, c, code)
	}
	done := ctx.Done()
	for {
		select {
		case res := <-c.result:
			return res
		case <-p.gone:
			return s.died(p, c, code)
		case <-done:
			done = nil
			p.out.send(frame{kind: cancel, cell: c.id}, nil)
			c.killLater(s.cfg.KillAfter, p, "it went on after it was cancelled")
		}
	}
}

// died ends a cell whose worker died: after what the worker still said.
func (s *supervisor) died(p *process, c *cell, code session.Cell) session.Result {
	delivered := make(chan session.Result, 1)
	c.events.put(func() {
		select {
		case res := <-c.result: // it had ended before
			delivered <- res
		default:
			c.sink.Emit(display.Death{Reason: p.reason})
			delivered <- died(p, code)
		}
	})
	return <-delivered
}

func died(p *process, code session.Cell) session.Result {
	message := "the worker died: " + p.reason
	hint := ""
	if p.wasReady() {
		message += "; all variables are lost"
		hint = "a new worker has been started: run the cells again that define what you need"
	}
	return session.Result{Err: &session.Error{Name: session.WorkerDied, Message: message, Cell: code.N, Frames: p.trace, Hint: hint}}
}

// Interrupt is passed on. From the second one on the cell has a limited time.
func (s *supervisor) Interrupt() {
	s.mu.Lock()
	c, p := s.running, s.proc
	s.mu.Unlock()
	if c == nil || p == nil {
		return
	}
	send := func() { p.out.send(frame{kind: interrupt}, nil) }
	if c.interrupt() > 1 {
		c.killLater(s.cfg.KillAfter, p, fmt.Sprintf("killed, because the cell went on for %v after a second interrupt", s.cfg.KillAfter))
	} else {
		// An interrupt that overtakes the start of its cell has no effect.
		c.later(100*time.Millisecond, send)
	}
	if p.wasReady() {
		send()
	}
}

func (s *supervisor) Complete(ctx context.Context, code string, cursor int) (c session.Completion) {
	s.question(ctx, complete, questionBody{Code: code, Cursor: cursor}, &c)
	return c
}

func (s *supervisor) Inspect(ctx context.Context, code string, cursor, detail int) (i session.Inspection) {
	s.question(ctx, inspect, questionBody{Code: code, Cursor: cursor, Detail: detail}, &i)
	return i
}

func (s *supervisor) IsComplete(code string) session.Completeness {
	c := session.Completeness{Status: "unknown"}
	s.question(s.ctx, isComplete, questionBody{Code: code}, &c)
	return c
}

func (s *supervisor) Variables() (v []session.Variable) {
	s.question(s.ctx, variables, questionBody{}, &v)
	return v
}

func (s *supervisor) Reset(ctx context.Context) error {
	var b failedBody
	if err := s.question(ctx, reset, questionBody{}, &b); err != nil {
		return err
	}
	if b.Message != "" {
		return errors.New(b.Message)
	}
	return nil
}

// question asks the worker and decodes its reply. On an error into is left as
// it was.
func (s *supervisor) question(ctx context.Context, k kind, q questionBody, into any) error {
	p, err := s.current()
	if err != nil {
		return err
	}
	body, err := p.ask(ctx, k, q)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

// Close ends the worker. A running cell gets the error WorkerDied.
func (s *supervisor) Close() error {
	s.cancel()
	s.mu.Lock()
	p := s.proc
	s.mu.Unlock()
	p.close()
	return nil
}
