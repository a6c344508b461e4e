package front

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"slices"
)

// shadow holds the syntax and types of a package checked from source. A package
// of the archive itself stays compiled; only the bodies of its generic
// declarations, and what these call, are taken from here and lowered like a
// cell's. Of other packages everything is; see module.go.
type shadow struct {
	pkg      *types.Package
	info     *types.Info
	funcs    map[string]*ast.FuncDecl            // by name
	meths    map[string]map[string]*ast.FuncDecl // type, name
	specs    map[string]*ast.TypeSpec
	inits    []*ast.FuncDecl // of a module
	override bool            // types are declared here, not in the compiled package
}

func newShadow() *shadow {
	return &shadow{info: newInfo(), funcs: map[string]*ast.FuncDecl{}, meths: map[string]map[string]*ast.FuncDecl{}, specs: map[string]*ast.TypeSpec{}}
}

func (s *Session) shadow(path string) (*shadow, error) {
	if sh := s.shadows[path]; sh != nil {
		return sh, nil
	}
	files, err := s.shadowFiles(path)
	if err != nil {
		return nil, err
	}
	sh := newShadow()
	sh.override = override(path) != ""
	conf := types.Config{Importer: s, Sizes: sizes, Error: func(error) {}} // what a body cannot have is found when it is lowered
	sh.pkg, _ = conf.Check(path, s.fset, files, sh.info)
	for _, f := range files {
		for _, d := range f.Decls {
			sh.add(d)
		}
	}
	s.shadows[path] = sh // survives a rollback: it does not depend on the cell
	return sh, nil
}

// shadowFiles parses the archive's source of a package and the overrides,
// leaving out what an override replaces.
func (s *Session) shadowFiles(path string) ([]*ast.File, error) {
	var files []*ast.File
	replaced := map[string]bool{}
	if src := override(path); src != "" {
		f, err := parser.ParseFile(s.fset, path+"/override.go", src, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv == nil {
				replaced[fd.Name.Name] = true
			}
		}
	}
	names := s.imp.source(path)
	slices.Sort(names)
	for _, name := range names {
		b, err := s.imp.read(name)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(s.fset, name[len("src/"):], b, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool {
			fd, ok := d.(*ast.FuncDecl)
			return ok && fd.Recv == nil && replaced[fd.Name.Name]
		})
		files = append(files, f)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("the source of package %s is not at hand", path)
	}
	return files, nil
}

func (sh *shadow) add(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			sh.funcs[d.Name.Name] = d
			return
		}
		b, _ := recvBase(d)
		if sh.meths[b] == nil {
			sh.meths[b] = map[string]*ast.FuncDecl{}
		}
		sh.meths[b][d.Name.Name] = d
	case *ast.GenDecl:
		for _, sp := range d.Specs {
			if ts, ok := sp.(*ast.TypeSpec); ok {
				sh.specs[ts.Name.Name] = ts
			}
		}
	}
}
