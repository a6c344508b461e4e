package worker

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/display/safejson"
	"github.com/ingot-go/ingot/session"
)

// The JSON parts of frames that are not types of session or display.

type helloBody struct {
	Protocol int    `json:"protocol"`
	Version  string `json:"version"` // of Ingot
	Memory   int64  `json:"memory,omitempty"`
}

// check tells whether two sides understand each other.
func (h helloBody) check(other helloBody) error {
	if h.Protocol != other.Protocol || h.Version != other.Version {
		return fmt.Errorf("the worker is Ingot %s (pipe %d), the kernel is %s (pipe %d): was Ingot replaced? start the kernel anew",
			other.Version, other.Protocol, h.Version, h.Protocol)
	}
	return nil
}

type failedBody struct {
	Message string `json:"message"`
}

type questionBody struct {
	Code   string `json:"code"`
	Cursor int    `json:"cursor"`
	Detail int    `json:"detail"`
}

type askBody struct {
	Prompt   string `json:"prompt"`
	Password bool   `json:"password"`
}

type answerBody struct {
	Text string `json:"text"`
	Err  string `json:"err,omitempty"` // "eof" and "none" are io.EOF and display.ErrNoInput
}

type creditBody struct {
	Bytes int `json:"bytes"`
}

// bundleBody is a bundle whose binary values travel as blobs.
type bundleBody struct {
	Data     map[string]json.RawMessage `json:"data"`
	Metadata map[string]json.RawMessage `json:"metadata,omitempty"`
	Blobs    []string                   `json:"blobs,omitempty"` // keys of the blobs, in their order
}

// packBundle splits a bundle. A value that JSON cannot hold is an error that
// names its key.
func packBundle(b display.Bundle) (bundleBody, [][]byte, error) {
	out := bundleBody{Data: map[string]json.RawMessage{}}
	var blobs [][]byte
	keys := make([]string, 0, len(b.Data))
	for k := range b.Data {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		if raw, ok := b.Data[k].([]byte); ok {
			out.Blobs = append(out.Blobs, k)
			blobs = append(blobs, raw)
			continue
		}
		enc, err := safejson.Marshal(b.Data[k])
		if err != nil {
			return bundleBody{}, nil, fmt.Errorf("%s: %w", k, err)
		}
		out.Data[k] = enc
	}
	if len(b.Metadata) > 0 {
		out.Metadata = map[string]json.RawMessage{}
	}
	for k, v := range b.Metadata {
		enc, err := safejson.Marshal(v)
		if err != nil {
			return bundleBody{}, nil, fmt.Errorf("metadata of %s: %w", k, err)
		}
		out.Metadata[k] = enc
	}
	return out, blobs, nil
}

// unpack puts a bundle together again. Numbers keep all their digits.
func (b bundleBody) unpack(blobs [][]byte) (display.Bundle, error) {
	if len(blobs) < len(b.Blobs) {
		return display.Bundle{}, fmt.Errorf("worker pipe: %d blobs for %d keys", len(blobs), len(b.Blobs))
	}
	out := display.Bundle{Data: make(map[string]any, len(b.Data)+len(b.Blobs))}
	var err error
	for k, raw := range b.Data {
		if out.Data[k], err = value(raw); err != nil {
			return out, err
		}
	}
	for i, k := range b.Blobs {
		out.Data[k] = blobs[i]
	}
	if b.Metadata != nil {
		out.Metadata = make(map[string]any, len(b.Metadata))
	}
	for k, raw := range b.Metadata {
		if out.Metadata[k], err = value(raw); err != nil {
			return out, err
		}
	}
	return out, nil
}

func value(raw json.RawMessage) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

// dataBody is a display event.
type dataBody struct {
	bundleBody
	ID     string `json:"id,omitempty"`
	Update bool   `json:"update,omitempty"`
}

// resultBody is how a cell ended.
type resultBody struct {
	session.Result
	Value *bundleBody `json:"value,omitempty"` // takes the place of Result.Value
}

func packResult(r session.Result) (resultBody, [][]byte) {
	out := resultBody{Result: r}
	out.Result.Value = nil
	if r.Value == nil {
		return out, nil
	}
	b, blobs, err := packBundle(*r.Value)
	if err != nil {
		return resultBody{Result: displayFailure(err)}, nil
	}
	out.Value = &b
	return out, blobs
}

func displayFailure(err error) session.Result {
	return session.Result{Err: &session.Error{Name: session.DisplayFailure, Message: "the value of the cell cannot be shown: " + err.Error()}}
}

func unpackResult(f frame) session.Result {
	var b resultBody
	err := f.into(&b)
	if err == nil && b.Value != nil {
		var v display.Bundle
		if v, err = b.Value.unpack(f.blobs); err == nil {
			b.Result.Value = &v
		}
	}
	if err != nil {
		return session.Result{Err: &session.Error{Name: session.InternalError, Message: err.Error()}}
	}
	return b.Result
}
