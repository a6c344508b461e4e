package worker

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// protocol is the version of the pipe. Both sides must have the same.
const protocol = 1

// kind says what a frame is for.
type kind uint8

const (
	kindHello     kind = iota + 1 // both ways, first: versions
	kindCall                      // to the child: a method of Session
	kindReply                     // to the parent: its result, under the same sequence
	kindCancel                    // to the child: the context of a call is done
	kindInterrupt                 // to the child
	kindStream                    // to the parent: display.Stream; uses credit
	kindData                      // to the parent: display.Data
	kindClear                     // to the parent: display.Clear
	kindComm                      // to the parent: display.Comm
	kindAsk                       // to the parent: an input request, sequence of its own
	kindAnswer                    // to the child: the line, under the same sequence
	kindCredit                    // to the child: more stream bytes may be sent
)

// frame is one message on the pipe:
//
//	uint32 length of what follows, big endian like all numbers
//	uint8  kind
//	uint64 sequence
//	uint64 cell: the sequence of the call that evaluates the cell
//	uint32 length of the JSON text, then the text
//	       blobs: a uint32 length and the bytes, until the frame ends
type frame struct {
	kind  kind
	seq   uint64
	cell  uint64
	body  json.RawMessage
	blobs [][]byte
}

const (
	frameHead = 1 + 8 + 8 + 4
	maxFrame  = 1 << 30 // larger ones are a fault, not a message
)

var errFrame = errors.New("worker: malformed frame")

// readFrame reads one frame; io.EOF between frames means that the other side
// has gone.
func readFrame(r io.Reader) (frame, error) {
	var f frame
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return f, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n < frameHead || n > maxFrame {
		return f, fmt.Errorf("%w: length %d", errFrame, n)
	}
	buf := make([]byte, n)
	if _, err := io.ReadFull(r, buf); err != nil {
		return f, fmt.Errorf("worker: frame cut short: %w", err)
	}
	f.kind = kind(buf[0])
	f.seq, f.cell = binary.BigEndian.Uint64(buf[1:]), binary.BigEndian.Uint64(buf[9:])
	size := binary.BigEndian.Uint32(buf[17:])
	rest := buf[frameHead:]
	if uint64(size) > uint64(len(rest)) {
		return f, fmt.Errorf("%w: JSON of %d bytes in %d", errFrame, size, len(rest))
	}
	f.body, rest = json.RawMessage(rest[:size]), rest[size:]
	for len(rest) > 0 {
		if len(rest) < 4 {
			return f, fmt.Errorf("%w: blob without length", errFrame)
		}
		size := binary.BigEndian.Uint32(rest)
		rest = rest[4:]
		if uint64(size) > uint64(len(rest)) {
			return f, fmt.Errorf("%w: blob of %d bytes in %d", errFrame, size, len(rest))
		}
		f.blobs, rest = append(f.blobs, rest[:size:size]), rest[size:]
	}
	return f, nil
}

// encode is the frame as bytes.
func (f frame) encode() ([]byte, error) {
	n := frameHead + len(f.body)
	for _, b := range f.blobs {
		n += 4 + len(b)
	}
	if n > maxFrame {
		return nil, fmt.Errorf("worker: message of %d bytes is larger than %d", n, maxFrame)
	}
	buf := make([]byte, 0, 4+n)
	buf = binary.BigEndian.AppendUint32(buf, uint32(n))
	buf = append(buf, byte(f.kind))
	buf = binary.BigEndian.AppendUint64(buf, f.seq)
	buf = binary.BigEndian.AppendUint64(buf, f.cell)
	buf = binary.BigEndian.AppendUint32(buf, uint32(len(f.body)))
	buf = append(buf, f.body...)
	for _, b := range f.blobs {
		buf = binary.BigEndian.AppendUint32(buf, uint32(len(b)))
		buf = append(buf, b...)
	}
	return buf, nil
}

// wire writes frames whole, from any goroutine.
type wire struct {
	mu sync.Mutex
	w  io.Writer
}

// send writes a frame with v as its JSON.
func (w *wire) send(f frame, v any) error {
	var err error
	if v != nil {
		if f.body, err = json.Marshal(v); err != nil {
			return fmt.Errorf("worker: %w", err)
		}
	}
	buf, err := f.encode()
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err = w.w.Write(buf)
	return err
}

// hello is the first frame of both sides.
type hello struct {
	Protocol int    `json:"protocol"`
	Version  string `json:"version"` // of the program
}

// check compares the other side's hello with ours.
func (h hello) check(other hello) error {
	if other != h {
		return fmt.Errorf("worker: the program was replaced while it ran (the worker is %s with protocol %d, this is %s with protocol %d): restart the kernel",
			other.Version, other.Protocol, h.Version, h.Protocol)
	}
	return nil
}
