package transport

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
)

// FuzzPeer feeds bytes through the whole of a connection, from the greeting on,
// to zmq4's own parser. A panic there cannot be recovered in real life.
func FuzzPeer(f *testing.F) {
	ready := hello{socketType: "DEALER", identity: "x"}.replay()
	f.Add(ready, false)
	f.Add(append(ready, 0, 1, 'x', 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 'y'), false)
	f.Add(append(ready, 4, 10, 4, 'P', 'I', 'N', 'G', 0, 1, 'a', 'b', 'c'), false)
	f.Add(append(hello{socketType: "SUB"}.replay(), 0, 1, 1, 4, 11, 9, 'S', 'U', 'B', 'S', 'C', 'R', 'I', 'B', 'E', 'x'), true)
	f.Fuzz(func(t *testing.T, b []byte, publish bool) {
		r := bufio.NewReader(bytes.NewReader(b))
		h, err := readHello(r, []string{"DEALER", "SUB"})
		if err != nil {
			return
		}
		l := &listener{peers: map[*peer]bool{}, limits: limits{publish: publish, frame: 1 << 16, message: 1 << 17, frames: 10, queue: 1 << 20}}
		p := newPeer(nowhere{}, r, h, l)
		defer p.Close()
		kind := zmq4.Router
		if h.socketType == "SUB" {
			kind = zmq4.Pub
		}
		c, err := zmq4.Open(p, nullSecurity{}, kind, zmq4.SocketIdentity("me"), true, nil)
		if err != nil {
			t.Fatalf("zmq4 refuses a handshake that we let in: %v", err)
		}
		for {
			m, err := c.RecvMsg()
			if err != nil {
				return
			}
			if m.Type == zmq4.CmdMsg || len(m.Frames) > 10 {
				t.Fatalf("let through: %v", m)
			}
		}
	})
}

// nullSecurity is zmq4's NULL mechanism, which it does not export.
type nullSecurity struct{}

func (nullSecurity) Type() zmq4.SecurityType { return zmq4.NullSecurity }
func (nullSecurity) Handshake(c *zmq4.Conn, _ bool) error {
	raw, err := c.Meta.MarshalZMTP()
	if err == nil {
		err = c.SendCmd(zmq4.CmdReady, raw)
	}
	if err != nil {
		return err
	}
	cmd, err := c.RecvCmd()
	if err != nil {
		return err
	}
	return c.Peer.Meta.UnmarshalZMTP(cmd.Body)
}
func (nullSecurity) Encrypt(w io.Writer, b []byte) (int, error) { return w.Write(b) }
func (nullSecurity) Decrypt(w io.Writer, b []byte) (int, error) { return w.Write(b) }

// nowhere is a connection that takes everything.
type nowhere struct{ net.Conn }

func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) Close() error                { return nil }

// zmq4 writes header and body separately, in pieces of any size; whole messages
// must come out.
func FuzzAssembler(f *testing.F) {
	f.Add([]byte{1, 2, 'a', 'b', 0, 0, 0, 1, 'c'}, byte(3))
	f.Fuzz(func(t *testing.T, b []byte, step byte) {
		var whole, pieces []byte
		collect := func(into *[]byte) func(outgoing) {
			return func(m outgoing) {
				var n int64
				for _, x := range m.bufs {
					*into = append(*into, x...)
					n += int64(len(x))
				}
				if n != m.size || n == 0 {
					t.Fatalf("size %d of %d bytes", m.size, n)
				}
			}
		}
		var one, many assembler
		one.take(b, collect(&whole))
		for rest := b; len(rest) > 0; {
			n := min(int(step)+1, len(rest))
			many.take(rest[:n], collect(&pieces))
			rest = rest[n:]
		}
		if !bytes.Equal(whole, pieces) || !bytes.HasPrefix(b, whole) {
			t.Fatalf("%q and %q of %q", whole, pieces, b)
		}
	})
}

func TestHandshakeDeadline(t *testing.T) {
	n := &network{kind: "tcp", limits: limits{handshake: 50 * time.Millisecond, peers: 1}}
	l, err := n.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	full, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	for name, c := range map[string]net.Conn{"a silent peer": c, "one too many": full} {
		c.SetDeadline(time.Now().Add(5 * time.Second))
		if _, err := io.Copy(io.Discard, c); err != nil {
			t.Errorf("%s is not cut off: %v", name, err)
		}
	}
}

func TestSilentPeerHoldsUpNobody(t *testing.T) {
	n := &network{kind: "tcp", limits: limits{handshake: time.Minute, peers: 10, peerTypes: []string{"DEALER"}}}
	l, err := n.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range 3 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(5 * time.Second))
		if _, err := io.ReadFull(c, make([]byte, greetingSize)); err != nil {
			t.Fatalf("no greeting behind a silent peer: %v", err)
		}
	}
}
