package display

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
)

// ErrNoInput is returned by [Input] where nobody can be asked: the client did
// not allow it, or there is no client.
var ErrNoInput = errors.New("input: nobody to ask: this client does not accept input requests")

// CurrentSink finds the sink of the cell that calls it. A session sets it; nil
// or a nil result means that no cell is running.
var CurrentSink func() Sink

func current() Sink {
	if CurrentSink != nil {
		if s := CurrentSink(); s != nil {
			return s
		}
	}
	return terminal{}
}

// terminal is the sink of a program without a session.
type terminal struct{}

func (terminal) Emit(e Event) {
	if d, ok := e.(Data); ok && !d.Update {
		fmt.Fprintln(os.Stdout, d.Data["text/plain"])
	}
}

func (terminal) Input(context.Context, string, bool) (string, error) { return "", ErrNoInput }

// Handle is an output that can be replaced later, from any cell.
type Handle struct{ id string }

// Show shows the values now, one below the other, and returns a handle to the
// last. It panics if a value cannot be shown, which ends the cell with an error.
func Show(values ...any) Handle {
	var h Handle
	for _, v := range values {
		h = Handle{id: newID()}
		emit(v, h.id, false)
	}
	return h
}

// ShowAs shows v under a name of your own, by which [Update] finds it.
func ShowAs(id string, v any) Handle {
	emit(v, id, false)
	return Handle{id: id}
}

// Update replaces what is shown under a name, in all cells.
func Update(id string, v any) { Handle{id: id}.Update(v) }

// ID is the name that the output has.
func (h Handle) ID() string { return h.id }

// Update replaces what the handle shows.
func (h Handle) Update(v any) {
	if h.id == "" {
		panic(errors.New("display: update of a handle that shows nothing"))
	}
	emit(v, h.id, true)
}

// ClearOutput removes what the cell has shown so far. With wait it is removed when the
// next output arrives, which avoids flicker.
func ClearOutput(wait bool) { current().Emit(Clear{Wait: wait}) }

// Input asks the user for a line of text.
func Input(prompt string) (string, error) {
	return current().Input(context.Background(), prompt, false)
}

// Password asks the user for a line of text that is not echoed.
func Password(prompt string) (string, error) {
	return current().Input(context.Background(), prompt, true)
}

func emit(v any, id string, update bool) {
	b, err := Of(context.Background(), v)
	if err != nil {
		panic(err)
	}
	current().Emit(Data{Bundle: b, ID: id, Update: update})
}

func newID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
