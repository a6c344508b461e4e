package plotting

import (
	"context"
	"fmt"
	"image"
	"math"
	"strings"
)

// DisplayMIME renders the figure as image/png, image/svg+xml and text/plain.
// It fails with the first error made in building the figure.
func (f *Figure) DisplayMIME(ctx context.Context) (map[string]any, error) {
	bundle := map[string]any{}
	for _, form := range []struct {
		mime   string
		render func() (any, error)
	}{
		{"text/plain", func() (any, error) { return f.Text() }},
		{"image/png", func() (any, error) { return f.PNG() }},
		{"image/svg+xml", func() (any, error) { return f.SVG() }},
	} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		data, err := form.render()
		if err != nil {
			return nil, err
		}
		bundle[form.mime] = data
	}
	return bundle, nil
}

// DisplayMetadata gives the size of the picture in CSS pixels, and the text for
// those who cannot see it.
func (f *Figure) DisplayMetadata() map[string]any {
	w, h := f.pixels()
	return map[string]any{
		"image/png":     map[string]any{"width": int(w), "height": int(h), "alt": f.Alt()},
		"image/svg+xml": map[string]any{"alt": f.Alt()},
	}
}

// PNG renders the figure at twice its size in CSS pixels.
func (f *Figure) PNG() ([]byte, error) {
	img, err := f.Picture()
	if err != nil {
		return nil, err
	}
	return encodePNG(img)
}

// Picture renders the figure at twice its size in CSS pixels.
func (f *Figure) Picture() (image.Image, error) {
	if err := f.Err(); err != nil {
		return nil, err
	}
	w, h := f.pixels()
	r := newRaster(w, h, f.look().paper)
	f.drawIn(r, rect{0, 0, w, h}, f.look())
	return r.vg.Image(), nil
}

// SVG renders the figure as an SVG document with a title and a description.
func (f *Figure) SVG() (string, error) {
	if err := f.Err(); err != nil {
		return "", err
	}
	w, h := f.pixels()
	title := f.title
	if title == "" {
		title = "figure"
	}
	s := newSVG(w, h, f.look().paper, title, f.Alt())
	f.drawIn(s, rect{0, 0, w, h}, f.look())
	return s.finish()
}

// String is the figure as text, or the error made in building it.
func (f *Figure) String() string {
	s, err := f.Text()
	if err != nil {
		return "figure with an error: " + err.Error()
	}
	return s
}

// Alt describes the figure in a sentence or two.
func (f *Figure) Alt() string {
	var parts []string
	if f.title != "" {
		parts = append(parts, f.title)
	}
	if n := len(f.cells); n > 0 {
		parts = append(parts, fmt.Sprintf("grid of %s", plural(n, "figure")))
		for i, c := range f.cells {
			if i == 12 {
				parts = append(parts, "and more")
				break
			}
			if c != nil {
				parts = append(parts, c.Alt())
			}
		}
		return strings.Join(parts, "; ")
	}
	shareBins(f.marks)
	for _, m := range f.marks {
		parts = append(parts, m.describe())
	}
	for _, a := range []struct{ axis, label string }{{"x", f.xLabel}, {"y", f.yLabel}} {
		if a.label != "" {
			parts = append(parts, a.axis+" axis: "+a.label)
		}
	}
	if n := f.note(); n != "" {
		parts = append(parts, n)
	}
	return strings.Join(parts, "; ")
}

// note counts what is not drawn.
func (f *Figure) note() string {
	n := 0
	for _, m := range f.marks {
		n += m.common().missing
	}
	switch n {
	case 0:
		return ""
	case 1:
		return "1 value is NaN or infinite and not drawn"
	}
	return fmt.Sprintf("%d values are NaN or infinite and not drawn", n)
}

// pixels is the size in whole CSS pixels.
func (f *Figure) pixels() (w, h float64) {
	w, h = f.size()
	return math.Ceil(w), math.Ceil(h)
}
