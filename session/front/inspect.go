package front

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/types"
	"strings"
)

// Description tells about a name.
type Description struct {
	Signature string // such as "func strings.ToUpper(s string) string"
	Doc       string
	Source    string // of a declaration of the session
}

// Inspect describes the name at byte offset off of a cell.
func (s *Session) Inspect(src string, off int) (d Description, ok bool) {
	start, end := wordStart(src, off), wordEnd(src, off)
	if start == end { // behind an opening bracket: the function called
		t := strings.TrimRight(src[:start], " (")
		start, end = wordStart(t, len(t)), len(t)
	}
	if start == end {
		return d, false
	}
	defer func() {
		if recover() != nil {
			ok = false
		}
		s.rollback()
	}()
	s.begin()
	name := src[start:end]
	for _, text := range []string{src, src[:end]} {
		c := s.tryCell(text)
		if c == nil {
			continue
		}
		if o := s.objectAt(c, name, start, text); o != nil {
			return s.describe(o), true
		}
	}
	if path := s.imports[name]; path != "" {
		return s.describePackage(path), true
	}
	if paths := s.imp.byName[name]; len(paths) > 0 {
		return s.describePackage(paths[0]), true
	}
	if o := types.Universe.Lookup(name); o != nil {
		return s.describe(o), true
	}
	return d, false
}

func wordEnd(src string, off int) int {
	for end := off; ; end++ {
		if end == len(src) || wordStart(src, end+1) == end+1 {
			return end
		}
	}
}

// objectAt finds what the word at a byte offset means.
func (s *Session) objectAt(c *cell, name string, off int, src string) types.Object {
	line := 1 + strings.Count(src[:off], "\n")
	col := off - strings.LastIndexByte(src[:off], '\n')
	var found types.Object
	for n := range c.nodes() {
		id, ok := n.(*ast.Ident)
		if !ok || id.Name != name {
			continue
		}
		p := s.fset.Position(id.Pos())
		if p.Line != line || p.Column != col {
			continue
		}
		for _, info := range []*types.Info{c.info, c.info1} {
			if info == nil {
				continue
			}
			if o := info.Uses[id]; o != nil {
				found = o
			} else if o := info.Defs[id]; o != nil {
				found = o
			}
			if found != nil {
				return found
			}
		}
	}
	if o := s.objs[name]; o != nil && !strings.HasSuffix(strings.TrimRight(src[:off], " "), ".") {
		return o
	}
	return nil
}

func (s *Session) describe(o types.Object) Description {
	if p, ok := o.(*types.PkgName); ok {
		return s.describePackage(p.Imported().Path())
	}
	d := Description{Signature: types.ObjectString(o, func(p *types.Package) string {
		if p.Path() == "main" {
			return ""
		}
		return p.Name()
	})}
	d.Signature = strings.ReplaceAll(plain(d.Signature), "func ()", "func()")
	if o.Pkg() == nil {
		return d
	}
	if !isMain(o) {
		d.Doc = s.imp.doc(o.Pkg().Path(), docName(o))
		return d
	}
	if fd := s.fobj[o]; fd != nil {
		d.Doc, d.Source = fd.node.Doc.Text(), s.text(fd.node)
	} else if td := s.tdecls[o.Name()]; td != nil && s.objs[o.Name()] == o {
		d.Doc, d.Source = td.spec.Doc.Text(), "type "+s.text(td.spec)
	}
	d.Doc = strings.TrimSpace(d.Doc)
	return d
}

func (s *Session) describePackage(path string) Description {
	return Description{Signature: "package " + packageName(path) + " // import \"" + path + "\"", Doc: s.imp.doc(path, "")}
}

// docName is how the documentation calls an object: "Name" or "Type.Method".
func docName(o types.Object) string {
	if f, ok := o.(*types.Func); ok {
		if r := f.Signature().Recv(); r != nil {
			t := types.Unalias(r.Type())
			if p, ok := t.(*types.Pointer); ok {
				t = types.Unalias(p.Elem())
			}
			if n, ok := t.(*types.Named); ok {
				return n.Obj().Name() + "." + o.Name()
			}
		}
	}
	return o.Name()
}

// text prints a declaration.
func (s *Session) text(n ast.Node) string {
	var b bytes.Buffer
	if format.Node(&b, s.fset, n) != nil {
		return ""
	}
	return b.String()
}

// TypeOf tells the type of the expression that a cell is, which is not evaluated.
func (s *Session) TypeOf(n int, src string) (text string, err error) {
	s.begin()
	defer func() {
		if r := recover(); r != nil {
			err = s.recovered(r)
		}
		s.rollback()
	}()
	c, err := s.parse(n, src)
	if err != nil {
		return "", s.asError(err)
	}
	if err := s.check(c); err != nil {
		e := s.asError(err)
		s.hint(c, e)
		return "", e
	}
	if c.last == nil || len(c.body) != 1 {
		return "", &Error{Kind: Syntax, List: []Diagnostic{{Msg: "not an expression"}}}
	}
	return typeName(c.info.TypeOf(c.last.X)), nil
}

// Variable is a variable of the session.
type Variable struct {
	Name, Type string
	Low        string // its name in Core Go
	Code       string // its type, for the runtime
	Cell       int    // where it was declared last
}

// Variables lists the session's variables, sorted by name.
func (s *Session) Variables() (l []Variable) {
	for _, n := range sortedKeys(s.objs) {
		v, ok := s.objs[n].(*types.Var)
		if !ok || strings.Contains(n, "ᐧᐧ") || strings.HasPrefix(n, "_") && v.Name() == n && s.cells[n] == 0 {
			continue
		}
		l = append(l, Variable{n, typeName(v.Type()), s.low[v], s.code(v.Type()), s.cells[n]})
	}
	return l
}
