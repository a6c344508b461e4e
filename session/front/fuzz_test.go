package front_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/session/corpus"
	"github.com/ingot-go/ingot/session/front"
)

func newFront(t testing.TB) *front.Session {
	t.Helper()
	data, err := os.ReadFile("../bind/data.zip")
	if err != nil {
		t.Fatal(err)
	}
	s, err := front.New(front.Options{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// FuzzCompile looks for text that makes the front end panic. Compile recovers
// from panics and tells them as Internal errors, which are failures here.
func FuzzCompile(f *testing.F) {
	text, err := os.ReadFile("../testdata/corpus.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range corpus.Parse(string(text)) {
		for _, cell := range c.Cells {
			f.Add(cell.Code)
		}
	}
	for _, s := range []string{"func f()", "func init() { init() }", "type T T", "var x = x", "func (T) m()", "import", "const c = c", "_", "x.", "func _() {}", "type _ int", "_ = _", "var _ = 1\n_", "func (x *) m() {}"} {
		f.Add(s)
	}
	s := newFront(f)
	f.Fuzz(func(t *testing.T, code string) {
		if len(code) > 4000 {
			return
		}
		for _, text := range []string{code, "x := 1\n" + code} {
			p, err := s.Compile(1, text, front.CellOptions{Keep: true})
			var fe *front.Error
			switch {
			case err == nil:
				p.Rollback()
			case !errors.As(err, &fe):
				t.Fatalf("%T: %v", err, err)
			case fe.Kind == front.Internal:
				t.Fatal(err)
			}
		}
		front.IsComplete(code)
		s.Complete(code, len(code))
		s.Inspect(code, len(code)/2)
	})
}

// TestMutations runs the fuzz target's body on corpus cells with a token cut
// out or doubled, and checks that a failed cell leaves nothing behind.
func TestMutations(t *testing.T) {
	text, err := os.ReadFile("../testdata/corpus.txt")
	if err != nil {
		t.Fatal(err)
	}
	s := newFront(t)
	p, err := s.Compile(1, "probe := 7", front.CellOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p.Commit()
	n, failed := 0, 0
	for _, c := range corpus.Parse(string(text)) {
		for _, cell := range c.Cells {
			words := strings.Fields(cell.Code)
			if len(words) < 3 {
				continue
			}
			for _, i := range []int{len(words) / 3, len(words) / 2, len(words) - 2} {
				n++
				mutant := strings.Replace(cell.Code, words[i], []string{"", words[i] + " " + words[i], "(", "nil"}[n%4], 1)
				p, err := s.Compile(2, mutant, front.CellOptions{Keep: true})
				var fe *front.Error
				if errors.As(err, &fe) {
					failed++
					if fe.Kind == front.Internal {
						t.Errorf("%q: %v", mutant, err)
					}
				} else {
					p.Rollback()
				}
			}
		}
	}
	if vars := s.Variables(); len(vars) != 1 || vars[0].Name != "probe" {
		t.Errorf("after %d mutants, %d of which failed, the variables are %v", n, failed, vars)
	}
}
