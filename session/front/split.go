package front

import (
	"go/scanner"
	"go/token"
	"strings"
)

// item is a top-level declaration or statement of a cell, by byte offsets.
type item struct {
	Tok      token.Token // the first token
	Decl     bool        // type, const, var, or a function declaration
	Pos, End int
}

// splitItems cuts a cell at the semicolons, written or automatic, outside of
// brackets and of the headers of for, if and switch statements.
func splitItems(src string) (items []item, err error) {
	var s scanner.Scanner
	var errs scanner.ErrorList
	f := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(f, []byte(src), func(p token.Position, m string) { errs.Add(p, m) }, scanner.ScanComments)
	depth, start := 0, -1
	header, literal := false, false // between for and its brace; between func and its brace
	first, code := token.ILLEGAL, 0 // the first token, and where it is
	doc := -1                       // where the comments before the next item begin
	flush := func(end int) {
		if start < 0 {
			return
		}
		it := item{Tok: first, Pos: start, End: end}
		switch first {
		case token.TYPE, token.CONST, token.VAR:
			it.Decl = true
		case token.FUNC:
			it.Decl = isFuncDecl(src[code:end])
		}
		items = append(items, it)
		start, doc = -1, -1
	}
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		off := f.Offset(pos)
		if depth == 0 {
			switch {
			case tok == token.FOR || tok == token.IF || tok == token.SWITCH:
				header = true
			case tok == token.FUNC:
				literal = true
			case tok == token.LBRACE && literal:
				literal = false
			case tok == token.LBRACE:
				header = false
			}
		}
		switch tok {
		case token.COMMENT:
			if start < 0 && doc < 0 && strings.TrimSpace(src[strings.LastIndexByte(src[:off], '\n')+1:off]) == "" {
				doc = off
			}
			continue
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		}
		if tok == token.SEMICOLON && depth <= 0 && !(header && lit == ";") {
			header, literal = false, false
			if lit == ";" {
				off++
			}
			flush(off)
			continue
		}
		if start < 0 {
			start, first, code = off, tok, off
			if doc >= 0 {
				start = doc
			}
		}
	}
	flush(len(src))
	return items, errs.Err()
}

// isFuncDecl tells func Name(…) and func (recv) Name(…) from a function
// literal such as func (a) T { … }().
func isFuncDecl(src string) bool {
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(src)), []byte(src), nil, 0)
	next := func() token.Token { _, t, _ := s.Scan(); return t }
	next() // func
	switch next() {
	case token.IDENT:
		return true
	case token.LPAREN:
	default:
		return false
	}
	for depth := 1; depth > 0; {
		switch next() {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			depth--
		case token.EOF:
			return false
		}
	}
	if next() != token.IDENT {
		return false
	}
	t := next()
	return t == token.LPAREN || t == token.LBRACK
}

// relocate names the cell in the positions of the scanner's errors.
func (c *cell) relocate(err error) error {
	list, ok := err.(scanner.ErrorList)
	if !ok {
		return err
	}
	for _, e := range list {
		e.Pos.Filename = c.name + "/_.go"
	}
	return list
}

// atEnd rewords complaints about the bracket that program puts behind the cell.
func (c *cell) atEnd(err error) error {
	list, ok := err.(scanner.ErrorList)
	if !ok {
		return err
	}
	line, col := c.end()
	for _, e := range list {
		if e.Pos.Line > line || e.Pos.Line == line && e.Pos.Column >= col {
			e.Pos.Line, e.Pos.Column = line, col
			e.Msg = strings.NewReplacer("found '}'", "found the end of the cell", "found 'EOF'", "found the end of the cell").Replace(e.Msg)
		}
	}
	list.RemoveMultiples()
	return list
}
