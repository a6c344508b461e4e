package mlx_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// parityRow is a name of MLX, what it is called here, and what there is to say.
type parityRow struct {
	theirs string
	ours   []string
	note   string
}

func parityRows(t *testing.T) (rows []parityRow) {
	text, err := os.ReadFile("../doc/parity.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		cells := strings.Split(line, "\t")
		if len(cells) != 3 {
			t.Fatalf("line %d has %d cells", i+1, len(cells))
		}
		if i > 0 {
			rows = append(rows, parityRow{cells[0], strings.Fields(cells[1]), cells[2]})
		}
	}
	return rows
}

// source is what the packages declare and what their tests mention.
type source struct{ declared, mentioned map[string]bool }

// readSource parses the packages under this one. Names are like "fft.FFT" and,
// for methods, "Array.Sum".
func readSource(t *testing.T) source {
	s := source{map[string]bool{}, map[string]bool{}}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		if strings.HasSuffix(path, "_test.go") {
			s.mention(f)
		} else if !strings.Contains(path, "internal") {
			s.declare(f)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s source) declare(f *ast.File) {
	pkg := f.Name.Name
	if pkg == "op" { // whose dtypes are this package's
		pkg = "mlx"
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				s.declared[pkg+"."+d.Name.Name] = true
				continue
			}
			typ := d.Recv.List[0].Type
			if p, ok := typ.(*ast.StarExpr); ok {
				typ = p.X
			}
			if id, ok := typ.(*ast.Ident); ok {
				s.declared[id.Name+"."+d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					s.declared[pkg+"."+spec.Name.Name] = true
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						s.declared[pkg+"."+n.Name] = true
					}
				}
			}
		}
	}
}

func (s source) mention(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok {
				s.mentioned[x.Name+"."+sel.Sel.Name] = true
			}
			s.mentioned["."+sel.Sel.Name] = true // a method of something
		}
		return true
	})
}

// called reports whether a test mentions the name.
func (s source) called(name string) bool {
	pkg, id, _ := strings.Cut(name, ".")
	return s.mentioned[name] || pkg[0] >= 'A' && pkg[0] <= 'Z' && s.mentioned["."+id]
}

// TestParity: every name of MLX's modules core, utils and io.format has a name
// here that exists, and that a record or a test calls. Only functions over
// several machines, in files, and of certain devices may come later. The page
// doc/parity.md shows the table; -update writes it.
func TestParity(t *testing.T) {
	o, err := replayed()
	if err != nil {
		t.Fatal(err)
	}
	src := readSource(t)
	var never, later []string
	var page strings.Builder
	page.WriteString(pageHead)
	module := ""
	rows := parityRows(t)
	for _, r := range rows {
		if m := r.theirs[:strings.LastIndexByte(r.theirs, '.')]; m != module {
			module = m
			fmt.Fprintf(&page, "\n## %s\n\n| MLX | here | records | |\n|---|---|---|---|\n", m)
		}
		calls := o.calls[r.theirs] + o.calls[strings.Replace(r.theirs, "core.alias.", "core.", 1)]
		if len(r.ours) == 0 {
			later = append(later, r.theirs)
			if !strings.HasPrefix(r.note, "later: ") {
				t.Errorf("%s has no name here", r.theirs)
			}
		}
		used := calls > 0
		for _, name := range r.ours {
			if !src.declared[name] {
				t.Errorf("%s: there is no %s", r.theirs, name)
			}
			used = used || src.called(name)
		}
		if len(r.ours) > 0 && !used {
			never = append(never, r.theirs)
		}
		name := r.theirs[len(module)+1:]
		fmt.Fprintf(&page, "| %s | %s | %d | %s |\n", cell(name), cell(r.ours...), calls, r.note)
	}
	fmt.Fprintf(&page, "\n%d names, of which %d come later. Never called: %d.\n", len(rows), len(later), len(never))
	if len(never) > 0 {
		t.Errorf("never called: %d: %v", len(never), never)
	}
	for _, name := range later {
		if !slices.ContainsFunc([]string{"distributed", "export", "mlxfn", "metal", "cuda", "wired"}, func(s string) bool { return strings.Contains(name, s) }) {
			t.Errorf("%s may not come later", name)
		}
	}
	golden(t, "../doc/parity.md", page.String())
}

const pageHead = `# MLX's names and ours

Every name of MLX's modules core (with what is below it), utils and io.format, with the name that it has here: a
function of a package (package mlx, or its sub-packages fft, linalg, fast, random), or a method. The third column counts
the recorded calls of MLX that give the same result here. The table is doc/parity.tsv; a test checks it and writes this page.
`

func cell(names ...string) string {
	var out []string
	for _, n := range names {
		out = append(out, "`"+n+"`")
	}
	return strings.Join(out, " ")
}
