package session_test

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session"
	"github.com/ingot-go/ingot/session/bind"
	"github.com/ingot-go/ingot/session/corpus"
)

//go:embed testdata/corpus.txt
var corpusText string

// record is a sink that remembers.
type record struct {
	mu     sync.Mutex
	out    strings.Builder
	err    strings.Builder
	events []display.Event
	answer func(prompt string) (string, error)
}

func (r *record) Emit(e display.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e := e.(type) {
	case display.Stream:
		if e.Name == "stdout" {
			r.out.WriteString(e.Text)
		} else {
			r.err.WriteString(e.Text)
		}
	default:
		r.events = append(r.events, e)
	}
}

func (r *record) Input(_ context.Context, prompt string, _ bool) (string, error) {
	if r.answer == nil {
		return "", display.ErrNoInput
	}
	return r.answer(prompt)
}

func (r *record) stdout() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out.String()
}

func (r *record) stderr() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err.String()
}

func newSession(t testing.TB) session.Session {
	t.Helper()
	return newSessionWith(t, nil)
}

// newMLXSession has operators and indices on the arrays of package mlx.
func newMLXSession(t testing.TB) session.Session {
	t.Helper()
	return newSessionWith(t, session.ArrayOperators("github.com/ingot-go/ingot/mlx", "Array"))
}

func newSessionWith(t testing.TB, ops map[string]session.Operators) session.Session {
	t.Helper()
	s, err := session.New(session.Options{Bindings: bind.All(), Operators: ops})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// evalCase runs a case's cells, counting on from n, and returns the complaints.
func evalCase(s session.Session, c corpus.Case, n *int) (bad []string) {
	for i, cell := range c.Cells {
		*n++
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		sink := &record{}
		res := s.Eval(ctx, session.Cell{N: *n, Code: cell.Code}, sink)
		cancel()
		got := corpus.Got{Out: sink.stdout()}
		if res.Err != nil {
			got.Err = res.Err.Error()
		}
		if res.Value != nil {
			got.Val = fmt.Sprint(res.Value.Data["text/plain"])
		}
		for _, b := range cell.Check(got) {
			bad = append(bad, fmt.Sprintf("cell %d: %s", i+1, b))
		}
	}
	return bad
}

// known lists the cases that fail, and why. None of them gives a wrong result
// silently except where it says so.
var known = map[string]string{
	"062": "a method added to a generic type reaches new values only (a warning says so)",
	"159": "by design: a semicolon at the end silences the cell",
	"A20": "by design: a final non-nil error is a RuntimeError",
	"F07": "by design: a final non-nil error is a RuntimeError",
	"F10": "by design: a panic in a goroutine fails the cell that started it",
	"L16": "by design: a final non-nil error is a RuntimeError",
}

// racy names the cases whose goroutines run beside interpreted code: yaegi
// itself has data races there (it fills in types and grows its globals without
// a lock), so that the race detector cannot watch them.
var racy = strings.Fields("048 093 197 F10 M05 S5 S6 H3 H4 H5 A12 B1 B6")

// corpusFloor is the number of cases that must pass.
const corpusFloor = 241

func TestCorpus(t *testing.T) {
	cases := corpus.Parse(corpusText)
	var failed []string
	skipped := 0
	for _, c := range cases {
		name, _, _ := strings.Cut(c.Name, " ")
		if raceDetector && slices.Contains(racy, name) {
			skipped++
			continue
		}
		n := 0
		s := newSession(t)
		bad := evalCase(s, c, &n)
		s.Close()
		if len(bad) > 0 {
			failed = append(failed, name)
			t.Logf("%s: %s", c.Name, strings.Join(bad, "; "))
			if known[name] == "" {
				t.Errorf("%s fails and is not known to", c.Name)
			}
		} else if known[name] != "" {
			t.Errorf("%s passes now: take it off the list of known failures", c.Name)
		}
	}
	passed := len(cases) - len(failed) - skipped
	fmt.Printf("count: %d of %d cases of the corpus pass in fresh sessions\n", passed, len(cases))
	if skipped > 0 {
		t.Logf("left out under the race detector: %s", strings.Join(racy, " "))
	}
	if passed+skipped < corpusFloor {
		t.Errorf("%d cases pass, want at least %d; failing: %s", passed, corpusFloor, strings.Join(failed, " "))
	}
}

// TestCorpusInOneSession runs all cases one after the other in one session,
// where names of earlier cases are redefined all the time.
func TestCorpusInOneSession(t *testing.T) {
	if raceDetector {
		t.Skip("goroutines of one case run beside the next: yaegi has data races there")
	}
	s := newSession(t)
	cases := corpus.Parse(corpusText)
	n, passed := 0, 0
	for _, c := range cases {
		start := n
		bad := evalCase(s, c, &n)
		bad = slices.DeleteFunc(bad, func(b string) bool { return strings.Contains(b, "In[") && start > 0 && strings.Contains(b, "want") })
		if name, _, _ := strings.Cut(c.Name, " "); len(bad) > 0 && known[name] == "" {
			t.Logf("%s: %s", c.Name, strings.Join(bad, "; "))
		}
		if len(bad) == 0 {
			passed++
		}
	}
	fmt.Printf("count: %d of %d cases of the corpus pass in one session\n", passed, len(cases))
	if passed < corpusFloor {
		t.Errorf("%d cases pass, want at least %d", passed, corpusFloor)
	}
}
