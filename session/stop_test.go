package session_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ingot-go/ingot/session"
)

// interruptAfter evaluates code and interrupts it; it returns the result and
// the time from the interrupt to the end.
func interruptAfter(t *testing.T, s session.Session, n int, code string) (session.Result, time.Duration) {
	t.Helper()
	done := make(chan session.Result, 1)
	go func() {
		done <- s.Eval(context.Background(), session.Cell{N: n, Code: code}, &record{})
	}()
	time.Sleep(150 * time.Millisecond)
	start := time.Now()
	s.Interrupt()
	select {
	case r := <-done:
		return r, time.Since(start)
	case <-time.After(10 * time.Second):
		t.Fatalf("%s: not stopped after 10 s", code)
	}
	panic("not reached")
}

func TestInterrupt(t *testing.T) {
	tests := map[string]string{
		"empty loop":     "for {}",
		"counting":       "n := 0\nfor { n++ }",
		"range over int": "for i := range 1 << 40 { _ = i }",
		"in a function":  "func f() int { s := 0; for { s++ }; return s }\nf()",
		"recover":        "func g() { defer func() { recover() }(); for {} }\nfor { g() }",
		"recursion":      "func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }\nfib(60)",
		"goto":           "func h() { n := 0\nloop:\n\tn++\n\tgoto loop }\nh()",
		"sleep":          "time.Sleep(time.Hour)",
		"receive":        "<-make(chan int)",
		"send":           "make(chan int) <- 1",
		"select":         "select {}",
		"range channel":  "for range make(chan int) {}",
		"mutex":          "var mu sync.Mutex\nmu.Lock()\nmu.Lock()",
		"wait group":     "var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()",
		"callback":       "slices.SortFunc(make([]int, 100), func(a, b int) int { for {} })",
		"shell":          "!sleep 60 & sleep 60",
		"timeit":         ":timeit for {}",
		"goroutines":     "var wg2 sync.WaitGroup\nfor range 3 { wg2.Add(1); go func() { for {} }() }\nwg2.Wait()",
	}
	for name, code := range tests {
		t.Run(name, func(t *testing.T) {
			if raceDetector && slices.Contains([]string{"mutex", "wait group", "goroutines", "callback"}, name) {
				t.Skip("the goroutine left behind beside another cell is a data race inside yaegi")
			}
			s := newSession(t)
			if r := s.Eval(context.Background(), session.Cell{N: 1, Code: "kept := 41"}, &record{}); r.Err != nil {
				t.Fatal(r.Err)
			}
			var r session.Result
			took := time.Hour
			limit := 100 * time.Millisecond * slow
			for try := 0; try < 3 && took > limit; try++ { // the machine may be busy
				r, took = interruptAfter(t, s, 2, code)
				if r.Err == nil || r.Err.Name != session.Interrupted {
					t.Fatalf("got %v, want Interrupted", r.Err)
				}
			}
			if took > limit {
				t.Errorf("stopped after %v, want at most %v", took, limit)
			}
			r = s.Eval(context.Background(), session.Cell{N: 3, Code: "kept + 1"}, &record{})
			if r.Err != nil || r.Value.Data["text/plain"] != "42" {
				t.Errorf("afterwards: %v %v", r.Value, r.Err)
			}
		})
	}
}

func TestInterruptRunsDefers(t *testing.T) {
	s := newSession(t)
	r, _ := interruptAfter(t, s, 1, "log := []string{}\nfunc f() { defer func() { log = append(log, \"deferred\") }(); for {} }\nf()")
	if r.Err == nil || r.Err.Name != session.Interrupted {
		t.Fatalf("got %v", r.Err)
	}
	r = s.Eval(context.Background(), session.Cell{N: 2, Code: "log"}, &record{})
	if r.Err != nil || r.Value.Data["text/plain"] != "[deferred]" {
		t.Errorf("log is %v, %v", r.Value, r.Err)
	}
}

func TestInterruptSparesEarlierCells(t *testing.T) {
	if raceDetector {
		t.Skip("a background goroutine beside another cell is a data race inside yaegi")
	}
	s := newSession(t)
	eval := func(n int, code string) string {
		r := s.Eval(context.Background(), session.Cell{N: n, Code: code}, &record{})
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		if r.Value == nil {
			return ""
		}
		return r.Value.Data["text/plain"].(string)
	}
	eval(1, "var ticks atomic.Int64\ngo func() { for { ticks.Add(1); time.Sleep(time.Millisecond) } }()")
	interruptAfter(t, s, 2, "for {}")
	if got := eval(3, "before := ticks.Load()\ntime.Sleep(100 * time.Millisecond)\nticks.Load() > before"); got != "true" {
		t.Error("the goroutine of cell 1 stopped when cell 2 was interrupted")
	}
}

func TestCancelledContext(t *testing.T) {
	s := newSession(t)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	r := s.Eval(ctx, session.Cell{N: 1, Code: "for {}"}, &record{})
	if r.Err == nil || r.Err.Name != session.Interrupted || !strings.Contains(r.Err.Message, "deadline") {
		t.Errorf("got %v", r.Err)
	}
}

// TestBackgroundOutput attributes what goroutines print to the cell that
// started them, also after it has ended.
func TestBackgroundOutput(t *testing.T) {
	if raceDetector {
		t.Skip("a background goroutine beside another cell is a data race inside yaegi")
	}
	s := newSession(t)
	sinks := []*record{{}, {}}
	for i, sink := range sinks {
		code := `go func() { for range 5 { time.Sleep(10 * time.Millisecond); fmt.Print("` + string(rune('a'+i)) + `"); display.Show(1) } }()`
		if r := s.Eval(context.Background(), session.Cell{N: i + 1, Code: code}, sink); r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	deadline := time.Now().Add(5 * time.Second)
	for (sinks[0].stdout() != "aaaaa" || sinks[1].stdout() != "bbbbb") && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond)
	for i, want := range []string{"aaaaa", "bbbbb"} {
		sinks[i].mu.Lock()
		if got := sinks[i].out.String(); got != want || len(sinks[i].events) != 5 {
			t.Errorf("cell %d got %q and %d displays, want %q and 5", i+1, got, len(sinks[i].events), want)
		}
		sinks[i].mu.Unlock()
	}
}

// TestLateGoroutinePanic is told to the cell that started the goroutine.
func TestLateGoroutinePanic(t *testing.T) {
	s := newSession(t)
	sink := &record{}
	r := s.Eval(context.Background(), session.Cell{N: 1, Code: "go func() { time.Sleep(30 * time.Millisecond); panic(\"late\") }()"}, sink)
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	for range 200 {
		if strings.Contains(sink.stderr(), "panic in a goroutine of In[1]") && strings.Contains(sink.stderr(), "late") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("stderr is %q", sink.stderr())
}

func TestProcessOutput(t *testing.T) {
	s := newSession(t)
	sink := &record{}
	r := s.Eval(context.Background(), session.Cell{N: 1, Code: "w := os.Stdout\nfor i := range 3 { w.WriteString(fmt.Sprint(i)) }\nfunc show(f *os.File) { f.Write([]byte(\"!\")) }\nshow(os.Stdout)"}, sink)
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	if sink.stdout() != "012!" { // all of it before Eval has returned
		t.Errorf("got %q", sink.stdout())
	}
}
