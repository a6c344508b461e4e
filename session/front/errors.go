package front

import (
	"fmt"
	"go/scanner"
	"go/types"
	"sort"
	"strconv"
	"strings"
)

// Kind says which step refused a cell.
type Kind int

const (
	Syntax      Kind = iota // does not parse
	Type                    // does not type-check
	Unsupported             // valid Go that cannot be lowered
	Internal                // a fault of this package
)

// Error lists what is wrong with a cell.
type Error struct {
	Kind Kind
	List []Diagnostic // sorted by position, at least one
	Hint string       // such as "did you mean Println?"
}

// Diagnostic is one complaint. Col counts bytes from 1; Line 0 means unknown.
type Diagnostic struct {
	Msg             string
	Cell, Line, Col int
}

func (e *Error) Error() string {
	var b strings.Builder
	for i, d := range e.List {
		if i > 0 {
			b.WriteByte('\n')
		}
		if d.Line > 0 {
			fmt.Fprintf(&b, "In[%d]:%d:%d: ", d.Cell, d.Line, d.Col)
		}
		b.WriteString(d.Msg)
	}
	return b.String()
}

// ParsePos splits "In[3]/_.go:7:2", "In[3]:7:2" or "In[3]:7".
func ParsePos(s string) (cell, line, col int, ok bool) {
	s, ok = strings.CutPrefix(s, "In[")
	if !ok {
		return 0, 0, 0, false
	}
	n, rest, ok := strings.Cut(s, "]")
	if !ok {
		return 0, 0, 0, false
	}
	f := strings.Split(strings.TrimPrefix(strings.TrimPrefix(rest, "/_.go"), ":"), ":")
	cell, err := strconv.Atoi(n)
	if err != nil {
		return 0, 0, 0, false
	}
	line, err = strconv.Atoi(f[0])
	if err != nil {
		return 0, 0, 0, false
	}
	if len(f) > 1 {
		col, _ = strconv.Atoi(f[1])
	}
	return cell, line, col, true
}

// errorAt makes a one-line error from a position in the session's file set.
func diagnose(kind Kind, pos, msg string) *Error {
	d := Diagnostic{Msg: msg}
	d.Cell, d.Line, d.Col, _ = ParsePos(pos)
	return &Error{Kind: kind, List: []Diagnostic{d}}
}

// asError turns the errors of the parser and the type checker into an Error.
func (s *Session) asError(err error) *Error {
	var list []Diagnostic
	kind := Type
	switch err := err.(type) {
	case *Error:
		return err
	case scanner.ErrorList:
		kind = Syntax
		for _, e := range err {
			d := Diagnostic{Msg: e.Msg}
			d.Cell, d.Line, d.Col, _ = ParsePos(e.Pos.String())
			list = append(list, d)
		}
	case typeErrors:
		for _, e := range err {
			d := Diagnostic{Msg: plain(e.Msg)}
			d.Cell, d.Line, d.Col, _ = ParsePos(s.fset.Position(e.Pos).String())
			list = append(list, d)
		}
		sort.SliceStable(list, func(i, j int) bool {
			a, b := list[i], list[j]
			return a.Line < b.Line || a.Line == b.Line && a.Col < b.Col
		})
	default:
		return &Error{Kind: Type, List: []Diagnostic{{Msg: err.Error()}}}
	}
	return &Error{Kind: kind, List: list}
}

// typeErrors are the complaints of one run of the type checker.
type typeErrors []types.Error

func (m typeErrors) Error() string {
	var l []string
	for _, e := range m {
		l = append(l, e.Error())
	}
	return strings.Join(l, "\n")
}

// unsupported is panicked by the lowering, and recovered by Compile.
type unsupported struct{ pos, msg string }

func (e unsupported) Error() string { return e.msg }
