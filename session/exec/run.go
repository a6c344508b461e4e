package exec

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"strings"
	"sync"

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
	defer y.inner.release(p, program.Captured)
	start := start{accepted: accepted}
	c.OnBegin = start.begin
	_, err = y.in.ExecuteWithContext(ctx, p)
	begun := start.close()
	var panicked interp.Panic
	switch {
	case !errors.As(err, &panicked):
		return err
	case !begun:
		return &Refused{fmt.Sprint(panicked.Value)}
	}
	return &Panic{rt.Unwrap(panicked.Value)}
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
