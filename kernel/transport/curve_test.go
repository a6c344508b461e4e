package transport

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/nacl/box"
)

// The key pair of the specification's examples.
const (
	examplePublic = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
	exampleSecret = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
)

func TestParseCurveKeys(t *testing.T) {
	k, err := ParseCurveKeys(examplePublic, exampleSecret)
	if err != nil || k.public[0] != 0xbb {
		t.Fatalf("%x, %v", k, err)
	}
	if pub, _, err := box.GenerateKey(bytes.NewReader(k.secret[:])); err != nil || k.public != *pub {
		t.Errorf("public key %x does not belong to the secret one", k.public)
	}
	for _, bad := range []string{"", examplePublic[1:], strings.Replace(examplePublic, "Y", "~", 1), "#####" + examplePublic[5:]} {
		if _, err := ParseCurveKeys(bad, exampleSecret); err == nil || !strings.Contains(err.Error(), "curve_publickey") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// curveClient is the other side of the handshake. spoil may change a command
// before it is sent.
func curveClient(c net.Conn, server [32]byte, spoil func(name string, b []byte) []byte) (*curveConn, error) {
	r := bufio.NewReader(c)
	g := greetingFor(&CurveKeys{})
	g[32] = 0
	c.Write(g[:])
	if err := readGreeting(r, "CURVE"); err != nil {
		return nil, err
	}
	pub, sec, _ := box.GenerateKey(rand.Reader)
	ownPub, ownSec, _ := box.GenerateKey(rand.Reader)
	number := func(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
	first := append([]byte("\x05HELLO\x01\x00"), make([]byte, 72)...)
	first = append(append(first, pub[:]...), number(1)...)
	first = box.Seal(first, make([]byte, 64), nonce("CurveZMQHELLO---", number(1)), &server, sec)
	writeCommand(c, spoil("HELLO", first))
	w, err := readCurveFrame(r, 168)
	if err != nil {
		return nil, err
	}
	said, ok := box.Open(nil, w[24:], nonce("WELCOME-", w[8:24]), &server, sec)
	if !ok {
		return nil, errCurve
	}
	now := [32]byte(said[:32])
	vouchNonce := make([]byte, 16)
	vouch := box.Seal(nil, append(pub[:], server[:]...), nonce("VOUCH---", vouchNonce), &now, ownSec)
	inner := append(append(append(ownPub[:], vouchNonce...), vouch...), hello{socketType: "DEALER"}.metadata()...)
	last := append(append([]byte("\x08INITIATE"), said[32:]...), number(2)...)
	last = box.Seal(last, inner, nonce("CurveZMQINITIATE", number(2)), &now, sec)
	writeCommand(c, spoil("INITIATE", last))
	if _, err := readCurveFrame(r, 1000); err != nil { // READY
		return nil, err
	}
	cc := &curveConn{Conn: c, r: r, from: fromServer, to: fromClient, out: 2, maxFrame: 1 << 20}
	box.Precompute(&cc.shared, &now, sec)
	return cc, nil
}

func curveListener(t *testing.T) (*CurveKeys, net.Listener) {
	t.Helper()
	keys, err := ParseCurveKeys(examplePublic, exampleSecret)
	if err != nil {
		t.Fatal(err)
	}
	n := &network{kind: "tcp", limits: limits{socketType: "ROUTER", handshake: 5 * time.Second, peers: 10, peerTypes: []string{"DEALER"}, curve: keys, frame: 1 << 20, message: 1 << 20, frames: 10}}
	l, err := n.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return keys, l
}

func dialCurve(t *testing.T, l net.Listener) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(5 * time.Second))
	return c
}

func TestCurveHandshakeRefuses(t *testing.T) {
	keys, l := curveListener(t)
	as := func(name string, change func([]byte) []byte) func(string, []byte) []byte {
		return func(n string, b []byte) []byte {
			if n == name {
				return change(b)
			}
			return b
		}
	}
	flip := func(at int) func([]byte) []byte {
		return func(b []byte) []byte { b[at] ^= 1; return b }
	}
	wrong := *keys
	wrong.public[0] ^= 1
	for name, c := range map[string]struct {
		server [32]byte
		spoil  func(string, []byte) []byte
	}{
		"another server's key": {wrong.public, as("", nil)},
		"spoilt HELLO":         {keys.public, as("HELLO", flip(150))},
		"short HELLO":          {keys.public, as("HELLO", func(b []byte) []byte { return b[:100] })},
		"another version":      {keys.public, as("HELLO", flip(6))},
		"another cookie":       {keys.public, as("INITIATE", flip(20))},
		"spoilt INITIATE":      {keys.public, as("INITIATE", flip(150))},
		"short INITIATE":       {keys.public, as("INITIATE", func(b []byte) []byte { return b[:110] })},
	} {
		if _, err := curveClient(dialCurve(t, l), c.server, c.spoil); err == nil {
			t.Errorf("%s is let in", name)
		}
	}
	plain := dialCurve(t, l)
	plain.Write(hello{socketType: "DEALER"}.words())
	if n, err := io.Copy(io.Discard, plain); n != greetingSize || err != nil {
		t.Errorf("a client without encryption gets %d bytes, %v", n, err)
	}
}

func TestCurveMessages(t *testing.T) {
	keys, l := curveListener(t)
	c := dialCurve(t, l)
	same := func(_ string, b []byte) []byte { return b }
	client, err := curveClient(c, keys.public, same)
	if err != nil {
		t.Fatal(err)
	}
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	p := server.(*peer)
	io.ReadFull(p, make([]byte, len(p.replay))) // what zmq4 reads first
	frames := [][]byte{[]byte("one"), bytes.Repeat([]byte("2"), 300_000), nil}
	var there bytes.Buffer
	for _, b := range pack(frames).bufs {
		for len(b) > 0 { // in pieces
			n := min(len(b), 1000)
			client.Write(b[:n])
			there.Write(b[:n])
			b = b[n:]
		}
	}
	got := make([]byte, there.Len())
	if _, err := io.ReadFull(p, got); err != nil || !bytes.Equal(got, there.Bytes()) {
		t.Errorf("to the server: %d bytes, %v", len(got), err)
	}
	p.enqueue(pack(frames))
	if _, err := io.ReadFull(client, got); err != nil || !bytes.Equal(got, there.Bytes()) {
		t.Errorf("to the client: %d bytes, %v", len(got), err)
	}
	client.out-- // the number of the last command again
	client.Write([]byte{0, 1, 'x'})
	if n, err := io.ReadFull(p, make([]byte, 1)); n > 0 || err == nil {
		t.Error("a repeated command is taken")
	}
}

// FuzzCurve feeds a server what a client might say after the greetings, and then
// what might come in messages.
func FuzzCurve(f *testing.F) {
	keys, err := ParseCurveKeys(examplePublic, exampleSecret)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append([]byte{4, curveHello}, append([]byte("\x05HELLO\x01\x00"), make([]byte, 192)...)...))
	f.Add([]byte("\x00\x19\x07MESSAGE12345678123456789"))
	f.Add([]byte{6, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bufio.NewReader(bytes.NewReader(b))
		if _, _, err := curveHandshake(nowhere{}, r, keys, hello{}, 1000); err == nil {
			t.Fatal("let in without a key")
		}
		c := &curveConn{r: bufio.NewReader(bytes.NewReader(b)), maxFrame: 1000}
		if n, err := c.Read(make([]byte, 10)); err == nil {
			t.Fatalf("%d bytes of nobody", n)
		}
	})
}
