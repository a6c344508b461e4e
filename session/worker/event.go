package worker

import (
	"encoding/json"
	"fmt"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/display/safejson"
	"github.com/ingot-go/ingot/session"
)

// bundle is a display.Bundle whose binary values are outside of the JSON.
type bundle struct {
	Data     map[string]json.RawMessage `json:"data"`
	Blobs    map[string]int             `json:"blobs,omitempty"` // MIME type → number of the blob
	Metadata map[string]any             `json:"metadata,omitempty"`
}

// packBundle takes a bundle apart. A value that JSON cannot express, such as a
// function, is left out; its error says so.
func packBundle(b display.Bundle) (bundle, [][]byte, error) {
	out := bundle{Data: map[string]json.RawMessage{}, Metadata: b.Metadata}
	var blobs [][]byte
	var failed error
	for mime, v := range b.Data {
		if data, ok := v.([]byte); ok {
			if out.Blobs == nil {
				out.Blobs = map[string]int{}
			}
			out.Blobs[mime] = len(blobs)
			blobs = append(blobs, data)
			continue
		}
		text, err := safejson.Marshal(v)
		if err != nil {
			failed = fmt.Errorf("display: %s cannot be shown: %w", mime, err)
			continue
		}
		out.Data[mime] = text
	}
	return out, blobs, failed
}

// unpack puts the bundle together again. JSON values stay as they came.
func (b bundle) unpack(blobs [][]byte) (display.Bundle, error) {
	out := display.Bundle{Data: map[string]any{}, Metadata: b.Metadata}
	for mime, raw := range b.Data {
		var s string
		if json.Unmarshal(raw, &s) == nil {
			out.Data[mime] = s
			continue
		}
		out.Data[mime] = raw
	}
	for mime, i := range b.Blobs {
		if i < 0 || i >= len(blobs) {
			return out, fmt.Errorf("%w: %s refers to blob %d of %d", errFrame, mime, i, len(blobs))
		}
		out.Data[mime] = blobs[i]
	}
	return out, nil
}

// data is display.Data on the pipe.
type data struct {
	Bundle bundle `json:"bundle"`
	ID     string `json:"id,omitempty"`
	Update bool   `json:"update,omitempty"`
}

// result is session.Result on the pipe.
type result struct {
	Value   *bundle        `json:"value,omitempty"`
	Outcome session.Result `json:"outcome"`
}

// ask and answer are an input request and its end.
type ask struct {
	Prompt   string `json:"prompt"`
	Password bool   `json:"password,omitempty"`
}

type answer struct {
	Text    string `json:"text"`
	Err     string `json:"err,omitempty"`
	NoInput bool   `json:"no_input,omitempty"` // the error is display.ErrNoInput
}

// credit is how many more bytes of stream text the child may send.
type credit struct {
	Bytes int `json:"bytes"`
}

// window is how far stream output may run ahead of those who show it.
const window = 1 << 20

// call is a method of Session with its arguments.
type call struct {
	Method string       `json:"method"`
	Cell   session.Cell `json:"cell,omitzero"`
	Comm   display.Comm `json:"comm,omitzero"` // its buffers are blobs
	Code   string       `json:"code,omitempty"`
	Cursor int          `json:"cursor,omitempty"`
	Detail int          `json:"detail,omitempty"`
}
