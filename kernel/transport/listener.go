package transport

import (
	"bufio"
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4/transport"
)

// limits bound what a peer may cost.
type limits struct {
	peerTypes   []string      // socket types that may connect
	publish     bool          // only subscriptions come in
	handover    bool          // a new peer of the same identity replaces the old one
	frame       uint64        // bytes of one frame
	message     uint64        // bytes of one message
	frames      int           // frames of one message
	handshake   time.Duration // from connect to READY
	peers       int           // connections, finished handshakes or not
	queue       int64         // unsent bytes from which a peer is cut off
	onSubscribe func(topic string)
}

// network is the zmq4 transport of one socket.
type network struct {
	kind   string // tcp or unix
	limits limits

	mu       sync.Mutex
	listener *listener
}

var _ transport.Transport = (*network)(nil)

func (n *network) Dial(context.Context, transport.Dialer, string) (net.Conn, error) {
	return nil, errors.New("a kernel does not dial")
}

func (n *network) Addr(endpoint string) (string, error) { return endpoint, nil }

// Listen is called by zmq4. A unix socket left by a killed kernel is replaced,
// and nobody else may connect to ours.
func (n *network) Listen(_ context.Context, addr string) (net.Listener, error) {
	if n.kind == "unix" {
		os.Remove(addr)
	}
	in, err := net.Listen(n.kind, addr)
	if err != nil {
		return nil, err
	}
	if n.kind == "unix" {
		if err := os.Chmod(addr, 0o600); err != nil {
			in.Close()
			return nil, err
		}
	}
	l := &listener{Listener: in, limits: n.limits, ready: make(chan *peer), done: make(chan struct{}), peers: map[*peer]bool{}}
	n.mu.Lock()
	n.listener = l
	n.mu.Unlock()
	go l.accept()
	return l, nil
}

// connected lists the peers of the socket.
func (n *network) connected() []*peer {
	n.mu.Lock()
	l := n.listener
	n.mu.Unlock()
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	ps := make([]*peer, 0, len(l.peers))
	for p := range l.peers {
		ps = append(ps, p)
	}
	return ps
}

// listener hands zmq4 only peers whose handshake is done: zmq4 would wait for
// each in turn, without a deadline.
type listener struct {
	net.Listener
	limits limits
	ready  chan *peer
	done   chan struct{}
	once   sync.Once

	mu      sync.Mutex
	peers   map[*peer]bool
	pending int
}

// Accept is called by zmq4.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case p := <-l.ready:
		return p, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

// accept takes connections until the listener closes. It backs off when there
// are no file descriptors left, instead of spinning.
func (l *listener) accept() {
	const first, last = 5 * time.Millisecond, time.Second
	wait := first
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			select {
			case <-l.done:
				return
			case <-time.After(wait):
			}
			wait = min(2*wait, last)
			continue
		}
		wait = first
		if !l.admit() {
			c.Close()
			continue
		}
		go l.greet(c)
	}
}

func (l *listener) admit() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.peers)+l.pending >= l.limits.peers {
		return false
	}
	l.pending++
	return true
}

// greet does the handshake and passes the peer on to zmq4.
func (l *listener) greet(c net.Conn) {
	r := bufio.NewReaderSize(c, 32<<10)
	c.SetDeadline(time.Now().Add(l.limits.handshake))
	_, err := c.Write(greeting[:])
	var h hello
	if err == nil {
		h, err = readHello(r, l.limits.peerTypes)
	}
	if err != nil {
		l.mu.Lock()
		l.pending--
		l.mu.Unlock()
		c.Close()
		return
	}
	c.SetDeadline(time.Time{})
	p := newPeer(c, r, h, l)
	for _, old := range l.register(p) {
		old.Close()
	}
	go p.writeLoop()
	select {
	case l.ready <- p:
	case <-l.done:
		p.Close()
	}
}

// register adds p and returns the peers that it replaces.
func (l *listener) register(p *peer) (replaced []*peer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending--
	if l.limits.handover && p.identity != "" {
		for o := range l.peers {
			if o.identity == p.identity {
				replaced = append(replaced, o)
			}
		}
	}
	l.peers[p] = true
	return replaced
}

func (l *listener) remove(p *peer) {
	l.mu.Lock()
	delete(l.peers, p)
	l.mu.Unlock()
}
