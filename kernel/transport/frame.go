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

func appendHeader(b []byte, flags byte, size uint64) []byte {
	if size > 255 {
		return binary.BigEndian.AppendUint64(append(b, flags|flagLong), size)
	}
	return append(b, flags, byte(size))
}

// outgoing is one message, ready to be written. It may be on its way to several
// peers at once, so nobody changes it.
type outgoing struct {
	bufs [][]byte
	size int64
}

// keep is the size from which a frame is kept by reference instead of copied.
const keep = 4096

// pack puts the frames of a message into as few pieces as that allows.
func pack(frames [][]byte) outgoing {
	small := 0
	for _, f := range frames {
		small += 9
		if len(f) < keep {
			small += len(f)
		}
	}
	m := outgoing{bufs: make([][]byte, 0, 4)}
	b := make([]byte, 0, small)
	for i, f := range frames {
		flags := byte(flagMore)
		if i == len(frames)-1 {
			flags = 0
		}
		b = appendHeader(b, flags, uint64(len(f)))
		if len(f) < keep {
			b = append(b, f...)
			continue
		}
		m.bufs = append(m.bufs, b, f)
		m.size += int64(len(b) + len(f))
		b = b[len(b):]
	}
	if len(b) > 0 {
		m.bufs = append(m.bufs, b)
		m.size += int64(len(b))
	}
	return m
}
