package bind_test

import (
	"context"
	"flag"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/go/gcexportdata"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session"
	"github.com/ingot-go/ingot/session/bind"
)

// paths reads packages.txt.
func paths(t *testing.T) (l []string) {
	b, err := os.ReadFile("packages.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) > 0 && !strings.HasPrefix(f[0], "#") {
			l = append(l, f[0])
		}
	}
	return l
}

// stdout collects what cells print.
type stdout struct{ strings.Builder }

func (w *stdout) Emit(e display.Event) {
	if s, ok := e.(display.Stream); ok && s.Name == "stdout" {
		w.WriteString(s.Text)
	}
}

func (w *stdout) Input(context.Context, string, bool) (string, error) { return "", display.ErrNoInput }

// newSession returns what evaluates cells in a new session, and gives what they
// print.
func newSession(t testing.TB) func(code string) (string, *session.Error) {
	s, err := session.New(session.Options{Bindings: bind.All()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	n := 0
	return func(code string) (string, *session.Error) {
		n++
		var out stdout
		r := s.Eval(context.Background(), session.Cell{N: n, Code: code}, &out)
		return out.String(), r.Err
	}
}

// TestEveryName imports each package and mentions everything that it exports,
// in one session.
func TestEveryName(t *testing.T) {
	fset := token.NewFileSet()
	imports := map[string]*types.Package{}
	eval := newSession(t)
	for _, path := range paths(t) {
		p, err := gcexportdata.Read(strings.NewReader(read(t, "export/"+path)), fset, imports, path)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		fmt.Fprintf(&b, "import p %q\nfunc() {\n", path)
		for _, name := range p.Scope().Names() {
			switch o := p.Scope().Lookup(name); {
			case !o.Exported() || generic(o) || isNumber(o):
			case isType(o):
				fmt.Fprintf(&b, "_ = new(p.%s)\n", name)
			default:
				fmt.Fprintf(&b, "_ = p.%s\n", name)
			}
		}
		b.WriteString("}()")
		if _, err := eval(b.String()); err != nil {
			t.Errorf("%s: %s", path, err.Report())
		}
	}
}

func isType(o types.Object) bool { _, ok := o.(*types.TypeName); return ok }

// isNumber reports constants that may not fit an int.
func isNumber(o types.Object) bool {
	c, ok := o.(*types.Const)
	if !ok {
		return false
	}
	b, ok := c.Type().(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0 && b.Info()&types.IsInteger != 0
}

// TestSecond: names that need no import statement, also where gonum has a
// package of that name.
func TestSecond(t *testing.T) {
	eval := newSession(t)
	out, err := eval(`fmt.Println(path.Join("a", "b"), graph.Node{Op: "add"}.Op, stat.Mean([]float64{1, 3}, nil))`)
	if err != nil {
		t.Fatal(err.Report())
	}
	if out != "a/b add 2\n" {
		t.Errorf("printed %q", out)
	}
}

var update = flag.Bool("update", false, "rewrite testdata/uses.txt")

// prelude is what some of the uses need.
const prelude = `type intHeap []int
func (h intHeap) Len() int { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *intHeap) Push(x any) { *h = append(*h, x.(int)) }
func (h *intHeap) Pop() any { o := *h; x := o[len(o)-1]; *h = o[:len(o)-1]; return x }
func k3() *simple.UndirectedGraph {
	g := simple.NewUndirectedGraph()
	for i := range int64(3) { g.SetEdge(g.NewEdge(simple.Node(i), simple.Node((i+1)%3))) }
	return g
}`

// TestUses uses one thing of each package, in a session of its own.
func TestUses(t *testing.T) {
	const file = "testdata/uses.txt"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	used := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		f := strings.SplitN(strings.TrimSuffix(line, "\n"), " | ", 3)
		if strings.HasPrefix(line, "#") || len(f) < 2 {
			out.WriteString(line)
			continue
		}
		imports := strings.Fields(f[0])
		used[imports[0]] = true
		got := use(t, imports, f[1])
		fmt.Fprintf(&out, "%s | %s | %s\n", f[0], f[1], got)
		if !*update && (len(f) < 3 || f[2] != got) {
			t.Errorf("%s: %s\ngives %s\nin %s", f[0], f[1], got, line)
		}
	}
	for _, p := range paths(t) {
		if !used[p] {
			t.Errorf("%s has no line for package %s", file, p)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// use prints an expression in a new session.
func use(t *testing.T, imports []string, expr string) string {
	eval := newSession(t)
	code := prelude + "\n"
	if !strings.Contains(expr, "intHeap") && !strings.Contains(expr, "k3()") {
		code = ""
	}
	for _, p := range imports {
		code += fmt.Sprintf("import %q\n", p)
	}
	_, err := eval(code)
	if err != nil {
		return err.Report()
	}
	out, err := eval("fmt.Println(" + expr + ");")
	if err != nil {
		return err.Report()
	}
	return strings.ReplaceAll(strings.TrimSuffix(out, "\n"), "\n", "⏎")
}
