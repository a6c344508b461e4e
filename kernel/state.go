package kernel

import (
	"sync"
	"time"
)

// state is all that changes while a kernel runs, except the queues. It is
// changed only inside update.
type state struct {
	mu sync.Mutex
	stateFields
}

type stateFields struct {
	count int               // of the last cell that counts
	comms map[string]string // open channels: id → target

	debugging bool          // a client has its debugger on
	usedAt    time.Time     // of the last usage_request
	usedCPU   time.Duration // until then
}

// update runs f alone.
func (s *state) update(f func(*stateFields)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.stateFields)
}
