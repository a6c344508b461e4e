package display

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"
)

// matrix is what gonum's mat.Matrix and others of its kind have.
type matrix interface {
	Dims() (rows, columns int)
	At(i, j int) float64
}

// ofMatrix shows a matrix in rows and columns, as text and as an HTML table.
func ofMatrix(_ context.Context, v any) (b Bundle, ok bool, err error) {
	m, ok := v.(matrix)
	if !ok || printsItself(v) {
		return b, false, nil
	}
	n, k := m.Dims()
	t := table{caption: fmt.Sprintf("%T %d×%d", v, n, k), head: []string{""}}
	columns := chosen(k, maxColumns)
	for _, j := range columns {
		t.head = append(t.head, number(j))
	}
	for _, i := range chosen(n, maxRows) {
		row := []string{number(i)}
		for _, j := range columns {
			if i < 0 || j < 0 {
				row = append(row, "…")
			} else {
				row = append(row, fmt.Sprintf("%.6g", m.At(i, j)))
			}
		}
		t.rows = append(t.rows, row)
	}
	return Bundle{Data: map[string]any{"text/plain": t.brackets(), "text/html": t.html()}}, true, nil
}

// number heads a row or column; -1 stands for what is left out.
func number(i int) string {
	if i < 0 {
		return "…"
	}
	return fmt.Sprint(i)
}

// brackets writes the rows, without their heads, in the brackets of a matrix.
func (t table) brackets() string {
	width := make([]int, len(t.head))
	for _, r := range t.rows {
		for j, c := range r {
			width[j] = max(width[j], utf8.RuneCountInString(c))
		}
	}
	var b strings.Builder
	for i, r := range t.rows {
		open, shut := "⎢", "⎥\n"
		switch {
		case len(t.rows) == 1:
			open, shut = "[", "]"
		case i == 0:
			open, shut = "⎡", "⎤\n"
		case i == len(t.rows)-1:
			open, shut = "⎣", "⎦"
		}
		b.WriteString(open)
		for j, c := range r[1:] {
			if j > 0 {
				b.WriteString("  ")
			}
			fmt.Fprintf(&b, "%*s", width[j+1], c)
		}
		b.WriteString(shut)
	}
	return b.String()
}
