package transport

import (
	"context"
	"sync"
	"time"
)

// Pipe returns a connection in memory and the one client at its other end. As
// over sockets, nobody waits to send.
func Pipe() (Conn, *Client) {
	p := &pipe{topics: make(chan string, 64), done: make(chan struct{})}
	for c := range channels {
		p.in[c], p.out[c] = newQueue(), newQueue()
	}
	return p, &Client{p}
}

type pipe struct {
	in, out [channels]*queue
	topics  chan string
	once    sync.Once
	done    chan struct{}
}

func (p *pipe) Recv(ch Channel) ([][]byte, error)      { return p.in[ch].pop() }
func (p *pipe) Send(ch Channel, frames [][]byte) error { return p.out[ch].push(frames) }
func (p *pipe) Subscriptions() <-chan string           { return p.topics }
func (p *pipe) Throttle(context.Context)               {}
func (p *pipe) Close(time.Duration) error {
	p.once.Do(func() {
		for c := range channels {
			p.in[c].close()
			p.out[c].close()
		}
		close(p.done)
	})
	return nil
}

// Client is the other end of a [Pipe].
type Client struct{ pipe *pipe }

// Send sends a message to the kernel.
func (c *Client) Send(ch Channel, frames [][]byte) error { return c.pipe.in[ch].push(frames) }

// Recv waits for a message from the kernel. After the kernel has closed the
// connection it returns what is left, then [ErrClosed].
func (c *Client) Recv(ch Channel) ([][]byte, error) { return c.pipe.out[ch].pop() }

// Subscribe asks for the messages of a topic on IOPub; all arrive in any case.
func (c *Client) Subscribe(topic string) {
	select {
	case c.pipe.topics <- topic:
	case <-c.pipe.done:
	}
}

// queue is an unbounded list of messages.
type queue struct {
	mu     sync.Mutex
	filled *sync.Cond
	list   [][][]byte
	closed bool
}

func newQueue() *queue {
	q := &queue{}
	q.filled = sync.NewCond(&q.mu)
	return q
}

func (q *queue) push(frames [][]byte) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return ErrClosed
	}
	q.list = append(q.list, frames)
	q.filled.Signal()
	return nil
}

func (q *queue) pop() ([][]byte, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.list) == 0 && !q.closed {
		q.filled.Wait()
	}
	if len(q.list) == 0 {
		return nil, ErrClosed
	}
	f := q.list[0]
	q.list = q.list[1:]
	return f, nil
}

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.filled.Broadcast()
	q.mu.Unlock()
}
