package kernel

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os/user"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ingot-go/ingot/display/safejson"
	"github.com/ingot-go/ingot/kernel/transport"
	"github.com/ingot-go/ingot/kernel/wire"
	"github.com/ingot-go/ingot/session"
)

// Config says what to serve. Only Session is needed.
type Config struct {
	Session session.Session
	Version string             // of Ingot
	Key     string             // of the connection file; empty means unsigned
	Scheme  string             // signature_scheme of the connection file
	At      transport.Endpoint // where the sockets are; only to be told
	Remote  bool               // Run may listen where other machines can connect
	History string             // file of the cells of all kernels; empty: they are forgotten
	Log     io.Writer
}

// Kernel is one running kernel.
type kernel struct {
	conn    transport.Conn
	session session.Session
	version string
	at      transport.Endpoint
	signer  wire.Signer
	log     *log.Logger
	id      string // session of our headers: new for each start
	user    string
	sent    atomic.Int64
	replays wire.Replays
	dropped atomic.Int64 // messages

	ctx  context.Context
	stop context.CancelFunc

	state   state
	history history
	shell   *inbox // requests handled in order
	aside   *inbox // questions
	stdin   stdin
}

// Run serves the connection file at path until the client shuts the kernel
// down, ctx ends, or the process that started the kernel is gone. SIGINT
// interrupts the running cell. Key and Scheme of cfg come from the file. Run
// closes the session.
func Run(ctx context.Context, path string, cfg Config) error {
	f, err := ReadConnectionFile(path)
	if err != nil {
		return err
	}
	if _, err := wire.NewSigner(f.SignatureScheme, f.Key); err != nil {
		return fmt.Errorf("connection file %s: %w", path, err)
	}
	if err := f.checkAddress(); err != nil && !cfg.Remote {
		return fmt.Errorf("connection file %s: %w", path, err)
	}
	conn, err := transport.Listen(f.Endpoint())
	if err != nil {
		return fmt.Errorf("connection file %s: %w", path, err)
	}
	cfg.Key, cfg.Scheme, cfg.At = f.Key, f.SignatureScheme, f.Endpoint()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go watchParent(ctx, cancel)
	go forwardSignals(ctx, cancel, cfg.Session.Interrupt)
	err = Serve(ctx, conn, cfg)
	cfg.Session.Close()
	return err
}

// flushTime bounds how long the last messages may take to leave.
const flushTime = time.Second

// Serve answers messages until a client asks for shutdown or ctx ends. It
// closes conn but not the session.
func Serve(ctx context.Context, conn transport.Conn, cfg Config) error {
	signer, err := wire.NewSigner(cfg.Scheme, cfg.Key)
	if err != nil {
		conn.Close(0)
		return err
	}
	if cfg.Log == nil {
		cfg.Log = io.Discard
	}
	k := &kernel{
		conn: conn, session: cfg.Session, version: cfg.Version, at: cfg.At, signer: signer,
		log: log.New(cfg.Log, "kernel: ", 0), id: newID(), user: userName(),
		shell: newInbox(), aside: newInbox(),
	}
	k.history.id, k.history.path = k.id, cfg.History
	defer k.history.close()
	k.state.comms = map[string]string{}
	k.ctx, k.stop = context.WithCancel(ctx)
	k.publish(nil, "status", content{"execution_state": "starting"})
	k.serve()
	return conn.Close(flushTime)
}

// serve runs the goroutines of the kernel until it is stopped.
func (k *kernel) serve() {
	go k.read(transport.Shell)
	go k.read(transport.Control)
	go k.read(transport.Stdin)
	go k.welcome()
	var workers sync.WaitGroup
	workers.Go(func() { k.work(k.shell) })
	workers.Go(func() { k.work(k.aside) })
	<-k.ctx.Done()
	k.shell.close()
	k.aside.close()
	k.session.Interrupt()
	finished := make(chan struct{})
	go func() { workers.Wait(); close(finished) }()
	select { // a cell that ignores the interrupt must not hold up the exit
	case <-finished:
	case <-time.After(flushTime):
	}
}

// content is the content of a message.
type content map[string]any

// send encodes and sends one message, and returns its id. The content c may be
// JSON already.
func (k *kernel) send(ch transport.Channel, ids [][]byte, parent json.RawMessage, kind string, c any, meta content, buffers ...[]byte) (id string) {
	body, encoded := c.(json.RawMessage)
	if !encoded {
		var err error
		if body, err = safejson.Marshal(c); err != nil {
			k.log.Printf("%s not sent: %v", kind, err)
			return ""
		}
	}
	m := &wire.Message{
		IDs: ids, Parent: parent, Content: body, Buffers: buffers,
		Header: wire.Header{
			ID: k.id + "_" + strconv.FormatInt(k.sent.Add(1), 10), Session: k.id, User: k.user,
			Date: timestamp(time.Now()), Type: kind, Version: wire.Version,
		},
	}
	if meta != nil {
		var err error
		if m.Metadata, err = safejson.Marshal(meta); err != nil {
			k.log.Printf("%s: metadata: %v", kind, err)
		}
	}
	if err := k.conn.Send(ch, wire.Encode(k.signer, m)); err != nil {
		k.log.Printf("%s not sent: %v", kind, err)
	}
	return m.Header.ID
}

// publish sends to all clients.
func (k *kernel) publish(parent json.RawMessage, kind string, c any) {
	k.send(transport.IOPub, [][]byte{[]byte("kernel." + k.id + "." + kind)}, parent, kind, c, nil)
}

// welcome greets each new subscriber, so that clients know when output reaches
// them (JEP 65). The topic is the subscription, or it would not be delivered.
func (k *kernel) welcome() {
	for {
		select {
		case topic := <-k.conn.Subscriptions():
			k.send(transport.IOPub, [][]byte{[]byte(topic)}, nil, "iopub_welcome", content{"subscription": topic}, nil)
		case <-k.ctx.Done():
			return
		}
	}
}

func timestamp(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.000000Z07:00")
}

func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "user"
}
