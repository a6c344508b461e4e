package rt

import (
	"reflect"
	"strings"
)

// Interrupted is panicked, and is the cause of a cancelled context, when the
// user stops a cell.
type Interrupted struct{}

func (Interrupted) Error() string { return "interrupted" }

// Exit is panicked in place of os.Exit.
type Exit struct{ Code int }

func (e Exit) Error() string { return "os.Exit" }

// isRequest reports whether a panic is a request to end the cell.
func isRequest(v any) bool {
	switch v.(type) {
	case Interrupted, Exit:
		return true
	}
	return false
}

// Error is a run-time error with Go's own words.
type Error string

func (e Error) Error() string { return "runtime error: " + string(e) }

// RuntimeError marks Error as a runtime.Error.
func (e Error) RuntimeError() {}

// Unwrap turns what the interpreter panics with into what Go would have: it
// works through reflection, whose messages are its own.
func Unwrap(v any) any {
	switch x := v.(type) {
	case *reflect.ValueError:
		return Error("invalid memory address or nil pointer dereference")
	case string:
		switch {
		case x == "reflect: slice index out of range" || x == "reflect: array index out of range" || x == "reflect: string index out of range":
			return Error("index out of range")
		case strings.HasPrefix(x, "reflect.Value.Slice"):
			return Error("slice bounds out of range")
		case x == "reflect.Value.Call: call of nil function":
			return Error("invalid memory address or nil pointer dereference")
		}
	case reflect.Value:
		if x.IsValid() && x.CanInterface() {
			return x.Interface()
		}
	}
	return v
}
