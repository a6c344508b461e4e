package inspect

import (
	"context"
	"fmt"
	"strings"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/graph"
)

// mostNodes is how many nodes are drawn; of a larger graph, the last ones.
const mostNodes = 150

// Drawing is a picture of a graph as it was when [Graph] was called.
type Drawing struct {
	g     graph.Graph
	shown []int       // the nodes that are shown
	line  map[int]int // their numbers in the text, from 1
	cut   int         // how many are left out
}

// Graph draws the lazy graph behind arrays, down to what is evaluated already:
// for each node the op, shape, dtype and the cell line that made it, and how the
// pending nodes would be fused. It evaluates nothing. A nil array panics with an
// [*mlx.Error].
func Graph(ys ...*mlx.Array) *Drawing {
	d := &Drawing{g: mlx.GraphOf(ys...)}
	d.shown, d.cut = visible(&d.g)
	d.line = make(map[int]int, len(d.shown))
	for k, i := range d.shown {
		d.line[i] = k + 1
	}
	return d
}

// visible lists the nodes that are shown, and counts those that are left out.
func visible(g *graph.Graph) (shown []int, cut int) {
	for i := range g.Nodes {
		if !drawnInline(g, i) {
			shown = append(shown, i)
		}
	}
	cut = max(len(shown)-mostNodes, 0)
	return shown[cut:], cut
}

// DisplayMIME gives the drawing as SVG and as text.
func (d *Drawing) DisplayMIME(context.Context) (map[string]any, error) {
	return map[string]any{"image/svg+xml": d.SVG(), "text/plain": d.String()}, nil
}

// notes says in words what the drawing cannot show.
func (d *Drawing) notes() []string {
	var notes []string
	if d.cut > 0 {
		notes = append(notes, fmt.Sprintf("the last %d of %d nodes; %d earlier ones are not shown", len(d.shown), len(d.shown)+d.cut, d.cut))
	}
	pending := d.g.Pending()
	if pending == 0 {
		return append(notes, "nothing is pending")
	}
	plan := d.g.Plan
	text := plural(pending, "op") + " pending, to run as " + plural(plan.Regions, "fused region")
	if plan.Primitives > 0 {
		text += " and " + plural(plan.Primitives, "primitive")
	}
	return append(notes, text)
}

// String is the graph as numbered lines, one for each node:
//
//	%2 = multiply(%1, 3)  (2,3) float32  In[1]:2
func (d *Drawing) String() string {
	var rows [][]string
	for k, i := range d.shown {
		n := &d.g.Nodes[i]
		row := []string{fmt.Sprintf("%%%d = %s", k+1, d.call(n)), kindOf(n), n.Where}
		if n.Evaluated {
			row = append(row, "evaluated")
		}
		rows = append(rows, row)
	}
	results := make([]string, len(d.g.Results))
	for k, r := range d.g.Results {
		results[k] = d.operand(r)
	}
	return aligned(rows) + "result: " + strings.Join(results, ", ") + "\n" + strings.Join(d.notes(), "\n")
}

// call is a node as an expression of its operands.
func (d *Drawing) call(n *graph.Node) string {
	switch {
	case n.Constant():
		return n.Op + "(" + n.Value + ")"
	case len(n.In) == 0:
		return n.Op
	}
	args := make([]string, len(n.In))
	for k, i := range n.In {
		args[k] = d.operand(i)
	}
	return n.Op + "(" + strings.Join(args, ", ") + ")"
}

func (d *Drawing) operand(i int) string {
	switch k := d.line[i]; {
	case k > 0:
		return fmt.Sprintf("%%%d", k)
	case drawnInline(&d.g, i):
		return d.g.Nodes[i].Value
	}
	return "…" // cut off
}

// SVG is the graph as a picture, with inputs at the top and results at the bottom.
func (d *Drawing) SVG() string {
	boxes := boxesOf(&d.g, d.shown, d.cut, func(n *graph.Node, _ int) *box {
		b := &box{lines: []string{title(&d.g, n), kindOf(n), n.Where}, fill: pendingFill, dot: n.Evaluated}
		switch {
		case n.Constant() || n.Op == "arange":
			b.fill = constantFill
		case len(n.In) == 0 && n.Evaluated:
			b.fill = inputFill
		}
		return b
	})
	p := picture{title: d.String(), boxes: boxes, notes: d.notes()}
	for _, s := range []swatch{{fill: inputFill, label: "input"}, {fill: constantFill, label: "constant"},
		{fill: pendingFill, label: "pending"}} {
		for _, b := range boxes {
			if b.fill == s.fill && !b.dashed {
				p.legend = append(p.legend, s)
				break
			}
		}
	}
	for _, b := range boxes {
		if b.dot {
			p.legend = append(p.legend, swatch{dot: true, label: "evaluated"})
			break
		}
	}
	return p.svg()
}

// boxesOf makes a box of each shown node, and one for all that is cut off.
func boxesOf(g *graph.Graph, shown []int, cut int, draw func(n *graph.Node, i int) *box) []*box {
	var boxes []*box
	if cut > 0 {
		boxes = append(boxes, &box{lines: []string{fmt.Sprintf("… %d more", cut)}, fill: "#ffffff", dashed: true})
	}
	at := map[int]int{}
	for _, i := range shown {
		n := &g.Nodes[i]
		b := draw(n, i)
		for len(b.lines) > 1 && b.lines[len(b.lines)-1] == "" {
			b.lines = b.lines[:len(b.lines)-1]
		}
		from := map[int]bool{}
		for _, in := range n.In {
			k, ok := at[in] // what is cut off comes from box 0
			if (ok || !drawnInline(g, in)) && !from[k] {
				from[k] = true
				b.in = append(b.in, k)
			}
		}
		at[i] = len(boxes)
		boxes = append(boxes, b)
	}
	return boxes
}
