package plotting

import (
	"image/color"
	"math"
)

// anchors are ten evenly spaced colours of viridis, the perceptually uniform
// map by S. van der Walt and N. Smith (2015, CC0). The colours between them
// come from a Catmull-Rom spline, which stays within two levels of the original.
var anchors = [...]color.NRGBA{
	rgb(0x440154), rgb(0x482878), rgb(0x3e4989), rgb(0x31688e), rgb(0x26828e),
	rgb(0x1f9e89), rgb(0x35b779), rgb(0x6ece58), rgb(0xb5de2b), rgb(0xfde725),
}

// viridis maps 0 to dark violet and 1 to yellow.
func viridis(t float64) color.NRGBA {
	last := len(anchors) - 1
	s := math.Min(math.Max(t, 0), 1) * float64(last)
	i := min(int(s), last-1)
	u := s - float64(i)
	at := func(k int, channel func(color.NRGBA) uint8) float64 {
		if k < 0 { // beyond the ends the map goes on straight
			return 2*float64(channel(anchors[0])) - float64(channel(anchors[1]))
		}
		if k > last {
			return 2*float64(channel(anchors[last])) - float64(channel(anchors[last-1]))
		}
		return float64(channel(anchors[k]))
	}
	spline := func(channel func(color.NRGBA) uint8) uint8 {
		a, b, c, d := at(i-1, channel), at(i, channel), at(i+1, channel), at(i+2, channel)
		v := b + u/2*(c-a+u*(2*a-5*b+4*c-d+u*(3*(b-c)+d-a)))
		return uint8(math.Min(math.Max(math.Round(v), 0), 255))
	}
	return color.NRGBA{
		R: spline(func(c color.NRGBA) uint8 { return c.R }),
		G: spline(func(c color.NRGBA) uint8 { return c.G }),
		B: spline(func(c color.NRGBA) uint8 { return c.B }),
		A: 255,
	}
}
