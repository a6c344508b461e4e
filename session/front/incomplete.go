package front

import (
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// IsComplete tells whether a cell would run as it stands: "complete",
// "incomplete" with the indent for its next line, or "invalid".
func IsComplete(src string) (status, indent string) {
	depth, open := nesting(src)
	if depth > 0 || open {
		return "incomplete", strings.Repeat("\t", max(depth, 0))
	}
	if depth < 0 {
		return "invalid", ""
	}
	c := newCell(0, src)
	text, err := c.program()
	if err == nil {
		_, err = parser.ParseFile(token.NewFileSet(), "_.go", text, parser.SkipObjectResolution)
	}
	list, ok := err.(scanner.ErrorList)
	switch {
	case err == nil:
		return "complete", ""
	case ok && endsEarly(src):
		return "incomplete", ""
	case ok && len(list) > 0:
		return "invalid", ""
	}
	return "invalid", ""
}

// nesting counts the brackets left open; open is true in the middle of a
// comment or a raw string.
func nesting(src string) (depth int, open bool) {
	var s scanner.Scanner
	f := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(f, []byte(src), func(_ token.Position, msg string) {
		open = open || strings.Contains(msg, "not terminated") && !strings.Contains(msg, "string literal not terminated") && !strings.Contains(msg, "rune literal") ||
			strings.Contains(msg, "raw string literal not terminated")
	}, 0)
	for {
		_, t, _ := s.Scan()
		switch t {
		case token.EOF:
			return depth, open
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if depth--; depth < 0 {
				return depth, false
			}
		}
	}
}

// endsEarly reports whether the last token asks for more, as an operator does.
func endsEarly(src string) bool {
	var s scanner.Scanner
	f := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(f, []byte(src), func(token.Position, string) {}, 0)
	last := token.EOF
	for {
		_, t, lit := s.Scan()
		if t == token.EOF {
			break
		}
		if t != token.SEMICOLON || lit == ";" {
			last = t
		}
	}
	switch last {
	case token.INC, token.DEC, token.RPAREN, token.RBRACK, token.RBRACE, token.SEMICOLON, token.EOF:
		return false
	}
	return last.IsOperator() || last == token.IMPORT || last == token.PACKAGE || last == token.VAR || last == token.CONST || last == token.TYPE || last == token.FUNC ||
		last == token.FOR || last == token.IF || last == token.SWITCH || last == token.ELSE || last == token.GO || last == token.DEFER
}
