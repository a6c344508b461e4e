package inspect

import "math"

// bins is the number of bars of a small histogram.
const bins = 12

// Stats sums up the elements of an array.
type Stats struct {
	Count     int
	MeanAbs   float64 // of the finite elements
	MaxAbs    float64 // of the finite elements
	Std       float64 // of the finite elements
	Zeros     float64 // share of elements that are 0
	NaNs      float64 // share of elements that are NaN
	Infs      float64 // share of elements that are infinite
	Low, High float64 // least and greatest finite element
	Hist      [bins]int
}

// summarize computes the Stats of v.
func summarize(v []float64) Stats {
	s := Stats{Count: len(v), Low: math.Inf(1), High: math.Inf(-1)}
	var finite, zeros, nans, infs int
	var sum, sumAbs float64
	for _, x := range v {
		switch {
		case math.IsNaN(x):
			nans++
			continue
		case math.IsInf(x, 0):
			infs++
			continue
		case x == 0:
			zeros++
		}
		finite++
		sum += x
		sumAbs += math.Abs(x)
		s.MaxAbs = max(s.MaxAbs, math.Abs(x))
		s.Low, s.High = min(s.Low, x), max(s.High, x)
	}
	n := float64(max(len(v), 1))
	s.Zeros, s.NaNs, s.Infs = float64(zeros)/n, float64(nans)/n, float64(infs)/n
	if finite == 0 {
		s.Low, s.High = 0, 0
		return s
	}
	mean := sum / float64(finite)
	s.MeanAbs = sumAbs / float64(finite)
	width := s.High - s.Low
	for _, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			continue
		}
		s.Std += (x - mean) * (x - mean)
		b := bins / 2
		if width > 0 {
			b = min(int((x-s.Low)/width*bins), bins-1)
		}
		s.Hist[b]++
	}
	s.Std = math.Sqrt(s.Std / float64(finite))
	return s
}

// bars are the eight heights that a text histogram has.
var bars = []rune("▁▂▃▄▅▆▇█")

// spark draws the histogram as text: an empty bin is a blank, the fullest a
// full block.
func (s Stats) spark() string {
	top := 0
	for _, n := range s.Hist {
		top = max(top, n)
	}
	out := make([]rune, bins)
	for i, n := range s.Hist {
		out[i] = ' '
		if n > 0 {
			out[i] = bars[(n*len(bars)-1)/top]
		}
	}
	return string(out)
}
