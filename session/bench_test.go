package session_test

import (
	"context"
	"testing"

	"github.com/traefik/yaegi/interp"

	"github.com/ingot-go/ingot/session"
)

// A trivial cell must cost at most 0.3 ms more than the interpreter alone.

func BenchmarkTrivialCell(b *testing.B) {
	s := newSession(b)
	s.Eval(context.Background(), session.Cell{N: 1, Code: "x := 1"}, &record{})
	n := 1
	for b.Loop() {
		n++
		if r := s.Eval(context.Background(), session.Cell{N: n, Code: "x + 1"}, &record{}); r.Err != nil {
			b.Fatal(r.Err)
		}
	}
}

func BenchmarkTrivialCellYaegi(b *testing.B) {
	in := interp.New(interp.Options{})
	if _, err := in.Eval("x := 1"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := in.EvalWithContext(context.Background(), "x + 1"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		s := newSession(b)
		if r := s.Eval(context.Background(), session.Cell{N: 1, Code: "1"}, &record{}); r.Err != nil {
			b.Fatal(r.Err)
		}
		s.Close()
	}
}
