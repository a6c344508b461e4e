// Package transport carries the frames of Jupyter messages between a kernel and
// its clients: over zmq4 sockets made safe ([Listen]), or in memory for tests
// ([Pipe]).
//
// zmq4 v0.17.0 is good at framing and routing but must not meet the network
// alone: a few bytes from an unauthenticated peer make it panic, a silent peer
// blocks all others, a stopped one freezes the output, and what was sent last
// is lost on exit. Its hook RegisterTransport lets us stand between it and the
// sockets: [listener] does the handshake and limits connections, and [peer]
// checks each frame on the way in, so that nothing in zmq4 ever blocks or sees a
// malformed byte. Messages on the way out do not pass through it at all: they
// are packed once and queued by each peer that shall have them.
package transport

import (
	"context"
	"errors"
	"time"
)

// Channel is one of the five sockets of a kernel.
type Channel int

// The channels. Heartbeats are answered inside this package, so that nothing
// else can delay them.
const (
	Shell Channel = iota
	Control
	Stdin
	IOPub
	heartbeat
	channels
)

var channelNames = [channels]string{"shell", "control", "stdin", "iopub", "hb"}

func (c Channel) String() string { return channelNames[c] }

var (
	// ErrClosed is returned by Recv and Send after Close.
	ErrClosed = errors.New("connection is closed")

	// ErrNoPeer is returned by Send where no client is connected.
	ErrNoPeer = errors.New("no client is connected")
)

// Conn is the connection of a kernel to all its clients. Its methods may be
// called from any goroutine, but one goroutine alone should receive from each
// channel. Frames must not be changed after Send.
type Conn interface {
	// Recv waits for the next message on Shell, Control or Stdin.
	Recv(Channel) ([][]byte, error)

	// Send queues a message: to the client that the first frame names, or on
	// IOPub to all who subscribed to its first frame. It never waits for a
	// client.
	Send(Channel, [][]byte) error

	// Subscriptions delivers the topic of each new subscription to IOPub, when
	// messages of that topic already reach the subscriber.
	Subscriptions() <-chan string

	// Throttle waits while clients that are still reading have much unread
	// output, or until ctx ends. Only bulk output should wait.
	Throttle(ctx context.Context)

	// Close sends what is queued, for at most the time given, and releases the
	// sockets.
	Close(flush time.Duration) error
}
