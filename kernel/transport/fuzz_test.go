package transport

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
)

// FuzzPeer feeds bytes through the whole of a connection, from the greeting on,
// to zmq4's own parser. A panic there cannot be recovered in real life.
func FuzzPeer(f *testing.F) {
	ready := hello{socketType: "DEALER", identity: "x"}.words()
	f.Add(ready, false)
	f.Add(append(ready, 0, 1, 'x', 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 'y'), false)
	f.Add(append(ready, 4, 10, 4, 'P', 'I', 'N', 'G', 0, 1, 'a', 'b', 'c'), false)
	f.Add(append(hello{socketType: "SUB"}.words(), 0, 1, 1, 4, 11, 9, 'S', 'U', 'B', 'S', 'C', 'R', 'I', 'B', 'E', 'x'), true)
	f.Fuzz(func(t *testing.T, b []byte, publish bool) {
		r := bufio.NewReader(bytes.NewReader(b))
		h, err := readHello(r, []string{"DEALER", "SUB"})
		if err != nil {
			return
		}
		l := &listener{peers: map[*peer]bool{}, limits: limits{publish: publish, topics: 10, frame: 1 << 16, message: 1 << 17, frames: 10, queue: 1 << 20, slowQueue: 1 << 20}}
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

// What is packed must read as the frames that it was made of.
func FuzzPack(f *testing.F) {
	f.Add([]byte("abcabc"), uint16(2), uint16(5000))
	f.Fuzz(func(t *testing.T, b []byte, cut, times uint16) {
		n := min(int(cut), len(b))
		want := [][]byte{b[:n], bytes.Repeat(b[n:], int(times)/(len(b)-n+1)), b}
		m := pack(want)
		var all []byte
		for _, p := range m.bufs {
			all = append(all, p...)
		}
		if int64(len(all)) != m.size {
			t.Fatalf("size %d of %d bytes", m.size, len(all))
		}
		r := bufio.NewReader(bytes.NewReader(all))
		for i, w := range want {
			h, err := readHeader(r)
			got := make([]byte, h.size)
			io.ReadFull(r, got)
			if err != nil || !bytes.Equal(got, w) || h.flags&flagMore != 0 != (i < len(want)-1) {
				t.Fatalf("frame %d: flags %d, %d bytes, %v; want %d bytes", i, h.flags, len(got), err, len(w))
			}
		}
		if r.Buffered() > 0 {
			t.Fatal("something follows")
		}
	})
}

// FuzzSubscriptions compares with a plain list.
func FuzzSubscriptions(f *testing.F) {
	f.Add([]byte("+a+ab-a+b-ab+"), "abc")
	f.Fuzz(func(t *testing.T, script []byte, topic string) {
		var s subscriptions
		plain := map[string]int{}
		for i, c := range script {
			if c != '+' && c != '-' {
				continue
			}
			end := bytes.IndexAny(script[i+1:], "+-")
			if end < 0 {
				end = len(script) - i - 1
			}
			name := string(script[i+1 : i+1+end])
			if c == '+' {
				s.add(name, 1000)
				plain[name]++
			} else {
				s.remove(name)
				plain[name] = max(0, plain[name]-1)
			}
		}
		want := false
		for name, n := range plain {
			want = want || n > 0 && strings.HasPrefix(topic, name)
		}
		if s.match([]byte(topic)) != want {
			t.Fatalf("%q to %v: %v", topic, plain, !want)
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
