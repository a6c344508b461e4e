package plotting

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
)

// Size of the data area of a figure as text, in characters.
const (
	textCols = 64
	textRows = 16
)

// dotCanvas draws with Braille characters: two by four dots each. Pictures
// become shades.
type dotCanvas struct {
	cols, rows int
	cells      []rune // dots as bits, or a shade
}

func newDots(cols, rows int) *dotCanvas {
	return &dotCanvas{cols: cols, rows: rows, cells: make([]rune, cols*rows)}
}

func (d *dotCanvas) density() float64 { return 1 }

// dotBits are the bits of a Braille character by row and column.
var dotBits = [4][2]rune{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

func (d *dotCanvas) set(p point) {
	x := min(max(int(p.x), 0), 2*d.cols-1)
	y := min(max(int(p.y), 0), 4*d.rows-1)
	cell := &d.cells[y/4*d.cols+x/2]
	if *cell <= 0xff {
		*cell |= dotBits[y%4][x%2]
	}
}

func (d *dotCanvas) polyline(pts []point, _ float64, _ color.NRGBA) {
	for i := 1; i < len(pts); i++ {
		a, b := pts[i-1], pts[i]
		steps := int(math.Max(math.Abs(b.x-a.x), math.Abs(b.y-a.y))) + 1
		for k := 0; k <= steps; k++ {
			t := float64(k) / float64(steps)
			d.set(point{a.x + t*(b.x-a.x), a.y + t*(b.y-a.y)})
		}
	}
}

func (d *dotCanvas) rects(rs []rect, _ color.NRGBA) {
	for _, r := range rs {
		for y := r.y0; y < r.y1; y++ {
			for x := math.Ceil(r.x0); x < r.x1; x++ {
				d.set(point{x, y})
			}
		}
	}
}

func (d *dotCanvas) dots(centres []point, _ float64, _ color.NRGBA) {
	for _, p := range centres {
		d.set(p)
	}
}

func (d *dotCanvas) text(point, string, textStyle) {}

var shades = []rune{0, '░', '▒', '▓', '█'} // 0 is an empty character

// image shades each character by the mean lightness of the pixels under it.
func (d *dotCanvas) image(img image.Image, r rect) {
	b := img.Bounds()
	for row := range d.rows {
		for col := range d.cols {
			x, y := (float64(2*col)+1-r.x0)/r.w(), (float64(4*row)+2-r.y0)/r.h()
			if x < 0 || x >= 1 || y < 0 || y >= 1 {
				continue
			}
			light := patch(img, b, x, y, 2/r.w(), 4/r.h())
			d.cells[row*d.cols+col] = shades[min(int(light*float64(len(shades))), len(shades)-1)]
		}
	}
}

// patch is the mean lightness around (x, y), all in shares of the picture.
func patch(img image.Image, b image.Rectangle, x, y, w, h float64) float64 {
	span := func(at, size float64, from, n int) (int, int) {
		lo := int((at - size/2) * float64(n))
		hi := int(math.Ceil((at + size/2) * float64(n)))
		if size*float64(n) <= 1 { // within one pixel
			lo = int(at * float64(n))
			hi = lo + 1
		}
		return from + max(lo, 0), from + min(max(hi, lo+1), n)
	}
	x0, x1 := span(x, w, b.Min.X, b.Dx())
	y0, y1 := span(y, h, b.Min.Y, b.Dy())
	sum, n := 0.0, 0.0
	for j := y0; j < y1; j++ {
		for i := x0; i < x1; i++ {
			r, g, bl, _ := img.At(i, j).RGBA()
			sum += (0.299*float64(r) + 0.587*float64(g) + 0.114*float64(bl)) / 0xffff
			n++
		}
	}
	return sum / n
}

func (d *dotCanvas) lines() []string {
	out := make([]string, d.rows)
	for row := range out {
		var b strings.Builder
		for _, c := range d.cells[row*d.cols : (row+1)*d.cols] {
			switch {
			case c == 0:
				c = ' '
			case c <= 0xff:
				c += 0x2800
			}
			b.WriteRune(c)
		}
		out[row] = strings.TrimRight(b.String(), " ")
	}
	return out
}

// Text renders the figure in characters: Braille dots for marks, shades for
// pictures, with the ends of both axes.
func (f *Figure) Text() (string, error) {
	if err := f.Err(); err != nil {
		return "", err
	}
	return strings.Join(f.textLines(textCols, textRows), "\n"), nil
}

func (f *Figure) textLines(cols, rows int) []string {
	if len(f.cells) > 0 {
		return f.textGrid()
	}
	shareBins(f.marks)
	picture := isPicture(f.marks[0])
	l := &layout{fig: f, panel: panel{look: themes["light"]}}
	l.ranges(picture)
	if picture { // characters are twice as high as wide
		aspect := (l.x.data.hi - l.x.data.lo) / (l.y.data.hi - l.y.data.lo)
		r := rect{0, 0, float64(cols), float64(2 * rows)}.inner(aspect)
		cols, rows = max(int(r.w()+0.5), 1), max(int(r.h()/2+0.5), 1)
		l.y.data = interval{l.y.data.hi, l.y.data.lo}
	}
	d := newDots(cols, rows)
	l.rect = rect{0, 0, float64(2 * cols), float64(4 * rows)}
	l.x.b, l.y.a = l.x1, l.y1
	for i, m := range f.marks {
		m.draw(d, &l.panel, l.look.color(i))
	}
	return f.textFrame(l, d, picture)
}

// textFrame puts title, axes, names and notes around the dots.
func (f *Figure) textFrame(l *layout, d *dotCanvas, picture bool) []string {
	var out []string
	top, bottom := minus(brief(l.y.data.hi)), minus(brief(l.y.data.lo))
	if picture {
		top, bottom = "", ""
	}
	gutter := max(width(top), width(bottom))
	pad := strings.Repeat(" ", gutter)
	if f.title != "" {
		out = append(out, pad+" "+strings.Repeat(" ", max(0, (d.cols-width(f.title))/2))+plain(f.title))
	}
	if f.yLabel != "" {
		out = append(out, pad+" "+plain(f.yLabel))
	}
	for i, s := range d.lines() {
		side := pad
		switch i {
		case 0:
			side = fmt.Sprintf("%*s", gutter, top)
		case d.rows - 1:
			side = fmt.Sprintf("%*s", gutter, bottom)
		}
		if !picture {
			side += "┤"
		}
		out = append(out, side+s)
	}
	if !picture {
		lo, hi := minus(brief(l.x.data.lo)), minus(brief(l.x.data.hi))
		name := plain(f.xLabel)
		space := d.cols - width(lo) - width(hi) - width(name)
		out = append(out, pad+"└"+strings.Repeat("─", d.cols),
			pad+" "+lo+strings.Repeat(" ", max(1, space/2))+name+strings.Repeat(" ", max(1, space-space/2))+hi)
	}
	return append(out, f.textNotes(l, pad)...)
}

func (f *Figure) textNotes(l *layout, pad string) []string {
	var out, names []string
	for _, m := range f.marks {
		if s := m.common().label; s != "" {
			names = append(names, plain(s))
		}
		if h, ok := m.(*heatMark); ok {
			out = append(out, fmt.Sprintf("dark %s, light %s", minus(brief(h.lo)), minus(brief(h.hi))))
		}
	}
	if len(names) > 0 {
		out = append(out, pad+" "+strings.Join(names, ", "))
	}
	if n := f.note(); n != "" {
		out = append(out, pad+" "+n)
	}
	return out
}

// textGrid sets the figures of a grid side by side.
func (f *Figure) textGrid() []string {
	var out []string
	if f.title != "" {
		out = append(out, plain(f.title))
	}
	cols := max(8, 96/f.cols-10)
	for row := 0; row*f.cols < len(f.cells); row++ {
		var blocks [][]string
		height, widest := 0, 0
		for _, c := range f.cells[row*f.cols : min((row+1)*f.cols, len(f.cells))] {
			b := c.textLines(cols, max(4, cols/4))
			blocks, height = append(blocks, b), max(height, len(b))
			for _, s := range b {
				widest = max(widest, width(s))
			}
		}
		for i := range height {
			line := ""
			for k, b := range blocks {
				line += strings.Repeat(" ", max(0, k*(widest+2)-width(line)))
				if i < len(b) {
					line += b[i]
				}
			}
			out = append(out, strings.TrimRight(line, " "))
		}
	}
	return out
}

func brief(v float64) string { return fmt.Sprintf("%.3g", v) }

func width(s string) int { return len([]rune(s)) }

// plain keeps text on its line and control characters out of the terminal.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
}
