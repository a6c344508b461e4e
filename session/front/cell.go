package front

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// cell is one cell on its way through the front end.
type cell struct {
	n    int
	src  string
	name string // "In[3]"
	opts CellOptions
	file *ast.File

	// as parsed
	names   map[string]bool // declared at top level
	types   []*ast.TypeSpec
	consts  []*ast.GenDecl
	funcs   []*ast.FuncDecl
	inits   []*ast.FuncDecl
	vars    []*ast.ValueSpec // hoisted definitions
	body    []ast.Stmt
	marks   map[ast.Stmt]*ast.ValueSpec // where a hoisted definition runs
	last    *ast.ExprStmt               // the expression to show, if the cell ends in one
	imports map[string]string
	dots    []string
	blank   []string // imported for their initialisation alone

	// as checked
	used     map[string]bool // identifiers that occur
	autos    map[string]string
	info1    *types.Info
	consts1  map[string]types.Object
	info     *types.Info
	fdecls   []*fdecl
	newTypes map[string]*types.TypeName
	kept     map[string]bool // types declared again as they were
	relinked map[string]bool // earlier declarations compiled again
	dropped  []string        // relinked declarations that no longer fit
	warnings []string
	prev     map[string]*types.Var           // "xᐧᐧprev": the x of an earlier cell
	result   *types.Var                      // the kept last expression
	original map[*ast.FuncDecl]*ast.FuncDecl // of functions with rewritten operators
}

// cellFunc is the name of the function that holds a cell's statements.
const cellFunc = "ᐧᐧcell"

func newCell(n int, src string) *cell {
	return &cell{n: n, src: src, name: fmt.Sprintf("In[%d]", n), names: map[string]bool{}, marks: map[ast.Stmt]*ast.ValueSpec{},
		imports: map[string]string{}, autos: map[string]string{}, relinked: map[string]bool{}, newTypes: map[string]*types.TypeName{},
		kept: map[string]bool{}, prev: map[string]*types.Var{}}
}

func (c *cell) warn(format string, args ...any) {
	c.warnings = append(c.warnings, fmt.Sprintf(format, args...))
}

// parse builds the cell's declarations and body. The returned cell holds what
// could be parsed even if there is an error.
func (s *Session) parse(n int, src string) (*cell, error) {
	c := newCell(n, src)
	text, err := c.program()
	if err != nil {
		return c, err
	}
	base := s.fset.Base()
	f, err := parser.ParseFile(s.fset, "_.go", text, parser.ParseComments|parser.SkipObjectResolution)
	c.file = f
	s.files = append(s.files, s.fset.File(token.Pos(base)))
	if err != nil {
		return c, c.atEnd(err)
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			dropDirective(d.Doc)
			c.addFunc(d)
		case *ast.GenDecl:
			dropDirective(d.Doc)
			if err := s.addDecl(c, d); err != nil {
				return c, err
			}
		}
	}
	s.underscore(c)
	s.hoist(c)
	return c, nil
}

// dropDirective takes the line directive that program writes out of a comment.
func dropDirective(doc *ast.CommentGroup) {
	if doc != nil && strings.HasPrefix(doc.List[0].Text, "/*line ") {
		doc.List = doc.List[1:]
	}
}

// program arranges the cell's items as a Go file: imports, declarations, and a
// function with the statements. Line directives keep the positions.
func (c *cell) program() (string, error) {
	items, err := splitItems(c.src)
	if err != nil {
		return "", c.relocate(err)
	}
	var head, decl, body strings.Builder
	for _, it := range items {
		to := &body
		switch {
		case it.Tok == token.PACKAGE:
			continue
		case it.Tok == token.IMPORT:
			to = &head
		case it.Decl && it.Tok != token.VAR:
			to = &decl
		}
		text := brackets(c.src[it.Pos:it.End], func(off int) string { return c.directive(it.Pos + off) })
		to.WriteString("\n" + c.directive(it.Pos) + text)
	}
	line, col := c.end()
	return fmt.Sprintf("package main\n%s%s\nfunc %s() {%s\n/*line %s/_.go:%d:%d*/}\n", head.String(), decl.String(), cellFunc, body.String(), c.name, line, col), nil
}

// end is the position behind the last character that is not blank.
func (c *cell) end() (line, col int) {
	src := strings.TrimRight(c.src, " \t\r\n")
	return 1 + strings.Count(src, "\n"), len(src) - strings.LastIndexByte(src, '\n')
}

func (c *cell) addFunc(d *ast.FuncDecl) {
	switch {
	case d.Recv == nil && d.Name.Name == cellFunc:
		if d.Body != nil {
			c.body = d.Body.List
		}
	case d.Recv == nil && d.Name.Name == "init":
		d.Name = &ast.Ident{NamePos: d.Name.NamePos, Name: fmt.Sprintf("initᐧ%d", len(c.inits))}
		c.inits = append(c.inits, d)
		c.funcs = append(c.funcs, d)
	default:
		c.funcs = append(c.funcs, d)
		if d.Recv == nil && d.Name.Name != "_" {
			c.names[d.Name.Name] = true
		}
	}
}

func (s *Session) addDecl(c *cell, d *ast.GenDecl) error {
	switch d.Tok {
	case token.IMPORT:
		for _, sp := range d.Specs {
			if err := s.addImport(c, sp.(*ast.ImportSpec)); err != nil {
				return err
			}
		}
	case token.TYPE:
		for _, sp := range d.Specs {
			ts := sp.(*ast.TypeSpec)
			if ts.Name.Name == "_" {
				continue
			}
			if ts.Doc == nil && len(d.Specs) == 1 {
				ts.Doc = d.Doc
			}
			c.types = append(c.types, ts)
			c.names[ts.Name.Name] = true
		}
	case token.CONST:
		c.consts = append(c.consts, d)
		for _, id := range constNames(d) {
			c.names[id.Name] = true
		}
	}
	return nil
}

func constNames(d *ast.GenDecl) (ids []*ast.Ident) {
	for _, sp := range d.Specs {
		for _, id := range sp.(*ast.ValueSpec).Names {
			if id.Name != "_" {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

func (s *Session) addImport(c *cell, sp *ast.ImportSpec) error {
	path := strings.Trim(sp.Path.Value, "`\"")
	p, err := s.Import(path)
	if err != nil {
		kind := Type
		if isUnsupported(err) {
			kind = Unsupported
		}
		return diagnose(kind, s.fset.Position(sp.Path.Pos()).String(), err.Error())
	}
	name := p.Name()
	if sp.Name != nil {
		name = sp.Name.Name
	}
	switch name {
	case "_":
		c.blank = append(c.blank, path)
	case ".":
		c.dots = append(c.dots, path)
	default:
		c.imports[name] = path
	}
	return nil
}
