// Package corpus reads the collection of multi-cell Go cases on which sessions
// and kernels are tested.
//
//	=== name of the case
//	--- cell
//	x := 41
//	--- cell
//	x + 1
//	--- val 42
//	--- typ int
//
// Expectations follow their cell: out is all of standard output, val the shown
// value (a string may be shown quoted), typ its Go type, err a regular
// expression that the error's text contains. A cell without err must succeed;
// an empty val means that nothing is shown.
package corpus

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Case is a named sequence of cells, to be run in a fresh session.
type Case struct {
	Name  string
	Cells []Cell
}

// Cell is a piece of code and what is expected of it; nil means anything.
type Cell struct {
	Code               string
	Out, Val, Typ, Err *string
}

// Got is how a cell turned out.
type Got struct {
	Out string // standard output
	Val string // text/plain of the value, "" if there is none
	Err string // text of the error, with positions; "" if it succeeded
}

// Parse reads the text form.
func Parse(text string) []Case {
	var cases []Case
	var target *string
	for _, l := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(l, "=== "):
			cases = append(cases, Case{Name: l[4:]})
			target = nil
		case strings.HasPrefix(l, "--- "):
			target = cases[len(cases)-1].section(l[4:])
		case target != nil:
			*target += l + "\n"
		}
	}
	return cases
}

func (c *Case) section(head string) *string {
	kind, rest, _ := strings.Cut(head, " ")
	if kind == "cell" {
		c.Cells = append(c.Cells, Cell{})
		return &c.Cells[len(c.Cells)-1].Code
	}
	cell := &c.Cells[len(c.Cells)-1]
	text := new(string)
	if rest != "" {
		*text = rest + "\n"
	}
	switch kind {
	case "out":
		cell.Out = text
	case "val":
		cell.Val = text
	case "typ":
		cell.Typ = text
	case "err":
		cell.Err = text
	}
	return text
}

// Check compares a cell's outcome with what is expected, except for Typ, which
// a client cannot see. It returns one complaint per difference.
func (c Cell) Check(got Got) (bad []string) {
	trim := strings.TrimSpace
	switch {
	case c.Err == nil && got.Err != "":
		bad = append(bad, "error: "+got.Err)
	case c.Err != nil && got.Err == "":
		bad = append(bad, "no error, want "+trim(*c.Err))
	case c.Err != nil:
		if ok, err := regexp.MatchString(trim(*c.Err), got.Err); err != nil || !ok {
			bad = append(bad, fmt.Sprintf("error %q, want %q", got.Err, trim(*c.Err)))
		}
	}
	if c.Out != nil && trim(*c.Out) != trim(got.Out) {
		bad = append(bad, fmt.Sprintf("out %q, want %q", trim(got.Out), trim(*c.Out)))
	}
	if c.Val != nil && !same(trim(*c.Val), trim(got.Val)) {
		bad = append(bad, fmt.Sprintf("val %q, want %q", trim(got.Val), trim(*c.Val)))
	}
	return bad
}

// same also accepts a string that is shown quoted.
func same(want, got string) bool {
	if want == got {
		return true
	}
	s, err := strconv.Unquote(got)
	return err == nil && strings.TrimSpace(s) == want
}
