package front

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// marked is what brackets makes of a text, with ‹offset› for the directives.
func marked(src string) string {
	c := &cell{src: src, name: "In[1]"}
	out := brackets(src, c.directive)
	return regexp.MustCompile(`/\*line In\[1\]/_\.go:(\d+):(\d+)\*/`).ReplaceAllString(out, "‹$1:$2›")
}

func TestBrackets(t *testing.T) {
	for _, c := range [][2]string{
		{"a[:, 0]", "a[ᐧᐧat(‹1:3›ᐧᐧspan(ᐧᐧno‹1:3›,ᐧᐧno‹1:4›)‹1:4›, 0)‹1:7›]"},
		{"a[..., 1]", "a[ᐧᐧat(‹1:3›ᐧᐧrest‹1:6›, 1)‹1:9›]"},
		{"a[1, b[2, i]]", "a[ᐧᐧat(‹1:3›1, b[ᐧᐧat(‹1:8›2, i)‹1:12›])‹1:13›]"},
		{"a[i,\n  -1]", "a[ᐧᐧat(‹1:3›i,\n  -1)‹2:5›]"},
	} {
		if got := marked(c[0]); got != c[1] {
			t.Errorf("%q becomes\n%s, want\n%s", c[0], got, c[1])
		}
	}
}

// TestBracketsGo: what Go can read stays as it is.
func TestBracketsGo(t *testing.T) {
	for _, src := range []string{
		"s[i]", "s[1:2]", "s[:]", "s[lo:hi:max]", "s[:2:3]", "f[int, string](1)", "m[k][1:]", "[...]int{1, 2}", "x := [3]int{}",
		"f[map[string]int, *T, []byte, [4]int, chan int, func(int) (string, error)]()", "p.G[a.T, b.T]{}", "var p Pair[int, Pair[string, [2]int]]",
		"func f[K comparable, V int | *T](m map[K]V) {}", "func (p *Pair[K, V]) M() {}", "type T[P *C, Q any] struct{}", "f[struct{ a, b int }, interface{ M() }]()",
		"f[map[string]*T, []*T, [3]func(int) *T]()", "f[[]*T, int]{}", "f[G[int], map[K](T)]()", "switch x { case a[1]: }", "m[f(1, 2)]", "m[T{1, 2}]", "f[chan<- int, <-chan T]()", "a[func() int { return b }()]", "x[", "x]", "[1, 2",
	} {
		if got := marked(src); got != src && !strings.HasPrefix(src, "[1") {
			t.Errorf("%q becomes %s", src, got)
		}
	}
	// The standard library is plain Go.
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	root := strings.TrimSpace(string(out))
	n := 0
	for _, dir := range []string{"slices", "maps", "go/types", "sort", "encoding/json", "net/http", "internal/concurrent", "sync", "crypto/internal/fips140/edwards25519"} {
		files, err := filepath.Glob(filepath.Join(root, "src", dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			n++
			items, err := splitItems(string(b))
			if err != nil {
				t.Fatal(err)
			}
			for _, it := range items {
				src := string(b)[it.Pos:it.End]
				if got := marked(src); got != src {
					t.Errorf("%s: %.200q is changed", f, src)
				}
			}
		}
	}
	if n < 100 {
		t.Errorf("%d files of the standard library, want more", n)
	}
}

// FuzzBrackets: Go stays what it is, nothing panics, and taking the marks and
// directives out of a changed text gives the text back.
func FuzzBrackets(f *testing.F) {
	for _, s := range []string{"a[:, 0]", "a[::2]", "a[..., 1:3]", "a[b[1, 2], nil]", "f[int, string](x)", "s[1:2:3]", "a[i, j*k]", "a[(1, ]", "a[`x\ny`, 1]", "a[1,\n]", "x[]]", "a[/*c*/:/*d*/,1]"} {
		f.Add(s)
	}
	directive := regexp.MustCompile(`/\*line In\[1\]/_\.go:\d+:\d+\*/`)
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 2000 || strings.Contains(src, "ᐧ") || strings.Contains(src, "/*line") {
			return
		}
		c := &cell{src: src, name: "In[1]"}
		out := brackets(src, c.directive)
		if out == src {
			return
		}
		if isGo(src) {
			t.Errorf("%q is Go and becomes %q", src, out)
		}
		plain := directive.ReplaceAllString(out, "")
		for _, m := range []string{indexAt + "(", indexSpan + "(", indexNone} {
			plain = strings.ReplaceAll(plain, m, "")
		}
		plain = strings.ReplaceAll(plain, indexRest, "...")
		bare := func(s string) string { return strings.NewReplacer(")", "", ",", ":").Replace(s) }
		if bare(plain) != bare(src) {
			t.Errorf("%q becomes %q, which is another text", src, out)
		}
	})
}

// isGo reports whether statements parse, and index lists have only types.
func isGo(src string) bool {
	f, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+src+"\n}", parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	ok := true
	ast.Inspect(f, func(n ast.Node) bool {
		list, is := n.(*ast.IndexListExpr)
		if !is {
			return true
		}
		for _, x := range list.Indices {
			ast.Inspect(x, func(n ast.Node) bool {
				switch n.(type) {
				case *ast.BasicLit, *ast.BinaryExpr, *ast.UnaryExpr, *ast.CallExpr, *ast.CompositeLit, *ast.FuncLit:
					ok = false
				}
				return ok
			})
		}
		return ok
	})
	return ok
}
