package plotting

// entry is one line of a legend.
type entry struct {
	mark mark
	name string
	n    int // place of the mark, for its colour
}

const (
	legendRow    = 18.0
	legendPad    = 8.0
	legendSwatch = 22.0
	legendText   = 180.0 // longest name
)

// legendEntries are the named marks; a heat map explains itself.
func (f *Figure) legendEntries() []entry {
	if !f.legend {
		return nil
	}
	var out []entry
	for i, m := range f.marks {
		if s := m.common().label; s != "" && !isPicture(m) {
			out = append(out, entry{m, fitted(s, legendText, tickSize, false), i})
		}
	}
	return out
}

func legendSize(es []entry) point {
	w := 0.0
	for _, e := range es {
		w = max(w, textWidth(e.name, tickSize, false))
	}
	return point{w + legendSwatch + 3*legendPad, float64(len(es))*legendRow + legendPad}
}

// legendInside finds a corner of the panel without data, if there is one.
func legendInside(l *layout, es []entry) (rect, bool) {
	const gap = 8
	size := legendSize(es)
	if size.x > l.w()*0.6 || size.y > l.h()*0.6 {
		return rect{}, false
	}
	x0, y0, x1, y1 := l.x0+gap, l.y0+gap, l.x1-gap-size.x, l.y1-gap-size.y
	var busy []point
	for _, m := range l.fig.marks {
		if isPicture(m) {
			return rect{}, false
		}
		busy = append(busy, m.outline(&l.panel)...)
	}
corners:
	for _, at := range []point{{x1, y0}, {x0, y0}, {x1, y1}, {x0, y1}} {
		room := rect{at.x - 4, at.y - 4, at.x + size.x + 4, at.y + size.y + 4}
		for _, p := range busy {
			if room.contains(p) {
				continue corners
			}
		}
		return rect{at.x, at.y, at.x + size.x, at.y + size.y}, true
	}
	return rect{}, false
}

// legendOutside is the place at the right that the layout left free.
func legendOutside(l *layout, es []entry) rect {
	size := legendSize(es)
	x := l.outer.x1 - margin - size.x
	return rect{x, l.y0, x + size.x, l.y0 + size.y}
}

func drawLegend(c canvas, r rect, es []entry, look *theme) {
	c.rects([]rect{{r.x0 - 1, r.y0 - 1, r.x1 + 1, r.y1 + 1}}, look.faint)
	c.rects([]rect{r}, look.paper)
	for i, e := range es {
		y := r.y0 + legendPad/2 + (float64(i)+0.5)*legendRow
		x, col := r.x0+legendPad, look.color(e.n)
		switch e.mark.(type) {
		case lineMark:
			c.polyline([]point{{x, y}, {x + legendSwatch, y}}, lineWidth, col)
		case scatterMark:
			c.dots([]point{{x + legendSwatch/2, y}}, 3.5, col)
		default:
			c.rects([]rect{{x + 4, y - 5, x + legendSwatch - 4, y + 5}}, col)
		}
		c.text(point{x + legendSwatch + legendPad, y + tickSize*0.35}, e.name, textStyle{size: tickSize, color: look.ink})
	}
}
