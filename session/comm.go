package session

import (
	"context"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session/rt"
)

// Comm delivers a message of the front end as a cell of its own, so that the
// callback can be interrupted and what it shows goes to sink.
func (s *inProcess) Comm(ctx context.Context, m display.Comm, sink display.Sink) *Error {
	s.eval.Lock()
	defer s.eval.Unlock()
	if s.closed.Load() {
		return &Error{Name: InternalError, Message: "the session is closed"}
	}
	r := s.begin(ctx, Cell{}, sink)
	defer s.end(r)
	out := make(chan Result, 1)
	go rt.Run(r.cell, func() { out <- s.deliver(r, m) })
	return s.wait(r, out).Err
}

func (s *inProcess) deliver(r *run, m display.Comm) (res Result) {
	defer func() {
		if v := recover(); v != nil {
			res = Result{Err: s.panicError(r, rt.Unwrap(v), r.cell.Trace())}
		}
	}()
	display.Deliver(m)
	return Result{}
}
