package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"
)

// Endpoint says where the sockets of a kernel are.
type Endpoint struct {
	Transport string // tcp or ipc
	IP        string // for ipc the path that "-port" is added to

	Shell, Control, Stdin, IOPub, Heartbeat int // ports

	Curve *CurveKeys // encrypt all connections; nil: none
}

// address of one socket: transport kind and where.
func (e Endpoint) address(c Channel) (kind, addr string, err error) {
	port := strconv.Itoa([channels]int{e.Shell, e.Control, e.Stdin, e.IOPub, e.Heartbeat}[c])
	switch e.Transport {
	case "tcp":
		return "tcp", net.JoinHostPort(e.IP, port), nil
	case "ipc":
		return "unix", e.IP + "-" + port, nil
	}
	return "", "", fmt.Errorf("transport %q is neither tcp nor ipc", e.Transport)
}

// schemes counts sockets: transports of zmq4 have global names that cannot be
// removed, and each socket needs one.
var schemes atomic.Int64

// zmqConn is the Conn over sockets.
type zmqConn struct {
	cancel   context.CancelFunc
	done     <-chan struct{}
	sockets  [channels]*socket
	topics   chan string
	closeOne sync.Once
	closeErr error
}

type socket struct {
	zmq zmq4.Socket
	net *network
}

// Listen binds the sockets of a kernel.
func Listen(e Endpoint) (Conn, error) {
	ctx, cancel := context.WithCancel(context.Background())
	c := &zmqConn{cancel: cancel, done: ctx.Done(), topics: make(chan string, 64)}
	for ch := range channels {
		s, err := c.open(ctx, e, ch)
		if err != nil {
			c.Close(0)
			return nil, fmt.Errorf("%s socket: %w", ch, err)
		}
		c.sockets[ch] = s
	}
	go c.heartbeat()
	return c, nil
}

func (c *zmqConn) open(ctx context.Context, e Endpoint, ch Channel) (*socket, error) {
	kind, addr, err := e.address(ch)
	if err != nil {
		return nil, err
	}
	s := &socket{net: &network{kind: kind, limits: c.limits(ch)}}
	s.net.limits.curve = e.Curve
	scheme := fmt.Sprintf("ingot%d", schemes.Add(1))
	if err := zmq4.RegisterTransport(scheme, s.net); err != nil {
		return nil, err
	}
	quiet := zmq4.WithLogger(log.New(io.Discard, "", 0))
	if ch == IOPub {
		s.zmq = zmq4.NewPub(ctx, quiet)
	} else {
		s.zmq = zmq4.NewRouter(ctx, quiet)
	}
	if err := s.zmq.Listen(scheme + "://" + addr); err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", addr, errors.Unwrap(err))
	}
	return s, nil
}

func (c *zmqConn) limits(ch Channel) limits {
	l := limits{
		socketType: "ROUTER", peerTypes: []string{"DEALER", "REQ", "ROUTER"}, handover: ch != heartbeat,
		frame: 64 << 20, message: 1 << 30, frames: 1024,
		handshake: 5 * time.Second, peers: 1000, queue: 32 << 20, slowQueue: 512 << 20,
	}
	switch ch {
	case Shell, Control:
		l.frame = 512 << 20
	case heartbeat:
		l.frame, l.message = 64<<10, 64<<10
	case IOPub:
		l.socketType, l.peerTypes, l.publish, l.handover = "XPUB", []string{"SUB", "XSUB"}, true, false
		l.topics = 100_000
		l.onSubscribe = func(topic string) {
			select {
			case c.topics <- topic:
			case <-c.done:
			}
		}
	}
	return l
}

func (c *zmqConn) heartbeat() {
	for {
		frames, err := c.Recv(heartbeat)
		if err != nil {
			return
		}
		c.Send(heartbeat, frames)
	}
}

func (c *zmqConn) Recv(ch Channel) ([][]byte, error) {
	for {
		m, err := c.sockets[ch].zmq.Recv()
		select {
		case <-c.done:
			return nil, ErrClosed
		default:
		}
		if err == nil && len(m.Frames) > 0 {
			return m.Frames, nil
		}
	}
}

// Send hands a message to those who shall have it. It does not go through
// zmq4, whose sockets wait for slow peers, and lose what they hold when they
// are closed.
func (c *zmqConn) Send(ch Channel, frames [][]byte) error {
	select {
	case <-c.done:
		return ErrClosed
	default:
	}
	s := c.sockets[ch]
	if ch == IOPub {
		s.publish(frames)
		return nil
	}
	p := s.net.named(frames[0])
	if p == nil {
		return fmt.Errorf("%s: %w", ch, ErrNoPeer)
	}
	p.enqueue(pack(frames[1:]))
	return nil
}

// publish sends to all who subscribed to the topic, which is the first frame.
func (s *socket) publish(frames [][]byte) {
	var m outgoing
	for _, p := range s.net.connected() {
		if !p.topics.match(frames[0]) {
			continue
		}
		if m.size == 0 {
			m = pack(frames)
		}
		p.enqueue(m)
	}
}

func (c *zmqConn) Subscriptions() <-chan string { return c.topics }

// Throttle does not wait for a client that has stopped reading: it would hold
// up all others.
func (c *zmqConn) Throttle(ctx context.Context) {
	const high = 2 << 20
	c.wait(ctx, func() bool {
		for _, p := range c.sockets[IOPub].net.connected() {
			if p.queued.Load() > high && !p.stalled() {
				return false
			}
		}
		return true
	})
}

// wait waits until f is true, ctx ends, or the connection is closed.
func (c *zmqConn) wait(ctx context.Context, f func() bool) {
	const shortest, longest = 50 * time.Microsecond, 2 * time.Millisecond
	for pause := shortest; !f(); pause = min(2*pause, longest) {
		select {
		case <-ctx.Done():
			return
		case <-c.done:
			return
		case <-time.After(pause):
		}
	}
}

func (c *zmqConn) Close(flush time.Duration) error {
	c.closeOne.Do(func() {
		if flush > 0 {
			ctx, stop := context.WithTimeout(context.Background(), flush)
			c.flush(ctx)
			stop()
		}
		c.cancel()
		for _, s := range c.sockets {
			if s != nil {
				c.closeErr = errors.Join(c.closeErr, s.zmq.Close())
			}
		}
	})
	return c.closeErr
}

// flush waits until all that was sent is on the wire.
func (c *zmqConn) flush(ctx context.Context) {
	c.wait(ctx, func() bool {
		for _, s := range c.sockets {
			for _, p := range s.net.connected() {
				if p.queued.Load() > 0 {
					return false
				}
			}
		}
		return true
	})
}
