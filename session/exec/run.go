package exec

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"strings"
	"sync"
	"time"

	"github.com/traefik/yaegi/interp"

	"github.com/ingot-go/ingot/session/rt"
)

func (y *yaegi) Run(ctx context.Context, c *rt.Cell, program Program, accepted func()) error {
	for _, path := range program.Imports {
		if err := y.lib.use(y.in, path); err != nil {
			return &Refused{err.Error()}
		}
	}
	base := y.in.FileSet().Base()
	p, err := y.compile(program.Text)
	if err != nil {
		y.inner.disown(program.Text)
		return &Refused{err.Error()}
	}
	if strings.Count(program.Text, "func") == 1 { // init alone, so that nothing of it can be called later
		defer func() { y.in.FileSet().RemoveFile(y.in.FileSet().File(token.Pos(base))) }()
	}
	y.inner.grow()
	start := start{accepted: accepted}
	c.OnBegin = start.begin
	left, err := y.execute(ctx, p)
	begun := start.close()
	y.inner.release(p, program.Captured, left || strings.Contains(program.Text, "\ngo func() {"))
	var panicked interp.Panic
	switch {
	case !errors.As(err, &panicked):
		return err
	case !begun:
		return &Refused{fmt.Sprint(panicked.Value)}
	}
	return &Panic{rt.Unwrap(panicked.Value)}
}

// leaveAfter is how long a cancelled program gets to come to its end.
const leaveAfter = 20 * time.Millisecond

// execute runs a compiled program. When ctx is cancelled all interpreted code
// stops; left tells that this program is stuck in compiled code, and has been
// left behind. The interpreter's own way to do this is a data race.
func (y *yaegi) execute(ctx context.Context, p *interp.Program) (left bool, err error) {
	stop := y.inner.cancellable()
	ended := make(chan error, 1)
	go func() {
		_, err := y.in.Execute(p)
		ended <- err
	}()
	select {
	case err := <-ended:
		return false, err
	case <-ctx.Done():
	}
	stop()
	select {
	case <-ended:
		return false, ctx.Err()
	case <-time.After(leaveAfter):
		return true, ctx.Err()
	}
}

// start sees to it that a program that was cancelled before its statements
// began is not accepted later, while the next one runs.
type start struct {
	mu       sync.Mutex
	begun    bool
	accepted func() // nil once the program has been given up
}

func (s *start) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.accepted != nil {
		s.begun = true
		s.accepted()
	}
}

func (s *start) close() (begun bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepted = nil
	return s.begun
}

// compile turns the panics of the interpreter's compiler into errors.
func (y *yaegi) compile(program string) (p *interp.Program, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%v", v)
		}
	}()
	return y.in.Compile(program)
}
