package kernel

import (
	"fmt"
	"strings"

	"github.com/ingot-go/ingot/session"
)

// ANSI colours of a traceback; front ends show them.
const (
	red    = "\x1b[1;31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	dim    = "\x1b[2m"
	plain  = "\x1b[0m"
)

// traceback renders an error as lines: what, where with the text of the cell,
// how it came there, and what may help.
func traceback(e *session.Error) []string {
	head := red + e.Name + plain + ": " + e.Message
	if e.Cell > 0 {
		head = green + position(e) + plain + " " + head
	}
	lines := []string{head}
	for _, l := range split(e.Excerpt) {
		if strings.Trim(l, " \t|^~") == "" && strings.Contains(l, "^") {
			l = red + l + plain
		}
		lines = append(lines, l)
	}
	for _, f := range e.Frames {
		lines = append(lines, dim+"  at "+f+plain)
	}
	if e.Hint != "" {
		lines = append(lines, yellow+"hint: "+plain+e.Hint)
	}
	return lines
}

func position(e *session.Error) string {
	p := fmt.Sprintf("In[%d]", e.Cell)
	if e.Line > 0 {
		p += fmt.Sprintf(":%d", e.Line)
		if e.Col > 0 {
			p += fmt.Sprintf(":%d", e.Col)
		}
	}
	return p
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimRight(s, "\n"), "\n")
}
