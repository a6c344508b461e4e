package repl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session"
)

// echo is a session whose value is the code; a few words do more.
type echo struct{ session.Session }

func (echo) IsComplete(code string) session.Completeness {
	if strings.Count(code, "{") > strings.Count(code, "}") {
		return session.Completeness{Status: "incomplete"}
	}
	return session.Completeness{Status: "complete"}
}

func (echo) Complete(_ context.Context, code string, cursor int) session.Completion {
	return session.Completion{Start: cursor - 2, End: cursor, Matches: []session.Match{
		{Text: "fmt", Kind: "module"}, {Text: "fmtx", Signature: "func()"}}}
}

func (echo) Eval(ctx context.Context, c session.Cell, sink display.Sink) session.Result {
	code := strings.TrimSpace(c.Code)
	switch code {
	case "fail":
		return session.Result{Err: &session.Error{Name: session.Panic, Message: "boom", Cell: c.N, Line: 1}}
	case "print":
		sink.Emit(display.Stream{Name: "stdout", Text: "no newline"})
	case "warn":
		sink.Emit(display.Stream{Name: "stderr", Text: "to stderr\n"})
		return session.Result{Warnings: []string{"old f"}}
	case "bar":
		for i, s := range []string{"0%", "50%", "100%"} {
			b := display.Bundle{Data: map[string]any{"text/plain": s}}
			sink.Emit(display.Data{Bundle: b, ID: "bar", Update: i > 0})
		}
		sink.Emit(display.Data{Bundle: display.Bundle{Data: map[string]any{"text/plain": "late"}}, ID: "other", Update: true})
	case "ask":
		s, err := sink.Input(ctx, "name? ", false)
		code = fmt.Sprint(s, err)
	case "silent":
		return session.Result{}
	}
	v := display.Bundle{Data: map[string]any{"text/plain": code}}
	return session.Result{Value: &v}
}

func batch(in string) (Batch, *bytes.Buffer, *bytes.Buffer) {
	var out, errs bytes.Buffer
	b := Batch{Session: echo{}, Out: &out, Err: &errs}
	if in != "" {
		b.In = strings.NewReader(in)
	}
	return b, &out, &errs
}

func TestLinesRunAsSoonAsComplete(t *testing.T) {
	b, out, _ := batch("")
	err := b.Lines(context.Background(), strings.NewReader("1\n\nfor {\n 2\n}\nsilent\nprint\n3"))
	if want := "1\nfor {\n 2\n}\nno newline\nprint\n3\n"; err != nil || out.String() != want {
		t.Errorf("%v, output %q, want %q", err, out, want)
	}
}

func TestFirstErrorEndsTheRun(t *testing.T) {
	b, out, errs := batch("")
	err := b.Lines(context.Background(), strings.NewReader("1\nfail\n2\n"))
	if !errors.Is(err, ErrFailed) || out.String() != "1\n" || errs.String() != "Panic: boom (In[2]:1)\n" {
		t.Errorf("%v, output %q, errors %q", err, out, errs)
	}
}

func TestStreamsStayApart(t *testing.T) {
	b, out, errs := batch("")
	if err := b.Code(context.Background(), "warn"); err != nil || out.Len() > 0 || errs.String() != "to stderr\nwarning: old f\n" {
		t.Errorf("%v, output %q, errors %q", err, out, errs)
	}
}

func TestBarInAPipeShowsItsEnd(t *testing.T) {
	b, out, _ := batch("")
	b.Code(context.Background(), "bar")
	if out.String() != "100%\nbar\n" {
		t.Errorf("output %q", out)
	}
}

func TestBarOnATerminalIsRedrawn(t *testing.T) {
	var out bytes.Buffer
	s := &screen{out: &out, err: &out, tty: true}
	s.result(echo{}.Eval(context.Background(), session.Cell{Code: "bar"}, s), "Out: ")
	if want := "0%\r\x1b[2K50%\r\x1b[2K100%\nOut: bar\n"; out.String() != want {
		t.Errorf("output %q, want %q", out.String(), want)
	}
}

func TestInput(t *testing.T) {
	b, out, _ := batch("Ada\n")
	b.Code(context.Background(), "ask")
	if out.String() != "name? Ada<nil>\n" {
		t.Errorf("output %q", out)
	}
	b, out, _ = batch("")
	b.Code(context.Background(), "ask")
	if !strings.Contains(out.String(), "nobody to ask") {
		t.Errorf("output %q", out)
	}
}

func TestEnter(t *testing.T) {
	for code, want := range map[string]bool{"": true, "1": true, "for {": false, "for {\n": true, "for {}": true} {
		if got := accept(echo{}, code); got != want {
			t.Errorf("Enter after %q runs: %v, want %v", code, got, want)
		}
	}
}

func TestCompletionReplacesTheWord(t *testing.T) {
	if got := complete(echo{}, "é.fm", 4).PREFIX; got != "fm" {
		t.Errorf("prefix %q", got)
	}
}

var escape = regexp.MustCompile(`\x1b\[\d+m`)

func FuzzHighlightKeepsText(f *testing.F) {
	for _, s := range []string{`x := "a" + 'b' // c`, "`raw\r\nstring`", "/* open", "\"open", "é := 0x1p-2i", "\x00\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if strings.Contains(src, "\x1b") {
			return
		}
		if got := escape.ReplaceAllString(highlight(src), ""); got != src {
			t.Errorf("highlighted %q reads %q", src, got)
		}
	})
}

func TestHighlightColours(t *testing.T) {
	got := highlight(`for x := 1; ; { "s" } // c`)
	want := "\x1b[35mfor\x1b[0m x := \x1b[36m1\x1b[0m; ; { \x1b[32m\"s\"\x1b[0m } \x1b[2m// c\x1b[0m"
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestHistoryIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "history")
	if _, err := newEditor(echo{}, path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, mode %v", err, info.Mode())
	}
	if _, err := newEditor(echo{}, "/proc/none/history"); err == nil || !strings.Contains(err.Error(), "/proc/none") {
		t.Errorf("history that cannot be kept: %v", err)
	}
}

func ExampleBatch_Code() {
	b := Batch{Session: echo{}, Out: os.Stdout, Err: os.Stderr}
	b.Code(context.Background(), "40 + 2")
	// Output: 40 + 2
}
