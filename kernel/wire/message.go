// Package wire turns frames into Jupyter messages and back, as pure functions.
//
// A message on the wire is a list of frames:
//
//	identities… <IDS|MSG> signature header parent_header metadata content buffers…
//
// The signature is an HMAC over the four JSON frames exactly as they were
// received, and the header of a request comes back, byte for byte, as the
// parent header of every message that it causes: clients put keys of their own
// there.
package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Version is the version of the messaging protocol that Ingot speaks.
const Version = "5.5"

// Errors of [Decode]; the returned error adds what was found.
var (
	ErrDelimiter = errors.New("no <IDS|MSG> delimiter")
	ErrShort     = errors.New("frames missing after the delimiter")
	ErrSignature = errors.New("signature does not match")
	ErrHeader    = errors.New("header is not a JSON object with msg_type")
	ErrJSON      = errors.New("not a JSON object")
)

var delimiter = []byte("<IDS|MSG>")

// Header names a message. Keys that it does not know survive in
// [Message.RawHeader].
type Header struct {
	ID      string `json:"msg_id"`
	Session string `json:"session"`
	User    string `json:"username"`
	Date    string `json:"date"` // ISO 8601 with a fraction of a second and a zone
	Type    string `json:"msg_type"`
	Version string `json:"version"`
}

// Message is one message. The raw parts are valid JSON objects.
type Message struct {
	IDs       [][]byte // routing frames of the peer; the topic on iopub
	Header    Header
	RawHeader json.RawMessage // the header as received; set by Decode
	Signature []byte          // as received; set by Decode
	Parent    json.RawMessage // nil means {}
	Metadata  json.RawMessage // nil means {}
	Content   json.RawMessage // nil means {}
	Buffers   [][]byte
}

// Decode checks the signature of a message and splits it. It never panics and
// keeps references to frames.
func Decode(s Signer, frames [][]byte) (*Message, error) {
	at := -1
	for i, f := range frames {
		if bytes.Equal(f, delimiter) {
			at = i
			break
		}
	}
	if at < 0 {
		return nil, fmt.Errorf("message of %d frames: %w", len(frames), ErrDelimiter)
	}
	rest := frames[at+1:]
	if len(rest) < 5 {
		return nil, fmt.Errorf("message has %d of 5 %w", len(rest), ErrShort)
	}
	parts := rest[1:5]
	if !s.Verify(rest[0], parts) {
		return nil, fmt.Errorf("message of %d bytes: %w", size(parts), ErrSignature)
	}
	m := &Message{
		IDs: frames[:at], RawHeader: parts[0], Signature: rest[0], Parent: parts[1],
		Metadata: parts[2], Content: parts[3], Buffers: rest[5:],
	}
	if err := json.Unmarshal(parts[0], &m.Header); err != nil || m.Header.Type == "" {
		return nil, fmt.Errorf("%w: %.60q", ErrHeader, parts[0])
	}
	for i, name := range []string{"parent_header", "metadata", "content"} {
		if !isObject(parts[i+1]) {
			return nil, fmt.Errorf("%s: %s: %w: %.60q", m.Header.Type, name, ErrJSON, parts[i+1])
		}
	}
	return m, nil
}

// Encode signs a message and lists its frames.
func Encode(s Signer, m *Message) [][]byte {
	parts := [][]byte{m.Header.encode(), orEmpty(m.Parent), orEmpty(m.Metadata), orEmpty(m.Content)}
	frames := make([][]byte, 0, len(m.IDs)+6+len(m.Buffers))
	frames = append(frames, m.IDs...)
	frames = append(frames, delimiter, s.Sign(parts))
	frames = append(frames, parts...)
	return append(frames, m.Buffers...)
}

// encode writes the header as JSON. Every message has one, so it does without
// the general encoder.
func (h *Header) encode() []byte {
	b := make([]byte, 0, 256)
	for _, f := range [...]struct{ key, value string }{
		{`{"msg_id":`, h.ID}, {`,"session":`, h.Session}, {`,"username":`, h.User},
		{`,"date":`, h.Date}, {`,"msg_type":`, h.Type}, {`,"version":`, h.Version},
	} {
		b = append(b, f.key...)
		if !isPlain(f.value) {
			q, _ := json.Marshal(f.value) // a string always has one
			b = append(b, q...)
			continue
		}
		b = append(b, '"')
		b = append(b, f.value...)
		b = append(b, '"')
	}
	return append(b, '}')
}

// isPlain tells whether a string needs no escapes in JSON.
func isPlain(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

func orEmpty(b json.RawMessage) []byte {
	if len(b) == 0 {
		return []byte("{}")
	}
	return b
}

func isObject(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	return len(b) > 0 && b[0] == '{' && json.Valid(b)
}

func size(parts [][]byte) (n int) {
	for _, p := range parts {
		n += len(p)
	}
	return n
}
