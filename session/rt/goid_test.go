package rt

import (
	"context"
	"sync/atomic"
	"testing"
	"time"
)

// The number that a cell notes must be that of its own goroutine, or Blocked
// takes a busy cell for a blocked one and stops it without its defers.
func TestBlocked(t *testing.T) {
	c := (&Runtime{Line: new(int64)}).NewCell(context.Background(), 1)
	var idle atomic.Bool
	begun, release := make(chan struct{}), make(chan struct{})
	go Run(c, func() {
		begin()
		close(begun)
		for !idle.Load() {
		}
		<-release
	})
	<-begun
	if c.Blocked() {
		t.Error("a busy cell counts as blocked")
	}
	idle.Store(true)
	for deadline := time.Now().Add(5 * time.Second); !c.Blocked(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a cell that waits does not count as blocked")
		}
	}
	close(release)
}
