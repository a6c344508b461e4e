package session

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session/exec"
	"github.com/ingot-go/ingot/session/front"
	"github.com/ingot-go/ingot/session/module"
	"github.com/ingot-go/ingot/session/rt"
)

// Bindings are the compiled packages that cells can import; package bind has
// them ready.
type Bindings struct {
	Symbols exec.Symbols // import path → what makes the table of the package's values
	Data    []byte       // archive of type export data, docs and generic source
}

// Options say what a session can do. Only Bindings is needed.
type Options struct {
	Bindings Bindings

	// Operators gives meaning to operators on types of bound packages; see
	// ArrayOperators.
	Operators map[string]Operators

	// Device names the device that evaluates arrays, for lists of variables.
	Device func() string

	// Modules says where third-party modules come from; without it cells can
	// import only what is bound.
	Modules *module.Config

	// CaptureProcess sends the process's own standard output, standard error
	// and default log to the cells, so that compiled code is heard too. It is
	// meant for a process that does nothing but evaluate.
	CaptureProcess bool
}

// New starts a session that evaluates in this process.
func New(opts Options) (Session, error) {
	s := &inProcess{opts: opts, tellWarnings: true}
	if opts.Modules != nil {
		s.modules = module.NewList(module.New(*opts.Modules), s.bound)
	}
	display.CurrentSink = currentSink
	if err := s.start(); err != nil {
		return nil, err
	}
	return s, nil
}

// inProcess is the session that New makes.
type inProcess struct {
	opts Options

	eval    sync.Mutex // held while a cell runs
	modules *module.List
	names   sync.Mutex // guards front, sources, past
	front   *front.Session
	sources map[int]string // cell number → text, for excerpts
	exec    exec.Executor
	pipes   *pipes
	running atomic.Pointer[run]
	last    atomic.Pointer[run]
	closed  atomic.Bool

	download               atomic.Pointer[context.CancelFunc] // stops fetching modules
	past                   []Past                             // the cells that ran without an error
	tellTime, tellWarnings bool                               // settings
}

// run is one evaluation.
type run struct {
	n      int
	cell   *rt.Cell
	sink   display.Sink
	ctx    context.Context // cancelled: stop hard
	cancel context.CancelCauseFunc
	done   chan struct{}
	once   sync.Once // starts the monitor of a stop

	watcher *time.Timer // starts the watch over the stacks
}

// start makes an empty front end and executor.
func (s *inProcess) start() error {
	f, err := front.New(s.frontOptions())
	if err != nil {
		return fmt.Errorf("session: %w", err)
	}
	if s.pipes == nil {
		if s.pipes, err = newPipes(s.toCell, s.opts.CaptureProcess); err != nil {
			return fmt.Errorf("session: %w", err)
		}
	}
	x, err := exec.New(s.pipes.bind(s.opts.Bindings.Symbols))
	if err != nil {
		return fmt.Errorf("session: %w", err)
	}
	if s.modules != nil {
		s.modules.Forget()
	}
	s.names.Lock()
	defer s.names.Unlock()
	s.front, s.exec, s.sources, s.past = f, x, map[int]string{}, nil
	return nil
}

func (s *inProcess) frontOptions() front.Options {
	return front.Options{
		Data: s.opts.Bindings.Data, Operators: s.opts.Operators, NoteByCall: raceDetector,
		Source: s.source, Cache: s.cache(),
		Stdio: map[string]string{"os.Stdout": "Stdout", "os.Stderr": "Stderr", "os.Stdin": "Stdin"},
	}
}

// toCell delivers what arrived through a pipe: to the running cell, or the last.
func (s *inProcess) toCell(name, text string) {
	r := s.running.Load()
	if r == nil {
		r = s.last.Load()
	}
	if r != nil {
		r.sink.Emit(display.Stream{Name: name, Text: text})
	}
}

// currentSink is the sink of the cell that the calling goroutine belongs to.
func currentSink() display.Sink {
	if c := rt.Current(); c != nil {
		if sink, ok := c.Owner.(display.Sink); ok {
			return sink
		}
	}
	return nil
}

// Where tells which line of a cell works on arrays: "In[3]:7", or "" outside of
// a cell. It is meant for package mlx's hook.
func Where() string {
	if c := rt.Current(); c != nil {
		if cell, line, _ := front.Position(c.Where()).Split(); line > 0 {
			return fmt.Sprintf("In[%d]:%d", cell, line)
		}
	}
	return ""
}

// Stop reports an error when the calling cell has been interrupted. It is meant
// for package mlx's hook.
func Stop() error {
	if c := rt.Current(); c != nil && c.Stopping() {
		return rt.Interrupted{}
	}
	return nil
}

func (s *inProcess) Eval(ctx context.Context, c Cell, sink display.Sink) Result {
	start := time.Now()
	s.eval.Lock()
	defer s.eval.Unlock()
	res := s.dispatch(ctx, c, sink)
	res.Elapsed = time.Since(start)
	if !c.Silent {
		s.conclude(c, &res, sink)
	}
	return res
}

func (s *inProcess) dispatch(ctx context.Context, c Cell, sink display.Sink) Result {
	if s.closed.Load() {
		return Result{Err: &Error{Name: InternalError, Message: "the session is closed"}}
	}
	if cmd, args, ok := ParseCommand(c.Code); ok {
		return s.command(ctx, c, sink, cmd, args)
	}
	return s.evalCode(ctx, c, sink)
}

// evalCode compiles and runs a cell of Go.
func (s *inProcess) evalCode(ctx context.Context, c Cell, sink display.Sink) Result {
	_, res := s.evalWith(ctx, c, sink, front.CellOptions{Keep: !c.Silent})
	return res
}

// evalWith is evalCode with options; the run is nil if the cell did not compile.
func (s *inProcess) evalWith(ctx context.Context, c Cell, sink display.Sink, opts front.CellOptions) (*run, Result) {
	s.names.Lock()
	s.sources[c.N] = c.Code
	s.names.Unlock()
	if err := s.fetch(ctx, c); err != nil {
		return nil, Result{Err: err}
	}
	s.names.Lock()
	p, err := s.front.Compile(c.N, c.Code, opts)
	s.names.Unlock()
	if err != nil {
		return nil, Result{Err: s.compileError(err)}
	}
	r := s.begin(ctx, c, sink)
	defer s.end(r)
	out := make(chan Result, 1)
	go rt.Run(r.cell, func() { out <- s.runProgram(r, p) })
	res := s.wait(r, out)
	res.Warnings = p.Warnings
	s.sweep()
	return r, res
}

// sweep lets go of what earlier cells have declared and nothing mentions now.
func (s *inProcess) sweep() {
	s.names.Lock()
	defer s.names.Unlock()
	for _, name := range s.front.Sweep() {
		s.exec.Forget(name)
	}
}

// wait returns the cell's result; once it is stopped hard, the executor's
// goroutine may be stuck in compiled code, which is left behind.
func (s *inProcess) wait(r *run, out <-chan Result) Result {
	select {
	case res := <-out:
		return res
	case <-r.ctx.Done():
	}
	select {
	case res := <-out:
		return res
	case <-time.After(100 * time.Millisecond):
		return Result{Err: s.stopError(r)}
	}
}

func (s *inProcess) begin(ctx context.Context, c Cell, sink display.Sink) *run {
	r := &run{n: c.N, sink: sink, done: make(chan struct{})}
	r.ctx, r.cancel = context.WithCancelCause(ctx)
	r.cell = s.exec.NewCell(ctx, c.N)
	r.cell.Owner = sink
	r.cell.Stream = func(name, text string) { sink.Emit(display.Stream{Name: name, Text: text}) }
	r.cell.Ask = func(ctx context.Context) (string, error) {
		if !c.AllowStdin {
			return "", display.ErrNoInput
		}
		return sink.Input(ctx, "", false)
	}
	r.cell.OnFault = func() { s.stop(r) }
	s.exec.Poll(false)
	s.running.Store(r)
	s.last.Store(r)
	r.cell.Begin()
	before := stacks()
	r.watcher = time.AfterFunc(watchStart, func() { r.watch(before) })
	return r
}

func (s *inProcess) end(r *run) {
	r.cell.End()
	s.pipes.flush()
	s.running.CompareAndSwap(r, nil)
	close(r.done)
	r.watcher.Stop()
	if r.cell.Stopping() { // goroutines of the cell get a moment to see it
		time.AfterFunc(100*time.Millisecond, func() {
			if now := s.running.Load(); now == nil || !now.cell.Stopping() {
				s.exec.Poll(false)
			}
		})
	}
}

// runProgram is the part of a cell that runs under its label.
func (s *inProcess) runProgram(r *run, p *front.Program) Result {
	accepted := false
	err := s.exec.Run(r.ctx, r.cell, exec.Program{Text: p.Text, Imports: p.Imports, Captured: p.Captured}, func() { accepted = true; s.settle(p.Commit) })
	if !accepted {
		s.settle(p.Rollback)
	}
	var refused *exec.Refused
	if errors.As(err, &refused) {
		return Result{Err: &Error{Name: NotSupported, Message: "the interpreter cannot run this cell: " + firstLine(refused.Reason), Cell: r.n}}
	}
	if err != nil || r.cell.Fault() != nil {
		return Result{Err: s.runError(r, err)}
	}
	return s.present(r)
}

// settle ends the transaction of a cell.
func (s *inProcess) settle(how func()) {
	s.names.Lock()
	defer s.names.Unlock()
	how()
}

// stopError says why a cell was stopped from outside.
func (s *inProcess) stopError(r *run) *Error {
	if f := r.cell.Fault(); f != nil {
		return s.panicError(r, f.Value, f.Trace)
	}
	e := &Error{Name: Interrupted, Message: "interrupted", Cell: r.n}
	var deep tooDeep
	if errors.As(context.Cause(r.ctx), &deep) {
		e.Name, e.Message = Panic, deep.Error()
	} else if !r.cell.Stopping() {
		e.Message = "cancelled: " + context.Cause(r.ctx).Error()
	}
	return e
}

func (s *inProcess) Reset(ctx context.Context) error {
	s.Interrupt()
	s.eval.Lock()
	defer s.eval.Unlock()
	display.ResetChannels()
	return s.start()
}

func (s *inProcess) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	if r := s.running.Load(); r != nil {
		r.cancel(errors.New("the session was closed"))
	}
	s.eval.Lock()
	defer s.eval.Unlock()
	return s.pipes.close()
}
