package plotting

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
)

// isPicture tells marks that count rows from the top.
func isPicture(m mark) bool {
	switch m.(type) {
	case *heatMark, *imageMark:
		return true
	}
	return false
}

// cells is the extent of a picture: cell (row, col) is centred at (col, row).
func cells(rows, cols int) (x, y interval) {
	return interval{-0.5, float64(cols) - 0.5}, interval{-0.5, float64(rows) - 0.5}
}

func pictureRect(p *panel, rows, cols int) rect {
	x, y := cells(rows, cols)
	a, b := p.at(x.lo, y.lo), p.at(x.hi, y.hi)
	return rect{a.x, a.y, b.x, b.y}
}

// heatMark is a matrix in colours.
type heatMark struct {
	series
	vals       []float64
	rows, cols int
	lo, hi     float64
}

func newHeat(vals []float64, rows, cols int) *heatMark {
	r := empty.with(vals...)
	return &heatMark{series: series{kind: "heat map", missing: missing(vals)}, vals: vals, rows: rows, cols: cols, lo: r.lo, hi: r.hi}
}

func (m *heatMark) extent() (x, y interval)  { return cells(m.rows, m.cols) }
func (m *heatMark) outline(p *panel) []point { return nil }

func (m *heatMark) describe() string {
	return fmt.Sprintf("%s of %d rows and %d columns, values %s to %s", m.named(), m.rows, m.cols, short(m.lo), short(m.hi))
}

// draw leaves cells without a value in a grey that the colour map lacks.
func (m *heatMark) draw(c canvas, p *panel, _ color.NRGBA) {
	img := image.NewNRGBA(image.Rect(0, 0, m.cols, m.rows))
	for i, v := range m.vals {
		col := fade(p.look.soft, 0.35)
		if finite(v) {
			col = viridis(share(v, m.lo, m.hi))
		}
		img.SetNRGBA(i%m.cols, i/m.cols, col)
	}
	c.image(img, pictureRect(p, m.rows, m.cols))
}

// share is the place of v between lo and hi, from 0 to 1.
func share(v, lo, hi float64) float64 {
	if lo == hi {
		return 0.5
	}
	return (v/2 - lo/2) / (hi/2 - lo/2)
}

// imageMark is a picture in its own colours.
type imageMark struct {
	series
	img *image.NRGBA
}

func newImage(arg any) (*imageMark, error) {
	m := &imageMark{series: series{kind: "image"}}
	if src, ok := arg.(image.Image); ok {
		if src.Bounds().Empty() {
			return nil, fmt.Errorf("image: has no pixels")
		}
		m.img = image.NewNRGBA(image.Rect(0, 0, src.Bounds().Dx(), src.Bounds().Dy()))
		draw.Draw(m.img, m.img.Bounds(), src, src.Bounds().Min, draw.Src)
		return m, nil
	}
	vals, shape, err := values(arg)
	if err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	depth := 1
	if len(shape) == 3 {
		depth = shape[2]
	}
	if len(shape) != 2 && len(shape) != 3 || depth != 1 && depth != 3 && depth != 4 {
		return nil, fmt.Errorf("image: shape %s, want (H,W), (H,W,3) or (H,W,4)", shapeText(shape))
	}
	if err := drawable("image", vals); err != nil {
		return nil, err
	}
	m.missing = missing(vals)
	m.img = pixels(vals, shape[0], shape[1], depth)
	return m, nil
}

// pixels turns numbers into colours; NaN becomes 0.
func pixels(vals []float64, rows, cols, depth int) *image.NRGBA {
	r := empty.with(vals...)
	if depth > 1 {
		top := 1.0
		if r.hi > 1 {
			top = 255
		}
		r = interval{0, top}
	}
	level := func(v float64) uint8 {
		if !finite(v) {
			return 0
		}
		return uint8(math.Round(255 * math.Min(math.Max(share(v, r.lo, r.hi), 0), 1)))
	}
	img := image.NewNRGBA(image.Rect(0, 0, cols, rows))
	for i := range rows * cols {
		px := vals[i*depth : (i+1)*depth]
		c := color.NRGBA{R: level(px[0]), G: level(px[0]), B: level(px[0]), A: 255}
		if depth >= 3 {
			c.G, c.B = level(px[1]), level(px[2])
		}
		if depth == 4 {
			c.A = level(px[3])
		}
		img.SetNRGBA(i%cols, i/cols, c)
	}
	return img
}

func (m *imageMark) size() (rows, cols int)   { return m.img.Rect.Dy(), m.img.Rect.Dx() }
func (m *imageMark) extent() (x, y interval)  { return cells(m.size()) }
func (m *imageMark) outline(p *panel) []point { return nil }

func (m *imageMark) describe() string {
	rows, cols := m.size()
	return fmt.Sprintf("%s of %d by %d pixels", m.named(), cols, rows)
}

func (m *imageMark) draw(c canvas, p *panel, _ color.NRGBA) {
	rows, cols := m.size()
	c.image(m.img, pictureRect(p, rows, cols))
}
