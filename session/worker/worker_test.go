package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session"
)

// The test binary is its own worker: started with this variable it serves a
// scripted session.
const workerVariable = "INGOT_TEST_WORKER"

func TestMain(m *testing.M) {
	switch os.Getenv(workerVariable) {
	case "":
		os.Exit(m.Run())
	case "serve":
		GuardMemory()
		if err := Serve(&scripted{}, "test", os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "mute":
		fmt.Fprintln(os.Stderr, "panic: cannot start")
		os.Exit(3)
	case "garbage":
		fmt.Print("this is not a frame at all")
		time.Sleep(time.Minute)
	}
}

// scripted is a session of a few words.
type scripted struct {
	mu   sync.Mutex
	n    int
	stop chan struct{}
}

func text(s string) *display.Bundle {
	return &display.Bundle{Data: map[string]any{"text/plain": s}}
}

func (s *scripted) Eval(ctx context.Context, c session.Cell, sink display.Sink) session.Result {
	stop := make(chan struct{})
	s.mu.Lock()
	s.stop = stop
	s.mu.Unlock()
	word, arg, _ := strings.Cut(c.Code, " ")
	switch word {
	case "count":
		s.n++
		return session.Result{Value: text(fmt.Sprint(s.n)), Warnings: []string{"w"}}
	case "print":
		for range 64 {
			sink.Emit(display.Stream{Name: "stdout", Text: strings.Repeat("x", 64<<10)})
		}
	case "flood":
		for {
			sink.Emit(display.Stream{Name: "stdout", Text: strings.Repeat("x", 64<<10)})
			select {
			case <-stop:
				return session.Result{Err: &session.Error{Name: session.Interrupted, Message: "interrupted"}}
			default:
			}
		}
	case "wait":
		select {
		case <-stop:
			return session.Result{Err: &session.Error{Name: session.Interrupted, Message: "interrupted", Cell: c.N}}
		case <-ctx.Done():
			return session.Result{Err: &session.Error{Name: session.Interrupted, Message: "cancelled"}}
		}
	case "hang":
		select {}
	case "exit":
		os.Exit(7)
	case "panic":
		go panic("boom")
		select {}
	case "memory":
		var all [][]byte
		for {
			b := make([]byte, 1<<20)
			for i := range b {
				b[i] = 1
			}
			all = append(all, b)
			runtime.KeepAlive(all)
		}
	case "stray":
		fmt.Fprint(os.Stderr, "said on the side")
		time.Sleep(3 * tailDelay)
	case "ask":
		s, err := sink.Input(ctx, arg, true)
		return session.Result{Value: text(fmt.Sprint(s, " ", err, errors.Is(err, display.ErrNoInput)))}
	case "late":
		go func() {
			time.Sleep(50 * time.Millisecond)
			sink.Emit(display.Stream{Name: "stdout", Text: "late"})
		}()
	case "show":
		b := display.Bundle{Data: map[string]any{"image/png": []byte{0, 255}, "application/json": []int{1}, "text/plain": "p"},
			Metadata: map[string]any{"image/png": map[string]any{"width": 3}}}
		sink.Emit(display.Data{Bundle: b, ID: "id", Update: true})
		sink.Emit(display.Clear{Wait: true})
		sink.Emit(display.Comm{Type: "comm_msg", Content: map[string]any{"a": "b"}, Buffers: [][]byte{{1}, {}}})
		return session.Result{Value: &b}
	case "func":
		return session.Result{Value: &display.Bundle{Data: map[string]any{"application/json": func() {}, "text/plain": "f"}}}
	}
	return session.Result{}
}

func (s *scripted) Comm(_ context.Context, m display.Comm, sink display.Sink) *session.Error {
	sink.Emit(m)
	if m.Type == "comm_close" {
		return &session.Error{Name: session.Panic, Message: "closed"}
	}
	return nil
}

func (s *scripted) Interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		close(s.stop)
		s.stop = nil
	}
}

func (s *scripted) Complete(_ context.Context, code string, cursor int) session.Completion {
	return session.Completion{Start: cursor, End: cursor + 1, Matches: []session.Match{{Text: code}}}
}

func (s *scripted) Inspect(_ context.Context, code string, cursor, detail int) session.Inspection {
	return session.Inspection{Data: map[string]any{"text/plain": fmt.Sprint(code, cursor, detail)}}
}

func (s *scripted) IsComplete(code string) session.Completeness {
	return session.Completeness{Status: "incomplete", Indent: code}
}

func (s *scripted) Variables() []session.Variable { return []session.Variable{{Name: "n", Bytes: 8}} }

func (s *scripted) Reset(context.Context) error {
	s.n = 0
	return nil
}

func (s *scripted) Close() error { return nil }

// recorder is a sink that remembers and answers.
type recorder struct {
	mu     sync.Mutex
	events []display.Event
	answer string
	err    error
	slow   time.Duration
}

func (r *recorder) Emit(e display.Event) {
	time.Sleep(r.slow)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

func (r *recorder) Input(_ context.Context, prompt string, password bool) (string, error) {
	return fmt.Sprint(r.answer, prompt, password), r.err
}

func (r *recorder) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	for _, e := range r.events {
		if s, ok := e.(display.Stream); ok {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func start(t *testing.T, mode string, env ...string) *Supervisor {
	t.Helper()
	s, err := Start(Config{Command: []string{os.Args[0]}, Version: "test",
		Env: append(append(os.Environ(), workerVariable+"="+mode, "GORACE=atexit_sleep_ms=0"), env...)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func eval(s session.Session, sink display.Sink, code string) session.Result {
	return s.Eval(context.Background(), session.Cell{N: 3, Code: code}, sink)
}

func TestStateAndValues(t *testing.T) {
	s, r := start(t, "serve"), &recorder{}
	eval(s, r, "count")
	res := eval(s, r, "count")
	if res.Err != nil || res.Value.Data["text/plain"] != "2" || res.Warnings[0] != "w" || res.Elapsed <= 0 {
		t.Errorf("%+v", res)
	}
	if err := s.Reset(context.Background()); err != nil {
		t.Error(err)
	}
	if res := eval(s, r, "count"); res.Value.Data["text/plain"] != "1" {
		t.Errorf("after reset: %v", res.Value)
	}
}

func TestEventsArriveWhole(t *testing.T) {
	s, r := start(t, "serve"), &recorder{}
	res := eval(s, r, "show")
	d, ok := r.events[0].(display.Data)
	if !ok || d.ID != "id" || !d.Update || !bytes.Equal(d.Data["image/png"].([]byte), []byte{0, 255}) ||
		string(d.Data["application/json"].(json.RawMessage)) != "[1]" || fmt.Sprint(d.Metadata) != "map[image/png:map[width:3]]" {
		t.Errorf("data %+v", r.events[0])
	}
	if r.events[1] != (display.Clear{Wait: true}) {
		t.Errorf("clear %+v", r.events[1])
	}
	if c := r.events[2].(display.Comm); c.Type != "comm_msg" || len(c.Buffers) != 2 || c.Buffers[0][0] != 1 {
		t.Errorf("comm %+v", c)
	}
	if !bytes.Equal(res.Value.Data["image/png"].([]byte), []byte{0, 255}) {
		t.Errorf("value %+v", res.Value)
	}
}

func TestCommsCrossThePipe(t *testing.T) {
	s, r := start(t, "serve"), &recorder{}
	m := display.Comm{Type: "comm_msg", Content: map[string]any{"comm_id": "a"}, Metadata: map[string]any{"v": "2"}, Buffers: [][]byte{{7}, nil}}
	if e := s.Comm(context.Background(), m, r); e != nil {
		t.Error(e)
	}
	c := r.events[0].(display.Comm)
	if c.Content["comm_id"] != "a" || c.Metadata["v"] != "2" || len(c.Buffers) != 2 || c.Buffers[0][0] != 7 {
		t.Errorf("there and back: %+v", c)
	}
	if e := s.Comm(context.Background(), display.Comm{Type: "comm_close"}, r); e == nil || e.Message != "closed" {
		t.Errorf("the error of a callback: %v", e)
	}
}

func TestWhatJSONCannotExpressFailsTheCellOnly(t *testing.T) {
	s, r := start(t, "serve"), &recorder{}
	if res := eval(s, r, "func"); res.Err == nil || res.Err.Name != session.DisplayFailure || res.Value.Data["text/plain"] != "f" {
		t.Errorf("%+v", res)
	}
}

func TestQuestionsDuringACell(t *testing.T) {
	s, r := start(t, "serve"), &recorder{}
	done := make(chan session.Result)
	go func() { done <- eval(s, r, "wait") }()
	ctx := context.Background()
	if c := s.Complete(ctx, "fm", 2); len(c.Matches) != 1 || c.Matches[0].Text != "fm" || c.End != 3 {
		t.Errorf("completion %+v", c)
	}
	if i := s.Inspect(ctx, "x", 1, 1); i.Data["text/plain"] != "x1 1" {
		t.Errorf("inspection %+v", i)
	}
	if c := s.IsComplete("  "); c != (session.Completeness{Status: "incomplete", Indent: "  "}) {
		t.Errorf("completeness %+v", c)
	}
	if v := s.Variables(); len(v) != 1 || v[0].Name != "n" {
		t.Errorf("variables %+v", v)
	}
	interruptUntil(t, s, done, session.Interrupted)
}

// interruptUntil interrupts until the cell ends, since it may not have begun.
func interruptUntil(t *testing.T, s *Supervisor, done chan session.Result, want string) {
	t.Helper()
	for range 200 {
		s.Interrupt()
		select {
		case res := <-done:
			if res.Err == nil || res.Err.Name != want {
				t.Errorf("result %+v, want %s", res.Err, want)
			}
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatal("the cell does not stop")
}

func TestDeathsCostOneCell(t *testing.T) {
	for code, want := range map[string]string{
		"exit":   "exit status 7",
		"panic":  "panic: boom",
		"memory": "out of memory: the worker used",
	} {
		t.Run(code, func(t *testing.T) {
			s, r := start(t, "serve", MemoryVariable+"=200000000"), &recorder{}
			eval(s, r, "count")
			res := eval(s, r, code)
			if res.Err == nil || res.Err.Name != session.WorkerDied || !strings.Contains(res.Err.Message, want) || res.Err.Cell != 3 {
				t.Fatalf("result %+v, want WorkerDied with %q", res.Err, want)
			}
			if !strings.Contains(res.Err.Message, "all variables are lost") {
				t.Errorf("message %q does not say what is lost", res.Err.Message)
			}
			if d, ok := r.events[len(r.events)-1].(display.Death); !ok || !strings.Contains(d.Reason, want) {
				t.Errorf("events %v", r.events)
			}
			if res := eval(s, r, "count"); res.Err != nil || res.Value.Data["text/plain"] != "1" {
				t.Errorf("next cell: %+v", res)
			}
		})
	}
}

func TestKilledFromOutside(t *testing.T) {
	s, r := start(t, "serve"), &recorder{}
	eval(s, r, "count")
	done := make(chan session.Result)
	go func() { done <- eval(s, r, "hang") }()
	time.Sleep(50 * time.Millisecond)
	s.proc.cmd.Process.Kill()
	if res := <-done; res.Err == nil || !strings.Contains(res.Err.Message, "signal: killed") {
		t.Errorf("%+v", res.Err)
	}
}

func TestDeathBetweenCells(t *testing.T) {
	s, r := start(t, "serve"), &recorder{}
	eval(s, r, "count")
	p := s.proc
	p.cmd.Process.Kill()
	<-p.dead
	current := func() *process {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.proc
	}
	for range 100 {
		if current() != p {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if d, ok := r.events[len(r.events)-1].(display.Death); !ok || d.Reason != "signal: killed" {
		t.Errorf("nobody hears of the death: %+v", r.events)
	}
	if current() == p {
		t.Error("no other worker starts until it is needed")
	}
	if res := eval(s, r, "count"); res.Err != nil || res.Value.Data["text/plain"] != "1" {
		t.Errorf("%+v", res)
	}
}

func TestOutputIsNotLostAndNotUnbounded(t *testing.T) {
	s, r := start(t, "serve"), &recorder{slow: time.Millisecond}
	if res := eval(s, r, "print"); res.Err != nil || len(r.text()) != 64*64<<10 {
		t.Errorf("%d bytes arrived, want %d; %v", len(r.text()), 64*64<<10, res.Err)
	}
}

func TestFloodCanBeInterrupted(t *testing.T) {
	s, r := start(t, "serve"), &recorder{slow: 20 * time.Millisecond}
	done := make(chan session.Result)
	go func() { done <- eval(s, r, "flood") }()
	time.Sleep(200 * time.Millisecond)
	begin := time.Now()
	interruptUntil(t, s, done, session.Interrupted)
	if d := time.Since(begin); d > time.Second {
		t.Errorf("took %v", d)
	}
}

// A cell that waits for credit in a print must not be stuck there.
func TestInterruptedOutputIsDropped(t *testing.T) {
	c := &child{session: &scripted{}, out: &wire{w: io.Discard}}
	c.room = sync.NewCond(&c.mu)
	sent := make(chan bool, 1)
	go func() { sent <- c.spend(10) }()
	if _, err := c.handle(frame{kind: kindInterrupt}); err != nil {
		t.Fatal(err)
	}
	select {
	case ok := <-sent:
		if ok {
			t.Error("output was sent without credit")
		}
	case <-time.After(time.Second):
		t.Error("a print without credit outlives the interrupt")
	}
}

func TestLateAndStrayOutput(t *testing.T) {
	s, r := start(t, "serve"), &recorder{}
	eval(s, r, "late")
	eval(s, &recorder{}, "count")
	for range 100 {
		if r.text() == "late" {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if r.text() != "late" {
		t.Errorf("late output: %q", r.text())
	}
	r = &recorder{}
	eval(s, r, "stray")
	if r.text() != "said on the side" {
		t.Errorf("stray output: %q", r.text())
	}
}

func TestInput(t *testing.T) {
	s := start(t, "serve")
	if res := eval(s, &recorder{answer: "yes "}, "ask q?"); res.Value.Data["text/plain"] != "yes q?true <nil> false" {
		t.Errorf("%+v", res.Value)
	}
	if res := eval(s, &recorder{err: display.ErrNoInput}, "ask q?"); !strings.HasSuffix(res.Value.Data["text/plain"].(string), "true") {
		t.Errorf("%+v", res.Value)
	}
}

// patient is a sink whose user never answers.
type patient struct {
	recorder
	asked, given chan struct{}
}

func (p *patient) Input(ctx context.Context, _ string, _ bool) (string, error) {
	close(p.asked)
	<-ctx.Done()
	close(p.given)
	return "", ctx.Err()
}

func TestInterruptedInputIsGivenUp(t *testing.T) {
	s := start(t, "serve")
	p := &patient{asked: make(chan struct{}), given: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan session.Result)
	go func() { done <- s.Eval(ctx, session.Cell{Code: "ask q?"}, p) }()
	<-p.asked
	cancel()
	<-done
	select {
	case <-p.given:
	case <-time.After(time.Second):
		t.Error("the request outlives its cell")
	}
}

func TestCancel(t *testing.T) {
	s := start(t, "serve")
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	res := s.Eval(ctx, session.Cell{Code: "wait"}, &recorder{})
	if res.Err == nil || res.Err.Message != "cancelled" {
		t.Errorf("%+v", res.Err)
	}
}

func TestStubbornCellIsEnded(t *testing.T) {
	if testing.Short() {
		t.Skip("waits five seconds; runs under make test-all")
	}
	s, r := start(t, "serve"), &recorder{}
	done := make(chan session.Result)
	go func() { done <- eval(s, r, "hang") }()
	time.Sleep(100 * time.Millisecond)
	s.Interrupt()
	s.Interrupt()
	if res := <-done; res.Err == nil || !strings.Contains(res.Err.Message, "interrupted twice") {
		t.Errorf("%+v", res.Err)
	}
}

func TestWorkersThatDoNotWork(t *testing.T) {
	for mode, want := range map[string]string{
		"mute":    "panic: cannot start",
		"garbage": "malformed frame",
	} {
		s := start(t, mode)
		<-s.proc.dead
		for range 2 {
			if res := eval(s, &recorder{}, "count"); res.Err == nil || !strings.Contains(res.Err.Message, want) {
				t.Errorf("%s: %v, want %q", mode, res.Err, want)
			}
			<-s.proc.dead
		}
	}
	if _, err := Start(Config{Command: []string{"/nowhere/ingot"}}); err == nil || !strings.Contains(err.Error(), "/nowhere/ingot") {
		t.Errorf("missing program: %v", err)
	}
}

func TestOtherVersionIsRefused(t *testing.T) {
	s, err := Start(Config{Command: []string{os.Args[0]}, Version: "other", Env: append(os.Environ(), workerVariable+"=serve")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	<-s.proc.dead
	if res := eval(s, &recorder{}, "count"); res.Err == nil || !strings.Contains(res.Err.Message, `is test with protocol 1, this is other with protocol 1): restart the kernel`) {
		t.Errorf("%v", res.Err)
	}
}

func TestClosed(t *testing.T) {
	s := start(t, "serve")
	p := s.proc
	s.Close()
	select {
	case <-p.dead:
	default:
		t.Error("the worker lives on")
	}
	if res := eval(s, &recorder{}, "count"); res.Err == nil || !strings.Contains(res.Err.Message, "closed") {
		t.Errorf("%v", res.Err)
	}
}

func FuzzFrames(f *testing.F) {
	good, _ := frame{kind: kindData, seq: 1, cell: 2, body: json.RawMessage(`{}`), blobs: [][]byte{{1}, {}}}.encode()
	f.Add(good)
	f.Add([]byte{0, 0, 0, 21, 1, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= 4 && b[0] > 0 {
			return // a long length makes readFrame allocate as much
		}
		fr, err := readFrame(bytes.NewReader(b))
		if err != nil {
			return
		}
		again, err := fr.encode()
		if err != nil || !bytes.HasPrefix(b, again) {
			t.Errorf("%x reads as %+v, which writes as %x", b, fr, again)
		}
		if e, err := decodeEvent(fr); err == nil && e == nil {
			t.Error("no event and no error")
		}
	})
}

func ExampleServe() {
	in, out := io.Pipe()
	go func() {
		(&wire{w: out}).send(frame{kind: kindHello}, hello{protocol, "1.0"})
		out.Close()
	}()
	fmt.Println(Serve(&scripted{}, "1.0", in, io.Discard))
	// Output: <nil>
}
