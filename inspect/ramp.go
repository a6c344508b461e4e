package inspect

import (
	"fmt"
	"math"
	"strings"
)

// ramp colours positive sizes from low to high on a logarithmic scale; what is
// smaller has the colour of low.
type ramp struct{ low, high float64 }

// stops are the colours of the ramp, evenly spaced, from small to large.
var stops = [][3]float64{{251, 247, 208}, {185, 224, 181}, {95, 185, 191}, {47, 127, 184}, {36, 63, 143}}

// Fills of nodes that have no place on the ramp.
const (
	nanFill  = "#e5484d"
	zeroFill = "#c3c9d0"
	noFill   = "#ffffff"
)

// newRamp spans sizes from low to high, but neither less than one power of ten,
// in which small differences would look large, nor what counts as vanishing.
func newRamp(low, high float64) *ramp {
	return &ramp{min(max(low, high*vanishing), high/10), high}
}

// position is where v lies between low and high, from 0 to 1.
func (r *ramp) position(v float64) float64 {
	t := (math.Log(v) - math.Log(r.low)) / (math.Log(r.high) - math.Log(r.low))
	return min(max(t, 0), 1)
}

// colour is the fill for the position t, and whether text on it must be light.
func colour(t float64) (fill string, dark bool) {
	at := t * float64(len(stops)-1)
	k := min(int(at), len(stops)-2)
	f := at - float64(k)
	var c [3]float64
	for i := range c {
		c[i] = stops[k][i]*(1-f) + stops[k+1][i]*f
	}
	bright := 0.299*c[0] + 0.587*c[1] + 0.114*c[2] // ITU-R BT.601
	return fmt.Sprintf("#%02x%02x%02x", int(c[0]+0.5), int(c[1]+0.5), int(c[2]+0.5)), bright < 130
}

// Sizes of the ramp in a legend.
const (
	rampWidth = 120.0
	rampSteps = 24
)

// draw writes the ramp with its two ends from y on, and gives where it ends.
func (r *ramp) draw(b *strings.Builder, y float64) float64 {
	y += rowHeight
	text := func(x float64, s string) float64 {
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" font-size="10" fill="#4a5560">%s</text>`, x, y-5, s)
		return x + float64(len([]rune(s)))*smallChar + 6
	}
	x := text(margin, "mean |∇|")
	x = text(x, "≤"+number(r.low))
	step := rampWidth / rampSteps
	for i := range rampSteps {
		fill, _ := colour((float64(i) + 0.5) / rampSteps)
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="11" fill="%s"/>`, x+float64(i)*step, y-14, step+0.4, fill)
	}
	text(x+rampWidth+6, number(r.high))
	return y
}
