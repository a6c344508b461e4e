package plotting

import (
	"image"
	"image/color"
)

// canvas is what a figure is drawn on: pixels, SVG, or characters. Lengths are
// CSS pixels, y grows downwards. On a canvas of characters the unit is one dot.
type canvas interface {
	polyline(pts []point, width float64, c color.NRGBA)
	rects(rs []rect, c color.NRGBA)
	dots(centres []point, radius float64, c color.NRGBA)
	text(at point, s string, st textStyle)
	image(img image.Image, r rect)
	density() float64 // device pixels per unit
}

type point struct{ x, y float64 }

type rect struct{ x0, y0, x1, y1 float64 }

func (r rect) w() float64 { return r.x1 - r.x0 }
func (r rect) h() float64 { return r.y1 - r.y0 }

func (r rect) contains(p point) bool {
	return p.x >= r.x0 && p.x <= r.x1 && p.y >= r.y0 && p.y <= r.y1
}

// inner returns a rectangle of the given proportion in the middle of r.
func (r rect) inner(aspect float64) rect {
	w, h := r.w(), r.h()
	if w > h*aspect {
		w = h * aspect
	} else {
		h = w / aspect
	}
	x, y := r.x0+(r.w()-w)/2, r.y0+(r.h()-h)/2
	return rect{x, y, x + w, y + h}
}

// textStyle says how text stands at its point.
type textStyle struct {
	size    float64
	color   color.NRGBA
	bold    bool
	h       align
	upwards bool // turned by a quarter, read from below
}

// align is the part of the text that is at its point; vertically that is the
// baseline.
type align int

const (
	left align = iota
	middle
	right
)

func (a align) shift(width float64) float64 { return -float64(a) / 2 * width }
