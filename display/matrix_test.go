package display_test

import (
	"fmt"
	"image"
	"strings"
	"testing"
)

// square is a matrix of n by n numbers.
type square int

func (s square) Dims() (int, int)    { return int(s), int(s) }
func (s square) At(i, j int) float64 { return float64(10*i + j) }

func TestMatrix(t *testing.T) {
	b := shown(t, square(3))
	if got, want := b.Data["text/plain"], "⎡ 0   1   2⎤\n⎢10  11  12⎥\n⎣20  21  22⎦"; got != want {
		t.Errorf("text\n%s\nwant\n%s", got, want)
	}
	if html := fmt.Sprint(b.Data["text/html"]); !strings.Contains(html, "<th>2</th><td>20</td><td>21</td><td>22</td>") {
		t.Errorf("table %s", html)
	}
	if got := shown(t, square(1)).Data["text/plain"]; got != "[0]" {
		t.Errorf("one number is %s", got)
	}
	if got := shown(t, square(1000)).Data["text/plain"].(string); strings.Count(got, "\n") > 70 || !strings.Contains(got, "…") {
		t.Errorf("a large one is not cut:\n%.300s", got)
	}
}

func TestRectangleIsNoPicture(t *testing.T) {
	if got := fmt.Sprint(shown(t, image.Rect(0, 0, 1, 2)).Data); got != "map[text/plain:(0,0)-(1,2)]" {
		t.Errorf("shown as %s", got)
	}
}
