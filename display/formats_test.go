package display_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/ingot-go/ingot/display"
)

// shown is the bundle of a value, which must have one.
func shown(t *testing.T, v any) display.Bundle {
	t.Helper()
	b, err := display.Of(context.Background(), v)
	if err != nil {
		t.Fatalf("%T: %v", v, err)
	}
	return b
}

type reading struct {
	Place string
	Value float64
	note  string
}

// said shows itself in several forms.
type said struct{ fails error }

func (s said) HTML() string              { return "<b>said</b>" }
func (s said) Markdown() (string, error) { return "**said**", s.fails }
func (s said) PNG() []byte               { return pixel(png.Encode) }
func (s said) SVG(size int) string       { return "not of this kind" }
func (s said) String() string            { return "said" }

func pixel(encode func(io.Writer, image.Image) error) []byte {
	var b bytes.Buffer
	encode(&b, image.NewGray(image.Rect(0, 0, 4, 2)))
	return b.Bytes()
}

func TestMethods(t *testing.T) {
	b := shown(t, said{})
	if b.Data["text/html"] != "<b>said</b>" || b.Data["text/markdown"] != "**said**" || b.Data["text/plain"] != "said" || b.Data["image/svg+xml"] != nil {
		t.Errorf("%v", b.Data)
	}
	if s := fmt.Sprint(b.Metadata); s != "map[image/png:map[alt:said height:2 width:4]]" {
		t.Errorf("metadata %s", s)
	}
	if _, err := display.Of(context.Background(), said{errors.New("no")}); err == nil || !strings.Contains(err.Error(), "Markdown of display_test.said: no") {
		t.Errorf("a method that fails: %v", err)
	}
	if b := shown(t, (*said)(nil)); len(b.Data) != 1 {
		t.Errorf("a nil pointer: %v", b.Data)
	}
}

func TestTables(t *testing.T) {
	for _, c := range []struct {
		v    any
		want string
	}{
		{[]reading{{"a<b", 1.5, "x"}, {"", math.NaN(), ""}},
			`<caption>2 × 2</caption><thead><tr><th></th><th>Place</th><th>Value</th></tr></thead><tbody>` +
				`<tr><th>0</th><td>a&lt;b</td><td>1.5</td></tr><tr><th>1</th><td></td><td>NaN</td></tr></tbody>`},
		{[]*reading{{Place: "p"}}, `<tr><th>0</th><td>p</td><td>0</td></tr>`},
		{map[int]string{10: "ten", 9: "<nine>"}, `<th>key</th><th>value</th></tr></thead><tbody><tr><th>9</th><td>&lt;nine&gt;</td></tr><tr><th>10</th>`},
		{map[string]reading{"k": {Place: "here"}}, `<th>key</th><th>Place</th><th>Value</th></tr></thead><tbody><tr><th>k</th><td>here</td><td>0</td></tr>`},
		{map[string]any{"a": nil, "b": []int{1}}, `<tr><th>a</th><td>&lt;nil&gt;</td></tr><tr><th>b</th><td>[1]</td></tr>`},
	} {
		html, _ := shown(t, c.v).Data["text/html"].(string)
		if !strings.Contains(html, c.want) {
			t.Errorf("%v:\n got  %s\n want %s", c.v, html, c.want)
		}
	}
	for _, v := range []any{[]int{1}, []reading{}, map[string]int{}, []time.Time{{}}, []*reading{{}, nil}, []any{reading{}, 1}, []error{errors.New("x")}, [][]int{{1}}} {
		if b := shown(t, v); len(b.Data) != 1 {
			t.Errorf("%T became %v", v, b.Data)
		}
	}
}

func TestLargeTablesAreCut(t *testing.T) {
	many := make([]reading, 1000)
	many[999].Place = strings.Repeat("é", 1000)
	html := shown(t, many).Data["text/html"].(string)
	if n := strings.Count(html, "<tr>"); n != 62 || !strings.Contains(html, "<tr><th>…</th></tr><tr><th>970</th>") || !strings.Contains(html, strings.Repeat("é", 200)+"…<") {
		t.Errorf("%d rows in %d bytes", n, len(html))
	}
	wide := map[int]int{}
	for i := range 1000 {
		wide[i] = i
	}
	if n := strings.Count(shown(t, wide).Data["text/html"].(string), "<tr>"); n != 62 {
		t.Errorf("%d rows of a map", n)
	}
}

func TestTextIsCut(t *testing.T) {
	self := make([]any, 1)
	self[0] = map[string]any{"again": self}
	shared := []any{1}
	for _, c := range []struct {
		v            any
		longest      int
		begins, ends string
	}{
		{make([]int, 1e6), 3000, "[0 0 0", " … 1000000 elements]"},
		{strings.Repeat("é", 1e6), 100_100, "ééé", "é… (1900000 bytes more)"},
		{self, 100, "<value that contains itself>", ""},
		{[]any{shared, shared}, 100, "[[1] [1]]", ""},
		{errors.New("plain"), 5, "plain", ""},
		{time.Now(), 40, "20", ""},
		{fmt.Errorf("a: %w", errors.ErrUnsupported), 100, "a: unsupported", ""},
	} {
		s := shown(t, c.v).Data["text/plain"].(string)
		if len(s) > c.longest || !strings.HasPrefix(s, c.begins) || !strings.HasSuffix(s, c.ends) {
			t.Errorf("%T is %d bytes: %.50q … %q", c.v, len(s), s, s[max(0, len(s)-50):])
		}
	}
}

func TestPicturesCarrySizeAndText(t *testing.T) {
	jpg := pixel(func(w io.Writer, i image.Image) error { return jpeg.Encode(w, i, nil) })
	for _, c := range []struct {
		v    any
		want string
	}{
		{image.NewGray(image.Rect(0, 0, 4, 2)), "image/png:map[alt:<image 4×2> height:2 width:4]"},
		{display.JPEG(jpg).Alt("a dot"), "image/jpeg:map[alt:a dot height:2 width:4]"},
		{display.PNG(pixel(png.Encode)), "alt:<image/png,"},
		{display.SVG("<svg/>").Alt("a line"), "image/svg+xml:map[alt:a line]"},
	} {
		if s := fmt.Sprint(shown(t, c.v).Metadata); !strings.Contains(s, c.want) {
			t.Errorf("metadata %s, want %s", s, c.want)
		}
	}
	if s := display.SVG("<svg/>").Alt("a line").String(); s != "a line" {
		t.Errorf("text %q", s)
	}
	for _, m := range []display.Media{display.PNG(jpg), display.Image([]byte("text"))} {
		if _, err := display.Of(context.Background(), m); err == nil || !strings.Contains(err.Error(), "image data is") {
			t.Errorf("another kind of data: %v", err)
		}
	}
}

func TestDiagrams(t *testing.T) {
	b := shown(t, display.VegaLite(map[string]any{"mark": "bar", "n": math.Inf(1)}))
	if s := fmt.Sprintf("%s", b.Data["application/vnd.vegalite.v5+json"]); s != `{"mark":"bar","n":null}` {
		t.Errorf("specification %s", s)
	}
	if _, err := display.Of(context.Background(), display.VegaLite("{")); err == nil || !strings.Contains(err.Error(), "not JSON") {
		t.Errorf("half a specification: %v", err)
	}
	if b := shown(t, display.Mermaid("graph TD")); b.Data["text/vnd.mermaid"] != "graph TD" {
		t.Errorf("%v", b.Data)
	}
}

// array is what a picture can be made of.
type array struct {
	shape []int
	x     []float64
	dtype string
}

func (a array) Shape() []int        { return a.shape }
func (a array) Float64s() []float64 { return a.x }
func (a array) Dtype() string       { return a.dtype }

func TestPicture(t *testing.T) {
	for _, c := range []struct {
		a    array
		want string
	}{
		{array{[]int{1, 3}, []float64{0, 0.5, 2}, "float32"}, "[{0 0 0 255} {128 128 128 255} {255 255 255 255}]"},
		{array{[]int{1, 2, 1}, []float64{-1, math.NaN()}, "float32"}, "[{0 0 0 255} {0 0 0 255}]"},
		{array{[]int{1, 1, 3}, []float64{10, 20, 300}, "uint8"}, "[{10 20 255 255}]"},
		{array{[]int{1, 1, 4}, []float64{1, 0, 0, 0.5}, "float16"}, "[{255 0 0 128}]"},
		{array{[]int{1, 2}, []float64{0, 1}, "bool"}, "[{0 0 0 255} {255 255 255 255}]"},
	} {
		img := display.Picture(c.a).(*image.NRGBA)
		var got []any
		for x := range img.Rect.Dx() {
			got = append(got, img.NRGBAAt(x, 0))
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%v: %v, want %s", c.a, got, c.want)
		}
	}
	defer func() {
		if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), "shape [2 2 2]") {
			t.Errorf("panic %v", r)
		}
	}()
	display.Picture(array{shape: []int{2, 2, 2}})
}

func ExampleUpdate() {
	display.ShowAs("loss", 0.5)
	display.Update("loss", 0.25) // in a notebook this replaces the first
	// Output: 0.5
}

func TestUpdateByName(t *testing.T) {
	r := use(t)
	h := display.ShowAs("mine", 1)
	display.Update("mine", 2)
	first, second := r.events[0].(display.Data), r.events[1].(display.Data)
	if h.ID() != "mine" || first.ID != "mine" || first.Update || second.ID != "mine" || !second.Update {
		t.Errorf("%+v", r.events)
	}
}
