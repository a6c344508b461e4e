package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/ingot-go/ingot/"

// mayImport is the last column of the table of rooms in doc/architecture.md: a
// room and everything in it may import these rooms of ours and what is in them.
// The longest prefix decides; a room may always import what it contains.
var mayImport = map[string][]string{
	".":              {"*"},
	"session":        {"display", "session"},
	"session/front":  {},
	"session/exec":   {"session/rt", "session/front"},
	"session/rt":     {},
	"session/module": {},
	"session/bind":   {"*"},
	"session/worker": {"session", "display"},
	"display":        {},
	"kernel":         {"session", "display"},
	"repl":           {"session", "display"},
	"notebook":       {"session", "display", "plotting/golden"},
	"mlx":            {"mlx", "cpu"},
	"mlx/op":         {},
	"mlx/backend":    {"mlx/op"},
	"mlx/hook":       {},
	"mlx/graph":      {"mlx/op", "mlx/backend"},
	"cpu":            {"mlx/op", "mlx/backend"},
	"metal":          {"mlx/op", "mlx/backend"},
	"plotting":       {},
	"inspect":        {"mlx", "plotting"},
	"install":        {},
	"internal":       {"*"},
}

// room gives the row of the table that a folder belongs to.
func room(dir string) (string, bool) {
	for d := dir; ; d = path.Dir(d) {
		if _, ok := mayImport[d]; ok {
			return d, true
		}
		if d == "." {
			return "", false
		}
		if path.Dir(d) == "." {
			return "", false
		}
	}
}

func inside(dir string, rooms []string) bool {
	for _, r := range rooms {
		if r == "*" || dir == r || strings.HasPrefix(dir, r+"/") {
			return true
		}
	}
	return false
}

// forbidden lists the imports of one file that its room may not have.
func forbidden(dir string, imports []string) []string {
	r, ok := room(dir)
	if !ok {
		return []string{"(" + dir + " is in no room of the table)"}
	}
	var bad []string
	for _, imp := range imports {
		if to, ours := strings.CutPrefix(imp, module); ours && !inside(to, mayImport[r]) && !inside(to, []string{r}) {
			bad = append(bad, to)
		}
	}
	return bad
}

func TestRoomsImportOnlyThroughTheirDoors(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); n != "." && (strings.HasPrefix(n, ".") || n == "testdata" || n == "build" || n == "node_modules") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		if f.Name.Name == "main" && filepath.Dir(p) != "." {
			return nil // tools and generators put parts together
		}
		files++
		var imports []string
		for _, i := range f.Imports {
			s, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, s)
		}
		for _, bad := range forbidden(filepath.ToSlash(filepath.Dir(p)), imports) {
			t.Errorf("%s may not import %s: see the table of rooms in doc/architecture.md", p, bad)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Errorf("only %d files were looked at", files)
	}
}

func TestTheImportRuleBites(t *testing.T) {
	for _, c := range []struct {
		dir, imp string
		ok       bool
	}{
		{"mlx/op", "mlx", false},
		{"mlx/random", "mlx", true},
		{"session/front", "session/rt", false},
		{"kernel/wire", "display", true},
		{"kernel", "mlx", false},
		{"repl", "kernel/wire", false},
		{"metal/internal/mtl", "mlx", false},
		{"metal", "metal/internal/mtl", true},
		{"elsewhere", "mlx", false},
		{".", "metal", true},
	} {
		if got := forbidden(c.dir, []string{module + c.imp, "fmt"}) == nil; got != c.ok {
			t.Errorf("%s imports %s: allowed %v, want %v", c.dir, c.imp, got, c.ok)
		}
	}
}
