package plotting

import (
	"fmt"
	"image/color"
	"sort"
)

// mark is one thing that a figure shows.
type mark interface {
	common() *series
	extent() (x, y interval) // of the data
	draw(c canvas, p *panel, col color.NRGBA)
	outline(p *panel) []point // pixels that a legend should not cover
	describe() string         // for those who do not see the picture
}

// series is what marks have in common.
type series struct {
	kind    string // as named in errors and descriptions
	label   string
	missing int // values that are not drawn
}

func (s *series) common() *series { return s }

// named is the kind, and the label if there is one.
func (s *series) named() string {
	if s.label == "" {
		return s.kind
	}
	return fmt.Sprintf("%s %q", s.kind, s.label)
}

// panel is the area of the data within a figure.
type panel struct {
	rect
	x, y scale
	look *theme
}

func (p *panel) at(x, y float64) point { return point{p.x.at(x), p.y.at(y)} }

// pairs are the coordinates of points; a pair with a number that is not finite is a gap.
type pairs struct {
	series
	xs, ys []float64
	x, y   interval
}

type lineMark struct{ *pairs }

type scatterMark struct{ *pairs }

func newPairs(kind string, xs, ys []float64) *pairs {
	m := &pairs{series: series{kind: kind, missing: missing(xs, ys)}, xs: xs, ys: ys, x: empty, y: empty}
	for i, x := range xs {
		if finite(x) && finite(ys[i]) {
			m.x, m.y = m.x.with(x), m.y.with(ys[i])
		}
	}
	return m
}

func (m *pairs) extent() (x, y interval) { return m.x, m.y }

func (m *pairs) describe() string {
	return fmt.Sprintf("%s of %s, x %s to %s, y %s to %s", m.named(), plural(len(m.xs)-m.missing, "point"),
		short(m.x.lo), short(m.x.hi), short(m.y.lo), short(m.y.hi))
}

// runs maps the points to pixels, cut at gaps.
func (m *pairs) runs(p *panel) [][]point {
	var out [][]point
	var run []point
	for i, x := range m.xs {
		if finite(x) && finite(m.ys[i]) {
			run = append(run, p.at(x, m.ys[i]))
		} else if run != nil {
			out, run = append(out, run), nil
		}
	}
	if run != nil {
		out = append(out, run)
	}
	return out
}

func (m lineMark) draw(c canvas, p *panel, col color.NRGBA) {
	for _, run := range m.runs(p) {
		if len(run) == 1 {
			c.dots(run, 1.5*lineWidth, col)
			continue
		}
		c.polyline(reduce(run, p.w(), c.density()), lineWidth, col)
	}
}

// outline follows the line in steps of a few pixels.
func (m lineMark) outline(p *panel) []point {
	var out []point
	for _, run := range m.runs(p) {
		run = reduce(run, p.w(), 0.25)
		for i := 1; i < len(run); i++ {
			a, b := run[i-1], run[i]
			steps := int((abs(b.x-a.x)+abs(b.y-a.y))/4) + 1
			for k := range steps {
				t := float64(k) / float64(steps)
				out = append(out, point{a.x + t*(b.x-a.x), a.y + t*(b.y-a.y)})
			}
		}
		out = append(out, run[len(run)-1])
	}
	return out
}

// manyPoints is where a scatter becomes a density.
const manyPoints = 20000

func (m scatterMark) draw(c canvas, p *panel, col color.NRGBA) {
	var pts []point
	for _, run := range m.runs(p) {
		pts = append(pts, run...)
	}
	switch n := len(pts); {
	case n > manyPoints && c.density() > 1:
		c.image(densityImage(pts, p.rect, col), p.rect)
	case n > 2000:
		c.dots(pts, 1.5, fade(col, 0.7))
	case n > 300:
		c.dots(pts, 2.25, fade(col, 0.8))
	default:
		c.dots(pts, 3, fade(col, 0.9))
	}
}

func (m scatterMark) outline(p *panel) []point {
	var out []point
	for _, run := range m.runs(p) {
		out = append(out, run...)
	}
	return out
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func short(v float64) string { return fmt.Sprintf("%.4g", v) }

func abs(v float64) float64 {
	if v < 0 {
		return -v
	}
	return v
}

func sortedByX(pts []point) bool {
	return sort.SliceIsSorted(pts, func(i, j int) bool { return pts[i].x < pts[j].x })
}
