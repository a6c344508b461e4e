package plotting

import (
	"image"
	"math"
)

// drawIn draws the figure into r of c.
func (f *Figure) drawIn(c canvas, r rect, look *theme) {
	if len(f.cells) > 0 {
		f.drawGrid(c, r, look)
		return
	}
	shareBins(f.marks)
	l := f.arrange(r, look, 0)
	place, ok := rect{}, false
	entries := f.legendEntries()
	if len(entries) > 0 {
		if place, ok = legendInside(l, entries); !ok {
			l = f.arrange(r, look, legendSize(entries).x+margin)
			place = legendOutside(l, entries)
		}
	}
	l.title(c)
	if !l.bare {
		l.grid(c)
	}
	for i, m := range f.marks {
		m.draw(c, &l.panel, look.color(i))
	}
	if !l.bare {
		l.spines(c)
		l.labels(c)
		if l.heat != nil {
			l.colourBar(c)
		}
	}
	if len(entries) > 0 {
		drawLegend(c, place, entries, look)
	}
	if l.note != "" {
		s := fitted(l.note, r.w()-2*margin, noteSize, false)
		c.text(point{r.x0 + margin, r.y1 - noteSize*0.8}, s, textStyle{size: noteSize, color: look.soft})
	}
}

// title is centred above the panel, and moved where it would leave the figure.
func (l *layout) title(c canvas) {
	drawTitle(c, l.fig.title, l.outer, l.rect, l.titleSize(), l.look)
}

func drawTitle(c canvas, s string, outer, above rect, size float64, look *theme) {
	if s == "" {
		return
	}
	isBold := size == titleSize
	s = fitted(s, outer.w()-8, size, isBold)
	half := textWidth(s, size, isBold) / 2
	x := (above.x0 + above.x1) / 2
	x = math.Max(math.Min(x, outer.x1-4-half), outer.x0+4+half)
	y := above.y0 - size*0.55
	c.text(point{x, y}, s, textStyle{size: size, color: look.ink, bold: isBold, h: middle})
}

// grid draws lines at the ticks, behind the data.
func (l *layout) grid(c canvas) {
	if l.heat != nil {
		return
	}
	for _, t := range l.yTicks {
		y := hair(l.y.at(t.value))
		c.polyline([]point{{l.x0, y}, {l.x1, y}}, 1, l.look.faint)
	}
	for _, t := range l.xTicks {
		x := hair(l.x.at(t.value))
		c.polyline([]point{{x, l.y0}, {x, l.y1}}, 1, l.look.faint)
	}
}

// hair puts a line of one pixel onto a row of pixels.
func hair(v float64) float64 { return math.Floor(v) + 0.5 }

// spines are the left and bottom edges with their ticks.
func (l *layout) spines(c canvas) {
	x, y := hair(l.x0)-1, hair(l.y1)
	c.polyline([]point{{x, l.y0}, {x, y}, {l.x1, y}}, 1, l.look.ink)
	for _, t := range l.xTicks {
		at := hair(l.x.at(t.value))
		c.polyline([]point{{at, y}, {at, y + tickLen}}, 1, l.look.ink)
		c.text(point{at, y + tickLen + tickGap + tickSize*0.75}, t.label, textStyle{size: tickSize, color: l.look.ink, h: middle})
	}
	for _, t := range l.yTicks {
		at := hair(l.y.at(t.value))
		c.polyline([]point{{x - tickLen, at}, {x, at}}, 1, l.look.ink)
		c.text(point{x - tickLen - tickGap, at + tickSize*0.35}, t.label, textStyle{size: tickSize, color: l.look.ink, h: right})
	}
}

func (l *layout) labels(c canvas) {
	st := textStyle{size: labelSize, color: l.look.ink, h: middle}
	if s := l.fig.xLabel; s != "" {
		y := l.y1 + tickLen + tickGap + tickSize + labelSize*1.25
		c.text(point{(l.x0 + l.x1) / 2, y}, fitted(s, l.w()+2*margin, labelSize, false), st)
	}
	if s := l.fig.yLabel; s != "" {
		st.upwards = true
		x := l.x0 - tickLen - tickGap - widest(l.yTicks) - labelSize*0.8
		c.text(point{x, (l.y0 + l.y1) / 2}, fitted(s, l.h()+2*margin, labelSize, false), st)
	}
}

// colourBar shows which colour means which value.
func (l *layout) colourBar(c canvas) {
	const steps = 128
	img := image.NewNRGBA(image.Rect(0, 0, 1, steps))
	for i := range steps {
		img.SetNRGBA(0, i, viridis(1-float64(i)/(steps-1)))
	}
	s := scale{data: interval{l.heat.lo, l.heat.hi}, a: l.bar.y1, b: l.bar.y0}
	if l.heat.lo == l.heat.hi {
		img.SetNRGBA(0, 0, viridis(0.5))
		img = img.SubImage(image.Rect(0, 0, 1, 1)).(*image.NRGBA)
		s.data = padded(s.data, 0, 0, false)
	}
	c.image(img, l.bar)
	for _, t := range l.barTicks {
		y := s.at(t.value)
		c.polyline([]point{{l.bar.x1 - 4, hair(y)}, {l.bar.x1, hair(y)}}, 1, l.look.paper)
		c.text(point{l.bar.x1 + tickGap, y + tickSize*0.35}, t.label, textStyle{size: tickSize, color: l.look.ink})
	}
}
