package session

import (
	"fmt"
	"strings"
)

// Position is where the error is, such as "In[3]:2:14", or "" if unknown.
func (e *Error) Position() string {
	switch {
	case e.Cell == 0:
		return ""
	case e.Line == 0:
		return fmt.Sprintf("In[%d]", e.Cell)
	case e.Col == 0:
		return fmt.Sprintf("In[%d]:%d", e.Cell, e.Line)
	}
	return fmt.Sprintf("In[%d]:%d:%d", e.Cell, e.Line, e.Col)
}

// Error gives name, message and position in one line.
func (e *Error) Error() string {
	if p := e.Position(); p != "" {
		return fmt.Sprintf("%s: %s: %s", p, e.Name, e.Message)
	}
	return fmt.Sprintf("%s: %s", e.Name, e.Message)
}

// The colours of a traceback: names of errors red, places green, hints dim.
const (
	red, green, dim, reset = "\x1b[31m", "\x1b[32m", "\x1b[2m", "\x1b[0m"
)

// Traceback is the error for people, with ANSI colours: what, where, the line
// with a caret, the calls that led there, and a hint.
func (e *Error) Traceback() []string {
	lines := []string{red + e.Name + reset + ": " + e.Message}
	if p := e.Position(); p != "" {
		lines[0] += " (" + green + p + reset + ")"
	}
	if e.Excerpt != "" {
		for _, l := range strings.Split(strings.TrimRight(e.Excerpt, "\n"), "\n") {
			if strings.Contains(l, "^") && strings.Trim(l, " \t^") == "" {
				l = red + l + reset
			}
			lines = append(lines, l)
		}
	}
	for _, f := range e.Frames {
		lines = append(lines, "  at "+green+f+reset)
	}
	if e.Hint != "" {
		lines = append(lines, dim+"hint: "+e.Hint+reset)
	}
	return lines
}

// Report is Traceback without colours, as one text.
func (e *Error) Report() string {
	plain := strings.NewReplacer(red, "", green, "", dim, "", reset, "")
	return plain.Replace(strings.Join(e.Traceback(), "\n"))
}
