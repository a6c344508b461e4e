package front

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// Package is the source of a package that is not compiled in. It is checked when
// it is imported; of its functions, types and variables only those are lowered
// that are used.
type Package struct {
	Path    string
	Files   []File
	Without []string // files that had to be left out, and why
}

// File is one Go file of a package.
type File struct {
	Name string
	Data []byte
}

// modulePackage is what the lowering needs to know of such a package beyond its
// syntax and types.
type modulePackage struct {
	order  int // of initialisation: a package comes after those it imports
	inits  []*ast.FuncDecl
	initOf map[*types.Var]int // index into info.InitOrder
}

// moduleOf returns what is known of a package if it is lowered from source.
func (s *Session) moduleOf(p *types.Package) *shadow {
	if sh := s.shadows[p.Path()]; sh != nil && sh.module != nil && sh.pkg == p {
		return sh
	}
	return nil
}

// Import implements types.Importer.
func (s *Session) Import(path string) (*types.Package, error) {
	if path == "unsafe" || s.imp.has(path) {
		return s.imp.Import(path)
	}
	if sh := s.shadows[path]; sh != nil {
		return sh.pkg, nil
	}
	var src *Package
	if s.opts.Source != nil {
		src = s.opts.Source(path)
	}
	if src == nil {
		return nil, fmt.Errorf("package %s is not available in a session", path)
	}
	if s.busy[path] {
		return nil, fmt.Errorf("import cycle through %s", path)
	}
	s.busy[path] = true
	defer delete(s.busy, path)
	sh, err := s.checkModule(src)
	if err != nil {
		return nil, err
	}
	s.shadows[path] = sh // survives a rollback: it does not depend on the cell
	return sh.pkg, nil
}

// checkModule parses and type-checks a package.
func (s *Session) checkModule(src *Package) (*shadow, error) {
	sh := &shadow{info: newInfo(), funcs: map[string]*ast.FuncDecl{}, meths: map[string]map[string]*ast.FuncDecl{}, specs: map[string]*ast.TypeSpec{}}
	var files []*ast.File
	for _, f := range src.Files {
		parsed, err := parser.ParseFile(s.fset, f.Name, f.Data, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return nil, unsupported{msg: fmt.Sprintf("package %s cannot be used in a session: %v", src.Path, err)}
		}
		files = append(files, parsed)
	}
	var first error
	conf := types.Config{Importer: s, Sizes: sizes, Error: func(err error) {
		if first == nil {
			first = err
		}
	}}
	sh.pkg, _ = conf.Check(src.Path, s.fset, files, sh.info)
	if first != nil {
		why := ""
		if len(src.Without) > 0 {
			why = " (" + strings.Join(src.Without, ", ") + ")"
		}
		return nil, unsupported{msg: fmt.Sprintf("package %s cannot be used in a session: %v%s", src.Path, first, why)}
	}
	sh.module = &modulePackage{order: len(s.shadows), initOf: map[*types.Var]int{}}
	for i, in := range sh.info.InitOrder {
		for _, v := range in.Lhs {
			sh.module.initOf[v] = i
		}
	}
	for _, f := range files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv == nil && fd.Name.Name == "init" {
				sh.module.inits = append(sh.module.inits, fd)
				continue
			}
			sh.add(d)
		}
	}
	return sh, nil
}

// Import is an import statement of a cell.
type Import struct {
	Path      string
	Line, Col int
}

// Imports lists the packages that a cell imports and that Source would have to
// give.
func (s *Session) Imports(code string) (l []Import) {
	items, err := splitItems(code)
	if err != nil {
		return nil
	}
	for _, it := range items {
		if it.Tok != token.IMPORT {
			continue
		}
		fset := token.NewFileSet()
		before := strings.Map(func(r rune) rune {
			if r == '\n' {
				return r
			}
			return ' '
		}, code[:it.Pos])
		f, err := parser.ParseFile(fset, "", "package p;/*line :1:1*/"+before+code[it.Pos:it.End], parser.ImportsOnly)
		if err != nil {
			continue
		}
		for _, sp := range f.Imports {
			p := strings.Trim(sp.Path.Value, "`\"")
			if first, _, _ := strings.Cut(p, "/"); strings.Contains(first, ".") && !s.imp.has(p) && s.shadows[p] == nil {
				pos := fset.Position(sp.Path.Pos())
				l = append(l, Import{p, pos.Line, pos.Column})
			}
		}
	}
	return l
}

// Has reports whether a package is compiled in.
func (s *Session) Has(path string) bool { return s.imp.has(path) }
