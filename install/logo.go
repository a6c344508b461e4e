package install

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"

	"golang.org/x/image/vector"
)

// facet is one face of the ingot in the logo, in a square of 64 units.
type facet struct {
	fill   color.NRGBA
	points [][2]float32
}

// facets draw a cast bar seen from the upper right: top, front and side.
var facets = []facet{
	{color.NRGBA{0xf7, 0xc9, 0x48, 0xff}, [][2]float32{{18, 20}, {46, 14}, {54, 22}, {25, 29}}},
	{color.NRGBA{0xe0, 0xa0, 0x1f, 0xff}, [][2]float32{{18, 20}, {25, 29}, {20, 52}, {6, 38}}},
	{color.NRGBA{0xb8, 0x7a, 0x10, 0xff}, [][2]float32{{25, 29}, {54, 22}, {60, 42}, {20, 52}}},
}

// logos gives the pictures of the kernelspec by file name.
func logos() (map[string][]byte, error) {
	files := map[string][]byte{"logo-svg.svg": svgLogo()}
	for _, size := range []int{32, 64} {
		var buf bytes.Buffer
		if err := png.Encode(&buf, drawLogo(size)); err != nil {
			return nil, err
		}
		files[fmt.Sprintf("logo-%dx%d.png", size, size)] = buf.Bytes()
	}
	return files, nil
}

func drawLogo(size int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	scale := float32(size) / 64
	for _, f := range facets {
		r := vector.NewRasterizer(size, size)
		for i, p := range f.points {
			if i == 0 {
				r.MoveTo(p[0]*scale, p[1]*scale)
				continue
			}
			r.LineTo(p[0]*scale, p[1]*scale)
		}
		r.ClosePath()
		r.DrawOp = draw.Over
		r.Draw(img, img.Bounds(), image.NewUniform(f.fill), image.Point{})
	}
	return img
}

func svgLogo() []byte {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><title>Ingot</title>`)
	for _, f := range facets {
		fmt.Fprintf(&b, `<polygon fill="#%02x%02x%02x" points="`, f.fill.R, f.fill.G, f.fill.B)
		for i, p := range f.points {
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "%g,%g", p[0], p[1])
		}
		b.WriteString(`"/>`)
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}
