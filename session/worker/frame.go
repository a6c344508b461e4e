package worker

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// protocol is the version of the pipe. It changes when frames change.
const protocol = 1

// kind says what a frame is. Supervisor and worker have kinds of their own.
type kind byte

const (
	hello kind = iota + 1 // both: versions; the first frame of each side

	// From the supervisor.
	eval       // run a cell
	complete   // questions, each answered by a reply of the same sequence
	inspect    //
	isComplete //
	variables  //
	reset      //
	interrupt  // stop the running cell gently
	cancel     // stop the cell hard
	answer     // to an ask of the same sequence
	credit     // stream output has been taken
	leave      // close the session and exit

	// From the worker.
	ready  // the session is there
	failed // the session cannot be made
	reply  // to the request of the same sequence
	stream // events of a cell
	data   //
	wipe   //
	comm   //
	ask    // input request
	unask  // the ask of the same sequence is no longer waited for
)

// Limits of a frame; what exceeds them is not one of ours.
const (
	headerSize = 13 // kind, cell, sequence, length of the JSON part
	maxFrame   = 1 << 30
)

// frame is one message of the pipe.
type frame struct {
	kind  kind
	cell  uint32 // the evaluation it belongs to, or 0
	seq   uint32 // pairs a request with its reply
	body  []byte // JSON
	blobs [][]byte
}

// into decodes the JSON part.
func (f frame) into(v any) error {
	if err := json.Unmarshal(f.body, v); err != nil {
		return fmt.Errorf("worker pipe: frame of kind %d: %w", f.kind, err)
	}
	return nil
}

// size is what the length of the frame says.
func (f frame) size() int {
	n := headerSize + len(f.body)
	for _, b := range f.blobs {
		n += 4 + len(b)
	}
	return n
}

// encode lays a frame out as doc/session.md says.
func (f frame) encode() []byte {
	size := f.size()
	out := make([]byte, 0, 4+size)
	out = binary.BigEndian.AppendUint32(out, uint32(size))
	out = append(out, byte(f.kind))
	out = binary.BigEndian.AppendUint32(out, f.cell)
	out = binary.BigEndian.AppendUint32(out, f.seq)
	out = binary.BigEndian.AppendUint32(out, uint32(len(f.body)))
	out = append(out, f.body...)
	for _, b := range f.blobs {
		out = binary.BigEndian.AppendUint32(out, uint32(len(b)))
		out = append(out, b...)
	}
	return out
}

// readFrame reads the next frame. It returns io.EOF at the end of the pipe.
func readFrame(r *bufio.Reader) (frame, error) {
	var head [4 + headerSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return frame{}, err
	}
	size := binary.BigEndian.Uint32(head[:])
	f := frame{
		kind: kind(head[4]), cell: binary.BigEndian.Uint32(head[5:]), seq: binary.BigEndian.Uint32(head[9:]),
	}
	n := binary.BigEndian.Uint32(head[13:])
	if size < headerSize || size > maxFrame || n > size-headerSize {
		return frame{}, fmt.Errorf("worker pipe: frame of %d bytes with %d of JSON", size, n)
	}
	rest, err := readAll(r, int64(size-headerSize))
	if err != nil {
		return frame{}, err
	}
	f.body, rest = rest[:n:n], rest[n:]
	for len(rest) > 0 {
		if len(rest) < 4 {
			return frame{}, fmt.Errorf("worker pipe: %d bytes after the last blob", len(rest))
		}
		n := binary.BigEndian.Uint32(rest)
		if uint64(n) > uint64(len(rest)-4) {
			return frame{}, fmt.Errorf("worker pipe: blob of %d bytes in %d", n, len(rest)-4)
		}
		f.blobs = append(f.blobs, rest[4:4+n:4+n])
		rest = rest[4+n:]
	}
	return f, nil
}

// readAll reads n bytes without trusting n: memory grows with what arrives.
func readAll(r io.Reader, n int64) ([]byte, error) {
	const trusted = 1 << 20
	if n <= trusted {
		b := make([]byte, n)
		_, err := io.ReadFull(r, b)
		return b, unexpected(err)
	}
	b, err := io.ReadAll(io.LimitReader(r, n))
	if err == nil && int64(len(b)) < n {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// pipeWriter writes whole frames from many goroutines.
type pipeWriter struct {
	mu sync.Mutex
	w  io.WriteCloser
}

// send encodes body as JSON, unless it is nil, and writes a frame.
func (p *pipeWriter) send(f frame, body any) error {
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("worker pipe: frame of kind %d: %w", f.kind, err)
		}
		f.body = b
	}
	if len(f.body) == 0 {
		f.body = []byte("{}")
	}
	if n := f.size(); n > maxFrame {
		return fmt.Errorf("%d MiB are too much for one message, the limit is %d MiB", n>>20, maxFrame>>20)
	}
	b := f.encode()
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := p.w.Write(b)
	return err
}
