package session_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

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
