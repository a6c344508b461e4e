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
// A type shows itself by a method: DisplayMIME of [Displayer], or as simple a
// one as HTML() string; see [formats]. No import of this package is needed for
// that. Slices of structs and maps become tables, images pictures. Outside a
// session Show prints the text form to standard output, so that programs
// exported from a notebook still run.
package display

import (
	"context"
	"fmt"
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

// formats are the ways in which a value may be more than text; the first that
// knows the value has it. A new one is a line here and a function.
var formats = []func(ctx context.Context, v any) (b Bundle, ok bool, err error){
	ofBundle,    // a Bundle is what it is
	ofDisplayer, // DisplayMIME
	ofMethods,   // HTML, SVG, Markdown, LaTeX, PNG, JPEG
	ofImage,     // image.Image
	ofMatrix,    // Dims and At
	ofTable,     // slices of structs, maps
}

// Of converts v to a bundle that always has text/plain: the value as %v writes
// it, if it does not say itself. What is long is cut.
func Of(ctx context.Context, v any) (Bundle, error) {
	b, _, err := Rich(ctx, v)
	if err != nil {
		return b, err
	}
	if b.Data == nil {
		b.Data = map[string]any{}
	}
	if _, ok := b.Data["text/plain"]; !ok {
		b.Data["text/plain"] = text(v)
	}
	return b, nil
}

// Rich converts v if it has more than text to show, and reports whether it has.
// The text may be missing. A value that panics on the way gives an error.
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
	for _, format := range formats {
		b, ok, err := format(ctx, v)
		if err != nil {
			return Bundle{}, false, err
		}
		if ok {
			if b.Data == nil {
				b.Data = map[string]any{}
			}
			return b, true, b.check(v)
		}
	}
	return Bundle{}, false, nil
}

// check looks at the keys of b.
func (b Bundle) check(v any) error {
	for k := range b.Data {
		if !mimeType.MatchString(k) {
			return fmt.Errorf("display: %T shows itself as %q, which is not a MIME type", v, k)
		}
	}
	return nil
}

func ofBundle(_ context.Context, v any) (Bundle, bool, error) {
	b, ok := v.(Bundle)
	return Bundle{Data: maps.Clone(b.Data), Metadata: b.Metadata}, ok, nil
}

func ofDisplayer(ctx context.Context, v any) (b Bundle, ok bool, err error) {
	d, ok := v.(Displayer)
	if !ok {
		return b, false, nil
	}
	data, err := d.DisplayMIME(ctx)
	if err != nil {
		return b, true, err
	}
	b.Data = maps.Clone(data)
	if m, ok := v.(metadater); ok {
		b.Metadata = m.DisplayMetadata()
	}
	return b, true, nil
}
