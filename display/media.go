package display

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"

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

// Image shows an encoded picture: PNG, JPEG, GIF or WebP.
func Image(data []byte) Media {
	mime := http.DetectContentType(data)
	switch mime {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return media(mime, data, fmt.Sprintf("<%s, %d bytes>", mime, len(data)))
	}
	return Media{err: fmt.Errorf("display: image data is %s, not PNG, JPEG, GIF or WebP", mime)}
}

// MIME shows v under a MIME type of your choice.
func MIME(mime string, v any) Media { return media(mime, v, fmt.Sprintf("<%s>", mime)) }
