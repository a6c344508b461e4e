package display

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/ingot-go/ingot/display/safejson"
)

// Media is content with a MIME type. It shows itself.
type Media struct {
	bundle Bundle
	err    error
}

// DisplayMIME implements [Displayer].
func (m Media) DisplayMIME(context.Context) (map[string]any, error) { return m.bundle.Data, m.err }

// DisplayMetadata gives the size of a picture and the like.
func (m Media) DisplayMetadata() map[string]any { return m.bundle.Metadata }

// String is the text form, so that fmt.Println(m) says something useful.
func (m Media) String() string {
	s, _ := m.bundle.Data["text/plain"].(string)
	return s
}

func media(mime string, v any, text string) Media {
	return Media{bundle: Bundle{Data: map[string]any{mime: v, "text/plain": text}}}
}

// HTML shows s as HTML, as it is: pass text from elsewhere through [Escape].
func HTML(s string) Media { return media("text/html", s, s) }

// Escape makes text safe to stand in HTML.
func Escape(s string) string { return html.EscapeString(s) }

// Markdown shows s as Markdown.
func Markdown(s string) Media { return media("text/markdown", s, s) }

// LaTeX shows s as mathematics; give the dollar signs as well: "$x^2$".
func LaTeX(s string) Media { return media("text/latex", s, s) }

// SVG shows a drawing.
func SVG(s string) Media { return media("image/svg+xml", s, fmt.Sprintf("<svg, %d bytes>", len(s))) }

// Text shows s without quotes.
func Text(s string) Media { return media("text/plain", s, s) }

// JSON shows v as a tree that can be unfolded. NaN and the infinities, which
// JSON does not have, show as null.
func JSON(v any) Media {
	text, err := safejson.Marshal(v)
	if err != nil {
		return Media{err: fmt.Errorf("display: %w", err)}
	}
	var plain bytes.Buffer
	if err := json.Indent(&plain, text, "", "  "); err != nil {
		return Media{err: fmt.Errorf("display: %w", err)}
	}
	return media("application/json", json.RawMessage(text), plain.String())
}

// VegaLite draws a chart from a Vega-Lite specification: JSON text, or a value
// that becomes JSON.
func VegaLite(spec any) Media {
	text, ok := spec.(string)
	if !ok {
		b, err := safejson.Marshal(spec)
		if err != nil {
			return Media{err: fmt.Errorf("display: vega-lite: %w", err)}
		}
		text = string(b)
	}
	if !json.Valid([]byte(text)) {
		return Media{err: fmt.Errorf("display: vega-lite: the specification is not JSON: %.60q", text)}
	}
	return media("application/vnd.vegalite.v5+json", json.RawMessage(text), "<Vega-Lite chart>")
}

// Mermaid draws a diagram from its text.
func Mermaid(diagram string) Media { return media("text/vnd.mermaid", diagram, diagram) }

// PNG shows an encoded picture.
func PNG(data []byte) Media { return picture(data, "image/png") }

// JPEG shows an encoded picture.
func JPEG(data []byte) Media { return picture(data, "image/jpeg") }

// Image shows an encoded picture: PNG, JPEG, GIF or WebP.
func Image(data []byte) Media {
	return picture(data, "image/png", "image/jpeg", "image/gif", "image/webp")
}

func picture(data []byte, kinds ...string) Media {
	mime := http.DetectContentType(data)
	if slices.Contains(kinds, mime) {
		m := media(mime, data, fmt.Sprintf("<%s, %d bytes>", mime, len(data)))
		m.bundle.describePicture(mime, data, m.String())
		return m
	}
	return Media{err: fmt.Errorf("display: image data is %s, not %s", mime, strings.Join(kinds, ", "))}
}

// Alt gives a picture or drawing the text for those who cannot see it. It is
// also its text form.
func (m Media) Alt(text string) Media {
	data, meta := maps.Clone(m.bundle.Data), maps.Clone(m.bundle.Metadata)
	for mime := range data {
		if !strings.HasPrefix(mime, "image/") {
			continue
		}
		of, _ := meta[mime].(map[string]any)
		of = maps.Clone(of)
		if of == nil {
			of = map[string]any{}
		}
		of["alt"] = text
		if meta == nil {
			meta = map[string]any{}
		}
		meta[mime], data["text/plain"] = of, text
	}
	m.bundle = Bundle{Data: data, Metadata: meta}
	return m
}

// MIME shows v under a MIME type of your choice.
func MIME(mime string, v any) Media { return media(mime, v, fmt.Sprintf("<%s>", mime)) }
