package main

import (
	"bytes"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

// pkg is a package with its types, read from the compiler's export data.
type pkg struct {
	entry
	dir   string
	types *types.Package
	bound []instance // of generic functions
}

// load builds the packages, if need be, and reads their export data.
func load(list []entry) ([]*pkg, error) {
	args := []string{"list", "-export", "-f", "{{.ImportPath}}\t{{.Export}}\t{{.Dir}}"}
	for _, e := range list {
		args = append(args, e.path)
	}
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	found := map[string][]string{}
	for _, l := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		f := strings.Split(l, "\t")
		found[f[0]] = f
	}
	fset := token.NewFileSet()
	imports := map[string]*types.Package{}
	var pkgs []*pkg
	for _, e := range list {
		f := found[e.path]
		if len(f) != 3 || f[1] == "" {
			return nil, fmt.Errorf("no export data for %s", e.path)
		}
		t, err := readExport(fset, imports, e.path, f[1])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.path, err)
		}
		pkgs = append(pkgs, &pkg{entry: e, dir: f[2], types: t})
	}
	return pkgs, nil
}

func readExport(fset *token.FileSet, imports map[string]*types.Package, path, file string) (*types.Package, error) {
	h, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	//lint:ignore SA1019 go list -export gives archives; Go 1.29 will give what Read takes
	r, err := gcexportdata.NewReader(h)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return gcexportdata.Read(bytes.NewReader(b), fset, imports, path)
}
