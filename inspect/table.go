package inspect

import (
	"fmt"
	"html"
	"strings"
)

// columns are the headings of the table, without the number of the row.
var columns = [...]string{"op", "shape", "line", "mean |∇|", "max |∇|", "std", "zeros", "NaN", "inf", "histogram", "note"}

// cells are the columns of a row.
func (r *Row) cells() []string {
	out := []string{r.title, shapeText(r.Shape), r.Where}
	if !r.Flow {
		return append(out, "-", "-", "-", "-", "-", "-", "", r.Note)
	}
	s := r.Stats
	return append(out, number(s.MeanAbs), number(s.MaxAbs), number(s.Std), share(s.Zeros), share(s.NaNs), share(s.Infs), s.spark(), r.Note)
}

// Rows of an HTML table beyond tableRows are left out; the text has them all.
const tableRows = 200

// HTML is the table followed by the graph. Colours of text and ground are the
// page's, so that it reads on light and on dark pages.
func (r *GradientReport) HTML() string {
	const cell = `padding:2px 8px;text-align:`
	var b strings.Builder
	b.WriteString(`<div class="ingot-gradients" style="color:inherit"><table style="border-collapse:collapse;color:inherit;background:transparent"><thead><tr>`)
	for k, c := range columns {
		fmt.Fprintf(&b, `<th style="%s%s;border-bottom:1px solid rgba(128,128,128,.6)">%s</th>`, cell, side(k), html.EscapeString(c))
	}
	b.WriteString("</tr></thead><tbody>")
	for i := range r.rows {
		if i == tableRows {
			fmt.Fprintf(&b, `<tr><td colspan="%d" style="%sleft">… %d more rows</td></tr>`, len(columns), cell, len(r.rows)-i)
			break
		}
		row := &r.rows[i]
		fmt.Fprintf(&b, `<tr style="background:%s;color:inherit">`, row.ground(i))
		for k, c := range row.cells() {
			text := html.EscapeString(c)
			switch columns[k] {
			case "op", "line":
				text = "<code style=\"color:inherit;background:transparent\">" + text + "</code>"
			case "histogram":
				text = `<span style="font-family:monospace;white-space:pre">` + text + "</span>"
			case "note":
				text = "<b>" + text + "</b>"
			}
			fmt.Fprintf(&b, `<td style="%s%s">%s</td>`, cell, side(k), text)
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	for _, line := range strings.Split(r.summary(), "\n") {
		fmt.Fprintf(&b, `<div style="margin:4px 8px">%s</div>`, html.EscapeString(line))
	}
	b.WriteString(r.SVG() + "</div>")
	return b.String()
}

// ground is the half transparent background of row i.
func (r *Row) ground(i int) string {
	switch {
	case r.Note == "NaN" || r.Note == "infinite":
		return "rgba(229,72,77,.25)"
	case r.Note == "all zero" || r.Note == "vanishing":
		return "rgba(230,160,30,.22)"
	case i%2 == 1:
		return "rgba(128,128,128,.1)"
	}
	return "transparent"
}

// side is where the cells of column k are aligned.
func side(k int) string {
	switch columns[k] {
	case "op", "shape", "line", "histogram", "note":
		return "left"
	}
	return "right"
}
