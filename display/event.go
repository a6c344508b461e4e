package display

import "context"

// Event is something that a running cell sends to whoever looks at it: one of
// [Stream], [Data], [Clear], [Comm] and [Death].
type Event interface{ isEvent() }

// Stream is text written to standard output or standard error.
type Stream struct {
	Name string `json:"name"` // "stdout" or "stderr"
	Text string `json:"text"`
}

// Data is a value to show, or new contents for one shown before.
type Data struct {
	Bundle
	ID     string `json:"id,omitempty"`     // names the output, so that it can be updated
	Update bool   `json:"update,omitempty"` // replace the outputs called ID, show nothing new
}

// Clear removes the outputs of the cell.
type Clear struct {
	Wait bool `json:"wait,omitempty"` // not before the next output arrives
}

// Comm is a message of a [Channel] to the front end, or from it.
type Comm struct {
	Type     string         `json:"type"` // comm_open, comm_msg or comm_close
	Content  map[string]any `json:"content"`
	Metadata map[string]any `json:"metadata,omitempty"`
	Buffers  [][]byte       `json:"-"`
}

// Death says that the process that ran the cell is gone.
type Death struct {
	Reason string `json:"reason"`
}

func (Stream) isEvent() {}
func (Data) isEvent()   {}
func (Clear) isEvent()  {}
func (Comm) isEvent()   {}
func (Death) isEvent()  {}

// Sink receives the events of a cell, in order. Its methods may be called from
// any goroutine, also after the cell has ended.
type Sink interface {
	Emit(Event)

	// Input asks the user for a line and waits for it. Where nobody can be
	// asked it fails at once with [ErrNoInput].
	Input(ctx context.Context, prompt string, password bool) (string, error)
}

// Bundle is one value in several representations, keyed by MIME type. Text
// types hold a string, binary types a []byte, JSON types any JSON value.
// Metadata has an entry of its own per MIME type, such as the width and height
// of a picture.
type Bundle struct {
	Data     map[string]any `json:"data"`
	Metadata map[string]any `json:"metadata,omitempty"`
}
