package plotting

import (
	"image/color"
	"math"
	"slices"
	"testing"
)

// Each column of pixels keeps its first, lowest, highest and last point.
func TestReduceKeepsExtremes(t *testing.T) {
	var pts []point
	for i := range 10000 {
		x := float64(i) / 100
		pts = append(pts, point{x, math.Sin(x*7) * float64(i%13)})
	}
	got := reduce(pts, 100, 1)
	if len(got) > 400 {
		t.Errorf("%d points are left, want at most 400", len(got))
	}
	column := func(pts []point, k int) (c []float64) {
		for _, p := range pts {
			if int(p.x) == k {
				c = append(c, p.y)
			}
		}
		return c
	}
	for k := range 100 {
		want, have := column(pts, k), column(got, k)
		if want[0] != have[0] || want[len(want)-1] != have[len(have)-1] ||
			slices.Min(want) != slices.Min(have) || slices.Max(want) != slices.Max(have) {
			t.Fatalf("column %d: %v lost an end or an extreme of %v", k, have, want)
		}
	}
}

func TestReduceOfUnsortedKeepsShape(t *testing.T) {
	var pts []point
	for i := range 10000 {
		a := float64(i) / 10000 * 2 * math.Pi
		pts = append(pts, point{50 + 40*math.Cos(a), 50 + 40*math.Sin(a)})
	}
	got := reduce(pts, 100, 1)
	if len(got) > 1000 {
		t.Errorf("%d points are left", len(got))
	}
	for i := 1; i < len(got); i++ {
		if d := math.Hypot(got[i].x-got[i-1].x, got[i].y-got[i-1].y); d > 1.5 {
			t.Fatalf("a gap of %.2f pixels at %d", d, i)
		}
	}
}

func TestDensity(t *testing.T) {
	pts := []point{{0.5, 0.5}, {9.5, 9.5}, {9.5, 9.5}, {10, 10}}
	img := densityImage(pts, rect{0, 0, 10, 10}, color.NRGBA{A: 255})
	if one, three, none := img.NRGBAAt(0, 0).A, img.NRGBAAt(9, 9).A, img.NRGBAAt(5, 5).A; none != 0 || one == 0 || three <= one {
		t.Errorf("opacity of no, one and three points: %d %d %d", none, one, three)
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		s    scale
		most int
		want []string
	}{
		{scale{data: interval{0, 1}}, 7, []string{"0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
		{scale{data: interval{-3, 3}}, 7, []string{"−3", "−2", "−1", "0", "1", "2", "3"}},
		{scale{data: interval{0, 199}}, 7, []string{"0", "50", "100", "150"}},
		{scale{data: interval{0, 2}, whole: true}, 7, []string{"0", "1", "2"}},
		{scale{data: interval{0, 3e7}}, 7, []string{"0", "5e6", "1e7", "1.5e7", "2e7", "2.5e7", "3e7"}},
		{scale{data: interval{0, 2e-9}}, 5, []string{"0", "5e−10", "1e−9", "1.5e−9", "2e−9"}},
		{scale{data: interval{0.01, 1000}, log: true}, 7, []string{"0.01", "0.1", "1", "10", "100", "1000"}},
		{scale{data: interval{1, 20}, log: true}, 7, []string{"1", "2", "5", "10", "20"}},
	} {
		var got []string
		for _, tk := range c.s.ticks(c.most) {
			got = append(got, tk.label)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.s.data, got, c.want)
		}
	}
}

func TestHistogramCounts(t *testing.T) {
	h := newHist([]float64{3, 0, 1, 2, 4, math.NaN()})
	h.setEdges([]float64{0, 1, 2, 4}) // half open, the last one closed
	if !slices.Equal(h.counts, []int{1, 1, 3}) {
		t.Errorf("counts %v", h.counts)
	}
}

// The ends and the middle of viridis, as published.
func TestViridis(t *testing.T) {
	for at, want := range map[float64]color.NRGBA{0: rgb(0x440154), 0.5: rgb(0x21918c), 1: rgb(0xfde725), -1: rgb(0x440154)} {
		got := viridis(at)
		if apart := math.Abs(float64(got.R)-float64(want.R)) + math.Abs(float64(got.G)-float64(want.G)) + math.Abs(float64(got.B)-float64(want.B)); apart > 6 {
			t.Errorf("viridis(%g) = %v, want %v", at, got, want)
		}
	}
}
