package inspect

import (
	"fmt"
	"html"
	"strings"
)

// svg draws the boxes and the arrows between them. title is the text for those
// who do not see the picture.
func svg(title string, boxes []*box) string {
	arrows, w, h := place(boxes)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img" style="max-width:100%%;height:auto" font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="12">`, w, h, w, h)
	fmt.Fprintf(&b, "<title>%s</title>", html.EscapeString(title))
	fmt.Fprintf(&b, `<rect width="%.0f" height="%.0f" rx="6" fill="#ffffff"/>`, w, h)
	for _, a := range arrows {
		fmt.Fprintf(&b, `<path d="%s" fill="none" stroke="#8a94a0" stroke-width="1.2"/>`, curve(a.points))
		tip := a.points[len(a.points)-1]
		fmt.Fprintf(&b, `<path d="M%.1f %.1fl-3.5 -6h7z" fill="#8a94a0"/>`, tip[0], tip[1])
	}
	for _, x := range boxes {
		drawBox(&b, x)
	}
	b.WriteString("</svg>")
	return b.String()
}

func drawBox(b *strings.Builder, x *box) {
	fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="5" fill="%s" stroke="#5b6570" stroke-width="0.8"/>`,
		x.x-x.w/2, x.y-x.h/2, x.w, x.h, x.fill)
	for i, line := range x.lines {
		weight, fill := "normal", "#4a5560"
		if i == 0 {
			weight, fill = "bold", "#1d2329"
		}
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle" font-weight="%s" fill="%s">%s</text>`,
			x.x, x.y-x.h/2+padY+float64(i)*lineHeight+11.5, weight, fill, html.EscapeString(line))
	}
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
