package session_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/session"
	"github.com/ingot-go/ingot/session/corpus"
)

// exportCells runs cells and exports those that succeed.
func exportCells(t *testing.T, s session.Session, folder string, cells ...string) {
	t.Helper()
	n := 0
	for _, code := range append(cells, ":export "+folder) {
		n++
		if r := s.Eval(context.Background(), session.Cell{N: n, Code: code}, &record{}); r.Err != nil && strings.HasPrefix(code, ":") {
			t.Errorf("%s: %v", filepath.Base(folder), r.Err)
		}
	}
}

// goCommand runs the go command in a folder.
func goCommand(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "CGO_ENABLED=0", "GOPROXY=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("go %s: %v\n%.6000s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// TestExportCorpus exports cases of the corpus; go vet and go build accept them.
func TestExportCorpus(t *testing.T) {
	if raceDetector {
		t.Skip("goroutines beside interpreted code are data races inside yaegi")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module exported\n\ngo 1.26\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for i, c := range corpus.Parse(corpusText) {
		if os.Getenv("INGOT_TEST_ALL") == "" && i%5 != 0 {
			continue
		}
		var cells []string
		for _, cell := range c.Cells {
			cells = append(cells, cell.Code)
		}
		name, _, _ := strings.Cut(c.Name, " ")
		folder := filepath.Join(dir, "c"+name)
		s := newSession(t)
		exportCells(t, s, folder, cells...)
		s.Close()
		os.Remove(filepath.Join(folder, "go.mod"))
	}
	goCommand(t, dir, "vet", "./...")
}

// exported is what go run prints of a program made from cells.
func exported(t *testing.T, s session.Session, cells ...string) string {
	t.Helper()
	dir := t.TempDir()
	exportCells(t, s, dir, cells...)
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if mod, err := os.ReadFile(filepath.Join(dir, "go.mod")); err != nil || !strings.Contains(string(mod), "go 1.26") {
		t.Fatalf("go.mod: %s %v", mod, err)
	} else if strings.Contains(string(mod), "ingot-go/ingot v") {
		goCommand(t, dir, "mod", "edit", "-replace", "github.com/ingot-go/ingot="+root)
		sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	goCommand(t, dir, "vet", ".")
	out := goCommand(t, dir, "run", ".")
	if t.Failed() {
		text, _ := os.ReadFile(filepath.Join(dir, "main.go"))
		t.Logf("%s", text)
	}
	return out
}

// TestExportRuns compares what the program prints with what the cells did.
func TestExportRuns(t *testing.T) {
	got := exported(t, newSession(t),
		"// scale is doubled later\nscale := 2\nfunc f(x int) int { return scale * x } // uses scale",
		"f(4)",
		"scale := 1.5\nfunc f(x int) float64 { return scale * float64(x) }",
		"g := func() float64 { return f(2) }\ng()",
		"_4 + 1",
		"_ * 2",
		"type Shape interface{ Area() float64 }\ntype Sq struct{ s float64 }\nfunc (q Sq) Area() float64 { return q.s * q.s }",
		"var shapes []Shape\nshapes = append(shapes, Sq{3}, &Sq{1})",
		"func (q *Sq) Grow(by float64) { q.s += by }",
		"q := Sq{1}\nq.Grow(2)\nshapes[0].Area() + q.Area()",
		"type Sq struct{ s, t float64 }\nfunc (q Sq) Area() float64 { return q.s * q.t }",
		"Sq{2, 5}.Area()",
		"shapes[0].Area()",
		"func Map[T, U any](l []T, f func(T) U) (out []U) {\n\tfor _, v := range l {\n\t\tout = append(out, f(v))\n\t}\n\treturn\n}",
		"Map([]int{1, 2}, strconv.Itoa)",
		"import . \"strings\"\nToUpper(\"dot\")",
		"time := 5\ntime",
		"strconv.Atoi(\"12\")",
		"x := 1\nx, y := x+1, 7",
		"fmt.Println(x, y)",
		"for i := range 2 {\n\tx += i\n}\nx;",
		":ls",
		"%time x + 100",
		"nosuch",
		"const k = iota + 3\nfunc init() { x = -k }",
		"x",
	)
	want := `8
3
4
8
18
10
9
[1 2]
DOT
5
12
2 7
103
-3
`
	if got != want {
		t.Errorf("the program prints\n%s\nwant\n%s", got, want)
	}
}

// TestExportArrays exports operators and indices of arrays as plain calls.
func TestExportArrays(t *testing.T) {
	got := exported(t, newMLXSession(t),
		"a := mlx.Arange(6).Reshape(2, 3)\nb := -a*2 + 1",
		"b[0, 1:]",
		"a[:, 0] = 7\na += 1",
		"a",
		"func loss(w *mlx.Array) *mlx.Array { return ((w - 1) * (w - 1)).Sum() }",
		"loss(a) == loss(a)",
	)
	for _, want := range []string{"[-1, -3]", "[8, 2, 3]", "True"} {
		if !strings.Contains(got, want) {
			t.Errorf("the program prints\n%s\nwithout %s", got, want)
		}
	}
}
