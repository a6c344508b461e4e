package plotting

import (
	"fmt"
	"math"
	"slices"
)

// Figure is a picture under construction. Its methods change it and return it,
// so that calls chain; those that set a property of one mark (Label, Bins)
// speak of the mark added last.
type Figure struct {
	marks          []mark
	title          string
	xLabel, yLabel string
	logX, logY     bool
	legend         bool
	width, height  float64 // CSS pixels; 0 means by content
	theme          string  // "" means the default
	rows, cols     int     // of cells, in a grid
	cells          []*Figure
	err            error
}

// New returns a figure without marks.
func New() *Figure { return &Figure{} }

// Line draws a line through points; see [Figure.Line] for the arguments.
func Line(data ...any) *Figure { return New().Line(data...) }

// Scatter draws points; see [Figure.Scatter] for the arguments.
func Scatter(data ...any) *Figure { return New().Scatter(data...) }

// Hist draws a histogram of all values of v, whatever its shape.
func Hist(v any) *Figure { return New().Hist(v) }

// Histogram is another name for [Hist].
func Histogram(v any) *Figure { return Hist(v) }

// HeatMap draws a matrix as coloured cells with a colour bar; row 0 is on top.
func HeatMap(m any) *Figure { return New().HeatMap(m) }

// Image draws an image.Image, or an array of shape (H,W) in grey from its
// smallest to its largest value, or one of shape (H,W,3) or (H,W,4) in colour:
// values 0 to 1, or 0 to 255 if any is above 1.
func Image(img any) *Figure { return New().Image(img) }

// Grid puts figures side by side, row by row. Small cells leave out axes and
// colour bars. Its Title stands above all of them.
//
//	plotting.Grid(2, 5, digits...)
func Grid(rows, cols int, figs ...*Figure) *Figure {
	g := New()
	switch {
	case rows < 1 || cols < 1 || rows > maxCells || cols > maxCells:
		return g.fail(fmt.Errorf("grid: %d rows and %d columns, want 1 to %d of each", rows, cols, maxCells))
	case len(figs) == 0:
		return g.fail(fmt.Errorf("grid: no figures"))
	case len(figs) > rows*cols:
		return g.fail(fmt.Errorf("grid: %d figures do not fit into %d rows and %d columns", len(figs), rows, cols))
	}
	for i, f := range figs {
		switch {
		case f == nil:
			return g.fail(fmt.Errorf("grid: figure %d is nil", i))
		case f.cells != nil:
			return g.fail(fmt.Errorf("grid: figure %d is a grid itself", i))
		}
	}
	g.rows, g.cols, g.cells = rows, cols, slices.Clone(figs)
	return g
}

const maxCells = 64

// Line adds a line. The arguments are one of
//
//	ys              numbers, drawn over 0, 1, 2, …
//	xs, ys          as many of each
//	xs, f           f is a func(float64) float64, called for each x
//	f, from, to     f drawn between two numbers
//	f               f drawn between -5 and 5
//
// A value that is NaN or infinite interrupts the line.
func (f *Figure) Line(data ...any) *Figure {
	xs, ys, err := points("line", data)
	if err != nil {
		return f.fail(err)
	}
	return f.add(lineMark{newPairs("line", xs, ys)})
}

// Scatter adds points; the arguments are those of Line. Above 20,000 points
// their density is drawn.
func (f *Figure) Scatter(data ...any) *Figure {
	xs, ys, err := points("scatter", data)
	if err != nil {
		return f.fail(err)
	}
	return f.add(scatterMark{newPairs("scatter", xs, ys)})
}

// Hist adds a histogram of all values of v, whatever its shape. Histograms of
// one figure share their bins.
func (f *Figure) Hist(v any) *Figure {
	vals, _, err := values(v)
	if err != nil {
		return f.fail(fmt.Errorf("hist: v %w", err))
	}
	if err := drawable("hist", vals); err != nil {
		return f.fail(err)
	}
	return f.add(newHist(vals))
}

// Histogram is another name for Hist.
func (f *Figure) Histogram(v any) *Figure { return f.Hist(v) }

// HeatMap adds a matrix as coloured cells; row 0 is on top, and the axes count
// rows and columns.
func (f *Figure) HeatMap(m any) *Figure {
	vals, rows, cols, err := matrix("heat map: m", m)
	if err == nil {
		err = drawable("heat map", vals)
	}
	if err != nil {
		return f.fail(err)
	}
	return f.add(newHeat(vals, rows, cols))
}

// Image adds a picture; see the function [Image].
func (f *Figure) Image(img any) *Figure {
	m, err := newImage(img)
	if err != nil {
		return f.fail(err)
	}
	return f.add(m)
}

// Title sets the line above the picture.
func (f *Figure) Title(s string) *Figure { f.title = s; return f }

// XLabel names the horizontal axis.
func (f *Figure) XLabel(s string) *Figure { f.xLabel = s; return f }

// YLabel names the vertical axis.
func (f *Figure) YLabel(s string) *Figure { f.yLabel = s; return f }

// Label names the mark added last, for the legend.
func (f *Figure) Label(s string) *Figure {
	if len(f.marks) == 0 {
		return f.fail(fmt.Errorf("label %q: there is no mark to name yet", s))
	}
	f.marks[len(f.marks)-1].common().label = s
	f.legend = true
	return f
}

// Legend names the marks in the order in which they were added, and shows a
// legend. Without names it shows the ones given by Label.
func (f *Figure) Legend(names ...string) *Figure {
	if len(names) > len(f.marks) {
		return f.fail(fmt.Errorf("legend: %d names for %d marks", len(names), len(f.marks)))
	}
	for i, s := range names {
		f.marks[i].common().label = s
	}
	f.legend = true
	return f
}

// Bins sets the number of bins of all histograms of the figure.
func (f *Figure) Bins(n int) *Figure {
	if n < 1 || n > maxBins {
		return f.fail(fmt.Errorf("bins: %d, want 1 to %d", n, maxBins))
	}
	found := false
	for _, m := range f.marks {
		if h, ok := m.(*histMark); ok {
			h.want, found = n, true
		}
	}
	if !found {
		return f.fail(fmt.Errorf("bins: the figure has no histogram"))
	}
	return f
}

// LogX makes the horizontal axis logarithmic; every x must be above 0.
func (f *Figure) LogX() *Figure { f.logX = true; return f }

// LogY makes the vertical axis logarithmic; every y must be above 0.
func (f *Figure) LogY() *Figure { f.logY = true; return f }

// Size sets the size of the picture in CSS pixels, 64 to 4096 each.
func (f *Figure) Size(width, height int) *Figure {
	if min(width, height) < 64 || max(width, height) > 4096 {
		return f.fail(fmt.Errorf("size: %d by %d pixels, want 64 to 4096 each", width, height))
	}
	f.width, f.height = float64(width), float64(height)
	return f
}

// Theme sets the colours of this figure: "light" or "dark".
func (f *Figure) Theme(name string) *Figure {
	if _, err := themeNamed(name); err != nil {
		return f.fail(err)
	}
	f.theme = name
	return f
}

// Err returns the first error made in building the figure, or nil.
func (f *Figure) Err() error {
	if f.err != nil {
		return f.err
	}
	for i, c := range f.cells {
		if err := c.Err(); err != nil {
			return fmt.Errorf("grid: figure %d: %w", i, err)
		}
	}
	if len(f.cells) > 0 {
		return nil
	}
	if len(f.marks) == 0 {
		return fmt.Errorf("figure: nothing to draw, add a line, scatter, hist, heat map or image")
	}
	return f.checkLog()
}

// checkLog reports marks that a logarithmic axis cannot show.
func (f *Figure) checkLog() error {
	for _, m := range f.marks {
		x, y := m.extent()
		if _, ok := m.(*histMark); ok {
			y = empty // counts start at 0; bars are cut at the lower end of the axis
		}
		for _, a := range []struct {
			name string
			on   bool
			r    interval
		}{{"x", f.logX, x}, {"y", f.logY, y}} {
			switch {
			case a.on && isPicture(m):
				return fmt.Errorf("log %s axis: a %s has linear axes", a.name, m.common().kind)
			case a.on && !a.r.empty() && a.r.lo <= 0:
				return fmt.Errorf("log %s axis: %s has the value %.4g, want values above 0", a.name, m.common().kind, a.r.lo)
			}
		}
	}
	return nil
}

func (f *Figure) fail(err error) *Figure {
	if f.err == nil {
		f.err = err
	}
	return f
}

func (f *Figure) add(m mark) *Figure {
	if f.cells != nil {
		return f.fail(fmt.Errorf("grid: add the %s to one of its figures", m.common().kind))
	}
	f.marks = append(f.marks, m)
	return f
}

// points reads the arguments of Line and Scatter.
func points(kind string, data []any) (xs, ys []float64, err error) {
	if len(data) == 0 || len(data) > 3 {
		return nil, nil, fmt.Errorf("%s: %d arguments, want ys, or xs and ys, or a function and its range", kind, len(data))
	}
	if fn, ok := function(data[0]); ok {
		return sample(kind, fn, data[1:])
	}
	if len(data) == 3 {
		return nil, nil, fmt.Errorf("%s: three arguments need a function first", kind)
	}
	if xs, err = vector("x", data[0]); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", kind, err)
	}
	if len(data) == 1 {
		xs, ys = count(len(xs)), xs
	} else if fn, ok := function(data[1]); ok {
		ys = apply(fn, xs)
	} else if ys, err = vector("y", data[1]); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", kind, err)
	}
	if len(xs) != len(ys) {
		return nil, nil, fmt.Errorf("%s: x has %d values and y has %d", kind, len(xs), len(ys))
	}
	if err := drawable(kind, xs, ys); err != nil {
		return nil, nil, err
	}
	return xs, ys, nil
}

// sample evaluates a function at evenly spaced points.
func sample(kind string, fn func(float64) float64, ends []any) (xs, ys []float64, err error) {
	const samples = 512
	from, to := -5.0, 5.0
	switch len(ends) {
	case 0:
	case 2:
		r, err := vector("range", ends)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", kind, err)
		}
		from, to = r[0], r[1]
	default:
		return nil, nil, fmt.Errorf("%s: a function needs both ends of its range", kind)
	}
	if !finite(from) || !finite(to) || from >= to {
		return nil, nil, fmt.Errorf("%s: the range from %g to %g is empty", kind, from, to)
	}
	for i := range samples {
		t := float64(i) / (samples - 1)
		xs = append(xs, from*(1-t)+to*t)
	}
	ys = apply(fn, xs)
	return xs, ys, drawable(kind, ys)
}

func apply(fn func(float64) float64, xs []float64) []float64 {
	ys := make([]float64, len(xs))
	for i, x := range xs {
		ys[i] = fn(x)
	}
	return ys
}

func count(n int) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = float64(i)
	}
	return xs
}

// drawable tells whether at least one index has a finite value in every column.
func drawable(kind string, columns ...[]float64) error {
	n := len(columns[0])
	if n == 0 {
		return fmt.Errorf("%s: no values", kind)
	}
	if missing(columns...) == n {
		return fmt.Errorf("%s: all %d values are NaN or infinite", kind, n)
	}
	return nil
}

// missing counts the indices at which some column is not finite.
func missing(columns ...[]float64) (n int) {
	for i := range columns[0] {
		for _, c := range columns {
			if math.IsNaN(c[i]) || math.IsInf(c[i], 0) {
				n++
				break
			}
		}
	}
	return n
}
