package front

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"io"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

// archive resolves imports from indexed export data in a zip: no Go toolchain
// and no source is needed at run time. It also has documentation, and source
// of packages with generic code.
type archive struct {
	fset   *token.FileSet
	files  map[string]*zip.File
	pkgs   map[string]*types.Package
	byName map[string][]string // package name → paths
	docs   map[string]map[string]string
	bound  map[string]map[string]string // path → generic instance → symbol
}

func newArchive(fset *token.FileSet, data []byte) (*archive, error) {
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	a := &archive{fset: fset, files: map[string]*zip.File{}, pkgs: map[string]*types.Package{}, byName: map[string][]string{}, docs: map[string]map[string]string{}, bound: map[string]map[string]string{}}
	for _, f := range zr.File {
		a.files[f.Name] = f
	}
	a.nameAll()
	return a, nil
}

// nameAll finds which packages have which name. A package marked second is left
// out where another one has its name.
func (a *archive) nameAll() {
	second := map[string][]string{}
	for file := range a.files {
		p, ok := strings.CutPrefix(file, "export/")
		if !ok {
			continue
		}
		n, to := packageName(p), a.byName
		if a.files["second/"+p] != nil {
			to = second
		}
		to[n] = append(to[n], p)
	}
	for n, paths := range second {
		if a.byName[n] == nil {
			a.byName[n] = paths
		}
	}
	for _, paths := range a.byName {
		slices.Sort(paths)
	}
}

// packageName guesses a package's name from its path.
func packageName(p string) string {
	n := path.Base(p)
	if len(n) > 1 && n[0] == 'v' && n[1] >= '0' && n[1] <= '9' {
		n = path.Base(path.Dir(p))
	}
	return n
}

func (a *archive) read(name string) ([]byte, error) {
	f := a.files[name]
	if f == nil {
		return nil, fmt.Errorf("no %s", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func (a *archive) has(path string) bool { return a.files["export/"+path] != nil }

// Import implements types.Importer.
func (a *archive) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if p := a.pkgs[path]; p != nil && p.Complete() {
		return p, nil
	}
	b, err := a.read("export/" + path)
	if err != nil {
		return nil, fmt.Errorf("package %s is not available in a session", path)
	}
	return gcexportdata.Read(bytes.NewReader(b), a.fset, a.pkgs, path)
}

// doc returns the first sentence about "Name" or "Type.Method"; "" is the package.
func (a *archive) doc(path, name string) string {
	m, ok := a.docs[path]
	if !ok {
		if b, err := a.read("doc/" + path); err == nil {
			if json.Unmarshal(b, &m) != nil {
				m = nil
			}
		}
		a.docs[path] = m
	}
	return m[name]
}

// needs lists a package and the others whose types its users can meet.
func (a *archive) needs(path string) []string {
	b, err := a.read("needs/" + path)
	if err != nil {
		return []string{path}
	}
	return append(strings.Fields(string(b)), path)
}

// instances maps the instances of generic functions that are bound, such as
// "Sort[[]int,int]", to the names of their symbols.
func (a *archive) instances(path string) map[string]string {
	m, ok := a.bound[path]
	if !ok {
		m = map[string]string{}
		if b, err := a.read("instances/" + path); err == nil {
			for line := range strings.Lines(string(b)) {
				name, key, _ := strings.Cut(strings.TrimSpace(line), " ")
				m[key] = name
			}
		}
		a.bound[path] = m
	}
	return m
}

// source returns the files of a package whose generic code can be lowered.
func (a *archive) source(path string) (files []string) {
	for name := range a.files {
		if rest, ok := strings.CutPrefix(name, "src/"+path+"/"); ok && !strings.Contains(rest, "/") {
			files = append(files, name)
		}
	}
	return files
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{},
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{},
	}
}
