package inspect

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// number writes a statistic with three significant digits.
func number(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }

// share writes a share as per cent: nothing for none, and never 0 for few.
func share(x float64) string {
	switch {
	case x == 0:
		return "0%"
	case x < 0.001:
		return "<0.1%"
	}
	return strconv.FormatFloat(100*x, 'g', 3, 64) + "%"
}

// aligned writes rows of cells as lines with columns of equal width, two blanks apart.
func aligned(rows [][]string) string {
	var width []int
	for _, row := range rows {
		for k, cell := range row {
			if k == len(width) {
				width = append(width, 0)
			}
			width[k] = max(width[k], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for k, cell := range row {
			if width[k] == 0 {
				continue
			}
			line.WriteString(cell + strings.Repeat(" ", width[k]-utf8.RuneCountInString(cell)+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}
