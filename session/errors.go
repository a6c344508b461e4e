package session

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/ingot-go/ingot/session/exec"
	"github.com/ingot-go/ingot/session/front"
	"github.com/ingot-go/ingot/session/rt"
)

var frontNames = map[front.Kind]string{
	front.Syntax: SyntaxError, front.Type: TypeError, front.Unsupported: NotSupported, front.Internal: InternalError,
}

// compileError converts what the front end says about a cell.
func (s *inProcess) compileError(err error) *Error {
	var fe *front.Error
	if !errors.As(err, &fe) {
		return &Error{Name: InternalError, Message: err.Error()}
	}
	d := fe.List[0]
	e := &Error{Name: frontNames[fe.Kind], Message: d.Msg, Hint: fe.Hint}
	s.locate(e, d.Cell, d.Line, d.Col)
	for _, d := range fe.List[1:min(len(fe.List), 10)] {
		e.Message += fmt.Sprintf("\nIn[%d]:%d:%d: %s", d.Cell, d.Line, s.column(d.Cell, d.Line, d.Col), d.Msg)
	}
	if more := len(fe.List) - 10; more > 0 {
		e.Message += fmt.Sprintf("\nand %d more errors", more)
	}
	return e
}

// locate fills in the position, counting columns in code points, and the excerpt.
func (s *inProcess) locate(e *Error, cell, line, col int) {
	e.Cell, e.Line, e.Col = cell, line, s.column(cell, line, col)
	text, ok := s.line(cell, line)
	if !ok {
		return
	}
	e.Excerpt = text
	if e.Col == 0 {
		return
	}
	pad := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, string([]rune(text)[:min(e.Col-1, utf8.RuneCountInString(text))]))
	e.Excerpt += "\n" + pad + "^"
}

func (s *inProcess) line(cell, line int) (string, bool) {
	s.names.Lock()
	src, ok := s.sources[cell]
	s.names.Unlock()
	lines := strings.Split(src, "\n")
	if !ok || line < 1 || line > len(lines) {
		return "", false
	}
	return lines[line-1], true
}

// column turns a column in bytes into one in code points.
func (s *inProcess) column(cell, line, col int) int {
	text, ok := s.line(cell, line)
	if !ok || col < 1 {
		return col
	}
	return utf8.RuneCountInString(text[:min(col-1, len(text))]) + 1
}

// runError converts what ended a running cell.
func (s *inProcess) runError(r *run, err error) *Error {
	if f := r.cell.Fault(); f != nil {
		return s.panicError(r, f.Value, f.Trace)
	}
	var p *exec.Panic
	if errors.As(err, &p) {
		return s.panicError(r, p.Value, r.cell.Trace())
	}
	if r.ctx.Err() != nil {
		return s.stopError(r)
	}
	return &Error{Name: InternalError, Message: err.Error(), Cell: r.n}
}

// panicError describes a panic value, with the position of its innermost frame
// in a cell.
func (s *inProcess) panicError(r *run, v any, trace []string) *Error {
	e := &Error{Name: Panic, Cell: r.n}
	switch v := v.(type) {
	case rt.Interrupted:
		e.Name, e.Message = Interrupted, "interrupted"
	case rt.Exit:
		e.Name, e.Message = ExitRequested, fmt.Sprintf("the cell called os.Exit(%d)", v.Code)
	case rt.Failure:
		e.Name, e.Message = RuntimeError, v.Err.Error()
	default:
		v = s.exec.View(v)
		if isArrayError(v) {
			e.Name = ArrayError
		}
		e.Message = panicText(v)
	}
	frames := exec.Frames(trace)
	cell, line, col := s.place(frames, front.Position(r.cell.Where()), r.n)
	s.addFrames(e, frames, cell, line, col)
	return e
}

// place is where a panic was, given the position that was noted last. That may
// be the note of another function, which the statement had called before, or of
// another goroutine. Line 0 is unknown.
func (s *inProcess) place(frames []exec.Frame, noted front.Position, running int) (cell, line, col int) {
	cell, line, col = noted.Split()
	if len(frames) == 0 { // nothing was unwound
		return cell, line, col
	}
	in, at := "", running // of the function that panicked
	if n, _, _, ok := front.ParsePos(frames[0].Pos); ok {
		at = n
		in, _, _ = strings.Cut(frames[0].Func, ".func")
	}
	last := s.parsed(cell).FuncAt(line)
	if cell == at && last == in {
		return cell, line, col
	}
	line, col, _ = s.parsed(at).CallSite(in, last)
	return at, line, col
}

// parsed is the syntax of an earlier cell.
func (s *inProcess) parsed(cell int) *front.Text {
	s.names.Lock()
	defer s.names.Unlock()
	return front.ParseText(cell, s.sources[cell])
}

// panicText is how a panic value reads. An Error or String method that panics
// is told, not passed on.
func panicText(v any) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprintf("%T", v)
		}
	}()
	switch v := v.(type) {
	case nil:
		return "panic called with nil argument"
	case error:
		return v.Error()
	case fmt.Stringer:
		return v.String()
	}
	return fmt.Sprint(v)
}

// isArrayError recognises the typed panics of package mlx by their shape, so
// that this package need not import it.
func isArrayError(v any) bool {
	err, ok := v.(error)
	if !ok {
		return false
	}
	var typed interface{ ArrayError() bool }
	if errors.As(err, &typed) {
		return typed.ArrayError()
	}
	return reflect.TypeOf(v).String() == "*mlx.Error"
}

// addFrames lists the calls that led to a panic. The interpreter knows them by
// the function only; of the innermost the statement was noted, if line is not 0.
func (s *inProcess) addFrames(e *Error, frames []exec.Frame, cell, line, col int) {
	if line > 0 {
		s.locate(e, cell, line, col)
	}
	for _, f := range frames {
		fcell, fline, fcol, ok := front.ParsePos(f.Pos)
		if !ok || len(e.Frames) == 50 {
			continue
		}
		if e.Line == 0 {
			s.locate(e, fcell, fline, fcol)
		}
		if len(e.Frames) == 0 && fcell == e.Cell {
			fline, fcol = e.Line, e.Col
		} else {
			fcol = s.column(fcell, fline, fcol)
		}
		at := fmt.Sprintf("In[%d]:%d:%d", fcell, fline, fcol)
		if f.Func != "" {
			at += " " + f.Func
		}
		e.Frames = append(e.Frames, at)
	}
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}
