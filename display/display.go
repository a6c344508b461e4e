// Package display turns values into MIME bundles and lets a cell show them.
//
// The last expression of a cell is shown by itself. Everything else that a cell
// wants to show on the way goes through [Show]:
//
//	display.Show(display.Markdown("**Results**"), x)
//	h := display.Show(display.HTML("<i>working</i>"))
//	h.Update(display.HTML("<b>done</b>"))
//	for i := range display.Progress(100) { … }
//
// A type shows itself by implementing [Displayer]; no import of this package
// is needed for that. Outside a session Show prints the text form to standard
// output, so that programs exported from a notebook still run.
package display

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"maps"
	"regexp"
)

// Displayer is implemented by values that show themselves. The keys are MIME
// types; text/plain should be among them.
type Displayer interface {
	DisplayMIME(context.Context) (map[string]any, error)
}

// metadater is the optional companion of Displayer: metadata by MIME type,
// such as {"image/png": {"width": 640, "height": 400}}.
type metadater interface {
	DisplayMetadata() map[string]any
}

// mimeType is what clients accept as a key: a type without parameters.
var mimeType = regexp.MustCompile(`^[\w+.-]+/[\w+.-]+$`)

// Of converts v to a bundle that always has text/plain. A value that shows
// itself or is an image has richer forms; any other is formatted with %v.
func Of(ctx context.Context, v any) (Bundle, error) {
	b, rich, err := Rich(ctx, v)
	if err != nil || rich {
		return b, err
	}
	return Bundle{Data: map[string]any{"text/plain": fmt.Sprint(v)}}, nil
}

// Rich converts v if it has more than text to show, and reports whether it has.
// A value whose DisplayMIME panics gives an error, not a panic.
func Rich(ctx context.Context, v any) (b Bundle, rich bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			if e, ok := r.(error); ok {
				err = e // keeps typed errors, such as a shape error of an array
			} else {
				err = fmt.Errorf("display: %T panicked: %v", v, r)
			}
			b, rich = Bundle{}, false
		}
	}()
	switch x := v.(type) {
	case Bundle:
		b = Bundle{Data: maps.Clone(x.Data), Metadata: x.Metadata}
	case Displayer:
		data, err := x.DisplayMIME(ctx)
		if err != nil {
			return Bundle{}, false, err
		}
		b.Data = maps.Clone(data)
		if m, ok := v.(metadater); ok {
			b.Metadata = m.DisplayMetadata()
		}
	case image.Image:
		b, err = ofImage(x)
	default:
		return Bundle{}, false, nil
	}
	if err != nil {
		return Bundle{}, false, err
	}
	return b, true, b.complete(v)
}

// complete checks the keys of b and adds text/plain where it is missing.
func (b *Bundle) complete(v any) error {
	for k := range b.Data {
		if !mimeType.MatchString(k) {
			return fmt.Errorf("display: %T shows itself as %q, which is not a MIME type", v, k)
		}
	}
	if b.Data == nil {
		b.Data = map[string]any{}
	}
	if _, ok := b.Data["text/plain"]; !ok {
		b.Data["text/plain"] = fmt.Sprintf("<%T>", v)
	}
	return nil
}

// ofImage encodes a picture as PNG.
func ofImage(img image.Image) (Bundle, error) {
	size := img.Bounds().Size()
	if size.X == 0 || size.Y == 0 {
		return Bundle{}, fmt.Errorf("display: image is empty (%d×%d pixels)", size.X, size.Y)
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		return Bundle{}, fmt.Errorf("display: %w", err)
	}
	return Bundle{
		Data: map[string]any{
			"image/png":  buf.Bytes(),
			"text/plain": fmt.Sprintf("<image %d×%d>", size.X, size.Y),
		},
		Metadata: map[string]any{"image/png": map[string]any{"width": size.X, "height": size.Y}},
	}, nil
}
