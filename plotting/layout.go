package plotting

import (
	"math"
)

// layout is where the parts of one figure stand.
type layout struct {
	panel
	fig            *Figure
	outer          rect
	xTicks, yTicks []tick
	bare           bool // no axes: a picture, or a small cell
	heat           *heatMark
	bar            rect // of colours
	barTicks       []tick
	note           string
}

const (
	margin   = 12.0
	tickLen  = 4.0
	tickGap  = 4.0
	barWidth = 14.0
	barGap   = 14.0
)

// arrange divides r; legendWidth is left free at the right.
func (f *Figure) arrange(r rect, look *theme, legendWidth float64) *layout {
	l := &layout{fig: f, outer: r, note: f.note(), panel: panel{look: look}}
	picture := false
	for _, m := range f.marks {
		picture = picture || isPicture(m)
		if h, ok := m.(*heatMark); ok {
			l.heat = h
		}
	}
	_, onlyImage := f.marks[0].(*imageMark)
	small := r.w() < 200 || r.h() < 150
	l.bare = onlyImage || small
	l.ranges(picture)

	in := rect{r.x0 + margin, r.y0 + margin, r.x1 - margin - legendWidth, r.y1 - margin}
	if small {
		in = rect{r.x0 + 4, r.y0 + 4, r.x1 - 4, r.y1 - 4}
	}
	if f.title != "" {
		in.y0 += l.titleSize() * 1.4
	}
	if l.note != "" {
		in.y1 -= noteSize * 1.5
	}
	l.rect = in
	if !l.bare {
		l.axes(in)
	}
	if picture {
		l.square()
	}
	l.fit()
	return l
}

func (l *layout) titleSize() float64 {
	if l.outer.w() < 200 || l.outer.h() < 150 {
		return tickSize
	}
	return titleSize
}

// ranges sets the data of both axes.
func (l *layout) ranges(picture bool) {
	x, y, hist, line := empty, empty, false, true
	for _, m := range l.fig.marks {
		mx, my := m.extent()
		x, y = x.with(mx.lo, mx.hi), y.with(my.lo, my.hi)
		_, isHist := m.(*histMark)
		_, isLine := m.(lineMark)
		hist, line = hist || isHist, line && isLine
	}
	f := l.fig
	l.x.log, l.y.log = f.logX, f.logY
	if picture {
		l.x.data, l.y.data = x, y
		l.x.whole, l.y.whole = true, true
		return
	}
	if hist && f.logY {
		y.lo = 0.5 // bars of one value stay visible
	}
	below, side := 0.05, 0.04
	if hist && !f.logY {
		below = 0
	}
	if line {
		side = 0.02
	}
	l.x.data, l.y.data = padded(x, side, side, f.logX), padded(y, below, 0.05, f.logY)
	l.y.whole = hist && len(f.marks) == 1
}

// axes makes room for ticks, labels and the colour bar.
func (l *layout) axes(in rect) {
	f := l.fig
	in.y1 -= tickLen + tickGap + tickSize
	if f.xLabel != "" {
		in.y1 -= labelSize * 1.4
	}
	if f.yLabel != "" {
		in.x0 += labelSize * 1.5
	}
	if l.heat != nil {
		most := tickCount(in.h(), 34)
		r := interval{l.heat.lo, l.heat.hi}
		if r.lo == r.hi {
			l.barTicks = []tick{{r.lo, minus(short(r.lo))}}
		} else {
			l.barTicks = scale{data: r}.ticks(most)
		}
		in.x1 -= barGap + barWidth + tickGap + widest(l.barTicks)
	}
	l.yTicks = l.y.ticks(tickCount(in.h(), 34))
	in.x0 += tickLen + tickGap + widest(l.yTicks)
	for most := 8; most > 1; most-- { // as many as stand apart
		l.xTicks = l.x.ticks(most)
		if float64(len(l.xTicks))*(widest(l.xTicks)+24) <= in.w() {
			break
		}
	}
	if n := len(l.xTicks); n > 0 { // half of the last label may stick out
		in.x1 -= math.Max(0, textWidth(l.xTicks[n-1].label, tickSize, false)/2-margin)
	}
	l.rect = in
}

func tickCount(length, apart float64) int { return min(max(int(length/apart), 2), 8) }

func widest(ts []tick) (w float64) {
	for _, t := range ts {
		w = math.Max(w, textWidth(t.label, tickSize, false))
	}
	return w
}

// square gives the cells of a picture equal sides, unless it is very long.
func (l *layout) square() {
	aspect := (l.x.data.hi - l.x.data.lo) / (l.y.data.hi - l.y.data.lo)
	_, isImage := l.fig.marks[0].(*imageMark)
	if isImage || aspect > 0.2 && aspect < 5 {
		l.rect = l.rect.inner(aspect)
	}
	l.y.data = interval{l.y.data.hi, l.y.data.lo} // row 0 is on top
}

// fit ties the scales to the panel, on whole pixels.
func (l *layout) fit() {
	l.x0, l.y0 = math.Round(l.x0), math.Round(l.y0)
	l.x1, l.y1 = math.Max(math.Round(l.x1), l.x0+8), math.Max(math.Round(l.y1), l.y0+8)
	l.x.a, l.x.b = l.x0, l.x1
	l.y.a, l.y.b = l.y1, l.y0
	l.bar = rect{l.x1 + barGap, l.y0, l.x1 + barGap + barWidth, l.y1}
}
