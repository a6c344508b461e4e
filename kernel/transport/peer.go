package transport

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// peerError makes zmq4 forget a connection: it does so only on errors that are
// a net.Error without Timeout.
type peerError struct{ error }

func (peerError) Timeout() bool   { return false }
func (peerError) Temporary() bool { return false }

var errCut = errors.New("peer was cut off")

// peer is one connection of a client. zmq4 reads from it and writes to it.
type peer struct {
	net.Conn
	listener *listener
	identity string

	// Reading: used by zmq4's reading goroutine alone.
	r         *bufio.Reader
	replay    []byte // to be read before anything from r
	remain    uint64 // body bytes to pass on from r
	inMessage uint64
	inFrames  int
	more      bool

	mu       sync.Mutex
	filled   *sync.Cond
	queue    []outgoing
	closed   bool
	queued   atomic.Int64 // bytes
	progress atomic.Int64 // time of the last successful write

	topics subscriptions
}

func newPeer(c net.Conn, r *bufio.Reader, h hello, l *listener) *peer {
	p := &peer{Conn: c, listener: l, identity: h.identity, r: r, replay: h.words()}
	p.filled = sync.NewCond(&p.mu)
	p.progress.Store(time.Now().UnixNano())
	return p
}

// Close forgets what is queued.
func (p *peer) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	p.queue = nil
	p.queued.Store(0)
	p.filled.Broadcast()
	p.mu.Unlock()
	p.listener.remove(p)
	return p.Conn.Close()
}

func (p *peer) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// Read gives zmq4 well-formed bytes only.
func (p *peer) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	for len(p.replay) == 0 && p.remain == 0 {
		if err := p.next(); err != nil {
			p.Close()
			return 0, peerError{err}
		}
	}
	if len(p.replay) > 0 {
		n := copy(b, p.replay)
		p.replay = p.replay[n:]
		return n, nil
	}
	if uint64(len(b)) > p.remain {
		b = b[:p.remain]
	}
	n, err := p.r.Read(b)
	p.remain -= uint64(n)
	if err != nil {
		p.Close()
		err = peerError{err}
	}
	return n, err
}

// next reads one frame header, checks it, and sets replay and remain.
func (p *peer) next() error {
	h, err := readHeader(p.r)
	if err != nil {
		return err
	}
	lim := &p.listener.limits
	switch {
	case h.flags&^(flagMore|flagLong|flagCommand) != 0:
		return fmt.Errorf("reserved flags %#x", h.flags)
	case h.flags&flagCommand != 0 && h.flags&flagMore != 0:
		return errors.New("command with MORE")
	case h.size > lim.frame:
		return fmt.Errorf("frame of %d bytes, limit %d", h.size, lim.frame)
	case h.flags&flagCommand != 0:
		return p.command(h.size)
	case lim.publish:
		return p.subscription(h)
	}
	if !p.more {
		p.inMessage, p.inFrames = 0, 0
	}
	p.more = h.flags&flagMore != 0
	p.inMessage += h.size
	p.inFrames++
	if p.inMessage > lim.message || p.inFrames > lim.frames {
		return fmt.Errorf("message of %d bytes in %d frames", p.inMessage, p.inFrames)
	}
	return p.pass(h)
}

// pass lets zmq4 have a frame. zmq4 allocates what the header says, so the body
// of a large frame must be here first: a header alone cannot reserve memory.
func (p *peer) pass(h header) error {
	const trusted = 1 << 20
	p.replay = appendHeader(nil, h.flags&flagMore, h.size)
	if h.size <= trusted {
		p.remain = h.size
		return nil
	}
	var body bytes.Buffer
	if _, err := io.CopyN(&body, p.r, int64(h.size)); err != nil {
		return unexpected(err)
	}
	p.replay = append(p.replay, body.Bytes()...)
	return nil
}

// command answers what zmq4 would hand to the application.
func (p *peer) command(size uint64) error {
	const maxCommand = 4096
	if size > maxCommand {
		return fmt.Errorf("command of %d bytes", size)
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(p.r, b); err != nil {
		return unexpected(err)
	}
	if len(b) == 0 || int(b[0]) >= len(b) {
		return nil
	}
	name, rest := string(b[1:1+b[0]]), b[1+b[0]:]
	switch {
	case name == "PING":
		const ttl, maxContext = 2, 16
		if len(rest) < ttl {
			return errors.New("PING without a time to live")
		}
		context := rest[ttl:]
		pong := append([]byte("\x04PONG"), context[:min(len(context), maxContext)]...)
		m := append(appendHeader(nil, flagCommand, uint64(len(pong))), pong...)
		p.enqueue(outgoing{bufs: [][]byte{m}, size: int64(len(m))})
	case name == "SUBSCRIBE" && p.listener.limits.publish:
		return p.subscribe(1, string(rest))
	case name == "CANCEL" && p.listener.limits.publish:
		return p.subscribe(0, string(rest))
	}
	return nil
}

// subscription takes what is one and drops other frames.
func (p *peer) subscription(h header) error {
	const maxTopic = 1024
	if h.size > maxTopic || h.flags&flagMore != 0 {
		return fmt.Errorf("frame of %d bytes is not a subscription", h.size)
	}
	b := make([]byte, h.size)
	if _, err := io.ReadFull(p.r, b); err != nil {
		return unexpected(err)
	}
	if len(b) > 0 && b[0] <= 1 {
		return p.subscribe(b[0], string(b[1:]))
	}
	return nil
}

// subscribe begins (1) or ends (0) a subscription.
func (p *peer) subscribe(how byte, topic string) error {
	if how == 0 {
		p.topics.remove(topic)
		return nil
	}
	if !p.topics.add(topic, p.listener.limits.topics) {
		return fmt.Errorf("more than %d subscriptions", p.listener.limits.topics)
	}
	if f := p.listener.limits.onSubscribe; f != nil {
		f(topic)
	}
	return nil
}

// Write takes what zmq4 sends: its part of a handshake that is over. Messages
// do not go through zmq4, which would wait for each peer.
func (p *peer) Write(b []byte) (int, error) {
	if p.isClosed() {
		return 0, peerError{errCut}
	}
	return len(b), nil
}

func (p *peer) enqueue(m outgoing) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	queued := p.queued.Load()
	limit := p.listener.limits.queue
	if !p.stalled() {
		limit = p.listener.limits.slowQueue
	}
	if queued > 0 && queued+m.size > limit {
		p.mu.Unlock()
		p.Close()
		return
	}
	if queued == 0 {
		p.progress.Store(time.Now().UnixNano())
	}
	p.queued.Add(m.size)
	p.queue = append(p.queue, m)
	p.filled.Signal()
	p.mu.Unlock()
}

// stalled tells whether the peer has stopped reading.
func (p *peer) stalled() bool {
	const patience = 2 * time.Second
	return p.queued.Load() > 0 && time.Since(time.Unix(0, p.progress.Load())) > patience
}

// maxBytes is how much is written at once.
const maxBytes = 256 << 10

// writeLoop writes batches of whole messages, and large messages in parts.
func (p *peer) writeLoop() {
	for {
		bufs, size := p.batch()
		switch {
		case size == 0:
			return
		case size <= 2*maxBytes:
			if !p.write(&bufs, size) {
				return
			}
			continue
		}
		for _, b := range bufs {
			for len(b) > 0 {
				part := net.Buffers{b[:min(len(b), maxBytes)]}
				b = b[len(part[0]):]
				if !p.write(&part, int64(len(part[0]))) {
					return
				}
			}
		}
	}
}

// write writes bufs of the given size, and tells whether there is any use in
// going on.
func (p *peer) write(bufs *net.Buffers, size int64) bool {
	if _, err := bufs.WriteTo(p.Conn); err != nil {
		p.Close()
		return false
	}
	p.progress.Store(time.Now().UnixNano())
	if p.queued.Add(-size) < 0 { // closed meanwhile
		p.queued.Store(0)
	}
	return true
}

// batch waits for messages and takes some from the queue. Its size is 0 when
// the peer is closed.
func (p *peer) batch() (bufs net.Buffers, size int64) {
	const maxMessages = 64
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.queue) == 0 && !p.closed {
		p.filled.Wait()
	}
	n := 0
	for n < len(p.queue) && n < maxMessages && size < maxBytes {
		bufs = append(bufs, p.queue[n].bufs...)
		size += p.queue[n].size
		p.queue[n] = outgoing{}
		n++
	}
	p.queue = p.queue[n:]
	return bufs, size
}
