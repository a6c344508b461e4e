// Package session evaluates Go cells. It is the only evaluator of Ingot: the
// Jupyter kernel, the terminal REPL and `ingot run` all talk to a [Session].
//
// A Session remembers: variables, functions, types and imports of one cell are
// visible in the next. A cell that fails to parse or to type-check leaves
// nothing behind; a cell that panics keeps what it did before the panic.
//
//	s, err := session.New(session.Options{Bindings: bind.All()})
//	r := s.Eval(ctx, session.Cell{N: 1, Code: "x := 40; x + 2"}, sink)
//	fmt.Println(r.Value.Data["text/plain"]) // 42
//
// There are two implementations: New evaluates in this process; package worker
// runs the same thing in a child process that a supervisor outlives.
package session

import (
	"context"
	"time"

	"github.com/ingot-go/ingot/display"
)

// Session evaluates cells one at a time and answers questions about names at
// any time, also while a cell runs.
type Session interface {
	// Eval runs one cell to its end and returns its value or its error. Output
	// that appears on the way (streams, displays, input requests) goes to sink.
	// Background goroutines of the cell may use sink after Eval has returned.
	// Cancelling ctx is a hard stop; Interrupt is the gentle one.
	Eval(ctx context.Context, c Cell, sink display.Sink) Result

	// Complete lists what may stand at cursor, counted in code points.
	Complete(ctx context.Context, code string, cursor int) Completion

	// Inspect describes the name at cursor: signature, type, documentation.
	// Detail 1 adds the source text or the value.
	Inspect(ctx context.Context, code string, cursor, detail int) Inspection

	// IsComplete tells whether code would run as it stands.
	IsComplete(code string) Completeness

	// Interrupt stops the running cell and keeps the state. It does nothing
	// when no cell runs.
	Interrupt()

	// Comm delivers a message of a channel that the front end sends; a callback
	// of a cell may run, as cells do. The result is the callback's error.
	Comm(ctx context.Context, m display.Comm, sink display.Sink) *Error

	// Variables lists the variables of the session, sorted by name.
	Variables() []Variable

	// Reset forgets every name, as a new Session would.
	Reset(ctx context.Context) error

	// Close releases the session. A running cell is stopped.
	Close() error
}

// Cell is one piece of code to run.
type Cell struct {
	N          int    `json:"n"`            // execution count; the cell is called In[N] in positions
	ID         string `json:"id,omitempty"` // the client's name for the cell, if it has one
	Code       string `json:"code"`
	Silent     bool   `json:"silent,omitempty"`      // do not keep the value as _N
	AllowStdin bool   `json:"allow_stdin,omitempty"` // the sink can answer input requests
}

// Result is how a cell ended.
type Result struct {
	Value    *display.Bundle `json:"value,omitempty"`    // the last expression, shown; nil if there is none
	Err      *Error          `json:"err,omitempty"`      // nil when the cell succeeded
	Page     bool            `json:"page,omitempty"`     // Value is help to be read, not the value of the cell
	Warnings []string        `json:"warnings,omitempty"` // such as a dependent that keeps an old binding
	Next     *Next           `json:"next,omitempty"`     // text that the client shall offer for the next cell
	Elapsed  time.Duration   `json:"elapsed"`            // from receipt to end
}

// The names of errors, sent to clients as "ename".
const (
	SyntaxError    = "SyntaxError"    // the cell does not parse
	TypeError      = "TypeError"      // the cell does not type-check
	NotSupported   = "NotSupported"   // Go that a session cannot run; nothing was run
	Panic          = "Panic"          // the cell, or a goroutine of it, panicked
	ArrayError     = "ArrayError"     // a shape, dtype or argument error of package mlx
	RuntimeError   = "RuntimeError"   // the cell's last expression is a non-nil error
	Interrupted    = "Interrupted"    // the user stopped the cell; the state is kept
	WorkerDied     = "WorkerDied"     // the process that ran the cell is gone, and the variables with it
	CommandError   = "CommandError"   // a :command that does not exist or was misused
	ImportError    = "ImportError"    // a third-party package could not be had; nothing was run
	InternalError  = "InternalError"  // a fault of Ingot; please report it
	ExitRequested  = "ExitRequested"  // the cell called os.Exit
	DisplayFailure = "DisplayFailure" // the value of the cell could not be shown
)

// Error says why a cell failed and where.
type Error struct {
	Name    string   `json:"name"`              // one of the constants above
	Message string   `json:"message"`           // one sentence, without position
	Cell    int      `json:"cell,omitempty"`    // execution count of the cell at fault
	Line    int      `json:"line,omitempty"`    // from 1; 0 if unknown
	Col     int      `json:"col,omitempty"`     // from 1, in code points; 0 if unknown
	Excerpt string   `json:"excerpt,omitempty"` // the line, and a line with a caret under the column
	Frames  []string `json:"frames,omitempty"`  // innermost first: "In[2]:7:3 outer"
	Hint    string   `json:"hint,omitempty"`    // such as "did you mean mlx.Ones?"
}

// Completion answers Complete: each match replaces code points [Start, End).
type Completion struct {
	Start   int     `json:"start"`
	End     int     `json:"end"`
	Matches []Match `json:"matches"`
}

// Match is one candidate of a completion.
type Match struct {
	Text      string `json:"text"`
	Kind      string `json:"kind,omitempty"`      // function, type, instance, module, keyword, magic
	Signature string `json:"signature,omitempty"` // such as "(x *mlx.Array) *mlx.Array"
	Doc       string `json:"doc,omitempty"`       // first sentence
}

// Inspection answers Inspect. Data is nil when nothing is known of the name.
type Inspection struct {
	Data map[string]any `json:"data,omitempty"` // MIME bundle: text/plain, text/markdown
}

// Completeness answers IsComplete with the protocol's own words.
type Completeness struct {
	Status string `json:"status"`           // complete, incomplete, invalid or unknown
	Indent string `json:"indent,omitempty"` // for the next line, if incomplete
}

// Variable describes one variable without evaluating it.
type Variable struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Value string `json:"value"` // short; for a lazy array its shape and dtype
	Bytes int64  `json:"bytes,omitempty"`
	Cell  int    `json:"cell,omitempty"` // where it was last defined

	// Of arrays only; a dtype of "" means that it is none.
	Shape  []int  `json:"shape,omitempty"`
	Dtype  string `json:"dtype,omitempty"`
	Device string `json:"device,omitempty"` // where it is evaluated
}
