package mlx_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ingot-go/ingot/mlx/internal/replay"
)

// outcome is what came of replaying all records.
type outcome struct {
	passed   int
	reasons  map[string]int // of those that differ by intent
	failures []string
	calls    map[string]int // by name: those that agree, be it on an error
}

// replayed replays everything that was recorded from MLX, once.
var replayed = sync.OnceValues(func() (*outcome, error) {
	o := &outcome{reasons: map[string]int{}, calls: map[string]int{}}
	for _, file := range []string{"calls", "grads", "exprs"} {
		f, err := os.Open("testdata/" + file + ".jsonl.gz")
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if err := replay.Read(f, o.add); err != nil {
			return nil, err
		}
	}
	return o, nil
})

func (o *outcome) add(r *replay.Record) error {
	err := r.Replay()
	var why replay.Deliberate
	switch {
	case err == nil:
		o.passed++
	case errors.As(err, &why):
		o.reasons[string(why)]++
	default:
		o.failures = append(o.failures, fmt.Sprintf("%s %s %s: %v", r.ID, r.Name(), r.Kind, err))
	}
	if err == nil || why != "" && r.Err != nil {
		o.calls[r.Op]++
		if strings.HasPrefix(r.Op, "core.array.at.") {
			o.calls["core.array.at"]++
		}
	}
	return nil
}

// TestRecords: every record agrees, or differs by intent. For which reasons, and
// how often each, is part of the test: testdata/deliberate.txt, rewritten by -update.
func TestRecords(t *testing.T) {
	o, err := replayed()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range o.failures {
		t.Error(f)
	}
	t.Logf("%d records agree", o.passed)
	if o.passed < 15000 {
		t.Errorf("only %d records agree", o.passed)
	}
	var b strings.Builder
	for _, why := range slices.Sorted(maps.Keys(o.reasons)) {
		fmt.Fprintf(&b, "%d %s\n", o.reasons[why], why)
	}
	golden(t, "testdata/deliberate.txt", b.String())
}

// golden compares a text with a file, which -update rewrites.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	t.Errorf("%s is not what it was; -update writes it", path)
	for _, c := range []struct{ in, text, what string }{{string(want), got, "new"}, {got, string(want), "missing"}} {
		for line := range strings.Lines(c.text) {
			if !strings.Contains(c.in, line) {
				t.Errorf("%s: %q is %s", path, strings.TrimSpace(line), c.what)
			}
		}
	}
}
