package plotting

import (
	"fmt"
	"image/color"
	"math"
	"slices"
)

const maxBins = 1000

// histMark counts values in bins of equal width.
type histMark struct {
	series
	vals   []float64 // sorted, finite
	want   int       // bins asked for; 0 chooses
	edges  []float64
	counts []int
	drawn  int // number of histograms in the figure
}

func newHist(vals []float64) *histMark {
	h := &histMark{series: series{kind: "histogram", missing: missing(vals)}}
	h.vals = slices.DeleteFunc(vals, func(v float64) bool { return !finite(v) })
	slices.Sort(h.vals)
	h.setEdges(edges(h.vals, 0))
	return h
}

// shareBins gives all histograms of a figure the same bins.
func shareBins(marks []mark) {
	var hists []*histMark
	var all []float64
	for _, m := range marks {
		if h, ok := m.(*histMark); ok {
			hists = append(hists, h)
			all = append(all, h.vals...)
		}
	}
	if len(hists) == 0 {
		return
	}
	slices.Sort(all)
	e := edges(all, hists[0].want)
	for _, h := range hists {
		h.drawn = len(hists)
		h.setEdges(e)
	}
}

// edges chooses bins for sorted values. A few whole numbers get a bin each;
// other data follows Freedman and Diaconis: width 2 IQR / cbrt(n).
func edges(sorted []float64, bins int) []float64 {
	n := len(sorted)
	r := interval{sorted[0], sorted[n-1]}
	if bins == 0 && r.hi-r.lo <= 50 && allWhole(sorted) {
		return linspace(r.lo-0.5, r.hi+0.5, int(r.hi-r.lo)+1)
	}
	if r.hi == r.lo {
		r = padded(r, 0, 0, false)
	}
	if bins == 0 {
		iqr := sorted[n*3/4] - sorted[n/4]
		bins = int(math.Ceil(math.Log2(float64(n)))) + 1 // Sturges
		if width := 2 * iqr / math.Cbrt(float64(n)); width > 0 {
			bins = int(math.Min(math.Ceil((r.hi-r.lo)/width), 100))
		}
		bins = max(bins, 5)
	}
	return linspace(r.lo, r.hi, bins)
}

func allWhole(vals []float64) bool {
	return !slices.ContainsFunc(vals, func(v float64) bool { return v != math.Trunc(v) })
}

// linspace cuts [lo, hi] into n equal parts and returns their n+1 ends.
func linspace(lo, hi float64, n int) []float64 {
	out := make([]float64, n+1)
	for i := range out {
		t := float64(i) / float64(n)
		out[i] = lo*(1-t) + hi*t
	}
	return out
}

// setEdges counts the values in half-open bins; the last one is closed.
func (h *histMark) setEdges(e []float64) {
	h.edges, h.counts = e, make([]int, len(e)-1)
	from := 0
	for i := range h.counts {
		to := len(h.vals)
		if i < len(h.counts)-1 {
			to, _ = slices.BinarySearch(h.vals, e[i+1])
		}
		h.counts[i], from = to-from, to
	}
}

func (h *histMark) extent() (x, y interval) {
	return interval{h.edges[0], h.edges[len(h.edges)-1]}, interval{0, float64(slices.Max(h.counts))}
}

func (h *histMark) describe() string {
	return fmt.Sprintf("%s of %s in %s, from %s to %s", h.named(), plural(len(h.vals), "value"),
		plural(len(h.counts), "bin"), short(h.vals[0]), short(h.vals[len(h.vals)-1]))
}

func (h *histMark) draw(c canvas, p *panel, col color.NRGBA) {
	if h.drawn > 1 {
		col = fade(col, 0.6)
	}
	c.rects(h.bars(p), col)
}

// bars leaves a hair between neighbours where there is room for one.
func (h *histMark) bars(p *panel) []rect {
	var out []rect
	for i, n := range h.counts {
		if n == 0 || p.y.log && float64(n) <= p.y.data.lo {
			continue
		}
		b := rect{p.x.at(h.edges[i]), p.y.at(float64(n)), p.x.at(h.edges[i+1]), p.y1}
		if b.w() > 6 {
			b.x0, b.x1 = b.x0+0.5, b.x1-0.5
		}
		out = append(out, b)
	}
	return out
}

func (h *histMark) outline(p *panel) []point {
	var out []point
	for _, b := range h.bars(p) {
		for y := b.y0; y < b.y1; y += 8 {
			out = append(out, point{b.x0, y}, point{b.x1, y})
		}
	}
	return out
}
