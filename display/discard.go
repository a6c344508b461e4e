package display

import "context"

// Discard is a sink for those who want only the value of a cell.
var Discard Sink = discard{}

type discard struct{}

func (discard) Emit(Event) {}

func (discard) Input(context.Context, string, bool) (string, error) { return "", ErrNoInput }
