package session_test

import (
	"context"
	"runtime/debug"
	"testing"

	"github.com/ingot-go/ingot/session"
)

// A runaway recursion leaves a large stack behind until the next collection; a
// cell that then runs for a while must not be taken for another.
func TestCellAfterRunawayRecursion(t *testing.T) {
	if raceDetector {
		t.Skip("a recursion that was stopped still reads the table of globals while the next cell makes it larger")
	}
	s := newSession(t)
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // so that it stays behind
	r := s.Eval(context.Background(), session.Cell{N: 1, Code: "func f(n int) int { return f(n+1) + 1 }\nf(0)"}, &record{})
	if r.Err == nil || r.Err.Name != session.Panic {
		t.Fatalf("runaway recursion: %+v", r.Err)
	}
	r = s.Eval(context.Background(), session.Cell{N: 2, Code: "time.Sleep(400 * time.Millisecond)\n1"}, &record{})
	if r.Err != nil {
		t.Errorf("the cell after it: %v", r.Err)
	}
	r = s.Eval(context.Background(), session.Cell{N: 3, Code: "f(0)"}, &record{})
	if r.Err == nil || r.Err.Name != session.Panic {
		t.Errorf("second runaway recursion: %+v", r.Err)
	}
}
