package front_test

import (
	"strings"
	"testing"

	"github.com/ingot-go/ingot/session/front"
)

// TestInstances looks whether calls of generic functions are compiled ones.
func TestInstances(t *testing.T) {
	for _, tt := range []struct {
		code  string
		bound bool
	}{
		{"slices.Sort([]int{2, 1})", true},
		{"slices.SortFunc([]string{}, func(a, b string) int { return 0 })", true},
		{"maps.Keys(map[string]float64{})", true},
		{"min, max := slices.Min[[]float64], 3; _, _ = min, max", true},
		{"slices.Sort([]int32{2, 1}); slices.Sort([]rune(`ab`)); slices.Sort([]byte(`ab`))", true},
		{"slices.Sort([]int16{2, 1})", false},
		{"type N int; slices.Sort([]N{2, 1})", false},
		{"func f[T int | string](s []T) { slices.Sort(s) }; f([]int{1}); f([]string{})", true},
	} {
		p, err := newFront(t).Compile(1, tt.code, front.CellOptions{})
		if err != nil {
			t.Errorf("%s: %v", tt.code, err)
			continue
		}
		bound := strings.Contains(p.Text, "pᐧslices.") || strings.Contains(p.Text, "pᐧmaps.")
		if bound != tt.bound {
			t.Errorf("%s: compiled %v, want %v, in\n%s", tt.code, bound, tt.bound, p.Text)
		}
	}
}
