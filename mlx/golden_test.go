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

// TestRecords replays everything that was recorded from MLX. How many records
// of each name differ is part of the test: testdata/differs.txt, rewritten by -update.
func TestRecords(t *testing.T) {
	passed, differ, first := 0, map[string]int{}, map[string]string{}
	for _, file := range []string{"calls", "grads", "exprs"} {
		f, err := os.Open("testdata/" + file + ".jsonl.gz")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		err = replay.Read(f, func(r *replay.Record) error {
			switch err := r.Replay(); {
			case err == nil:
				passed++
			case errors.As(err, new(replay.Deliberate)):
			default:
				name := strings.TrimSpace(r.Name() + " " + r.Kind)
				differ[name]++
				first[name] = r.ID + ": " + err.Error()
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d records agree", passed)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(differ)) {
		fmt.Fprintf(&b, "%s: %d\n", name, differ[name])
	}
	const golden = "testdata/differs.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() == string(want) {
		return
	}
	old := map[string]bool{}
	for line := range strings.Lines(string(want)) {
		old[line] = true
	}
	for _, name := range slices.Sorted(maps.Keys(differ)) {
		if !old[fmt.Sprintf("%s: %d\n", name, differ[name])] {
			t.Errorf("%s: %d records differ, such as %s", name, differ[name], first[name])
		}
	}
	t.Errorf("the records that differ are not those of %s (rewrite it with -update)", golden)
}
