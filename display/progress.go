package display

import (
	"fmt"
	"strings"
	"time"
)

// redraw is the least time between two updates of a progress bar.
const redraw = 100 * time.Millisecond

// Progress counts from 0 to n-1 and shows a bar that fills in place:
//
//	for epoch := range display.Progress(30, "training") { … }
//
// The optional title stands before the bar. Leaving the loop early leaves the
// bar where it was.
func Progress(n int, title ...string) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		b := bar{n: n, title: strings.Join(title, " "), start: time.Now()}
		h := Show(b.draw(0))
		shown := b.start
		for i := range n {
			if !yield(i) {
				h.Update(b.draw(i))
				return
			}
			if now := time.Now(); now.Sub(shown) >= redraw && i+1 < n {
				shown = now
				h.Update(b.draw(i + 1))
			}
		}
		h.Update(b.draw(n))
	}
}

// bar is the state of a progress bar.
type bar struct {
	n     int
	title string
	start time.Time
}

const barCells = 24

// draw gives the bar with i of n steps done, as text and as HTML.
func (b bar) draw(i int) Media {
	share := 1.0
	if b.n > 0 {
		share = float64(i) / float64(b.n)
	}
	note := fmt.Sprintf("%d/%d", i, b.n)
	elapsed := time.Since(b.start)
	switch {
	case i >= b.n:
		note += " in " + round(elapsed)
	case i > 0:
		note += ", " + round(time.Duration(float64(elapsed)*(1/share-1))) + " left"
	}
	full := int(share * barCells)
	text := fmt.Sprintf("%s%s %3.0f%% %s", strings.Repeat("█", full), strings.Repeat("░", barCells-full), 100*share, note)
	html := fmt.Sprintf(`<progress value="%d" max="%d" style="width:20em"></progress> <code>%s</code>`, i, max(b.n, 1), note)
	if b.n <= 0 {
		html = strings.Replace(html, `value="0"`, `value="1"`, 1)
	}
	if b.title != "" {
		text = b.title + " " + text
		html = Escape(b.title) + " " + html
	}
	return media("text/html", html, text)
}

// round gives a duration with two or three digits.
func round(d time.Duration) string {
	unit := time.Microsecond
	for unit*100 < d {
		unit *= 10
	}
	return d.Round(unit).String()
}
