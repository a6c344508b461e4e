package notebook

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/ingot-go/ingot/plotting/golden"
)

// Pictures of one notebook made on two processors need not be equal to the last
// bit: a sum may be rounded differently, and a point move by a hundredth of a
// pixel. What a reader can see must be the same.

// differPNG says how two pictures, as base64 text, differ.
func differPNG(w, g any) string {
	wi, err := decodePNG(w)
	if err != nil {
		return "wanted cannot be read: " + err.Error()
	}
	gi, err := decodePNG(g)
	if err != nil {
		return "cannot be read: " + err.Error()
	}
	d, err := golden.Compare(wi, gi)
	if err != nil {
		return err.Error()
	}
	if d > golden.Tolerance {
		return fmt.Sprintf("differs by %.4f, more than %g", d, golden.Tolerance)
	}
	return ""
}

func decodePNG(v any) (image.Image, error) {
	s, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf("it is %T, want base64 text", v)
	}
	data, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(s, "\n", ""))
	if err != nil {
		return nil, err
	}
	return png.Decode(bytes.NewReader(data))
}

// svgTolerance is how far coordinates of two drawings may be apart, in their own
// units, which for our figures are pixels.
const svgTolerance = 0.1

var (
	geometry = regexp.MustCompile(` (?:d|points|x|y|x1|y1|x2|y2|cx|cy|r|width|height)="[^"]*"`)
	number   = regexp.MustCompile(`-?\d+(\.\d+)?`)
)

// differSVG says how two drawings differ: coordinates by more than svgTolerance,
// all else at all.
func differSVG(w, g any) string {
	ws, wok := w.(string)
	gs, gok := g.(string)
	if !wok || !gok {
		return fmt.Sprintf("is %T, want %T", g, w)
	}
	if shape(ws) != shape(gs) {
		return fmt.Sprintf("is %q, want %q", gs, ws)
	}
	wc, gc := coordinates(ws), coordinates(gs)
	for i := range wc {
		if d := math.Abs(wc[i] - gc[i]); d > svgTolerance {
			return fmt.Sprintf("has a coordinate of %g, want %g", gc[i], wc[i])
		}
	}
	return ""
}

// shape is the drawing without the values of its coordinates.
func shape(svg string) string {
	return geometry.ReplaceAllStringFunc(svg, func(s string) string { return number.ReplaceAllString(s, "0") })
}

// coordinates are the numbers that [shape] takes out, in their order.
func coordinates(svg string) []float64 {
	var out []float64
	for _, attr := range geometry.FindAllString(svg, -1) {
		_, value, _ := strings.Cut(attr, "=")
		for _, n := range number.FindAllString(value, -1) {
			f, _ := strconv.ParseFloat(n, 64)
			out = append(out, f)
		}
	}
	return out
}
