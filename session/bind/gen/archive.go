package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/build"
	"go/doc"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

// archive packs export data (export/PATH), documentation (doc/PATH, JSON),
// generic source (src/PATH/FILE), the instances of generic functions that are
// bound (instances/PATH), the paths of other packages whose types one meets
// (needs/PATH), and a mark for packages whose name gives way (second/PATH) into
// one zip. Positions are left out of the
// export data, and times out of the zip, so that equal input gives equal bytes.
func archive(pkgs []*pkg) ([]byte, error) {
	files := map[string][]byte{"go": []byte(runtime.Version())}
	bound := map[*types.Package]bool{}
	for _, p := range pkgs {
		bound[p.types] = true
	}
	for _, p := range pkgs {
		var exp bytes.Buffer
		if err := gcexportdata.Write(&exp, token.NewFileSet(), p.types); err != nil {
			return nil, err
		}
		files["export/"+p.path] = exp.Bytes()
		files["needs/"+p.path] = []byte(strings.Join(needs(p.types, bound), "\n"))
		for _, i := range p.bound {
			files["instances/"+p.path] = fmt.Appendf(files["instances/"+p.path], "%s %s\n", i.name, i.key())
		}
		if p.second {
			files["second/"+p.path] = nil
		}
		if err := addSource(files, p); err != nil {
			return nil, err
		}
	}
	var names []string
	for n := range files {
		names = append(names, n)
	}
	sort.Strings(names)
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	for _, n := range names {
		w, err := zw.CreateHeader(&zip.FileHeader{Name: n, Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(files[n]); err != nil {
			return nil, err
		}
	}
	err := zw.Close()
	return out.Bytes(), err
}

// needs lists the other bound packages whose types a user of p can meet: the
// interpreter must know their interfaces.
func needs(p *types.Package, bound map[*types.Package]bool) (paths []string) {
	seen := map[*types.Package]bool{p: true}
	for todo := []*types.Package{p}; len(todo) > 0; todo = todo[1:] {
		for _, q := range todo[0].Imports() {
			if seen[q] {
				continue
			}
			seen[q] = true
			todo = append(todo, q)
			if bound[q] {
				paths = append(paths, q.Path())
			}
		}
	}
	sort.Strings(paths)
	return paths
}

// addSource parses the package for its documentation and keeps the source
// where packages.txt asks for it.
func addSource(files map[string][]byte, p *pkg) error {
	bc := build.Default
	bc.GOOS, bc.GOARCH, bc.CgoEnabled = "linux", "amd64", false
	bp, err := bc.ImportDir(p.dir, 0)
	if err != nil {
		return err
	}
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range bp.GoFiles {
		b, err := os.ReadFile(filepath.Join(p.dir, name))
		if err != nil {
			return err
		}
		if p.source {
			files["src/"+p.path+"/"+name] = b
		}
		f, err := parser.ParseFile(fset, name, b, parser.ParseComments)
		if err != nil {
			return err
		}
		parsed = append(parsed, f)
	}
	d, err := doc.NewFromFiles(fset, parsed, p.path)
	if err != nil {
		return fmt.Errorf("doc of %s: %w", p.path, err)
	}
	files["doc/"+p.path], err = json.Marshal(synopses(d))
	return err
}

// synopses maps "Name" and "Type.Method" to the first sentence about them; the
// package itself is "".
func synopses(d *doc.Package) map[string]string {
	m := map[string]string{"": d.Synopsis(d.Doc)}
	add := func(name, text string) {
		if s := d.Synopsis(text); s != "" && ast.IsExported(name) {
			m[name] = s
		}
	}
	values := func(l []*doc.Value) {
		for _, v := range l {
			for _, n := range v.Names {
				add(n, v.Doc)
			}
		}
	}
	values(d.Consts)
	values(d.Vars)
	for _, f := range d.Funcs {
		add(f.Name, f.Doc)
	}
	for _, t := range d.Types {
		add(t.Name, t.Doc)
		values(t.Consts)
		values(t.Vars)
		for _, f := range t.Funcs {
			add(f.Name, f.Doc)
		}
		for _, f := range t.Methods {
			add(t.Name+"."+f.Name, f.Doc)
		}
	}
	return m
}
