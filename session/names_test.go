package session_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ingot-go/ingot/session"
)

// prepared is a session with a few names.
func prepared(t *testing.T) session.Session {
	s := newSession(t)
	code := `import "net/http"
type Base struct{ ID int }
func (b Base) Hello() {}
// P is a point.
type P struct{ X, Y int; Base }
// Move moves.
func (p *P) Move(d int) { p.X += d }
ps := []P{{}}
weights := []float64{1}
weird := 3`
	if r := s.Eval(context.Background(), session.Cell{N: 1, Code: code}, &record{}); r.Err != nil {
		t.Fatal(r.Err)
	}
	return s
}

func TestComplete(t *testing.T) {
	s := prepared(t)
	tests := []struct{ code, want string }{ // | is the cursor
		{"we|", "weights weird"},
		{"ps[0].|", "Base Hello ID Move X Y"},
		{"for _, p := range ps {\n\tq := p\n\tq.M|", "Move"},
		{"strings.ToUpperS|", "ToUpperSpecial"},
		{"x := http.Cli|", "Client ClientConn"},
		{"func() { locl := 3; lo|", "locl log"},
		{"if ps[0].X > 1 { ps[0].M|", "Move"},
		{"if weird == ps[0].X|", "X"},
		{"[]string{strings.ToUpperSpe|", "ToUpperSpecial"},
		{"é := 1; wei|", "weights weird"},
		{"retur|", "return"},
		{":wh|", "who whos"},
		{"%ti|", "time timeit"},
		{":time wei|", "weights weird"},
		{"P{X: 1, Ba|", "Base"},
		{"P{X: 1, |", "Base Y P http ps weights weird"},
		{"[]*P{{X: 1}, {X|", "X"},
		{"zzzz|", ""},
		{"\"we|", ""},
		{"}|", ""},
	}
	for _, tt := range tests {
		before, after, _ := strings.Cut(tt.code, "|")
		cursor := len([]rune(before))
		c := s.Complete(context.Background(), before+after, cursor)
		var got []string
		for _, m := range c.Matches {
			got = append(got, m.Text)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q: got %q, want %q", tt.code, got, tt.want)
		}
		if len(c.Matches) > 0 {
			if word := string([]rune(before)[c.Start:c.End]); !strings.HasPrefix(c.Matches[0].Text, word) {
				t.Errorf("%q: replaces %q by %q", tt.code, word, c.Matches[0].Text)
			}
		}
	}
}

func TestInspect(t *testing.T) {
	s := prepared(t)
	tests := []struct{ code, want string }{
		{"strings.ToUp|per(x)", "func strings.ToUpper(s string) string\n\nToUpper returns s with all Unicode letters mapped to their upper case."},
		{"weights|", "var weights []float64"},
		{"ps[0].Mov|e(3)", "func (*P).Move(d int)"},
		{"math|", "package math // import \"math\"\n\nPackage math provides basic constants and mathematical functions."},
		{"http.Clien|t{}", "type http.Client struct"},
		{"strings.Repeat(|", "func strings.Repeat(s string, count int) string"},
		{"len|", "builtin len"},
		{"nothing|", ""},
		{"|", ""},
	}
	for _, tt := range tests {
		before, after, _ := strings.Cut(tt.code, "|")
		in := s.Inspect(context.Background(), before+after, len([]rune(before)), 0)
		got := ""
		if in.Data != nil {
			got = fmt.Sprint(in.Data["text/plain"])
		}
		if !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%q: got %q, want %q", tt.code, got, tt.want)
		}
	}
	in := s.Inspect(context.Background(), "P", 1, 1)
	if got := fmt.Sprint(in.Data["text/plain"]); !strings.Contains(got, "P is a point") || !strings.Contains(got, "X, Y int") {
		t.Errorf("P with source: %q", got)
	}
}

func TestIsComplete(t *testing.T) {
	s := newSession(t)
	tests := []struct{ code, status, indent string }{
		{"", "complete", ""},
		{"x := 1", "complete", ""},
		{"for {", "incomplete", "\t"},
		{"func f() {\n\tif x {", "incomplete", "\t\t"},
		{"f(1,", "incomplete", "\t"},
		{"x +", "incomplete", ""},
		{"x := ", "incomplete", ""},
		{"`raw", "incomplete", ""},
		{"/* comment", "incomplete", ""},
		{"x++", "complete", ""},
		{")", "invalid", ""},
		{"x := 'ab", "invalid", ""},
		{"\"open", "invalid", ""},
		{"func f() {\n}", "complete", ""},
		{":time", "complete", ""},
		{":time f(", "incomplete", "\t"},
		{"strings.ToUpper?", "complete", ""},
	}
	for _, tt := range tests {
		if got := s.IsComplete(tt.code); got.Status != tt.status || got.Indent != tt.indent {
			t.Errorf("%q: got %+v, want %s %q", tt.code, got, tt.status, tt.indent)
		}
	}
}

func TestVariables(t *testing.T) {
	s := prepared(t)
	var got []string
	for _, v := range s.Variables() {
		got = append(got, fmt.Sprintf("%s %s %s %d", v.Name, v.Type, v.Value, v.Bytes))
	}
	want := []string{"ps []P [{0 0 {0}}] 24", "weights []float64 [1] 8", "weird int 3 8"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := s.Reset(context.Background()); err != nil || len(s.Variables()) != 0 {
		t.Errorf("after Reset: %v, %v", s.Variables(), err)
	}
}

// TestNamesWhileRunning asks for names while a cell runs.
func TestNamesWhileRunning(t *testing.T) {
	s := prepared(t)
	done := make(chan session.Result, 1)
	go func() { done <- s.Eval(context.Background(), session.Cell{N: 2, Code: "for {}"}, &record{}) }()
	for range 20 {
		s.Complete(context.Background(), "we", 2)
		if len(s.Variables()) == 0 || s.Inspect(context.Background(), "weird", 5, 0).Data == nil {
			t.Error("no names while a cell runs")
		}
	}
	for r := (session.Result{}); r.Err == nil; {
		s.Interrupt()
		select {
		case r = <-done:
		default:
		}
	}
}

func TestAfterClose(t *testing.T) {
	s := newSession(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if r := s.Eval(context.Background(), session.Cell{N: 1, Code: "1"}, &record{}); r.Err == nil {
		t.Error("a closed session evaluates")
	}
}

func TestCompletePaths(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, dir := range []string{"data/raw", "data/.hidden"} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"data.csv", "data/one.txt", "data/two.txt"} {
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := newSession(t)
	for _, tt := range []struct {
		code, want string
		start      int
	}{ // the cursor is at the end
		{`os.ReadFile("da`, "data/ data.csv", 13},
		{`é, err := os.ReadFile("data/`, "one.txt raw/ two.txt", 28},
		{`x := "a" + "data/t`, "two.txt", 17},
		{`x := "a" + da`, "", 13},
		{`// "da`, "", 6},
		{`x := "nosuch/`, "", 13},
		{":run data/o", "one.txt", 10},
		{"%cd da", "data/ data.csv", 4},
		{"!cat data/", "one.txt raw/ two.txt", 10},
		{":time da", "", 8},
	} {
		cursor := len([]rune(tt.code))
		c := s.Complete(context.Background(), tt.code, cursor)
		var got []string
		for _, m := range c.Matches {
			got = append(got, m.Text)
		}
		if strings.Join(got, " ") != tt.want || len(got) > 0 && (c.Start != tt.start || c.End != cursor) {
			t.Errorf("%s: got %q [%d, %d), want %s from %d", tt.code, got, c.Start, c.End, tt.want, tt.start)
		}
	}
}

// TestCompletionIsQuick asks in the middle of a cell of some size.
func TestCompletionIsQuick(t *testing.T) {
	s := prepared(t)
	code := strings.Repeat("for i := range 3 {\n\tps = append(ps, P{X: i})\n}\n", 10) + "ps[0]."
	best := time.Hour
	for range 20 {
		start := time.Now()
		if c := s.Complete(context.Background(), code, len(code)); len(c.Matches) == 0 {
			t.Fatal("no completion")
		}
		best = min(best, time.Since(start))
	}
	t.Logf("%v", best)
	if best > 5*time.Millisecond*slow {
		t.Errorf("a completion takes %v, want less than 5 ms", best)
	}
}
