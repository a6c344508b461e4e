package repl

import (
	"go/scanner"
	"go/token"
	"strings"
)

// The 16 colours of the terminal, so that the user's palette wins.
const (
	keywordColor = "\x1b[35m"
	stringColor  = "\x1b[32m"
	numberColor  = "\x1b[36m"
	commentColor = "\x1b[2m"
	plain        = "\x1b[0m"
)

// highlight colours Go source token by token and keeps every other byte as it
// is, so that unfinished text shows as typed.
func highlight(src string) string {
	var s scanner.Scanner
	fs := token.NewFileSet()
	f := fs.AddFile("", fs.Base(), len(src))
	s.Init(f, []byte(src), func(token.Position, string) {}, scanner.ScanComments)
	var b strings.Builder
	at := 0
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		color := colorOf(tok)
		if color == "" {
			continue
		}
		off := f.Offset(pos)
		end := min(off+len(lit), len(src))
		if off < at || end <= off {
			continue // a raw string with carriage returns is longer in the source
		}
		b.WriteString(src[at:off] + color + src[off:end] + plain)
		at = end
	}
	b.WriteString(src[at:])
	return b.String()
}

func colorOf(tok token.Token) string {
	switch {
	case tok == token.COMMENT:
		return commentColor
	case tok == token.STRING || tok == token.CHAR:
		return stringColor
	case tok == token.INT || tok == token.FLOAT || tok == token.IMAG:
		return numberColor
	case tok.IsKeyword():
		return keywordColor
	}
	return ""
}
