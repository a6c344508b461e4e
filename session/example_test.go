package session_test

import (
	"context"
	"fmt"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session"
	"github.com/ingot-go/ingot/session/bind"
)

// printer is a sink that prints what cells print.
type printer struct{}

func (printer) Emit(e display.Event) {
	if s, ok := e.(display.Stream); ok {
		fmt.Print(s.Text)
	}
}

func (printer) Input(context.Context, string, bool) (string, error) { return "", display.ErrNoInput }

func ExampleNew() {
	s, err := session.New(session.Options{Bindings: bind.All()})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	for i, code := range []string{
		"x := 40",
		"func double(n int) int { return 2 * n }",
		`fmt.Println("x is", x)`,
		"double(x) + 4",
		"y + 1",
	} {
		r := s.Eval(context.Background(), session.Cell{N: i + 1, Code: code}, printer{})
		if r.Value != nil {
			fmt.Printf("[%d] %v\n", i+1, r.Value.Data["text/plain"])
		}
		if r.Err != nil {
			fmt.Printf("[%d] %s\n", i+1, r.Err.Report())
		}
	}
	// Output:
	// x is 40
	// [4] 84
	// [5] TypeError: undefined: y (In[5]:1:1)
	// y + 1
	// ^
}

func ExampleSession_complete() {
	s, err := session.New(session.Options{Bindings: bind.All()})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	c := s.Complete(context.Background(), "strings.ToU", 11)
	for _, m := range c.Matches {
		fmt.Println(m.Text, m.Kind, m.Signature)
	}
	// Output:
	// ToUpper function func strings.ToUpper(s string) string
	// ToUpperSpecial function func strings.ToUpperSpecial(c unicode.SpecialCase, s string) string
}
