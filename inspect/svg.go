package inspect

import (
	"fmt"
	"html"
	"strings"
)

// Fills of the boxes of a lazy graph.
const (
	inputFill    = "#dbe9f9"
	constantFill = "#f7ecc9"
	pendingFill  = "#ffffff"
)

// picture is a graph on a white card, which reads the same on light and dark
// pages, with a legend and notes below it.
type picture struct {
	title  string // for those who do not see the picture
	boxes  []*box
	ramp   *ramp // of colours by size, or nil
	legend []swatch
	notes  []string
}

// swatch explains a fill or a mark.
type swatch struct {
	fill   string
	dot    bool
	dashed bool
	label  string
}

// Sizes of what is below the graph.
const (
	smallChar   = 6.1 // width of a character of the 10 px font
	rowHeight   = 17.0
	swatchWidth = 16.0
	leastWidth  = 230.0
	withRamp    = 325.0 // least width with a ramp and its longest numbers
)

func (p *picture) svg() string {
	arrows, w, h := place(p.boxes)
	inner := w
	w = max(w, leastWidth)
	if p.ramp != nil {
		w = max(w, withRamp)
	}
	for _, n := range p.notes {
		w = max(w, float64(len([]rune(n)))*smallChar+2*margin)
	}
	var below strings.Builder
	bottom := h + 6
	if p.ramp != nil {
		bottom = p.ramp.draw(&below, bottom)
	}
	bottom = drawLegend(&below, p.legend, w, bottom)
	for _, n := range p.notes {
		bottom += rowHeight
		fmt.Fprintf(&below, `<text x="%.1f" y="%.1f" font-size="10" fill="#4a5560">%s</text>`, margin, bottom-5, html.EscapeString(n))
	}
	bottom += 6
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img" style="max-width:100%%;height:auto" font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="12">`, w, bottom, w, bottom)
	fmt.Fprintf(&b, "<title>%s</title>", html.EscapeString(p.title))
	fmt.Fprintf(&b, `<rect x="0.5" y="0.5" width="%.0f" height="%.0f" rx="6" fill="#ffffff" stroke="#d5dae0"/>`, w-1, bottom-1)
	fmt.Fprintf(&b, `<g transform="translate(%.1f 0)">`, (w-inner)/2)
	for _, a := range arrows {
		fmt.Fprintf(&b, `<path d="%s" fill="none" stroke="#8a94a0" stroke-width="1.2"/>`, curve(a.points))
		tip := a.points[len(a.points)-1]
		fmt.Fprintf(&b, `<path d="M%.1f %.1fl-3.5 -6h7z" fill="#8a94a0"/>`, tip[0], tip[1])
	}
	for _, x := range p.boxes {
		drawBox(&b, x)
	}
	fmt.Fprintf(&b, "</g>%s</svg>", below.String())
	return b.String()
}

func drawBox(b *strings.Builder, x *box) {
	dash := ""
	if x.dashed {
		dash = ` stroke-dasharray="4 3"`
	}
	fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="5" fill="%s" stroke="#5b6570" stroke-width="0.8"%s/>`,
		x.x-x.w/2, x.y-x.h/2, x.w, x.h, x.fill, dash)
	if x.dot {
		drawDot(b, x.x+x.w/2-8, x.y-x.h/2+8)
	}
	first, rest := "#1d2329", "#36404a"
	if x.dark {
		first, rest = "#ffffff", "#eef2f6"
	}
	for i, line := range x.lines {
		style := fmt.Sprintf(`fill="%s"`, rest)
		switch i {
		case 0:
			style = fmt.Sprintf(`font-weight="bold" fill="%s"`, first)
		case 1:
		default:
			style += ` font-size="10"`
		}
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle" %s>%s</text>`,
			x.x, x.y-x.h/2+padY+float64(i)*lineHeight+11.5, style, html.EscapeString(line))
	}
}

// drawDot marks what is evaluated.
func drawDot(b *strings.Builder, x, y float64) {
	fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="3.5" fill="#2e9e5b"/>`, x, y)
}

// drawLegend writes the swatches from y on, in as many rows as the width asks
// for, and gives where they end.
func drawLegend(b *strings.Builder, legend []swatch, width, y float64) float64 {
	x := margin
	for i, s := range legend {
		w := swatchWidth + 5 + float64(len([]rune(s.label)))*smallChar + 12
		if i == 0 || x+w > width {
			x = margin
			y += rowHeight
		}
		if s.dot {
			drawDot(b, x+swatchWidth/2, y-8.5)
		} else {
			dash := ""
			if s.dashed {
				dash = ` stroke-dasharray="3 2"`
			}
			fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.0f" height="11" rx="2" fill="%s" stroke="#5b6570" stroke-width="0.8"%s/>`, x, y-14, swatchWidth, s.fill, dash)
		}
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" font-size="10" fill="#4a5560">%s</text>`, x+swatchWidth+5, y-5, html.EscapeString(s.label))
		x += w
	}
	return y
}

// curve is a smooth path through the points that leaves and arrives vertically.
func curve(points [][2]float64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%.1f %.1f", points[0][0], points[0][1])
	for k := 1; k < len(points); k++ {
		p, q := points[k-1], points[k]
		mid := (p[1] + q[1]) / 2
		fmt.Fprintf(&b, "C%.1f %.1f %.1f %.1f %.1f %.1f", p[0], mid, q[0], mid, q[0], q[1])
	}
	return b.String()
}
