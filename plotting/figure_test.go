package plotting_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/plotting"
)

// tensor is an array as package mlx has them.
type tensor struct {
	shape []int
	vals  []float64
}

func (t tensor) Shape() []int        { return t.shape }
func (t tensor) Float64s() []float64 { return t.vals }

func TestErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	wave := func(x float64) float64 { return x * x }
	for want, fig := range map[string]*plotting.Figure{
		"line: x has 3 values and y has 4":       plotting.Line([]int{1, 2, 3}, []float64{1, 2, 3, 4}),
		"line: x is nil":                         plotting.Line(nil),
		"line: no values":                        plotting.Line([]float64{}),
		"line: all 2 values are NaN or infinite": plotting.Line([]float64{nan, inf}),
		"line: x is a string, want numbers, slices of numbers, or an array":     plotting.Line("abc"),
		"line: x has shape (2,3), want one dimension":                           plotting.Line([][]int{{1, 2, 3}, {4, 5, 6}}),
		"line: 0 arguments, want ys, or xs and ys, or a function and its range": plotting.Line(),
		"line: a function needs both ends of its range":                         plotting.Line(wave, 3),
		"line: the range from 3 to 1 is empty":                                  plotting.Line(wave, 3, 1),
		"line: three arguments need a function first":                           plotting.Line([]int{1}, 2, 3),
		"scatter: x has 1 values and y has 2":                                   plotting.Scatter(tensor{[]int{1}, []float64{1}}, []int{1, 2}),
		"hist: all 1 values are NaN or infinite":                                plotting.Hist([]float32{float32(nan)}),
		"hist: v has a nil element":                                             plotting.Hist([]any{nil}),
		"heat map: m is ragged: one row has 2 values and another 1":             plotting.HeatMap([][]int{{1, 2}, {3}}),
		"heat map: m has shape (2), want two dimensions":                        plotting.HeatMap([]int{1, 2}),
		"image: shape (2,2,5), want (H,W), (H,W,3) or (H,W,4)":                  plotting.Image(tensor{[]int{2, 2, 5}, make([]float64, 20)}),
		"image: is nil": plotting.Image(nil),
		"log y axis: line has the value -2, want values above 0":                                plotting.Line([]int{1, -2}).LogY(),
		"log x axis: scatter has the value 0, want values above 0":                              plotting.Scatter([]int{0, 1}, []int{1, 2}).LogX(),
		"log y axis: a heat map has linear axes":                                                plotting.HeatMap([][]int{{1}}).LogY(),
		"figure: nothing to draw, add a line, scatter, hist, heat map or image":                 plotting.New().Title("empty"),
		`label "a": there is no mark to name yet`:                                               plotting.New().Label("a"),
		"legend: 2 names for 1 marks":                                                           plotting.Line([]int{1}).Legend("a", "b"),
		"bins: 0, want 1 to 1000":                                                               plotting.Hist([]int{1}).Bins(0),
		"bins: the figure has no histogram":                                                     plotting.Line([]int{1}).Bins(3),
		"size: 10 by 99999 pixels, want 64 to 4096 each":                                        plotting.Line([]int{1}).Size(10, 99999),
		`theme: no theme "pink", want "light" or "dark"`:                                        plotting.Line([]int{1}).Theme("pink"),
		"grid: 3 figures do not fit into 1 rows and 2 columns":                                  plotting.Grid(1, 2, plotting.New(), plotting.New(), plotting.New()),
		"grid: figure 1 is nil":                                                                 plotting.Grid(1, 2, plotting.Line([]int{1}), nil),
		"grid: figure 0: figure: nothing to draw, add a line, scatter, hist, heat map or image": plotting.Grid(1, 1, plotting.New()),
		"grid: add the line to one of its figures":                                              plotting.Grid(1, 1, plotting.Line([]int{1})).Line([]int{1}),
	} {
		_, err := fig.DisplayMIME(context.Background())
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if s := fig.String(); !strings.Contains(s, want) {
			t.Errorf("String gives %q, want %s in it", s, want)
		}
		if m := fig.DisplayMetadata(); m["image/png"] == nil {
			t.Errorf("%s: no metadata", want)
		}
	}
}

// Every kind of data, and every number type, gives the same picture.
func TestData(t *testing.T) {
	want := svg(t, plotting.Line([]float64{0, 1, 2}, []float64{1, 4, 9}))
	type reals []float32
	square := func(x float64) float64 { return (x + 1) * (x + 1) }
	type fn func(float64) float64
	for name, fig := range map[string]*plotting.Figure{
		"index":    plotting.Line([]int{1, 4, 9}),
		"uint8":    plotting.Line([]uint8{0, 1, 2}, [3]int64{1, 4, 9}),
		"named":    plotting.Line(reals{1, 4, 9}),
		"any":      plotting.Line([]any{1, 4.0, uint(9)}),
		"array":    plotting.Line(tensor{[]int{3, 1}, []float64{1, 4, 9}}),
		"function": plotting.Line([]int{0, 1, 2}, fn(square)),
	} {
		if got := svg(t, fig); got != want {
			t.Errorf("%s: another picture:\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestDataIsCopied(t *testing.T) {
	ys := []float64{1, 2, 3}
	fig := plotting.Line(ys).Hist(ys)
	want := svg(t, fig)
	ys[1] = 99
	if svg(t, fig) != want {
		t.Error("the figure changed with the slice")
	}
}

// Ranges at the limits of float64 and single values still give a picture whose
// numbers are all finite.
func TestExtremes(t *testing.T) {
	for _, ys := range [][]float64{
		{5}, {0, 0}, {-math.MaxFloat64, math.MaxFloat64}, {5e-324, 1e-323}, {1e300, 1e300}, {1e15, 1e15 + 1},
		{math.NaN(), 1, math.NaN(), 2, math.Inf(-1)},
	} {
		for _, fig := range []*plotting.Figure{
			plotting.Line(ys), plotting.Scatter(ys), plotting.Hist(ys), plotting.HeatMap([][]float64{ys}), plotting.Image([][]float64{ys}),
		} {
			b, err := fig.Title("t").DisplayMIME(context.Background())
			if err != nil {
				t.Errorf("%v: %v", ys, err)
				continue
			}
			if s := b["image/svg+xml"].(string); strings.Contains(s, "NaN") && !strings.Contains(s, "value") || strings.Contains(s, `"Inf`) {
				t.Errorf("%v: %s has a coordinate that is not finite", ys, fig.Alt())
			}
		}
	}
}

func TestUserTextIsEscaped(t *testing.T) {
	evil := "</title><script>alert('x')</script>&\x00\xff\ufffe"
	fig := plotting.Line([]int{1, 2}).Label(evil).Title(evil).XLabel(evil).YLabel(evil)
	s := svg(t, fig)
	if strings.Contains(s, "<script") {
		t.Errorf("script element in %s", s)
	}
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not XML: %v", err)
		}
	}
	if text := fig.Title("a\x1b[31mb").String(); strings.ContainsRune(text, 0x1b) {
		t.Errorf("escape sequence in %q", text)
	}
}

func TestBundle(t *testing.T) {
	fig := plotting.Line([]int{1, 3, 2}).Title("loss").Size(300, 200)
	b, err := fig.DisplayMIME(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	pic, err := png.Decode(bytes.NewReader(b["image/png"].([]byte)))
	if err != nil || pic.Bounds().Dx() != 600 || pic.Bounds().Dy() != 400 {
		t.Errorf("png: %v, bounds %v, want 600 by 400", err, pic.Bounds())
	}
	meta := fmt.Sprint(fig.DisplayMetadata()["image/png"])
	if want := "map[alt:loss; line of 3 points, x 0 to 2, y 1 to 3 height:200 width:300]"; meta != want {
		t.Errorf("metadata %s, want %s", meta, want)
	}
	if s := b["image/svg+xml"].(string); !strings.Contains(s, "<title>loss</title>\n<desc>loss; line of 3 points") {
		t.Errorf("no alternative text in %s", s)
	}
	again, err := fig.PNG()
	if err != nil || !bytes.Equal(again, b["image/png"].([]byte)) {
		t.Errorf("a second rendering differs (%v)", err)
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if _, err := fig.DisplayMIME(stopped); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
}

func TestSetTheme(t *testing.T) {
	fig := plotting.Line([]int{1, 2})
	light := svg(t, fig)
	if err := plotting.SetTheme("dark"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plotting.SetTheme("light"); err != nil {
			t.Error(err)
		}
	})
	if svg(t, fig) != svg(t, plotting.Line([]int{1, 2}).Theme("dark")) {
		t.Error("SetTheme and Theme differ")
	}
	if svg(t, fig.Theme("light")) != light {
		t.Error("a figure cannot choose the light theme")
	}
	if err := plotting.SetTheme("neon"); err == nil || !strings.Contains(err.Error(), `no theme "neon"`) {
		t.Errorf("unknown theme: %v", err)
	}
}

// A long line keeps its extremes although most points are dropped, and its SVG
// stays small.
func TestLongLine(t *testing.T) {
	ys := make([]float64, 1_000_000)
	for i := range ys {
		ys[i] = math.Sin(float64(i) / 1e5)
	}
	ys[123456] = 50
	s := svg(t, plotting.Line(ys))
	if len(s) > 150_000 {
		t.Errorf("svg of %d bytes", len(s))
	}
	plain := svg(t, plotting.Line([]float64{0, 999_999}, []float64{-0.99999, 50}))
	peak := func(s string) string { // smallest y of the data, which is the highest point
		best := math.Inf(1)
		for part := range strings.SplitSeq(s[strings.Index(s, `stroke="#0072b2"`):], "L") {
			var x, y float64
			if n, _ := fmt.Sscanf(part, "%g %g", &x, &y); n == 2 {
				best = min(best, y)
			}
		}
		return fmt.Sprintf("%.0f", best)
	}
	if peak(s) != peak(plain) {
		t.Errorf("the peak is drawn at y=%s, want %s", peak(s), peak(plain))
	}
}

func svg(t *testing.T, fig *plotting.Figure) string {
	t.Helper()
	s, err := fig.SVG()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func BenchmarkLine(b *testing.B) {
	for _, n := range []int{100, 1_000_000} {
		ys := make([]float64, n)
		for i := range ys {
			ys[i] = math.Sin(float64(i))
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) { render(b, func() *plotting.Figure { return plotting.Line(ys) }) })
	}
}

func BenchmarkScatter(b *testing.B) {
	for _, n := range []int{1000, 20_000, 1_000_000} {
		ys := make([]float64, n)
		for i := range ys {
			ys[i] = math.Sin(float64(i * i))
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) { render(b, func() *plotting.Figure { return plotting.Scatter(ys) }) })
	}
}

func render(b *testing.B, fig func() *plotting.Figure) {
	for b.Loop() {
		if _, err := fig().DisplayMIME(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
