package front

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Item is a candidate of a completion.
type Item struct {
	Name      string
	Kind      string // function, type, instance, module, keyword
	Signature string
	Doc       string
}

// placeholder stands at the cursor while a cell is checked for completion.
const placeholder = "ᐧᐧcomp"

// Complete lists what may stand at byte offset off of a cell, and where the
// word to replace starts. Nothing is executed and nothing is remembered.
func (s *Session) Complete(src string, off int) (start int, items []Item) {
	start = wordStart(src, off)
	defer func() {
		if recover() != nil { // a half-written cell can be anything
			items = nil
		}
		s.rollback()
	}()
	s.begin()
	prefix := src[start:off]
	c := s.tryCell(src[:start] + placeholder)
	if c == nil {
		return start, nil
	}
	l := &lister{s: s, prefix: prefix, seen: map[string]bool{}}
	if sel := c.selector(placeholder); sel != nil {
		l.selector(c, sel)
	} else {
		l.keys(c)
		keys := len(l.items)
		l.scopes(c)
		sortItems(l.items[:keys])
		sortItems(l.items[keys:])
		return start, l.items
	}
	sortItems(l.items)
	return start, l.items
}

func sortItems(l []Item) {
	sort.Slice(l, func(i, j int) bool { return l[i].Name < l[j].Name })
}

func wordStart(src string, off int) int {
	for off > 0 {
		r, n := utf8.DecodeLastRuneInString(src[:off])
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		off -= n
	}
	return off
}

// tryCell checks an unfinished cell as well as it can be. What is left open is
// closed in several ways until one parses.
func (s *Session) tryCell(text string) *cell {
	closing := closers(text)
	for _, closing := range []string{closing, strings.ReplaceAll(closing, "\n", "")} { // a block, or a literal
		for _, fill := range []string{"", " {}", "; {}", ":"} {
			c, err := s.parse(0, text+fill+closing)
			if err == nil {
				s.check(c) // errors do not matter here
				return c
			}
		}
	}
	return nil
}

// closers returns the text that closes what src leaves open.
func closers(src string) string {
	var s scanner.Scanner
	f := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(f, []byte(src), func(token.Position, string) {}, 0)
	var open []string
	for {
		_, t, _ := s.Scan()
		switch t {
		case token.EOF:
			out := ""
			for i := len(open) - 1; i >= 0; i-- {
				out += open[i]
			}
			return out
		case token.LPAREN:
			open = append(open, ")")
		case token.LBRACK:
			open = append(open, "]")
		case token.LBRACE:
			open = append(open, "\n}")
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	}
}

// selector finds the selector expression for a name.
func (c *cell) selector(name string) *ast.SelectorExpr {
	for sel := range selectorsNamed(c, name) {
		return sel
	}
	return nil
}

func (c *cell) anyInfo() *types.Info {
	if c.info != nil {
		return c.info
	}
	return c.info1
}

// lister collects candidates.
type lister struct {
	s      *Session
	prefix string
	seen   map[string]bool
	items  []Item
}

func (l *lister) add(o types.Object) {
	if l.fits(o.Name()) {
		d := l.s.describe(o)
		l.items = append(l.items, Item{o.Name(), kindOf(o), d.Signature, d.Doc})
	}
}

func (l *lister) fits(name string) bool {
	if !strings.HasPrefix(name, l.prefix) || strings.Contains(name, "ᐧ") || l.seen[name] || name == "_" {
		return false
	}
	l.seen[name] = true
	return true
}

func (l *lister) selector(c *cell, sel *ast.SelectorExpr) {
	info := c.anyInfo()
	if info == nil {
		return
	}
	if id, ok := sel.X.(*ast.Ident); ok {
		if p, ok := info.Uses[id].(*types.PkgName); ok {
			sc := p.Imported().Scope()
			for _, n := range sc.Names() {
				if o := sc.Lookup(n); o.Exported() {
					l.add(o)
				}
			}
			return
		}
	}
	if t := info.TypeOf(sel.X); t != nil {
		for _, o := range l.s.members(t) {
			l.add(o)
		}
	}
}

// keys lists the fields of the struct literal that the placeholder is an element
// of, but for those that it has.
func (l *lister) keys(c *cell) {
	info := c.anyInfo()
	if info == nil {
		return
	}
	for n := range c.nodes() {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || info.TypeOf(lit) == nil {
			continue
		}
		here, has := false, map[string]bool{}
		for _, e := range lit.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				e = kv.Key
			}
			if id, ok := e.(*ast.Ident); ok {
				here = here || id.Name == placeholder
				has[id.Name] = true
			}
		}
		t := info.TypeOf(lit).Underlying()
		if p, ok := t.(*types.Pointer); ok { // an element of []*T
			t = p.Elem().Underlying()
		}
		if st, ok := t.(*types.Struct); ok && here {
			for f := range st.Fields() {
				if !has[f.Name()] && (f.Exported() || l.s.isSession(f)) {
					l.add(f)
				}
			}
			return
		}
	}
}

// scopes lists the names that are visible where the placeholder stands.
func (l *lister) scopes(c *cell) {
	if info := c.anyInfo(); info != nil {
		for n := range c.nodes() {
			if id, ok := n.(*ast.Ident); ok && id.Name == placeholder {
				for sc := innermost(info, id.Pos()); sc != nil && sc.Parent() != types.Universe; sc = sc.Parent() {
					for _, n := range sc.Names() {
						if o := sc.Lookup(n); o.Pos() < id.Pos() || sc.Parent() == nil {
							l.add(o)
						}
					}
				}
			}
		}
	}
	for _, n := range sortedKeys(l.s.objs) {
		l.add(l.s.objs[n])
	}
	for n := range c.names {
		if l.fits(n) {
			l.items = append(l.items, Item{Name: n, Kind: "instance"})
		}
	}
	l.rest(c)
}

// rest adds packages, universe and keywords.
func (l *lister) rest(c *cell) {
	for _, m := range []map[string]string{c.imports, l.s.imports} {
		for _, n := range sortedKeys(m) {
			if l.fits(n) {
				l.items = append(l.items, Item{Name: n, Kind: "module", Signature: m[n], Doc: l.s.imp.doc(m[n], "")})
			}
		}
	}
	if l.prefix == "" {
		return
	}
	for _, n := range sortedKeys(l.s.imp.byName) {
		if p := l.s.imp.byName[n]; len(p) == 1 && l.fits(n) {
			l.items = append(l.items, Item{Name: n, Kind: "module", Signature: p[0], Doc: l.s.imp.doc(p[0], "")})
		}
	}
	for _, n := range types.Universe.Names() {
		l.add(types.Universe.Lookup(n))
	}
	for t := token.BREAK; t <= token.VAR; t++ {
		if n := t.String(); l.fits(n) {
			l.items = append(l.items, Item{Name: n, Kind: "keyword"})
		}
	}
}

// innermost is the smallest scope around a position.
func innermost(info *types.Info, pos token.Pos) *types.Scope {
	var best *types.Scope
	for _, sc := range info.Scopes {
		if sc.Contains(pos) && (best == nil || sc.Pos() >= best.Pos()) {
			best = sc
		}
	}
	return best
}

func kindOf(o types.Object) string {
	switch o.(type) {
	case *types.Func, *types.Builtin:
		return "function"
	case *types.TypeName:
		return "type"
	case *types.PkgName:
		return "module"
	}
	return "instance"
}
