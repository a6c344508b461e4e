package kernel

import (
	"sync"

	"github.com/ingot-go/ingot/kernel/transport"
	"github.com/ingot-go/ingot/kernel/wire"
)

// request is a message to be answered.
type request struct {
	*wire.Message
	channel transport.Channel
	kind    *messageType
	where   place
	aborted bool // by an error of an earlier cell

	busy     func()  // publishes busy, once
	metadata content // of the reply; handlers may set it
	after    func()  // runs when the request is done; handlers may set it
}

// inbox is an unbounded queue of requests: a socket must always be drained, or
// its client cannot be told anything.
type inbox struct {
	mu     sync.Mutex
	filled *sync.Cond
	list   []*request
	closed bool
}

func newInbox() *inbox {
	q := &inbox{}
	q.filled = sync.NewCond(&q.mu)
	return q
}

func (q *inbox) push(r *request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.list = append(q.list, r)
	q.filled.Signal()
}

// pop waits for a request; it returns nil when the inbox is closed.
func (q *inbox) pop() *request {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.list) == 0 && !q.closed {
		q.filled.Wait()
	}
	if q.closed {
		return nil
	}
	r := q.list[0]
	q.list = q.list[1:]
	return r
}

// abort marks the cells that wait now.
func (q *inbox) abort() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, r := range q.list {
		r.aborted = r.Header.Type == "execute_request"
	}
}

func (q *inbox) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.filled.Broadcast()
}
