package transport

import (
	"bufio"
	"encoding/binary"
	"io"
)

// Flags of a ZMTP frame header.
const (
	flagMore    = 1
	flagLong    = 2
	flagCommand = 4
)

type header struct {
	flags byte
	size  uint64
}

func readHeader(r *bufio.Reader) (h header, err error) {
	if h.flags, err = r.ReadByte(); err != nil {
		return h, err
	}
	if h.flags&flagLong == 0 {
		b, err := r.ReadByte()
		h.size = uint64(b)
		return h, unexpected(err)
	}
	var b [8]byte
	_, err = io.ReadFull(r, b[:])
	h.size = binary.BigEndian.Uint64(b[:])
	return h, unexpected(err)
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// appendHeader appends to a copy of b, which may be shared.
func appendHeader(b []byte, flags byte, size uint64) []byte {
	b = b[:len(b):len(b)]
	if size > 255 {
		return binary.BigEndian.AppendUint64(append(b, flags|flagLong), size)
	}
	return append(b, flags, byte(size))
}

// assembler puts the bytes that zmq4 writes, in pieces of its choosing, back
// together to whole messages. zmq4 writes to one connection from one goroutine
// at a time.
type assembler struct {
	skip    int // bytes of zmq4's own greeting: ours went out already
	head    []byte
	need    uint64 // body bytes still to come
	pending outgoing
	small   []byte
}

// outgoing is one message, ready to be written.
type outgoing struct {
	bufs [][]byte
	size int64
}

// keep is the size from which a body is kept by reference instead of copied.
const keep = 4096

// take consumes p and calls done for each message that is complete.
func (a *assembler) take(p []byte, done func(outgoing)) {
	n := min(a.skip, len(p))
	a.skip -= n
	p = p[n:]
	for len(p) > 0 {
		if a.need == 0 {
			a.head = append(a.head, p[0])
			p = p[1:]
			if !headComplete(a.head) {
				continue
			}
			a.need = headSize(a.head)
			a.add(append([]byte(nil), a.head...))
		} else {
			n := min(a.need, uint64(len(p)))
			a.add(p[:n])
			p = p[n:]
			a.need -= n
		}
		if a.need == 0 {
			a.endFrame(done)
		}
	}
}

func headComplete(h []byte) bool {
	if h[0]&flagLong != 0 {
		return len(h) == 9
	}
	return len(h) == 2
}

func headSize(h []byte) uint64 {
	if h[0]&flagLong != 0 {
		return binary.BigEndian.Uint64(h[1:])
	}
	return uint64(h[1])
}

func (a *assembler) add(b []byte) {
	if len(b) < keep {
		a.small = append(a.small, b...)
	} else {
		a.flushSmall()
		a.pending.bufs = append(a.pending.bufs, b)
	}
	a.pending.size += int64(len(b))
}

func (a *assembler) flushSmall() {
	if len(a.small) > 0 {
		a.pending.bufs = append(a.pending.bufs, a.small)
		a.small = nil
	}
}

func (a *assembler) endFrame(done func(outgoing)) {
	more := a.head[0]&flagMore != 0
	a.head = a.head[:0]
	if more {
		return
	}
	a.flushSmall()
	m := a.pending
	a.pending = outgoing{}
	done(m)
}
