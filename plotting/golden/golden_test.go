package golden_test

import (
	"fmt"
	"image"
	"image/draw"
	"testing"

	"github.com/ingot-go/ingot/plotting"
	"github.com/ingot-go/ingot/plotting/golden"
)

func ExampleCompare() {
	white := image.NewRGBA(image.Rect(0, 0, 100, 100))
	draw.Draw(white, white.Bounds(), image.White, image.Point{}, draw.Src)
	dot := image.NewRGBA(white.Bounds())
	copy(dot.Pix, white.Pix)
	draw.Draw(dot, image.Rect(10, 10, 30, 40), image.Black, image.Point{}, draw.Src)
	fmt.Println(golden.Compare(white, white))
	fmt.Println(golden.Compare(white, dot))
	// Output:
	// 0 <nil>
	// 0.75 <nil>
}

// Wrong pictures are found: another curve, one value changed, another label,
// another colour theme, another size.
func TestWrongPicturesDiffer(t *testing.T) {
	want := picture(t, plotting.Line([]float64{3, 1, 2, 5}).Title("loss"))
	for name, fig := range map[string]*plotting.Figure{
		"curve": plotting.Line([]float64{3, 2, 2, 5}).Title("loss"),
		"title": plotting.Line([]float64{3, 1, 2, 5}).Title("less"),
		"marks": plotting.Scatter([]float64{3, 1, 2, 5}).Title("loss"),
		"theme": plotting.Line([]float64{3, 1, 2, 5}).Title("loss").Theme("dark"),
	} {
		diff, err := golden.Compare(want, picture(t, fig))
		if err != nil || diff <= golden.Tolerance {
			t.Errorf("%s: difference %.4f, %v; want more than %g", name, diff, err, golden.Tolerance)
		}
	}
	if _, err := golden.Compare(want, picture(t, plotting.Line([]float64{3, 1, 2, 5}).Title("loss").Size(100, 100))); err == nil {
		t.Error("another size is not an error")
	}
	if diff, err := golden.Compare(want, picture(t, plotting.Line([]float64{3, 1, 2, 5}).Title("loss"))); diff != 0 || err != nil {
		t.Errorf("the same picture differs by %g, %v", diff, err)
	}
}

// Rounding of one level everywhere passes.
func TestSmallDifferencesPass(t *testing.T) {
	want := picture(t, plotting.Line([]float64{3, 1, 2, 5}))
	got := image.NewRGBA(want.Bounds())
	draw.Draw(got, got.Bounds(), want, image.Point{}, draw.Src)
	for i := range got.Pix {
		if i%4 != 3 {
			got.Pix[i] ^= 1
		}
	}
	if diff, err := golden.Compare(want, got); err != nil || diff == 0 || diff > golden.Tolerance {
		t.Errorf("difference %g, %v", diff, err)
	}
}

func picture(t *testing.T, fig *plotting.Figure) image.Image {
	t.Helper()
	img, err := fig.Picture()
	if err != nil {
		t.Fatal(err)
	}
	return img
}
