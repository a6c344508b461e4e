package worker_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session"
	"github.com/ingot-go/ingot/session/sessiontest"
	"github.com/ingot-go/ingot/session/worker"
)

// The test binary is its own worker.
const asWorker = "INGOT_TEST_WORKER"

func TestMain(m *testing.M) {
	if v := os.Getenv(asWorker); v != "" {
		err := worker.Serve(worker.Options{Version: v, Open: func() (session.Session, error) {
			if v == "broken" {
				return nil, fmt.Errorf("no bindings")
			}
			return sessiontest.New(), nil
		}})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func start(t *testing.T, change func(*worker.Config)) session.Session {
	t.Helper()
	cfg := worker.Config{Command: []string{os.Args[0]}, Env: []string{asWorker + "=v1"}, Version: "v1", KillAfter: 300 * time.Millisecond}
	if change != nil {
		change(&cfg)
	}
	s, err := worker.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// recorder is a sink that remembers.
type recorder struct {
	mu     sync.Mutex
	events []string
	answer func(ctx context.Context, prompt string) (string, error)
}

func (r *recorder) Emit(e display.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, fmt.Sprintf("%T %v", e, e))
}

func (r *recorder) Input(ctx context.Context, prompt string, _ bool) (string, error) {
	if r.answer == nil {
		return "", display.ErrNoInput
	}
	return r.answer(ctx, prompt)
}

func (r *recorder) all() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.events, "\n")
}

func run(s session.Session, code string) (string, *recorder) {
	r := &recorder{}
	res := s.Eval(context.Background(), session.Cell{N: 1, Code: code}, r)
	return outcome(res), r
}

func outcome(res session.Result) string {
	switch {
	case res.Err != nil:
		return res.Err.Name + ": " + res.Err.Message
	case res.Value != nil:
		return fmt.Sprint(res.Value.Data["text/plain"])
	}
	return ""
}

func want(t *testing.T, what, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("%s: got %q, want %q in it", what, got, p)
		}
	}
}

func TestCells(t *testing.T) {
	s := start(t, nil)
	got, r := run(s, "set x 5\nprint hello\nshow thing\nupdate other\nwipe\nget x")
	want(t, "value", got, "5")
	want(t, "events", r.all(), "display.Stream {stdout hello\n}", "d1 false", "d1 true", "display.Clear {true}")
	if v := s.Variables(); len(v) != 1 || v[0].Name != "x" {
		t.Errorf("variables %v", v)
	}
	if got, _ := run(s, "get y"); !strings.HasPrefix(got, "TypeError") {
		t.Errorf("got %q", got)
	}
	res := s.Eval(t.Context(), session.Cell{Code: "png"}, &recorder{})
	if b, ok := res.Value.Data["image/png"].([]byte); !ok || !bytes.Equal(b, []byte("\x89PNG\x00\xff")) {
		t.Errorf("picture is %v", res.Value.Data)
	}
	res = s.Eval(t.Context(), session.Cell{Code: "nan"}, &recorder{})
	want(t, "NaN", fmt.Sprint(res.Value.Data), "map[x:<nil>]")
	if err := s.Reset(t.Context()); err != nil || len(s.Variables()) != 0 {
		t.Errorf("after Reset: %v, %v", err, s.Variables())
	}
	res = s.Eval(t.Context(), session.Cell{Code: "warn old binding"}, &recorder{})
	want(t, "warnings", fmt.Sprint(res.Warnings), "old binding")
}

func TestQuestionsWhileACellRuns(t *testing.T) {
	s := start(t, nil)
	run(s, "set x 1")
	done := make(chan string)
	go func() { got, _ := run(s, "sleep 5000"); done <- got }()
	begin := time.Now()
	c := s.Complete(t.Context(), "prin", 4)
	if len(c.Matches) != 1 || c.Matches[0].Text != "print" || c.Start != 0 {
		t.Errorf("completion %v", c)
	}
	want(t, "inspection", fmt.Sprint(s.Inspect(t.Context(), "print", 5, 1).Data), "print is a word (detail 1)")
	if st := s.IsComplete("x\\"); st.Status != "incomplete" || st.Indent != "\t" {
		t.Errorf("is complete: %v", st)
	}
	if d := time.Since(begin); d > 2*time.Second {
		t.Errorf("questions waited %v for the cell", d)
	}
	begin = time.Now()
	s.Interrupt()
	want(t, "interrupted", <-done, "Interrupted")
	if d := time.Since(begin); d > 200*time.Millisecond {
		t.Errorf("interrupt took %v", d)
	}
	if got, _ := run(s, "get x"); got != "1" {
		t.Errorf("after an interrupt x is %q", got)
	}
}

func TestDeaths(t *testing.T) {
	for _, c := range []struct{ code, reason string }{
		{"exit 3", "the process exited with status 3"},
		{"exit 0", "the process exited with status 0"},
		{"crash oh no", "panic: oh no"},
	} {
		t.Run(c.code, func(t *testing.T) {
			s := start(t, nil)
			run(s, "set x 1")
			got, r := run(s, "print before\n"+c.code)
			want(t, c.code, got, "WorkerDied: ", c.reason, "variables are lost")
			want(t, c.code, r.all(), "before", "display.Death")
			if got, _ := run(s, "get x"); !strings.HasPrefix(got, "TypeError") {
				t.Errorf("next cell: %q", got)
			}
			if got, _ := run(s, "value 7"); got != "7" {
				t.Errorf("next cell: %q", got)
			}
		})
	}
}

func TestKilledFromOutside(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no kill -9")
	}
	s := start(t, nil)
	got, _ := run(s, "pid")
	pid, err := strconv.Atoi(got)
	if err != nil {
		t.Fatal(got)
	}
	time.AfterFunc(100*time.Millisecond, func() { syscall.Kill(pid, syscall.SIGKILL) })
	got, _ = run(s, "sleep 10000")
	want(t, "kill -9", got, "WorkerDied", "signal: killed")
}

func TestDeathBetweenCells(t *testing.T) {
	s := start(t, nil)
	_, r := run(s, "crashlate behind the back")
	deadline := time.Now().Add(5 * time.Second)
	for !strings.Contains(r.all(), "display.Death") && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	want(t, "events", r.all(), "display.Death {panic: behind the back}")
	if got, _ := run(s, "value 1"); got != "1" {
		t.Errorf("next cell: %q", got)
	}
}

var underRace bool

func TestMemory(t *testing.T) {
	if underRace {
		t.Skip("the race detector has a memory limit and last words of its own")
	}
	s := start(t, func(c *worker.Config) { c.Memory = 600 << 20 })
	if runtime.GOOS == "linux" {
		got, _ := run(s, "alloc 100000")
		want(t, "one huge allocation", got, "WorkerDied", "out of memory")
	}
	got, _ := run(s, "grow")
	want(t, "many small ones", got, "WorkerDied", "memory")
	if got, _ := run(s, "value 1"); got != "1" {
		t.Errorf("next cell: %q", got)
	}
}

func TestSecondInterruptKills(t *testing.T) {
	s := start(t, nil)
	run(s, "set x 1")
	done := make(chan string)
	go func() { got, _ := run(s, "hang"); done <- got }()
	time.Sleep(50 * time.Millisecond)
	s.Interrupt()
	select {
	case got := <-done:
		t.Fatalf("one interrupt ended it: %q", got)
	case <-time.After(500 * time.Millisecond):
	}
	s.Interrupt()
	want(t, "hang", <-done, "WorkerDied", "second interrupt", "variables are lost")
}

func TestCancelledContext(t *testing.T) {
	s := start(t, nil)
	run(s, "set x 1")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	res := s.Eval(ctx, session.Cell{Code: "sleep 10000"}, &recorder{})
	want(t, "cooperative", outcome(res), "Interrupted")
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	res = s.Eval(ctx, session.Cell{Code: "hang"}, &recorder{})
	want(t, "hanging", outcome(res), "WorkerDied", "cancelled")
}

func TestInput(t *testing.T) {
	s := start(t, nil)
	r := &recorder{answer: func(_ context.Context, p string) (string, error) { return "re: " + p, nil }}
	if got := outcome(s.Eval(t.Context(), session.Cell{Code: "input who?"}, r)); got != "re: who?" {
		t.Errorf("got %q", got)
	}
	want(t, "nobody to ask", outcome(s.Eval(t.Context(), session.Cell{Code: "input x"}, &recorder{})), display.ErrNoInput.Error())
	asked, ended := make(chan bool), make(chan error, 1)
	r = &recorder{answer: func(ctx context.Context, _ string) (string, error) {
		close(asked)
		<-ctx.Done()
		ended <- ctx.Err()
		return "", ctx.Err()
	}}
	go func() { <-asked; s.Interrupt() }()
	want(t, "interrupted", outcome(s.Eval(t.Context(), session.Cell{Code: "input x"}, r)), "Interrupted")
	select {
	case <-ended:
	case <-time.After(2 * time.Second):
		t.Error("the user is still being asked")
	}
}

// A slow reader holds up the cell, not the memory, and nothing is lost.
func TestOutputIsThrottledAndComplete(t *testing.T) {
	s := start(t, nil)
	var got strings.Builder
	var streams int
	sink := sinkFunc(func(e display.Event) {
		if s, ok := e.(display.Stream); ok {
			if streams++; streams%1000 == 0 {
				time.Sleep(5 * time.Millisecond)
			}
			got.WriteString(s.Text)
		}
	})
	s.Eval(t.Context(), session.Cell{Code: "burst 60000"}, sink)
	var all strings.Builder
	for i := range 60000 {
		fmt.Fprintln(&all, i)
	}
	if got.String() != all.String() {
		t.Errorf("received %d bytes of %d, or in another order", got.Len(), all.Len())
	}
}

type sinkFunc func(display.Event)

func (f sinkFunc) Emit(e display.Event) { f(e) }
func (sinkFunc) Input(context.Context, string, bool) (string, error) {
	return "", display.ErrNoInput
}

func TestLateOutputBelongsToItsCell(t *testing.T) {
	s := start(t, nil)
	_, first := run(s, "late news")
	_, second := run(s, "sleep 300")
	want(t, "first cell", first.all(), "news")
	if strings.Contains(second.all(), "news") {
		t.Error("the second cell got the first one's output")
	}
}

func TestStartFailures(t *testing.T) {
	_, err := worker.Start(t.Context(), worker.Config{Command: []string{filepath.Join(t.TempDir(), "nothing")}})
	if err == nil || !strings.Contains(err.Error(), "cannot start") {
		t.Errorf("missing binary: %v", err)
	}
	s := start(t, func(c *worker.Config) { c.Version = "v2" })
	got, _ := run(s, "value 1")
	want(t, "other version", got, "WorkerDied", "the worker is Ingot v1", "the kernel is v2")
	s = start(t, func(c *worker.Config) { c.Version, c.Env = "broken", []string{asWorker + "=broken"} })
	got, _ = run(s, "value 1")
	want(t, "broken session", got, "WorkerDied", "the session cannot start: no bindings")
	s = start(t, func(c *worker.Config) {
		c.Command = []string{"echo", "this is no frame, and long enough to be read as one"}
	})
	got, _ = run(s, "value 1")
	want(t, "no worker at all", got, "WorkerDied", "worker pipe: frame of")
}

func TestClose(t *testing.T) {
	s := start(t, nil)
	done := make(chan string)
	go func() { got, _ := run(s, "hang"); done <- got }()
	time.Sleep(100 * time.Millisecond)
	s.Close()
	want(t, "running cell", <-done, "WorkerDied")
	if got, _ := run(s, "value 1"); !strings.Contains(got, "closed") {
		t.Errorf("after Close: %q", got)
	}
}
