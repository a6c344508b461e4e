package transport

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"maps"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4/transport"
)

// limits bound what a peer may cost.
type limits struct {
	socketType  string        // of ours
	curve       *CurveKeys    // nil: connections are not encrypted
	peerTypes   []string      // socket types that may connect
	publish     bool          // only subscriptions come in
	handover    bool          // a new peer of the same identity replaces the old one
	frame       uint64        // bytes of one frame
	message     uint64        // bytes of one message
	frames      int           // frames of one message
	handshake   time.Duration // from connect to READY
	peers       int           // connections, finished handshakes or not
	queue       int64         // unsent bytes from which a peer is cut off that has stopped reading
	slowQueue   int64         // the same of one that reads, however slowly
	topics      int           // subscriptions of one peer
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
	l := &listener{Listener: in, limits: n.limits, named: map[string]*peer{}, ready: make(chan *peer), done: make(chan struct{}), peers: map[*peer]bool{}}
	n.mu.Lock()
	n.listener = l
	n.mu.Unlock()
	go l.accept()
	return l, nil
}

// connected lists the peers of the socket.
func (n *network) connected() []*peer {
	l := n.listening()
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Keys(l.peers))
}

// named finds a peer by its identity; nil if it is not connected.
func (n *network) named(identity []byte) *peer {
	l := n.listening()
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.named[string(identity)]
}

func (n *network) listening() *listener {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.listener
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
	named   map[string]*peer // by identity
	given   uint32           // identities that we gave
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
	raw := c
	c.SetDeadline(time.Now().Add(l.limits.handshake))
	c, r, h, err := l.shakeHands(c)
	if err != nil {
		l.mu.Lock()
		l.pending--
		l.mu.Unlock()
		raw.Close()
		return
	}
	c.SetDeadline(time.Time{})
	p, old := l.register(c, r, h)
	if old != nil {
		old.Close()
	}
	go p.writeLoop()
	select {
	case l.ready <- p:
	case <-l.done:
		p.Close()
	}
}

const readAhead = 32 << 10

// shakeHands returns the connection as it is to be used, which with keys is
// another than c.
func (l *listener) shakeHands(c net.Conn) (net.Conn, *bufio.Reader, hello, error) {
	r, ours := bufio.NewReaderSize(c, readAhead), hello{socketType: l.limits.socketType}
	first := greetingFor(l.limits.curve)
	if _, err := c.Write(first[:]); err != nil {
		return nil, nil, hello{}, err
	}
	if l.limits.curve == nil {
		h, err := readHello(r, l.limits.peerTypes)
		if err == nil {
			_, err = c.Write(ours.ready())
		}
		return c, r, h, err
	}
	if err := readGreeting(r, "CURVE"); err != nil {
		return nil, nil, hello{}, err
	}
	cc, metadata, err := curveHandshake(c, r, l.limits.curve, ours, l.limits.frame)
	if err != nil {
		return nil, nil, hello{}, err
	}
	h, err := checkHello(metadata, l.limits.peerTypes)
	return cc, bufio.NewReaderSize(cc, readAhead), h, err
}

// register makes a peer and returns the one that it replaces, if any. Who has
// no identity is given one, so that replies find it.
func (l *listener) register(c net.Conn, r *bufio.Reader, h hello) (p, replaced *peer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending--
	if h.identity == "" || !l.limits.handover {
		l.given++
		h.identity = string(binary.BigEndian.AppendUint32([]byte{0}, l.given))
	}
	p = newPeer(c, r, h, l)
	replaced = l.named[p.identity]
	l.peers[p], l.named[p.identity] = true, p
	return p, replaced
}

func (l *listener) remove(p *peer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.peers, p)
	if l.named[p.identity] == p {
		delete(l.named, p.identity)
	}
}
