// Command gen writes what package bind holds: a Go file of symbols for each
// package in packages.txt, and data.zip with the packages' type export data,
// the first sentences of their documentation, and the source of the packages
// whose generic code is lowered like that of a cell.
//
//	go generate ./session/bind
//
// With -check it writes nothing and fails if a file would change.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// entry is one line of packages.txt.
type entry struct {
	path                      string
	source, second, instances bool // see packages.txt
}

func main() {
	check := flag.Bool("check", false, "compare with the files present instead of writing")
	dir := flag.String("dir", ".", "folder of package bind")
	flag.Parse()
	if err := run(*dir, *check); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(dir string, check bool) error {
	list, err := readList(filepath.Join(dir, "packages.txt"))
	if err != nil {
		return err
	}
	pkgs, err := load(list)
	if err != nil {
		return err
	}
	files := map[string][]byte{}
	for _, p := range pkgs {
		p.bound = instances(p, pkgs)
		src, err := symbols(p)
		if err != nil {
			return fmt.Errorf("%s: %w", p.path, err)
		}
		files["sym_"+clean(p.path)+".go"] = src
	}
	if files["data.zip"], err = archive(pkgs); err != nil {
		return err
	}
	return settle(dir, files, check)
}

func readList(name string) ([]entry, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var list []entry
	for _, l := range strings.Split(string(b), "\n") {
		f := strings.Fields(l)
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		has := func(word string) bool { return slices.Contains(f[1:], word) }
		list = append(list, entry{f[0], has("source"), has("second"), has("instances")})
	}
	return list, nil
}

// settle writes the files and removes stale ones, or reports the differences.
func settle(dir string, files map[string][]byte, check bool) error {
	old, err := filepath.Glob(filepath.Join(dir, "sym_*.go"))
	if err != nil {
		return err
	}
	var drift []string
	for _, name := range old {
		if files[filepath.Base(name)] != nil {
			continue
		}
		drift = append(drift, filepath.Base(name)+" is stale")
		if !check {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	for name, want := range files {
		full := filepath.Join(dir, name)
		if have, err := os.ReadFile(full); err == nil && bytes.Equal(have, want) {
			continue
		}
		drift = append(drift, name+" differs")
		if !check {
			if err := os.WriteFile(full, want, 0o644); err != nil {
				return err
			}
		}
	}
	if check && len(drift) > 0 {
		sort.Strings(drift)
		return fmt.Errorf("run go generate ./session/bind: %s", strings.Join(drift, ", "))
	}
	return nil
}

// clean makes an identifier of an import path.
func clean(path string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, path)
}
