package front

import (
	"fmt"
	"go/scanner"
	"go/token"
	"sort"
	"strings"
)

// Python's index forms are not Go: a[:, 0], a[::2], a[..., 1:3]. Before a cell
// is parsed, an index in brackets that Go could not read becomes a call,
//
//	a[:, ::2]   a[ᐧᐧat(ᐧᐧspan(ᐧᐧno, ᐧᐧno), ᐧᐧspan(ᐧᐧno, ᐧᐧno, 2))]
//
// which later turns into a method call when a is an array (see index.go). Line
// directives behind each change keep the user's columns. What Go can read is
// left alone: s[i], s[lo:hi:max], f[int, string].

// Names in rewritten brackets; no cell can write them.
const (
	indexAt   = "ᐧᐧat"
	indexSpan = "ᐧᐧspan"
	indexNone = "ᐧᐧno"
	indexRest = "ᐧᐧrest"
)

// lexeme is one token of the text that brackets works on.
type lexeme struct {
	tok      token.Token
	pos, end int
	pair     int // of a bracket: the index of the other one, or -1
}

// edit replaces the text from pos to end.
type edit struct {
	pos, end int
	text     string
}

// brackets rewrites the index forms in an item of a cell. at gives the line
// directive for a byte offset of src.
func brackets(src string, at func(off int) string) string {
	if !strings.Contains(src, "[") {
		return src
	}
	b := &bracketer{src: src, lex: lexemes(src), at: at}
	if len(b.lex) == 0 || b.lex[0].tok == token.TYPE { // only type parameters
		return src
	}
	for i, t := range b.lex {
		if t.tok == token.LBRACK && t.pair > 0 && b.indexes(i) {
			b.index(i)
		}
	}
	sort.SliceStable(b.edits, func(i, j int) bool { return b.edits[i].pos < b.edits[j].pos })
	var out strings.Builder
	done := 0
	for _, e := range b.edits {
		out.WriteString(src[done:e.pos] + e.text)
		done = e.end
	}
	return out.String() + src[done:]
}

type bracketer struct {
	src   string
	lex   []lexeme
	at    func(off int) string
	edits []edit
}

func lexemes(src string) (l []lexeme) {
	var s scanner.Scanner
	f := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(f, []byte(src), func(token.Position, string) {}, 0)
	var open []int
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return l
		}
		n := len(tok.String())
		if tok.IsLiteral() || tok == token.SEMICOLON {
			n = len(lit)
		}
		t := lexeme{tok: tok, pos: f.Offset(pos), pair: -1}
		t.end = min(t.pos+n, len(src))
		switch tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			open = append(open, len(l))
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if n := len(open); n > 0 {
				if i := open[n-1]; closes(l[i].tok, tok) {
					t.pair, l[i].pair = i, len(l)
				}
				open = open[:n-1]
			}
		}
		l = append(l, t)
	}
}

func closes(open, shut token.Token) bool { return shut-open == token.RPAREN-token.LPAREN }

// indexes reports whether the bracket at i follows an operand and is not the
// list of a function's type parameters.
func (b *bracketer) indexes(i int) bool {
	if i == 0 || !b.operandEnds(i-1) {
		return false
	}
	return i < 2 || b.lex[i-1].tok != token.IDENT || b.lex[i-2].tok != token.FUNC
}

func (b *bracketer) operandEnds(i int) bool {
	switch b.lex[i].tok {
	case token.IDENT, token.STRING, token.RPAREN, token.RBRACK, token.RBRACE:
		return true
	}
	return false
}

// span is a range of tokens, the last one excluded.
type span struct{ from, to int }

// split cuts a range of tokens at a token outside of inner brackets.
func (b *bracketer) split(r span, at token.Token) (parts []span) {
	from := r.from
	for i := r.from; i < r.to; i++ {
		if p := b.lex[i].pair; p > i {
			i = min(p, r.to)
			continue
		}
		if b.lex[i].tok == at {
			parts = append(parts, span{from, i})
			from = i + 1
		}
	}
	return append(parts, span{from, r.to})
}

// index rewrites the bracket at i if Go cannot read it.
func (b *bracketer) index(i int) {
	shut := b.lex[i].pair
	in := span{i + 1, shut}
	elems := b.split(in, token.COMMA)
	if n := len(elems); n > 1 && b.blank(elems[n-1]) { // a trailing comma
		elems = elems[:n-1]
	}
	if !b.foreign(elems) {
		return
	}
	b.insert(b.lex[i].end, b.lex[i+1].pos, indexAt+"(")
	for _, e := range elems {
		b.element(e)
	}
	b.insert(b.lex[shut].pos, b.lex[shut].pos, ")")
}

// insert puts text at pos; the token at next follows it.
func (b *bracketer) insert(pos, next int, text string) {
	if pos != next { // keep the blanks in between where they are
		pos = next
	}
	b.edits = append(b.edits, edit{pos, pos, text + b.at(next)})
}

func (b *bracketer) blank(e span) bool {
	for _, t := range b.lex[e.from:e.to] {
		if t.tok != token.SEMICOLON {
			return false
		}
	}
	return true
}

// foreign reports whether a list of indices is not Go, neither an index or a
// slice nor a list of types.
func (b *bracketer) foreign(elems []span) bool {
	for _, e := range elems {
		if e.to-e.from == 1 && b.lex[e.from].tok == token.ELLIPSIS {
			return true
		}
		parts := b.split(e, token.COLON)
		switch {
		case len(parts) > 1 && len(elems) > 1:
			return true
		case len(parts) == 3 && (b.blank(parts[1]) || b.blank(parts[2])):
			return true
		case len(elems) > 1 && b.value(e):
			return true
		}
	}
	return false
}

// value reports whether an element can only be a value, not a type.
func (b *bracketer) value(e span) bool {
	for i := e.from; i < e.to; i++ {
		t := b.lex[i]
		operand := i > e.from && b.operandEnds(i-1) && !b.typePrefix(e, i-1)
		switch t.tok {
		case token.INT, token.FLOAT, token.IMAG, token.CHAR, token.STRING,
			token.ADD, token.SUB, token.QUO, token.REM, token.SHL, token.SHR, token.AND_NOT, token.XOR, token.NOT,
			token.LAND, token.LOR, token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
			return true
		case token.MUL, token.AND, token.OR, token.LPAREN, token.LBRACE:
			if operand {
				return true
			}
		case token.LBRACK:
			if operand && t.pair > i && b.value(span{i + 1, t.pair}) {
				return true
			}
		}
		if t.pair > i {
			i = min(t.pair, e.to)
		}
	}
	return false
}

// typePrefix reports whether the bracket that ends at i is that of []T, [4]T,
// map[K]T or func(A) T.
func (b *bracketer) typePrefix(e span, i int) bool {
	p := b.lex[i].pair
	switch b.lex[i].tok {
	case token.RBRACK:
		return p >= 0 && (p <= e.from || !b.operandEnds(p-1))
	case token.RPAREN:
		return p > e.from && b.lex[p-1].tok == token.FUNC
	}
	return false
}

// element rewrites one index of a foreign list.
func (b *bracketer) element(e span) {
	if e.from >= e.to {
		return
	}
	if first := b.lex[e.from]; e.to-e.from == 1 && first.tok == token.ELLIPSIS {
		b.edits = append(b.edits, edit{first.pos, first.end, indexRest + b.at(first.end)})
		return
	}
	parts := b.split(e, token.COLON)
	if len(parts) == 1 {
		return
	}
	open := indexSpan + "("
	for i, p := range parts {
		if i > 0 { // the colon before the part
			c := b.lex[p.from-1]
			b.edits = append(b.edits, edit{c.pos, c.end, ","})
			open = ""
		}
		text := open
		if b.blank(p) {
			text += indexNone
		}
		if text == "" {
			continue
		}
		next := b.lex[p.from].pos
		b.edits = append(b.edits, edit{next, next, text + b.at(next)})
	}
	end := b.lex[e.to-1].end
	b.edits = append(b.edits, edit{end, end, ")" + b.at(end)})
}

// directive is the line comment that gives the text behind it the position of
// byte offset off of the cell.
func (c *cell) directive(off int) string {
	line := 1 + strings.Count(c.src[:off], "\n")
	col := off - strings.LastIndexByte(c.src[:off], '\n')
	return fmt.Sprintf("/*line %s/_.go:%d:%d*/", c.name, line, col)
}
