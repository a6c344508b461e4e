package transport

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"golang.org/x/crypto/nacl/box"
)

// CurveKeys are the keys of a kernel whose connections are encrypted with the
// CURVE mechanism of ZMTP 3 (https://rfc.zeromq.org/spec/26/). Clients know the
// public one and may have any keys of their own.
type CurveKeys struct{ public, secret [32]byte }

// ParseCurveKeys reads keys as connection files have them: 40 characters of Z85.
func ParseCurveKeys(public, secret string) (*CurveKeys, error) {
	var k CurveKeys
	for _, p := range []struct {
		name, text string
		key        *[32]byte
	}{{"curve_publickey", public, &k.public}, {"curve_secretkey", secret, &k.secret}} {
		if !decodeZ85(p.key[:], p.text) {
			return nil, fmt.Errorf("%s is not a key: want 40 characters of Z85", p.name)
		}
	}
	return &k, nil
}

const z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"

// decodeZ85 turns each five characters of text into four bytes of key.
func decodeZ85(key []byte, text string) bool {
	if len(text)*4 != len(key)*5 {
		return false
	}
	for i := range len(key) / 4 {
		var v uint64
		for _, c := range []byte(text[5*i : 5*i+5]) {
			digit := strings.IndexByte(z85, c)
			if digit < 0 {
				return false
			}
			v = v*85 + uint64(digit)
		}
		if v >= 1<<32 {
			return false
		}
		binary.BigEndian.PutUint32(key[4*i:], uint32(v))
	}
	return true
}

// greetingFor is what a socket says first: which mechanism, and that it is the
// server of one that has servers.
func greetingFor(keys *CurveKeys) (g [greetingSize]byte) {
	g = greeting
	if keys != nil {
		copy(g[12:], "CURVE")
		g[32] = 1
	}
	return g
}

// The sizes of commands, without their frame headers.
const (
	curveHello    = 200
	curveCookie   = 96
	curveInitiate = 257 // at least: with a box of no metadata
	shortNonce    = 8
	longNonce     = 16
)

var errCurve = errors.New("curve: a command is not what it must be")

// nonce makes the 24 bytes that a box is closed with.
func nonce(prefix string, rest []byte) *[24]byte {
	var n [24]byte
	copy(n[copy(n[:], prefix):], rest)
	return &n
}

// curveHandshake is the server's side, after the greetings: HELLO, WELCOME,
// INITIATE, READY. It returns the connection as it is to be used from now on,
// and the metadata of the peer.
func curveHandshake(c net.Conn, r *bufio.Reader, keys *CurveKeys, ours hello, maxFrame uint64) (*curveConn, []byte, error) {
	first, err := readCurveFrame(r, curveHello)
	if err != nil {
		return nil, nil, err
	}
	if len(first) != curveHello || !bytes.HasPrefix(first, []byte("\x05HELLO\x01")) {
		return nil, nil, errCurve
	}
	client := [32]byte(first[80:112]) // its key for this connection
	if _, ok := box.Open(nil, first[120:], nonce("CurveZMQHELLO---", first[112:120]), &client, &keys.secret); !ok {
		return nil, nil, errCurve
	}
	public, secret, err := box.GenerateKey(rand.Reader) // ours for this connection
	if err != nil {
		return nil, nil, err
	}
	cookie := make([]byte, curveCookie) // means nothing, for we remember what we said
	rand.Read(cookie)
	welcome := append([]byte("\x07WELCOME"), make([]byte, longNonce)...)
	rand.Read(welcome[8:])
	said := append(public[:], cookie...)
	welcome = box.Seal(welcome, said, nonce("WELCOME-", welcome[8:8+longNonce]), &client, &keys.secret)
	if err := writeCommand(c, welcome); err != nil {
		return nil, nil, err
	}
	metadata, last, err := readInitiate(r, keys, &client, secret, cookie)
	if err != nil {
		return nil, nil, err
	}
	cc := &curveConn{Conn: c, r: r, maxFrame: maxFrame, from: fromClient, in: last, to: fromServer, out: 1}
	box.Precompute(&cc.shared, &client, secret)
	number := binary.BigEndian.AppendUint64(nil, cc.out)
	ready := append([]byte("\x05READY"), number...)
	ready = box.SealAfterPrecomputation(ready, ours.metadata(), nonce("CurveZMQREADY---", number), &cc.shared)
	return cc, metadata, writeCommand(c, ready)
}

// readInitiate checks that the client has seen our WELCOME, and that its own key
// vouches for the one of this connection. It returns the number of the command.
func readInitiate(r *bufio.Reader, keys *CurveKeys, client, secret *[32]byte, cookie []byte) (metadata []byte, number uint64, err error) {
	f, err := readCurveFrame(r, maxReady+curveInitiate)
	if err != nil {
		return nil, 0, err
	}
	if len(f) < curveInitiate || !bytes.HasPrefix(f, []byte("\x08INITIATE")) || subtle.ConstantTimeCompare(f[9:105], cookie) == 0 {
		return nil, 0, errCurve
	}
	inner, ok := box.Open(nil, f[113:], nonce("CurveZMQINITIATE", f[105:113]), client, secret)
	if !ok || len(inner) < 128 {
		return nil, 0, errCurve
	}
	own := [32]byte(inner[:32])
	vouch, ok := box.Open(nil, inner[48:128], nonce("VOUCH---", inner[32:48]), &own, secret)
	if !ok || !bytes.Equal(vouch[:32], client[:]) || !bytes.Equal(vouch[32:], keys.public[:]) {
		return nil, 0, errCurve
	}
	return inner[128:], binary.BigEndian.Uint64(f[105:113]), nil
}

func writeCommand(c net.Conn, body []byte) error {
	_, err := c.Write(append(appendHeader(nil, flagCommand, uint64(len(body))), body...))
	return err
}

// readCurveFrame reads a frame of any kind. Memory grows with what arrives.
func readCurveFrame(r *bufio.Reader, limit uint64) ([]byte, error) {
	h, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	if h.size > limit {
		return nil, fmt.Errorf("curve: frame of %d bytes, limit %d", h.size, limit)
	}
	var body bytes.Buffer
	if _, err := io.CopyN(&body, r, int64(h.size)); err != nil {
		return nil, unexpected(err)
	}
	return body.Bytes(), nil
}

// curveConn reads and writes plain ZMTP frames over an encrypted connection:
// each travels as a MESSAGE command. Read and Write have one caller each.
type curveConn struct {
	net.Conn
	shared   [32]byte
	maxFrame uint64

	r     *bufio.Reader
	from  string // what the nonces of the peer begin with
	in    uint64 // number of the last command that came
	plain []byte // of it, still to be read

	to    string // what ours begin with
	out   uint64 // number of the last command that left
	parts []byte // of frames that are not written whole yet
}

// Beginnings of the nonces of messages.
const (
	fromClient = "CurveZMQMESSAGEC"
	fromServer = "CurveZMQMESSAGES"
)

// Flags within a MESSAGE.
const (
	curveMore    = 1
	curveCommand = 2
	messageHead  = len("\x07MESSAGE") + shortNonce
)

func (c *curveConn) Read(b []byte) (int, error) {
	for len(c.plain) == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, c.plain)
	c.plain = c.plain[n:]
	return n, nil
}

// next opens one MESSAGE. Numbers only grow, so none can be repeated.
func (c *curveConn) next() error {
	f, err := readCurveFrame(c.r, c.maxFrame+uint64(messageHead+box.Overhead+1))
	if err != nil {
		return err
	}
	if len(f) < messageHead || !bytes.HasPrefix(f, []byte("\x07MESSAGE")) {
		return errCurve
	}
	number := binary.BigEndian.Uint64(f[8:])
	text, ok := box.OpenAfterPrecomputation(nil, f[messageHead:], nonce(c.from, f[8:messageHead]), &c.shared)
	if !ok || number <= c.in || len(text) == 0 || text[0]&^(curveMore|curveCommand) != 0 {
		return errCurve
	}
	c.in = number
	flags, body := byte(0), text[1:]
	if text[0]&curveMore != 0 {
		flags |= flagMore
	}
	if text[0]&curveCommand != 0 && !isSubscription(body) {
		flags |= flagCommand
	}
	c.plain = append(appendHeader(nil, flags, uint64(len(body))), body...)
	return nil
}

// isSubscription tells an old subscription, which libzmq marks as a command when
// it is encrypted, from a command: those begin with the length of their name.
func isSubscription(body []byte) bool { return len(body) > 0 && body[0] <= 1 }

// Write takes frames in pieces of any size.
func (c *curveConn) Write(b []byte) (int, error) {
	c.parts = append(c.parts, b...)
	var out []byte
	rest := c.parts
	for {
		flags, head, size := frameAt(rest)
		if head == 0 || uint64(len(rest)-head) < size {
			break
		}
		body := rest[head : head+int(size)]
		out = c.seal(out, flags, body)
		rest = rest[head+int(size):]
	}
	c.parts = append(c.parts[:0], rest...)
	if len(c.parts) == 0 && cap(c.parts) > maxBytes {
		c.parts = nil
	}
	if len(out) == 0 {
		return len(b), nil
	}
	if _, err := c.Conn.Write(out); err != nil {
		return 0, err
	}
	return len(b), nil
}

// frameAt reads the header at the beginning of b; its length is 0 if there is not
// all of it.
func frameAt(b []byte) (flags byte, head int, size uint64) {
	switch {
	case len(b) < 2:
		return 0, 0, 0
	case b[0]&flagLong == 0:
		return b[0], 2, uint64(b[1])
	case len(b) < 9:
		return 0, 0, 0
	}
	return b[0], 9, binary.BigEndian.Uint64(b[1:])
}

// seal appends a frame as a MESSAGE.
func (c *curveConn) seal(out []byte, flags byte, body []byte) []byte {
	c.out++
	text := make([]byte, 1, 1+len(body))
	if flags&flagMore != 0 {
		text[0] |= curveMore
	}
	if flags&flagCommand != 0 {
		text[0] |= curveCommand
	}
	text = append(text, body...)
	out = appendHeader(out, 0, uint64(messageHead+box.Overhead+len(text)))
	out = append(out, "\x07MESSAGE"...)
	number := binary.BigEndian.AppendUint64(nil, c.out)
	out = append(out, number...)
	return box.SealAfterPrecomputation(out, text, nonce(c.to, number), &c.shared)
}
