package transport

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The NULL mechanism of ZMTP 3.0: both sides send a greeting of 64 bytes and a
// READY command with metadata, without waiting for each other.
const (
	greetingSize = 64
	maxReady     = 2048
	maxIdentity  = 255
)

var greeting = func() (g [greetingSize]byte) {
	g[0], g[9], g[10] = 0xff, 0x7f, 3
	copy(g[12:], "NULL")
	return g
}()

// hello is what a peer said of itself.
type hello struct {
	socketType string
	identity   string
}

// readGreeting reads and checks the greeting of a peer.
func readGreeting(r *bufio.Reader, mechanism string) error {
	var g [greetingSize]byte
	if _, err := io.ReadFull(r, g[:12]); err != nil { // enough to tell older versions, which send less
		return fmt.Errorf("greeting: %w", err)
	}
	if g[0] != 0xff || g[9]&1 == 0 || g[10] < 3 {
		return fmt.Errorf("greeting % x is not ZMTP 3", g[:12])
	}
	if _, err := io.ReadFull(r, g[12:]); err != nil {
		return fmt.Errorf("greeting: %w", err)
	}
	if m := strings.TrimRight(string(g[12:32]), "\x00"); m != mechanism {
		return fmt.Errorf("security mechanism %q, want %s", m, mechanism)
	}
	return nil
}

// readHello reads and checks the greeting and READY of a peer.
func readHello(r *bufio.Reader, allowed []string) (hello, error) {
	if err := readGreeting(r, "NULL"); err != nil {
		return hello{}, err
	}
	body, err := readReady(r)
	if err != nil {
		return hello{}, fmt.Errorf("ready: %w", err)
	}
	return checkHello(body, allowed)
}

// checkHello reads the metadata of a peer that is one of the allowed types.
func checkHello(body []byte, allowed []string) (hello, error) {
	h, err := parseMetadata(body)
	if err != nil {
		return hello{}, fmt.Errorf("ready: %w", err)
	}
	if !slices.Contains(allowed, h.socketType) {
		return hello{}, fmt.Errorf("socket type %q, want one of %v", h.socketType, allowed)
	}
	return h, nil
}

// readReady returns the metadata of a READY command.
func readReady(r *bufio.Reader) ([]byte, error) {
	h, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	if h.flags&^flagLong != flagCommand {
		return nil, fmt.Errorf("frame with flags %#x is not a command", h.flags)
	}
	if h.size > maxReady {
		return nil, fmt.Errorf("command of %d bytes", h.size)
	}
	body := make([]byte, h.size)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, err
	}
	rest, ok := strings.CutPrefix(string(body), "\x05READY")
	if !ok {
		return nil, errors.New("another command came first")
	}
	return []byte(rest), nil
}

// parseMetadata reads properties: a byte of length and the name, four bytes of
// length and the value.
func parseMetadata(p []byte) (h hello, err error) {
	bad := errors.New("metadata is cut short")
	for len(p) > 0 {
		n := int(p[0])
		if n == 0 || len(p) < 1+n+4 {
			return h, bad
		}
		name := string(p[1 : 1+n])
		p = p[1+n:]
		size := binary.BigEndian.Uint32(p)
		p = p[4:]
		if uint64(size) > uint64(len(p)) {
			return h, bad
		}
		value := string(p[:size])
		p = p[size:]
		switch strings.ToLower(name) {
		case "socket-type":
			h.socketType = value
		case "identity":
			if len(value) > maxIdentity || strings.HasPrefix(value, "\x00") {
				return h, fmt.Errorf("identity %.20q of %d bytes is too long, or one of those that we give", value, len(value))
			}
			h.identity = value
		}
	}
	return h, nil
}

// words are the greeting and READY of a socket. zmq4 gets to read them in place
// of the peer's own.
func (h hello) words() []byte {
	return append(greeting[:len(greeting):len(greeting)], h.ready()...)
}

// ready is the READY command.
func (h hello) ready() []byte {
	body := append([]byte("\x05READY"), h.metadata()...)
	return append(appendHeader(nil, flagCommand, uint64(len(body))), body...)
}

// metadata is the inverse of parseMetadata.
func (h hello) metadata() (body []byte) {
	for _, p := range [][2]string{{"Socket-Type", h.socketType}, {"Identity", h.identity}} {
		body = append(body, byte(len(p[0])))
		body = append(body, p[0]...)
		body = binary.BigEndian.AppendUint32(body, uint32(len(p[1])))
		body = append(body, p[1]...)
	}
	return body
}
