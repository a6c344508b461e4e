package display_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/ingot-go/ingot/display"
)

// record is a sink that remembers.
type record struct {
	mu     sync.Mutex
	events []display.Event
}

func (r *record) Emit(e display.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

func (r *record) Input(_ context.Context, prompt string, password bool) (string, error) {
	return fmt.Sprintf("%s %v", prompt, password), nil
}

func use(t *testing.T) *record {
	r := &record{}
	display.CurrentSink = func() display.Sink { return r }
	t.Cleanup(func() { display.CurrentSink = nil })
	return r
}

func ExampleShow() {
	display.Show(display.Markdown("**42**"), 42)
	// Output:
	// **42**
	// 42
}

func TestUpdateKeepsID(t *testing.T) {
	r := use(t)
	h := display.Show("first")
	h.Update("second")
	a, b := r.events[0].(display.Data), r.events[1].(display.Data)
	if a.ID == "" || a.ID != b.ID || a.Update || !b.Update {
		t.Errorf("show and update have ids %q %q, update flags %v %v", a.ID, b.ID, a.Update, b.Update)
	}
	if b.Data["text/plain"] != "second" {
		t.Errorf("updated text is %q", b.Data["text/plain"])
	}
}

func TestProgressFillsInPlace(t *testing.T) {
	r := use(t)
	sum := 0
	for i := range display.Progress(4, "<count>") {
		sum += i
	}
	last := r.events[len(r.events)-1].(display.Data)
	if sum != 6 || !strings.Contains(last.Data["text/plain"].(string), "100% 4/4 in ") {
		t.Errorf("sum %d, last bar %q", sum, last.Data["text/plain"])
	}
	if h := last.Data["text/html"].(string); !strings.HasPrefix(h, "&lt;count&gt; ") {
		t.Errorf("title is not escaped in %q", h)
	}
	for _, e := range r.events[1:] {
		if d := e.(display.Data); !d.Update || d.ID != last.ID {
			t.Errorf("bar draws a second output: %+v", d)
		}
	}
}

func TestProgressStopsEarly(t *testing.T) {
	r := use(t)
	for i := range display.Progress(10) {
		if i == 3 {
			break
		}
	}
	last := r.events[len(r.events)-1].(display.Data)
	if s := last.Data["text/plain"].(string); !strings.Contains(s, " 30% 3/10") {
		t.Errorf("bar after break is %q", s)
	}
}

func TestProgressOfNothing(t *testing.T) {
	r := use(t)
	for range display.Progress(0) {
		t.Error("body ran")
	}
	if s := r.events[len(r.events)-1].(display.Data).Data["text/plain"].(string); !strings.Contains(s, "100% 0/0") {
		t.Errorf("empty bar is %q", s)
	}
}

func TestImageBecomesPNG(t *testing.T) {
	b, err := display.Of(context.Background(), image.NewGray(image.Rect(0, 0, 3, 2)))
	if err != nil {
		t.Fatal(err)
	}
	if png, _ := b.Data["image/png"].([]byte); !bytes.HasPrefix(png, []byte("\x89PNG")) {
		t.Errorf("no PNG in %v", b.Data)
	}
	if b.Data["text/plain"] != "<image 3×2>" {
		t.Errorf("text is %q", b.Data["text/plain"])
	}
	if _, err := display.Of(context.Background(), image.NewGray(image.Rectangle{})); err == nil {
		t.Error("empty image was shown")
	}
}

type odd struct {
	data map[string]any
	err  error
	p    any
}

func (o odd) DisplayMIME(context.Context) (map[string]any, error) {
	if o.p != nil {
		panic(o.p)
	}
	return o.data, o.err
}

func TestBadDisplayersGiveErrors(t *testing.T) {
	bad := errors.New("bad")
	for name, o := range map[string]odd{
		`which is not a MIME type`: {data: map[string]any{"text/html; charset=x": ""}},
		`bad`:                      {err: bad},
		`panicked: boom`:           {p: "boom"},
	} {
		if _, err := display.Of(context.Background(), o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error is %v, want %q", err, name)
		}
	}
	if _, err := display.Of(context.Background(), odd{p: bad}); !errors.Is(err, bad) {
		t.Errorf("a panic with an error lost it: %v", err)
	}
}

func TestTextIsAlwaysThere(t *testing.T) {
	for _, v := range []any{display.SVG("<svg/>"), display.JSON([]int{1}), display.MIME("a/b", 1), odd{}, nil, 3} {
		b, err := display.Of(context.Background(), v)
		if _, ok := b.Data["text/plain"].(string); err != nil || !ok {
			t.Errorf("%T: %v, error %v", v, b.Data, err)
		}
	}
}

func TestJSONSurvivesNaN(t *testing.T) {
	b, err := display.Of(context.Background(), display.JSON(map[string]any{"a": math.NaN(), "b": "<"}))
	if want := "{\n  \"a\": null,\n  \"b\": \"<\"\n}"; err != nil || b.Data["text/plain"] != want {
		t.Errorf("%v, %q, want %q", err, b.Data["text/plain"], want)
	}
}

func TestInput(t *testing.T) {
	if _, err := display.Input("name?"); !errors.Is(err, display.ErrNoInput) {
		t.Errorf("without a session: %v", err)
	}
	use(t)
	if s, _ := display.Password("word?"); s != "word? true" {
		t.Errorf("answer %q", s)
	}
}
