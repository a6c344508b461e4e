package transport_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ingot-go/ingot/kernel/transport"
)

// rig is a connection over sockets, with an echo on Shell.
type rig struct {
	t    *testing.T
	conn transport.Conn
	at   transport.Endpoint
}

func listen(t *testing.T) *rig {
	t.Helper()
	ports := freePorts(t)
	r := &rig{t: t, at: transport.Endpoint{Transport: "tcp", IP: "127.0.0.1",
		Shell: ports[0], Control: ports[1], Stdin: ports[2], IOPub: ports[3], Heartbeat: ports[4]}}
	r.serve()
	return r
}

func (r *rig) serve() {
	r.t.Helper()
	conn, err := transport.Listen(r.at)
	// Another program may take a free port before we do: choose others.
	for try := 0; errors.Is(err, syscall.EADDRINUSE) && try < 10; try++ {
		p := freePorts(r.t)
		r.at.Shell, r.at.Control, r.at.Stdin, r.at.IOPub, r.at.Heartbeat = p[0], p[1], p[2], p[3], p[4]
		conn, err = transport.Listen(r.at)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.conn = conn
	r.t.Cleanup(func() { conn.Close(0) })
	go func() {
		for {
			frames, err := conn.Recv(transport.Shell)
			if err != nil {
				return
			}
			conn.Send(transport.Shell, frames)
		}
	}()
}

func freePorts(t *testing.T) (ports [5]int) {
	t.Helper()
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports
}

func (r *rig) dial(port int) net.Conn {
	r.t.Helper()
	c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	return c
}

// greeting is what a ZMTP 3.0 peer sends first.
func greeting(mechanism string) []byte {
	g := make([]byte, 64)
	g[0], g[9], g[10] = 0xff, 0x7f, 3
	copy(g[12:], mechanism)
	return g
}

func ready(socketType, identity string) []byte {
	body := []byte("\x05READY")
	for _, p := range [][2]string{{"Socket-Type", socketType}, {"Identity", identity}} {
		body = append(append(body, byte(len(p[0]))), p[0]...)
		body = append(binary.BigEndian.AppendUint32(body, uint32(len(p[1]))), p[1]...)
	}
	return append([]byte{4, byte(len(body))}, body...)
}

func frame(flags byte, body string) []byte {
	if len(body) > 255 {
		return append(binary.BigEndian.AppendUint64([]byte{flags | 2}, uint64(len(body))), body...)
	}
	return append([]byte{flags, byte(len(body))}, body...)
}

// peer is a client that has shaken hands.
func (r *rig) peer(port int, socketType, identity string) net.Conn {
	r.t.Helper()
	c := r.dial(port)
	c.Write(append(greeting("NULL"), ready(socketType, identity)...))
	b := make([]byte, 64)
	if _, err := io.ReadFull(c, b); err != nil {
		r.t.Fatalf("greeting: %v", err)
	}
	if f, _, err := readFrame(c); err != nil || f&4 == 0 {
		r.t.Fatalf("ready: flags %d, %v", f, err)
	}
	return c
}

func readFrame(r io.Reader) (flags byte, body []byte, err error) {
	var h [2]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return 0, nil, err
	}
	size := uint64(h[1])
	if h[0]&2 != 0 {
		var l [8]byte
		l[0] = h[1]
		if _, err := io.ReadFull(r, l[1:]); err != nil {
			return 0, nil, err
		}
		size = binary.BigEndian.Uint64(l[:])
	}
	body = make([]byte, size)
	_, err = io.ReadFull(r, body)
	return h[0], body, err
}

// works checks that an honest client is served on shell, heartbeat and iopub.
func (r *rig) works() {
	r.t.Helper()
	for _, port := range []int{r.at.Shell, r.at.Heartbeat} {
		c := r.peer(port, "DEALER", "")
		c.Write(append(frame(1, "a"), frame(0, strings.Repeat("b", 300))...))
		_, a, err1 := readFrame(c)
		_, b, err2 := readFrame(c)
		if string(a) != "a" || len(b) != 300 || err1 != nil || err2 != nil {
			r.t.Fatalf("echo: %q, %d bytes, %v, %v", a, len(b), err1, err2)
		}
		c.Close()
	}
	c := r.subscribe("")
	if err := r.conn.Send(transport.IOPub, [][]byte{[]byte("topic"), []byte("news")}); err != nil {
		r.t.Fatal(err)
	}
	for _, want := range []string{"topic", "news"} {
		if _, b, err := readFrame(c); string(b) != want || err != nil {
			r.t.Fatalf("iopub: %q, %v, want %q", b, err, want)
		}
	}
	c.Close()
}

// subscribe returns when messages reach the subscriber.
func (r *rig) subscribe(topic string) net.Conn {
	r.t.Helper()
	c := r.peer(r.at.IOPub, "SUB", "")
	c.Write(frame(0, "\x01"+topic))
	select {
	case got := <-r.conn.Subscriptions():
		if got != topic {
			r.t.Errorf("subscription %q, want %q", got, topic)
		}
	case <-time.After(5 * time.Second):
		r.t.Fatal("no subscription arrives")
	}
	return c
}

func long(flags byte, size uint64) []byte { return binary.BigEndian.AppendUint64([]byte{flags}, size) }

// The bytes that kill, freeze or bloat a zmq4 socket without protection. Each
// meets every socket; then an honest client must be served.
func TestAttacks(t *testing.T) {
	hello := append(greeting("NULL"), ready("DEALER", "x")...)
	helloSub := append(greeting("NULL"), ready("SUB", "x")...)
	cut := ready("DEALER", "x")
	cut[len("\x04\x00\x05READY")+1+len("Socket-Type")] = 0x7f // length of the value
	many := bytes.Repeat([]byte{1, 0}, 1_000_000)
	t.Cleanup(func() { // after all of them, which run at the same time
		var m runtime.MemStats
		if runtime.ReadMemStats(&m); m.Sys > 500<<20 {
			t.Errorf("the attacks took %d MB of memory", m.Sys>>20)
		}
	})
	for _, a := range []struct {
		name  string
		bytes []byte
	}{
		{"frame of 2^64-1", append(hello, long(2, 1<<64-1)...)},
		{"frame of 2^63-1", append(hello, long(2, 1<<63-1)...)},
		{"frame of 1 TB", append(hello, long(2, 1<<40)...)},
		{"frame of 20 GB", append(hello, long(2, 20<<30)...)},
		{"frame of 4 GB", append(hello, long(2, 4<<30)...)},
		{"frame of 500 MB announced", append(hello, long(2, 500<<20)...)},
		{"long metadata length", append(greeting("NULL"), cut...)},
		{"metadata cut", append(greeting("NULL"), 4, 8, 5, 'R', 'E', 'A', 'D', 'Y', 11, 'S')},
		{"empty property name", append(greeting("NULL"), 4, 8, 5, 'R', 'E', 'A', 'D', 'Y', 0, 0)},
		{"ready of 1 TB", append(greeting("NULL"), long(6, 1<<40)...)},
		{"socket type CLIENT", append(greeting("NULL"), ready("CLIENT", "")...)},
		{"socket type PUB", append(greeting("NULL"), ready("PUB", "")...)},
		{"no socket type", append(greeting("NULL"), ready("", "")...)},
		{"identity of 300 bytes", append(greeting("NULL"), ready("DEALER", strings.Repeat("i", 200))...)},
		{"no ready", append(greeting("NULL"), frame(4, "\x04PING")...)},
		{"message for ready", append(greeting("NULL"), frame(0, "x")...)},
		{"mechanism CURVE", greeting("CURVE")},
		{"ZMTP 1", []byte{1, 0}},
		{"ZMTP 2", append([]byte{0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 1, 5}, 0, 0)},
		{"http", []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n" + strings.Repeat("x", 100))},
		{"silence", nil},
		{"half a greeting", greeting("NULL")[:11]},
		{"greeting alone", greeting("NULL")},
		{"1000000 frames", append(hello, many...)},
		{"truncated frame", append(hello, 0, 200, 'x')},
		{"reserved flags", append(hello, 0xf8, 0)},
		{"command with MORE", append(hello, frame(5, "\x04PING")...)},
		{"PING cut", append(hello, frame(4, "\x04PING")...)},
		{"empty command", append(hello, frame(4, "")...)},
		{"user frames to iopub", append(helloSub, bytes.Repeat(frame(0, "user data"), 30)...)},
		{"multipart to iopub", append(helloSub, frame(1, "\x01")...)},
		{"topic of 5000 bytes", append(helloSub, frame(0, "\x01"+strings.Repeat("t", 5000))...)},
	} {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			r := listen(t)
			for _, port := range []int{r.at.Shell, r.at.Control, r.at.Stdin, r.at.IOPub, r.at.Heartbeat} {
				c := r.dial(port)
				c.Write(a.bytes)
			}
			for len(r.conn.Subscriptions()) > 0 {
				<-r.conn.Subscriptions()
			}
			r.works()
		})
	}
}

func TestAnnouncedMemoryIsNotReserved(t *testing.T) {
	r := listen(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 20 {
		c := r.peer(r.at.Shell, "DEALER", "")
		c.Write(append(long(2, 100<<20), "some bytes"...))
	}
	r.works()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 50<<20 {
		t.Errorf("20 headers reserved %d MB", grown>>20)
	}
}

func TestPing(t *testing.T) {
	r := listen(t)
	c := r.peer(r.at.Shell, "DEALER", "")
	c.Write(frame(4, "\x04PING\x00\x05context"))
	if f, b, err := readFrame(c); f != 4 || string(b) != "\x04PONGcontext" || err != nil {
		t.Errorf("flags %d, %q, %v", f, b, err)
	}
}

// They connect and close, send garbage, or vanish within a frame, politely or
// not. Nothing of them may stay: no goroutine, no descriptor.
func TestPeersThatComeAndGo(t *testing.T) {
	r := listen(t)
	r.works()
	goroutines, files := runtime.NumGoroutine(), descriptors()
	for i := range 3000 {
		c := r.dial([]int{r.at.Shell, r.at.IOPub}[i%2])
		switch {
		case i%5 == 0:
			c.Write([]byte("garbage"))
		case i%5 == 1:
			c.Write(append(greeting("NULL"), ready([]string{"DEALER", "SUB"}[i%2], "id")...))
			c.Write([]byte{0, 200, 'x'})
			if i%2 == 0 {
				c.(*net.TCPConn).SetLinger(0)
			}
		}
		c.Close()
	}
	r.works()
	deadline := time.Now().Add(10 * time.Second)
	for (runtime.NumGoroutine() > goroutines+5 || descriptors() > files+5) && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > goroutines+5 {
		t.Errorf("%d goroutines, %d before", n, goroutines)
	}
	if n := descriptors(); n > files+5 {
		t.Errorf("%d descriptors, %d before", n, files)
	}
}

// descriptors counts the open files of this process, where the system tells.
func descriptors() int {
	list, _ := os.ReadDir("/proc/self/fd")
	return len(list)
}

// One subscriber that does not read must not hold up the others, new ones, or
// the memory.
func TestStoppedSubscriber(t *testing.T) {
	r := listen(t)
	r.subscribe("") // never reads
	good := r.subscribe("")
	const messages, size = 2000, 100 << 10
	body := bytes.Repeat([]byte("x"), size)
	go func() {
		for range messages {
			r.conn.Throttle(t.Context())
			r.conn.Send(transport.IOPub, [][]byte{[]byte("t"), body})
		}
	}()
	for i := range messages {
		_, _, err1 := readFrame(good)
		_, b, err2 := readFrame(good)
		if len(b) != size || err1 != nil || err2 != nil {
			t.Fatalf("message %d: %d bytes, %v, %v", i, len(b), err1, err2)
		}
	}
	good.Close()
	r.works()
}

// A client that reads slowly gets a message larger than what a stopped one may
// have waiting, and what comes after it.
func TestSlowSubscriber(t *testing.T) {
	r := listen(t)
	c := r.subscribe("")
	big := bytes.Repeat([]byte("x"), 48<<20)
	for _, b := range [][]byte{big, []byte("a"), []byte("b")} {
		r.conn.Send(transport.IOPub, [][]byte{[]byte("t"), b})
	}
	for _, want := range []int{len(big), 1, 1} {
		time.Sleep(50 * time.Millisecond)
		readFrame(c)
		if _, b, err := readFrame(c); len(b) != want || err != nil {
			t.Fatalf("%d bytes, %v, want %d", len(b), err, want)
		}
	}
}

func TestStoppedDealer(t *testing.T) {
	r := listen(t)
	c := r.peer(r.at.Shell, "DEALER", "")
	for range 10 {
		c.Write(frame(0, strings.Repeat("x", 1<<20))) // and the echoes are not read
	}
	r.works()
	begin := time.Now()
	r.conn.Close(200 * time.Millisecond)
	if d := time.Since(begin); d > 2*time.Second {
		t.Errorf("Close took %v", d)
	}
}

func TestLastMessagesAreFlushed(t *testing.T) {
	r := listen(t)
	c := r.subscribe("")
	const n = 5000
	for i := range n {
		r.conn.Send(transport.IOPub, [][]byte{[]byte("t"), fmt.Appendf(nil, "%d", i)})
	}
	go r.conn.Close(5 * time.Second)
	for i := range n {
		readFrame(c)
		if _, b, err := readFrame(c); string(b) != fmt.Sprint(i) || err != nil {
			t.Fatalf("message %d: %q, %v", i, b, err)
		}
	}
}

func TestHandover(t *testing.T) {
	r := listen(t)
	old := r.peer(r.at.Shell, "DEALER", "same")
	young := r.peer(r.at.Shell, "DEALER", "same")
	young.Write(frame(0, "hello"))
	if _, b, err := readFrame(young); string(b) != "hello" || err != nil {
		t.Errorf("new connection: %q, %v", b, err)
	}
	if _, b, err := readFrame(old); err == nil {
		t.Errorf("old connection got %q", b)
	}
}

func TestManyClients(t *testing.T) {
	r := listen(t)
	done := make(chan error)
	for i := range 50 {
		c := r.peer(r.at.Shell, "DEALER", fmt.Sprint("c", i))
		go func() {
			for j := range 20 {
				want := fmt.Sprint(i, ":", j)
				c.Write(frame(0, want))
				if _, b, err := readFrame(c); string(b) != want || err != nil {
					done <- fmt.Errorf("client %d got %q, %v", i, b, err)
					return
				}
			}
			done <- nil
		}()
	}
	for range 50 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestLargeMessage(t *testing.T) {
	r := listen(t)
	c := r.peer(r.at.Shell, "DEALER", "")
	body := strings.Repeat("y", 20<<20)
	go c.Write(frame(0, body))
	if _, b, err := readFrame(c); string(b) != body || err != nil {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

func TestSendWithoutPeers(t *testing.T) {
	r := listen(t)
	if err := r.conn.Send(transport.Stdin, [][]byte{[]byte("nobody"), []byte("x")}); err == nil {
		t.Error("a message to nobody was accepted")
	}
	r.conn.Close(0)
	if err := r.conn.Send(transport.IOPub, [][]byte{[]byte("x")}); err != transport.ErrClosed {
		t.Errorf("after Close: %v", err)
	}
	if _, err := r.conn.Recv(transport.Control); err != transport.ErrClosed {
		t.Errorf("after Close: %v", err)
	}
}

func TestPortInUse(t *testing.T) {
	r := listen(t)
	_, err := transport.Listen(r.at)
	if err == nil || !strings.Contains(err.Error(), "shell socket: cannot listen on 127.0.0.1:") {
		t.Errorf("second kernel on the same ports: %v", err)
	}
	at := r.at
	at.Transport = "pgm"
	if _, err := transport.Listen(at); err == nil || !strings.Contains(err.Error(), "pgm") {
		t.Errorf("unknown transport: %v", err)
	}
}

func TestUnixSockets(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Jupyter uses no unix sockets on Windows")
	}
	dir := t.TempDir()
	at := transport.Endpoint{Transport: "ipc", IP: dir + "/k", Shell: 1, Control: 2, Stdin: 3, IOPub: 4, Heartbeat: 5}
	os.WriteFile(dir+"/k-1", nil, 0o644) // left by a kernel that was killed
	r := &rig{t: t, at: at}
	r.serve()
	info, err := os.Stat(dir + "/k-1")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("socket: %v, %v", info.Mode(), err)
	}
	c, err := net.Dial("unix", dir+"/k-1")
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	r.conn.Close(0)
	if _, err := os.Stat(dir + "/k-1"); err == nil {
		t.Error("the socket is left behind")
	}
}

// What exceeds a limit ends its connection at once.
func TestLimitsCutPeers(t *testing.T) {
	r := listen(t)
	for name, b := range map[string][]byte{
		"frame of 600 MB": long(2, 600<<20),
		"2000 frames":     bytes.Repeat([]byte{1, 0}, 2000),
		"reserved flags":  {0xf8, 0},
		"command of 5 kB": frame(4, strings.Repeat("c", 5000)),
	} {
		c := r.peer(r.at.Shell, "DEALER", "")
		c.Write(b)
		if n, err := io.Copy(io.Discard, c); n > 0 || os.IsTimeout(err) {
			t.Errorf("%s: %d bytes, %v, and the peer is still there", name, n, err)
		}
	}
}

// As many subscriptions as anybody ever made, each announced, and publishing
// does not become slow.
func TestManySubscriptions(t *testing.T) {
	r := listen(t)
	c := r.peer(r.at.IOPub, "SUB", "")
	const n = 20000
	go func() {
		var b []byte
		for i := range n {
			b = append(b, frame(0, fmt.Sprintf("\x01topic %05d", i))...)
		}
		c.Write(append(b, frame(0, "\x00topic 00007")...))
		c.Write(frame(0, "\x01end"))
	}()
	for i := range n {
		if got, want := <-r.conn.Subscriptions(), fmt.Sprintf("topic %05d", i); got != want {
			t.Fatalf("subscription %q, want %q", got, want)
		}
	}
	<-r.conn.Subscriptions()
	begin := time.Now()
	for i := range n {
		r.conn.Send(transport.IOPub, [][]byte{fmt.Appendf(nil, "topic %05d.x", i)})
	}
	if d := time.Since(begin); d > 5*time.Second {
		t.Errorf("%d messages took %v", n, d)
	}
	for i := range n {
		if i == 7 {
			continue // cancelled
		}
		if _, b, err := readFrame(c); string(b) != fmt.Sprintf("topic %05d.x", i) || err != nil {
			t.Fatalf("message %d: %q, %v", i, b, err)
		}
	}
	r.conn.Send(transport.IOPub, [][]byte{[]byte("topic"), []byte("to nobody")})
	r.conn.Send(transport.IOPub, [][]byte{[]byte("end")})
	if _, b, _ := readFrame(c); string(b) != "end" {
		t.Errorf("a message that nobody wants: %q", b)
	}
	for i := range 100_000 {
		c.Write(frame(0, fmt.Sprintf("\x01more %d", i)))
		select {
		case <-r.conn.Subscriptions():
		case <-time.After(time.Second):
			return // cut off, as it should be
		}
	}
	t.Error("subscriptions have no limit")
}

// A client without an identity gets its own answers.
func TestPeersWithoutIdentity(t *testing.T) {
	r := listen(t)
	var cs []net.Conn
	for range 3 {
		cs = append(cs, r.peer(r.at.Shell, "DEALER", ""))
	}
	for i, c := range cs {
		c.Write(frame(0, fmt.Sprint(i)))
	}
	for i, c := range cs {
		if _, b, err := readFrame(c); string(b) != fmt.Sprint(i) || err != nil {
			t.Errorf("client %d gets %q, %v", i, b, err)
		}
	}
	thief := r.dial(r.at.Shell)
	thief.Write(append(greeting("NULL"), ready("DEALER", "\x00\x00\x00\x00\x01")...))
	if n, err := io.Copy(io.Discard, thief); n > 64 || os.IsTimeout(err) {
		t.Errorf("a peer may take an identity that we give: %d bytes, %v", n, err)
	}
}

// zmq4 would queue them for a reader that does not exist, and then hang.
func TestUserFramesToIOPubAreDropped(t *testing.T) {
	r := listen(t)
	c := r.peer(r.at.IOPub, "SUB", "")
	c.Write(bytes.Repeat(frame(0, "user data"), 30))
	c.Write(frame(0, "\x01topic"))
	select {
	case <-r.conn.Subscriptions():
	case <-time.After(5 * time.Second):
		t.Error("the peer cannot subscribe any more")
	}
}
