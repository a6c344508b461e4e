package session_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/ingot-go/ingot/session"
	"github.com/ingot-go/ingot/session/corpus"
)

// notebook evaluates cells in one session and counts them.
type notebook struct {
	t testing.TB
	s session.Session
	n int
}

func (b *notebook) eval(code string) session.Result {
	b.n++
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return b.s.Eval(ctx, session.Cell{N: b.n, Code: code}, &record{})
}

func (b *notebook) must(code string) {
	b.t.Helper()
	if r := b.eval(code); r.Err != nil {
		b.t.Fatal(r.Err)
	}
}

// median is the median time of the cells.
func (b *notebook) median(cells []string) time.Duration {
	var took []time.Duration
	for _, c := range cells {
		took = append(took, b.eval(c).Elapsed)
	}
	slices.Sort(took)
	return took[len(took)/2]
}

func heap() int64 {
	for range 3 { // what has a cleanup goes one collection later
		runtime.GC()
		time.Sleep(5 * time.Millisecond)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestManyCells runs 3,000 cells in one session: the last are as fast as the
// first, and what a cell leaves behind is bounded.
func TestManyCells(t *testing.T) {
	if raceDetector {
		t.Skip("goroutines of one case run beside the next: yaegi has data races there")
	}
	var cells []string
	for _, c := range corpus.Parse(corpusText) {
		for _, cell := range c.Cells {
			if cell.Err == nil {
				cells = append(cells, cell.Code)
			}
		}
	}
	b := &notebook{t: t, s: newSession(t)}
	first := cells[:100]
	b.median(cells) // imports take time once
	early := b.median(first)
	more := func(upTo int) {
		for i := 0; b.n < upTo; i++ {
			b.eval(cells[i%len(cells)])
		}
	}
	more(1000) // as many results stay
	before := heap()
	more(3000)
	each := float64(heap()-before) / 1024 / 2000
	late := b.median(first)
	for range 3 { // other work on the machine
		late = min(late, b.median(first))
	}
	fmt.Printf("count: %d cells: the first 100 take %v, the last 100 %v (medians); %.1f KB stay of each\n", b.n, early, late, each)
	if late > early*3/2 {
		t.Errorf("the last cells take %v, the first took %v", late, early)
	}
	if each > 20 {
		t.Errorf("%.1f KB stay of each cell, want less than 20", each)
	}
}

// TestRelease checks that what a name held is free once the name means
// something else.
func TestRelease(t *testing.T) {
	const size = 16 << 20
	for _, c := range []struct{ name, hold, release string }{
		{"variable", "x := make([]byte, 16<<20)", `x := "another type"`},
		{"variable in a function", "y := make([]byte, 16<<20)\nfunc f() int { return len(y) }\nf()", "func f() int { return 1 }\ny := 1"},
		{"variable in a closure", "z := make([]byte, 16<<20)\ng := func() int { return len(z) }\ng()", "g = nil\nz := 1"},
		{"local of a closure", "h := func() func() int { l := make([]byte, 16<<20); return func() int { return len(l) } }()", "h = nil"},
		{"element of a type", "type T struct{ b []byte }\nv := T{make([]byte, 16<<20)}", "type T struct{ c int }\nv := T{}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := &notebook{t: t, s: newSession(t)}
			b.must("func() int { return 1 }()") // the first to mention a package stays
			before := heap()
			b.must(c.hold)
			if held := heap() - before; held < size*9/10 {
				t.Fatalf("%d bytes are held, want at least %d", held, size)
			}
			b.must(c.release)
			for range 70 {
				b.must("1")
			}
			if held := heap() - before; held > size/2 {
				t.Errorf("%d bytes are still held", held)
			}
		})
	}
}

// TestOldMeaningsStay checks that letting go of names takes nothing from code
// that still runs with their old meaning.
func TestOldMeaningsStay(t *testing.T) {
	if raceDetector {
		t.Skip("a background goroutine beside another cell is a data race inside yaegi")
	}
	b := &notebook{t: t, s: newSession(t)}
	for _, code := range []string{
		"x := 41\nf := func() int { return x + 1 }\np := &x\nvar stop = make(chan bool)\nvar out = make(chan int)",
		"go func(y []int) { <-stop; out <- x + len(y) }([]int{1})",
		"type T struct{ n int }\nfunc (t T) String() string { return \"old\" }\nvar i any = T{1}\nfunc mk() fmt.Stringer { return T{2} }\nkeep := mk()",
		"x := \"new\"",
		"type T struct{ s string }\nfunc (t T) String() string { return \"new\" }",
	} {
		b.must(code)
	}
	for range 140 {
		b.must("_ = 1")
	}
	runtime.GC()
	for code, want := range map[string]string{
		"f()": "42", "*p": "41", "fmt.Sprint(i)": `"old"`, "keep.String()": `"old"`, "fmt.Sprint(T{})": `"new"`,
		"stop <- true\n<-out": "42",
	} {
		r := b.eval(code)
		if r.Err != nil {
			t.Errorf("%s: %v", code, r.Err)
		} else if got := fmt.Sprint(r.Value.Data["text/plain"]); got != want {
			t.Errorf("%s is %s, want %s", code, got, want)
		}
	}
}
