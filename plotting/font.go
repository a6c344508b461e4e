package plotting

import (
	"sync"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font/opentype"
	"gonum.org/v1/plot/font"
)

// svgFamily names fonts of equal widths, so that the layout computed here fits.
const svgFamily = "Liberation Sans, Arial, Helvetica, sans-serif"

var regular = sync.OnceValue(func() *opentype.Font { return parse(liberationsansregular.TTF) })
var bold = sync.OnceValue(func() *opentype.Font { return parse(liberationsansbold.TTF) })

func parse(ttf []byte) *opentype.Font {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic("plotting: embedded font: " + err.Error())
	}
	return f
}

// points per CSS pixel
const ptPerPx = 0.75

func face(size float64, isBold bool) font.Face {
	f := font.Face{Font: font.Font{Typeface: "Liberation", Variant: "Sans", Size: font.Length(size * ptPerPx)}, Face: regular()}
	if isBold {
		f.Face = bold()
	}
	return f
}

func textWidth(s string, size float64, isBold bool) float64 {
	f := face(size, isBold)
	return float64(f.Width(s)) / ptPerPx
}

// fitted cuts s to the given width, with an ellipsis.
func fitted(s string, width, size float64, isBold bool) string {
	if textWidth(s, size, isBold) <= width {
		return s
	}
	rs := []rune(s)
	for len(rs) > 0 && textWidth(string(rs)+"…", size, isBold) > width {
		rs = rs[:len(rs)-1]
	}
	return string(rs) + "…"
}
