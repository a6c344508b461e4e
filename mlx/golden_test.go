package mlx_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/mlx/internal/replay"
)

// TestRecords replays everything that was recorded from MLX: it agrees, or
// differs by intent. For which reasons, and how often each, is part of the test:
// testdata/deliberate.txt, rewritten by -update.
func TestRecords(t *testing.T) {
	passed, reasons := 0, map[string]int{}
	for _, file := range []string{"calls", "grads", "exprs"} {
		f, err := os.Open("testdata/" + file + ".jsonl.gz")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		err = replay.Read(f, func(r *replay.Record) error {
			var why replay.Deliberate
			switch err := r.Replay(); {
			case err == nil:
				passed++
			case errors.As(err, &why):
				reasons[string(why)]++
			default:
				t.Errorf("%s %s %s: %v", r.ID, r.Name(), r.Kind, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d records agree", passed)
	if passed < 15000 {
		t.Errorf("only %d records agree", passed)
	}
	var b strings.Builder
	for _, why := range slices.Sorted(maps.Keys(reasons)) {
		fmt.Fprintf(&b, "%d %s\n", reasons[why], why)
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
	old := map[string]bool{}
	for line := range strings.Lines(string(want)) {
		old[line] = true
	}
	for line := range strings.Lines(got) {
		if !old[line] {
			t.Errorf("%s: %q is new", path, strings.TrimSpace(line))
		}
		delete(old, line)
	}
	for line := range old {
		t.Errorf("%s: %q is missing", path, strings.TrimSpace(line))
	}
}
