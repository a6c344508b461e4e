package bench_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"github.com/ingot-go/ingot/mlx/bench"
)

// TestRun checks that small workloads give complete rows.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	only := regexp.MustCompile("_64$|_10000$|10x1000|dispatch|b64_h128")
	if err := bench.Run(&out, bench.Options{Only: only, Budget: 10 * time.Millisecond, Version: "test"}); err != nil {
		t.Fatal(err)
	}
	rows := 0
	for d := json.NewDecoder(&out); d.More(); rows++ {
		var r bench.Row
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		if r.Error != "" || r.Median <= 0 || r.Min <= 0 || r.Min > r.Median || r.Runs < 1 {
			t.Errorf("%+v", r)
		}
	}
	if rows != 8 {
		t.Errorf("%d rows, want 8", rows)
	}
}
