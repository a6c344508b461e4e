// Package golden tells whether two pictures are the same for a reader. Tests
// of figures and of notebooks share its rule.
//
//	diff, err := golden.Compare(want, got)
//	if err != nil || diff > golden.Tolerance {
//		t.Errorf(…)
//	}
package golden

import (
	"fmt"
	"image"
	"image/color"
)

// Tolerance is the largest difference between pictures that count as equal. It
// allows for rounding of smooth edges on another processor, not for another
// line, letter or colour.
const Tolerance = 0.01

// The picture is cut into squares, so that one letter on a large page counts;
// in an almost empty one the difference is spread over some pixels at least, so
// that a single grey pixel does not.
const (
	tile     = 64
	leastInk = 128
)

// Compare returns the difference of two pictures, from 0 to 1: the largest,
// over squares of 64 by 64 pixels, of the mean absolute difference of red,
// green, blue and opacity. The mean is over the pixels that differ from the
// background in at least one picture, where the background is the most frequent
// colour of want: a thin line in the wrong place on a white page is a large
// difference. It fails if the sizes differ.
func Compare(want, got image.Image) (float64, error) {
	a, b := want.Bounds(), got.Bounds()
	if a.Size() != b.Size() {
		return 1, fmt.Errorf("sizes differ: want %v, got %v", a.Size(), b.Size())
	}
	ground := background(want)
	across := (a.Dx() + tile - 1) / tile
	sums := make([]float64, across*((a.Dy()+tile-1)/tile))
	inks := make([]int, len(sums))
	for y := range a.Dy() {
		for x := range a.Dx() {
			p, q := at(want, a.Min.X+x, a.Min.Y+y), at(got, b.Min.X+x, b.Min.Y+y)
			if p == ground && q == ground {
				continue
			}
			k := y/tile*across + x/tile
			inks[k]++
			sums[k] += (apart(p.R, q.R) + apart(p.G, q.G) + apart(p.B, q.B) + apart(p.A, q.A)) / 4
		}
	}
	worst := 0.0
	for k, sum := range sums {
		worst = max(worst, sum/float64(max(inks[k], leastInk)))
	}
	return worst, nil
}

func at(img image.Image, x, y int) color.NRGBA {
	switch img := img.(type) {
	case *image.NRGBA:
		return img.NRGBAAt(x, y)
	case *image.RGBA:
		if c := img.RGBAAt(x, y); c.A == 255 {
			return color.NRGBA(c)
		}
	}
	return color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
}

func apart(a, b uint8) float64 {
	if a < b {
		a, b = b, a
	}
	return float64(a-b) / 255
}

// background is the most frequent colour; of equally frequent ones the first.
func background(img image.Image) color.NRGBA {
	counts := map[color.NRGBA]int{}
	var best color.NRGBA
	r := img.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			counts[at(img, x, y)]++
		}
	}
	most := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if c := at(img, x, y); counts[c] > most {
				best, most = c, counts[c]
			}
		}
	}
	return best
}
