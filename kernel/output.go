package kernel

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/kernel/transport"
	"github.com/ingot-go/ingot/kernel/wire"
)

// Streams are batched: clients and servers cut off kernels that send more than
// about a thousand messages a second.
const (
	batchTime  = 50 * time.Millisecond
	batchBytes = 64 << 10
)

// output is the sink of one cell. It outlives the cell: what a goroutine of the
// cell prints later still belongs to it.
type output struct {
	k          *kernel
	parent     json.RawMessage
	ids        [][]byte
	allowInput bool
	ended      chan struct{} // closed with the cell: what it asks is void then

	mu       sync.Mutex
	name     string // stream of text
	text     []byte
	cut      map[string][]byte // the begun last character of each stream
	timer    *time.Timer
	finished bool
}

func newOutput(k *kernel, r *request, allowInput bool) *output {
	return &output{k: k, parent: r.RawHeader, ids: r.IDs, allowInput: allowInput, ended: make(chan struct{}), cut: map[string][]byte{}}
}

// Emit publishes an event of the cell, streams with a delay.
func (o *output) Emit(e display.Event) {
	if s, ok := e.(display.Stream); ok {
		if o.write(s) {
			o.k.conn.Throttle(o.k.ctx)
		}
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flush()
	switch e := e.(type) {
	case display.Data:
		o.data(e)
	case display.Clear:
		o.k.publish(o.parent, "clear_output", content{"wait": e.Wait})
	case display.Comm:
		o.comm(e)
	case display.Death:
		o.closeComms()
		if o.finished { // else the cell's error says it
			o.stream("stderr", "the worker died: "+e.Reason+"; all variables are lost\n")
		}
	}
}

// write adds text to the batch and tells whether the batch was sent for its size.
func (o *output) write(s display.Stream) (sent bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if s.Name != o.name {
		o.flush()
		o.name = s.Name
	}
	o.text = append(o.text, s.Text...)
	if len(o.text) >= batchBytes {
		o.flush()
		return true
	}
	if o.timer == nil {
		o.timer = time.AfterFunc(batchTime, func() {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.flush()
		})
	}
	return false
}

// flush sends the batch, except for a character whose last bytes are missing.
func (o *output) flush() {
	if o.timer != nil {
		o.timer.Stop()
		o.timer = nil
	}
	if len(o.text) == 0 {
		return
	}
	text := append(o.cut[o.name], o.text...)
	n := whole(text)
	o.cut[o.name] = append([]byte(nil), text[n:]...)
	o.text = o.text[:0]
	if n > 0 {
		o.stream(o.name, string(text[:n]))
	}
}

// whole is the length of text without a character that is cut off at its end.
func whole(text []byte) int {
	for i := len(text) - 1; i >= 0 && i >= len(text)-utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			if utf8.FullRune(text[i:]) {
				return len(text)
			}
			return i
		}
	}
	return len(text)
}

func (o *output) stream(name, text string) {
	o.k.publish(o.parent, "stream", content{"name": name, "text": strings.ToValidUTF8(text, "\uFFFD")})
}

// finish sends all that is left before the cell ends.
func (o *output) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flush()
	for name, rest := range o.cut {
		if len(rest) > 0 {
			o.stream(name, string(rest))
		}
	}
	clear(o.cut)
	o.finished = true
	close(o.ended)
}

func (o *output) data(d display.Data) {
	c := bundle(d.Bundle, o.complain)
	kind := "display_data"
	if d.Update {
		kind = "update_display_data"
	}
	c["transient"] = content{}
	if d.ID != "" {
		c["transient"] = content{"display_id": d.ID}
	}
	o.k.publish(o.parent, kind, c)
}

// result publishes the value of the cell.
func (o *output) result(b display.Bundle, n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flush()
	c := bundle(b, o.complain)
	c["execution_count"] = n
	o.k.publish(o.parent, "execute_result", c)
}

func (o *output) complain(text string) { o.stream("stderr", text+"\n") }

// bundle is the data and metadata of a display message. What cannot be shown is
// told to complain, which may be nil.
func bundle(b display.Bundle, complain func(string)) content {
	data, complaints := wire.Bundle(b.Data)
	if complain != nil {
		for _, c := range complaints {
			complain(c)
		}
	}
	meta := b.Metadata
	if meta == nil {
		meta = map[string]any{}
	}
	return content{"data": data, "metadata": meta}
}

// Input asks the client that sent the cell, until the cell ends: the client
// would not know what a later question is about, and others could not ask.
func (o *output) Input(ctx context.Context, prompt string, password bool) (string, error) {
	if !o.allowInput {
		return "", display.ErrNoInput
	}
	o.mu.Lock()
	o.flush()
	o.mu.Unlock()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-o.ended:
			stop()
		case <-ctx.Done():
		}
	}()
	return o.k.stdin.ask(ctx, func() string {
		return o.k.send(transport.Stdin, o.ids, o.parent, "input_request", content{"prompt": prompt, "password": password}, nil)
	})
}
