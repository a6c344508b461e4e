package front

import (
	"errors"
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
	Key     string // names this very source and that of all it imports, for Cache; "" if unknown
	Imports []string
	Without []string // files that had to be left out, and why

	Files func() ([]File, error)
}

// File is one Go file of a package.
type File struct {
	Name string
	Data []byte
}

// Cache keeps what is known of packages from one session to the next.
type Cache interface {
	Get(key string) []byte // nil if there is none
	Put(key string, data []byte)
}

// module is a package that is lowered from source.
type module struct {
	source *Package
	pkg    *types.Package // as those who import it see it
	syntax *shadow        // once it is needed; its types may be others than pkg's
	order  int            // of initialisation: a package comes after those it imports
	parts  []part         // of its initialisation
	change []string       // variables that its functions change
}

// moduleOf returns what is known of a package if it is lowered from source.
func (s *Session) moduleOf(p *types.Package) *module { return s.modules[p.Path()] }

// Import implements types.Importer.
func (s *Session) Import(path string) (*types.Package, error) {
	if path == "unsafe" || s.imp.has(path) {
		return s.imp.Import(path)
	}
	if m := s.modules[path]; m != nil {
		return m.pkg, nil
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
	for _, p := range src.Imports {
		if _, err := s.Import(p); err != nil {
			return nil, fmt.Errorf("package %s: %w", path, err)
		}
	}
	m := &module{source: src, order: len(s.modules)}
	if !s.recall(m) {
		sh, err := s.checkModule(src)
		if err != nil {
			return nil, err
		}
		m.pkg, m.syntax = sh.pkg, sh
		s.modules[path] = m // the analysis must find it
		s.analyse(m)
		s.remember(m)
	}
	s.modules[path] = m // survives a rollback: it does not depend on the cell
	s.imp.pkgs[path] = m.pkg
	return m.pkg, nil
}

// syntaxOf is a package's syntax with its types.
func (s *Session) syntaxOf(m *module) *shadow {
	if m.syntax == nil {
		sh, err := s.checkModule(m.source)
		if err != nil {
			panic(unsupported{msg: err.Error()})
		}
		m.syntax = sh // survives a rollback, too
	}
	return m.syntax
}

// checkModule parses and type-checks a package.
func (s *Session) checkModule(src *Package) (*shadow, error) {
	refuse := func(err error) error {
		why := ""
		if len(src.Without) > 0 {
			why = " (" + strings.Join(src.Without, ", ") + ")"
		}
		return unsupported{msg: fmt.Sprintf("package %s cannot be used in a session: %v%s", src.Path, err, why)}
	}
	list, err := src.Files()
	if err != nil {
		return nil, refuse(err)
	}
	var files []*ast.File
	for _, f := range list {
		parsed, err := parser.ParseFile(s.fset, f.Name, f.Data, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return nil, refuse(err)
		}
		files = append(files, parsed)
	}
	var first error
	conf := types.Config{Importer: s, Sizes: sizes, Error: func(err error) {
		if first == nil {
			first = err
		}
	}}
	sh := newShadow()
	sh.pkg, _ = conf.Check(src.Path, s.fset, files, sh.info)
	if first != nil {
		return nil, refuse(first)
	}
	for _, f := range files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv == nil && fd.Name.Name == "init" {
				sh.inits = append(sh.inits, fd)
				continue
			}
			sh.add(d)
		}
	}
	return sh, nil
}

// moduleFunc is the declaration of a function of a package lowered from source.
func (s *Session) moduleFunc(m *module, name string) *fdecl {
	sh := s.syntaxOf(m)
	d := sh.funcs[name]
	o, _ := sh.info.Defs[d.Name].(*types.Func)
	return s.shadowDecl(sh, o, m.source.Path+"."+name, d)
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
			if first, _, _ := strings.Cut(p, "/"); strings.Contains(first, ".") && !s.imp.has(p) && s.modules[p] == nil {
				pos := fset.Position(sp.Path.Pos())
				l = append(l, Import{p, pos.Line, pos.Column})
			}
		}
	}
	return l
}

// Has reports whether a package is compiled in.
func (s *Session) Has(path string) bool { return s.imp.has(path) }

// isUnsupported tells a package that cannot be used from one that is not there.
func isUnsupported(err error) bool {
	var u unsupported
	return errors.As(err, &u)
}
