package inspect

import (
	"math"
	"testing"
)

func TestSummarize(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(-1)
	s := summarize([]float64{-3, 0, 1, nan, inf, 0, 2, 0})
	if s.Count != 8 || s.MeanAbs != 1 || s.MaxAbs != 3 || s.Low != -3 || s.High != 2 ||
		s.Zeros != 3./8 || s.NaNs != 1./8 || s.Infs != 1./8 || math.Abs(s.Std-math.Sqrt(14./6)) > 1e-15 {
		t.Errorf("%+v", s)
	}
	if want := [bins]int{0: 1, 7: 3, 9: 1, 11: 1}; s.Hist != want {
		t.Errorf("histogram %v, want %v", s.Hist, want)
	}
	if got := s.spark(); got != "▃      █ ▃ ▃" {
		t.Errorf("drawn as %q", got)
	}
}

func TestSummarizeNothing(t *testing.T) {
	for _, v := range [][]float64{nil, {math.NaN()}} {
		if s := summarize(v); s.MaxAbs != 0 || s.Low != 0 || s.spark() != "            " {
			t.Errorf("%v: %+v", v, s)
		}
	}
	if s := summarize([]float64{2, 2}); s.spark() != "      █     " || s.Std != 0 {
		t.Errorf("constant: %+v", s)
	}
}
