package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/kernel/wire"
)

func signer(t testing.TB) wire.Signer {
	s, err := wire.NewSigner("hmac-sha256", "secret")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func Example() {
	s, _ := wire.NewSigner("hmac-sha256", "secret")
	frames := wire.Encode(s, &wire.Message{
		IDs:     [][]byte{[]byte("client")},
		Header:  wire.Header{ID: "1", Type: "status"},
		Content: []byte(`{"execution_state":"busy"}`),
	})
	m, err := wire.Decode(s, frames)
	fmt.Println(m.Header.Type, string(m.Content), err)
	// Output: status {"execution_state":"busy"} <nil>
}

// The signature was computed independently, with Python's hmac module.
func TestSignatureOfReceivedBytes(t *testing.T) {
	raw := [][]byte{[]byte(`{ "msg_type":"x",  "subshell_id":null}`), []byte(`{}`), []byte(`{}`), []byte(`{"a" : 1}`)}
	sig := []byte("e8c821be6b937b659fe5982f39ec7c3d7465c9a597e3bca6ed3b0214409db66e")
	frames := append([][]byte{[]byte("id"), []byte("<IDS|MSG>"), sig}, raw...)
	m, err := wire.Decode(signer(t), frames)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(m.RawHeader, raw[0]) {
		t.Errorf("the raw header changed: %s", m.RawHeader)
	}
	out := wire.Encode(signer(t), &wire.Message{Header: wire.Header{Type: "y"}, Parent: m.RawHeader})
	if !bytes.Equal(out[3], raw[0]) {
		t.Errorf("parent header is %s; want the request's bytes", out[3])
	}
}

func TestDecodeRefuses(t *testing.T) {
	s := signer(t)
	good := wire.Encode(s, &wire.Message{Header: wire.Header{Type: "x"}})
	signed := func(parts ...string) [][]byte {
		var b [][]byte
		for _, p := range parts {
			b = append(b, []byte(p))
		}
		return append([][]byte{[]byte("<IDS|MSG>"), s.Sign(b)}, b...)
	}
	tampered := append([][]byte{}, good...)
	tampered[5] = []byte(`{"code":"evil"}`)
	for _, c := range []struct {
		name   string
		frames [][]byte
		want   error
	}{
		{"nothing", nil, wire.ErrDelimiter},
		{"no delimiter", good[1:], wire.ErrDelimiter},
		{"delimiter last", good[:1], wire.ErrShort},
		{"content missing", good[:5], wire.ErrShort},
		{"tampered", tampered, wire.ErrSignature},
		{"header no object", signed(`[]`, `{}`, `{}`, `{}`), wire.ErrHeader},
		{"header without type", signed(`{}`, `{}`, `{}`, `{}`), wire.ErrHeader},
		{"content no object", signed(`{"msg_type":"x"}`, `{}`, `{}`, `null`), wire.ErrJSON},
		{"metadata cut", signed(`{"msg_type":"x"}`, `{}`, `{"a`, `{}`), wire.ErrJSON},
	} {
		if _, err := wire.Decode(s, c.frames); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := wire.NewSigner("hmac-crc", "k"); err == nil {
		t.Error("unknown scheme accepted")
	}
}

func TestBundle(t *testing.T) {
	got, complaints := wire.Bundle(map[string]any{
		"image/png":                []byte{0, 1},
		"text/html; charset=utf-8": "<b>",
		"application/json":         map[string]any{"x": math.NaN()},
		"application/x-chan":       make(chan int),
		"nonsense":                 1,
	})
	b, _ := json.Marshal(got)
	const want = `{"application/json":{"x":null},"image/png":"AAE=","text/html":"\u003cb\u003e","text/plain":"\u003capplication/json, image/png, text/html\u003e"}`
	if string(b) != want {
		t.Errorf("got %s\nwant %s", b, want)
	}
	if len(complaints) != 2 || !strings.Contains(complaints[0], "nonsense") || !strings.Contains(complaints[1], "x-chan") {
		t.Errorf("complaints %q", complaints)
	}
}

func FuzzDecode(f *testing.F) {
	good := wire.Encode(wire.Signer{}, &wire.Message{Header: wire.Header{Type: "x"}, Buffers: [][]byte{{1}}})
	f.Add(bytes.Join(good, []byte{0}))
	f.Add([]byte("a\x00<IDS|MSG>\x00\x00{}\x00{}\x00{}\x00{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := wire.Decode(wire.Signer{}, bytes.Split(b, []byte{0}))
		if err != nil {
			return
		}
		if m.Header.Type == "" || !json.Valid(m.Content) || !json.Valid(m.Parent) {
			t.Errorf("accepted %q", b)
		}
		frames := wire.Encode(wire.Signer{}, m)
		if again, err := wire.Decode(wire.Signer{}, frames); err != nil || !bytes.Equal(again.Content, m.Content) {
			t.Errorf("does not survive a round trip: %v", err)
		}
	})
}

// The header is encoded by hand; the general encoder says what is right.
func TestHeaderAsJSON(t *testing.T) {
	for _, s := range []string{"", "plain", `a "b" \ c`, "line\nbreak\x00", "größe <&> \u2028", "\xff"} {
		h := wire.Header{ID: s, Session: s + "1", User: s + "2", Date: "2026-01-02T03:04:05Z", Type: "t" + s, Version: wire.Version}
		got := wire.Encode(wire.Signer{}, &wire.Message{Header: h})[2]
		if want, _ := json.Marshal(h); string(got) != string(want) {
			t.Errorf("%q: got %s, want %s", s, got, want)
		}
	}
}

func TestMIMEKeys(t *testing.T) {
	for key, ok := range map[string]bool{
		"text/plain": true, "application/vnd.vegalite.v5+json": true, "image/svg+xml": true, "a_b/c-d.e+9": true,
		"": false, "text": false, "/": false, "text/": false, "/plain": false, "a/b/c": false, "te xt/plain": false, "größe/x": false,
	} {
		if _, complaints := wire.Bundle(map[string]any{key: "x"}); (len(complaints) == 0) != ok {
			t.Errorf("%q: complaints %q", key, complaints)
		}
	}
}

func TestReplays(t *testing.T) {
	var r wire.Replays
	sign := func(i int) []byte { return signer(t).Sign([][]byte{fmt.Append(nil, i)}) }
	for i := range 100_000 {
		if r.Seen(sign(i)) {
			t.Fatalf("signature %d is new", i)
		}
	}
	for i := 100_000 - 1<<16; i < 100_000; i++ {
		if !r.Seen(sign(i)) {
			t.Fatalf("signature %d was seen", i)
		}
	}
	if r.Seen(nil) || r.Seen([]byte{}) {
		t.Error("unsigned messages are all new")
	}
}
