package worker

import (
	"context"
	"sync"
	"time"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session"
)

// cell is one evaluation as the supervisor sees it.
type cell struct {
	id          uint32
	sink        display.Sink
	events      mailbox
	result      chan session.Result
	ended       chan struct{}
	interrupted chan struct{} // closed by the first interrupt

	mu         sync.Mutex
	interrupts int
	killing    bool
	asks       map[uint32]context.CancelFunc
}

func newCell(sink display.Sink) *cell {
	return &cell{
		sink: sink, result: make(chan session.Result, 1), ended: make(chan struct{}),
		interrupted: make(chan struct{}), asks: map[uint32]context.CancelFunc{},
	}
}

// interrupt counts.
func (c *cell) interrupt() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.interrupts++
	if c.interrupts == 1 {
		close(c.interrupted)
	}
	return c.interrupts
}

// later calls f unless the cell ends before.
func (c *cell) later(wait time.Duration, f func()) {
	go func() {
		select {
		case <-c.ended:
		case <-time.After(wait):
			f()
		}
	}()
}

// killLater kills the worker unless the cell ends in time.
func (c *cell) killLater(wait time.Duration, p *process, why string) {
	c.mu.Lock()
	already := c.killing
	c.killing = true
	c.mu.Unlock()
	if !already {
		c.later(wait, func() { p.kill(why) })
	}
}

// ask puts a question of the cell to the user; reply gets the answer.
func (c *cell) ask(seq uint32, q askBody, reply func(answerBody)) {
	ctx, stop := context.WithCancel(context.Background())
	c.mu.Lock()
	c.asks[seq] = stop
	c.mu.Unlock()
	go func() {
		text, err := c.sink.Input(ctx, q.Prompt, q.Password)
		c.unask(seq)
		reply(answerBody{Text: text, Err: errorText(err)})
	}()
}

// unask ends a question that the worker does not wait for any more.
func (c *cell) unask(seq uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if stop := c.asks[seq]; stop != nil {
		stop()
		delete(c.asks, seq)
	}
}

// unaskAll ends all questions.
func (c *cell) unaskAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for seq, stop := range c.asks {
		stop()
		delete(c.asks, seq)
	}
}

// mailbox runs functions in order, on a goroutine that lives while there are
// any: a slow sink must not keep the pipe from being read.
type mailbox struct {
	mu      sync.Mutex
	list    []func()
	running bool
}

func (m *mailbox) put(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = append(m.list, f)
	if !m.running {
		m.running = true
		go m.run()
	}
}

func (m *mailbox) run() {
	for {
		m.mu.Lock()
		if len(m.list) == 0 {
			m.running = false
			m.mu.Unlock()
			return
		}
		f := m.list[0]
		m.list = m.list[1:]
		m.mu.Unlock()
		f()
	}
}
