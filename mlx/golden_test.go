package mlx_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/random"
)

// TestCalls replays calls of MLX. What uses an option that this API does not
// have is counted by its name, and the counts are part of the test.
func TestCalls(t *testing.T) {
	passed, failed, skipped := 0, map[string]int{}, map[string]int{}
	readRecords(t, "calls.jsonl.gz", func(r *record) {
		switch err := replay(r); {
		case err == nil:
			passed++
		case errors.As(err, new(skip)):
			skipped[err.Error()]++
		default:
			if failed[r.Op]++; failed[r.Op] <= 3 {
				t.Errorf("%s %s: %v", r.ID, r.Op, err)
			}
		}
	})
	t.Logf("%d calls agree; outside this API: %v", passed, skipped)
	if len(failed) > 0 {
		t.Errorf("calls that differ: %v", failed)
	}
	if passed < minCalls {
		t.Errorf("%d calls were replayed, want at least %d", passed, minCalls)
	}
}

// elsewhere matches errors of MLX about what this API allows: lists beside
// arrays, and lengths beyond 32 bits.
var elsewhere = regexp.MustCompile("array and (list|tuple)|supported range|Received 0 axes")

type skip string

func (s skip) Error() string { return string(s) }

func (r *record) decoded() *call {
	c := &call{named: map[string]any{}}
	for _, a := range r.Args {
		c.args = append(c.args, decode(a))
	}
	for k, a := range r.Kwargs {
		if k == "stream" {
			continue
		}
		c.named[k] = decode(a)
	}
	if r.Seed != nil {
		c.named["seeded"] = random.Split(random.Key(*r.Seed)).At(1)
	}
	return c
}

// replay makes the recorded call and compares.
func replay(r *record) (err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case unsupported:
			err = skip(e)
		case *mlx.Error:
			err = e
			if r.Err != nil {
				err = nil
			}
		default:
			panic(fmt.Sprintf("%s %s: %v", r.ID, r.Op, e))
		}
	}()
	c := r.decoded()
	name := r.Op
	if name == "core.random.split" {
		name = "core.random.split_key"
	}
	got := c.run(name)
	if len(c.named) > 0 {
		return skip(fmt.Sprint("options ", slices.Sorted(maps.Keys(c.named))))
	}
	if r.Err != nil && elsewhere.MatchString(r.Err.Text) {
		return skip("an error that is none here")
	}
	if r.Err != nil {
		if a, ok := got.(*mlx.Array); ok {
			a.Eval()
		}
		return fmt.Errorf("no error, want %q", r.Err.Text)
	}
	return compareResult(got, r.Out, false)
}

func compareResult(got any, raw json.RawMessage, loose bool) error {
	switch g := got.(type) {
	case *mlx.Array:
		return same(g, decode(raw), loose)
	case []*mlx.Array:
		want := decode(raw).([]any)
		if len(g) != len(want) {
			return fmt.Errorf("%d results, want %d", len(g), len(want))
		}
		for i := range g {
			if err := same(g[i], want[i], loose); err != nil {
				return err
			}
		}
		return nil
	}
	want := decode(raw)
	if a, ok := got.(string); ok {
		if fmt.Sprint(want) != a {
			return fmt.Errorf("got %q, want %q", a, want)
		}
		return nil
	}
	g, w := plain(got), plain(want)
	if g != w {
		return fmt.Errorf("got %s, want %s", g, w)
	}
	return nil
}

// plain writes a value without the differences between Go's and Python's types.
func plain(v any) string {
	s := fmt.Sprint(v)
	if f, ok := v.(float64); ok {
		s = fmt.Sprintf("%.5g", f)
	}
	if l, ok := v.([]any); ok {
		var parts []string
		for _, x := range l {
			parts = append(parts, plain(x))
		}
		s = "[" + strings.Join(parts, " ") + "]"
	}
	return s
}
