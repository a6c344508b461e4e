package inspect

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/graph"
)

// GradientReport is what [Gradients] found.
type GradientReport struct {
	value    float64
	g        graph.Graph
	rows     []Row
	row      map[int]*Row // by node
	warnings []string
}

// Row is one array between the arguments and the result of a function, and the
// derivative of the result by it.
type Row struct {
	Op    string // such as "multiply"; "argument" for an argument
	Shape []int
	Where string // the cell line that made it, such as "In[3]:7", or empty
	Flow  bool   // a derivative reaches it; without one, Stats is empty
	Stats Stats  // of the derivative
	Note  string // "NaN", "infinite", "all zero", "vanishing", "no gradient", "stops here", or empty
	title string
}

// vanishing is the size, beside the largest, below which a gradient is called so.
const vanishing = 1e-6

// Gradients calls f on x, takes the derivative of its result, and reports on the
// derivative by every array between x and the result. f is a function of arrays,
// such as func(*mlx.Array) *mlx.Array or func(...*mlx.Array) *mlx.Array, that
// returns a single float. It evaluates. What cannot be derived panics with an
// [*mlx.Error].
func Gradients(f any, x ...*mlx.Array) *GradientReport {
	call := callee(f, len(x))
	value, g, cotangents := mlx.Tape(call, x...)
	eval := []*mlx.Array{value}
	for _, c := range cotangents {
		if c != nil {
			eval = append(eval, c)
		}
	}
	mlx.Eval(eval...)
	r := &GradientReport{value: value.Float(), g: g, row: map[int]*Row{}}
	for i, a := range x {
		r.checkArgument(i, a)
	}
	// Room for all at once: the map holds pointers to the rows.
	r.rows = make([]Row, 0, len(g.Nodes))
	for i, c := range cotangents {
		n := &g.Nodes[i]
		if c == nil && i >= len(x) {
			continue // a constant, or what no derivative passes
		}
		row := Row{Op: n.Op, Shape: n.Shape, Where: n.Where, Flow: c != nil, title: title(&r.g, n)}
		if i < len(x) && len(x) > 1 {
			row.title = fmt.Sprintf("argument %d", i)
		}
		if c != nil {
			row.Stats = summarize(c.Float64s())
		}
		r.rows = append(r.rows, row)
		r.row[i] = &r.rows[len(r.rows)-1]
	}
	r.mark()
	return r
}

// checkArgument warns of arguments from which no sound gradient can come.
func (r *GradientReport) checkArgument(i int, a *mlx.Array) {
	s := summarize(a.Float64s())
	if s.NaNs > 0 {
		r.warnings = append(r.warnings, fmt.Sprintf("argument %d holds NaN (%s of its elements)", i, share(s.NaNs)))
	}
	if s.Infs > 0 {
		r.warnings = append(r.warnings, fmt.Sprintf("argument %d holds infinities (%s of its elements)", i, share(s.Infs)))
	}
}

// mark writes the notes of the rows.
func (r *GradientReport) mark() {
	largest := 0.0
	for i := range r.rows {
		largest = max(largest, r.rows[i].Stats.MeanAbs)
	}
	for i := range r.rows {
		row := &r.rows[i]
		switch s := row.Stats; {
		case !row.Flow:
			row.Note = "no gradient"
		case row.Op == "stop_gradient":
			row.Note = "stops here"
		case s.NaNs > 0:
			row.Note = "NaN"
		case s.Infs > 0:
			row.Note = "infinite"
		case s.MaxAbs == 0 && s.Count > 0:
			row.Note = "all zero"
		case s.MeanAbs < vanishing*largest:
			row.Note = "vanishing"
		}
	}
}

// scale is the colours for the positive mean sizes, or nil where there are none.
func (r *GradientReport) scale() *ramp {
	low, high := math.Inf(1), 0.0
	for i := range r.rows {
		if m := r.rows[i].Stats.MeanAbs; m > 0 {
			low, high = min(low, m), max(high, m)
		}
	}
	if high == 0 {
		return nil
	}
	return newRamp(low, high)
}

// Rows gives a row for each argument, then for each intermediate in the order of
// computation; the last is the result.
func (r *GradientReport) Rows() []Row { return slices.Clone(r.rows) }

// Value is the result of the function.
func (r *GradientReport) Value() float64 { return r.value }

// DisplayMIME gives the report as HTML with the table and the graph, the graph
// alone as SVG, and the table as text.
func (r *GradientReport) DisplayMIME(context.Context) (map[string]any, error) {
	return map[string]any{"text/html": r.HTML(), "image/svg+xml": r.SVG(), "text/plain": r.String()}, nil
}

// SVG is the graph with each node coloured by the size of its gradient.
func (r *GradientReport) SVG() string {
	scale := r.scale()
	shown, cut := visible(&r.g)
	used := map[string]bool{}
	boxes := boxesOf(&r.g, shown, cut, func(n *graph.Node, i int) *box {
		b := &box{lines: []string{title(&r.g, n), kindOf(n), "", n.Where}, fill: noFill, dashed: true}
		row := r.row[i]
		if row == nil || !row.Flow {
			b.lines = []string{b.lines[0], b.lines[1], n.Where}
			used[noFill] = true
			return b
		}
		b.dashed = false
		b.lines[0], b.lines[2] = row.title, "|∇| "+number(row.Stats.MeanAbs)
		switch s := row.Stats; {
		case s.NaNs > 0:
			b.fill, b.dark = nanFill, true
			b.lines[2] = "NaN " + share(s.NaNs)
		case s.Infs > 0:
			b.fill, b.dark = nanFill, true
			b.lines[2] = "inf " + share(s.Infs)
		case s.MeanAbs == 0:
			b.fill = zeroFill
			b.lines[2] = "|∇| 0"
		default:
			b.fill, b.dark = colour(scale.position(s.MeanAbs))
		}
		used[b.fill] = true
		return b
	})
	p := picture{title: r.String(), boxes: boxes, ramp: scale, notes: slices.Clone(r.warnings)}
	for _, s := range []swatch{{fill: nanFill, label: "NaN or inf"}, {fill: zeroFill, label: "all zero"},
		{fill: noFill, dashed: true, label: "no gradient"}} {
		if used[s.fill] {
			p.legend = append(p.legend, s)
		}
	}
	if cut > 0 {
		p.notes = append(p.notes, fmt.Sprintf("the last %d of %d nodes; %d earlier ones are not shown", len(shown), len(shown)+cut, cut))
	}
	return p.svg()
}

// String is the report as a table.
func (r *GradientReport) String() string {
	rows := [][]string{append([]string{"#"}, columns[:]...)}
	for i := range r.rows {
		rows = append(rows, append([]string{fmt.Sprint(i + 1)}, r.rows[i].cells()...))
	}
	return strings.TrimRight(aligned(rows)+r.summary(), "\n")
}

// summary is the result and what else is to be said, one line each.
func (r *GradientReport) summary() string {
	lines := []string{"value: " + number(r.value)}
	return strings.Join(append(lines, r.warnings...), "\n")
}
