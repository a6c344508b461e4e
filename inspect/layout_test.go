package inspect

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// random makes a graph of n boxes with up to three inputs each.
func random(seed uint64, n int) []*box {
	r := rand.New(rand.NewPCG(seed, 1))
	var boxes []*box
	for i := range n {
		b := &box{lines: []string{fmt.Sprintf("op%d", i), strings.Repeat("x", r.IntN(20))}, fill: "#fff"}
		for range r.IntN(min(i, 3) + 1) {
			b.in = append(b.in, r.IntN(i))
		}
		boxes = append(boxes, b)
	}
	return boxes
}

func TestBoxesDoNotOverlap(t *testing.T) {
	for seed := range uint64(50) {
		boxes := random(seed, 25)
		_, w, h := place(boxes)
		for i, a := range boxes {
			if a.x-a.w/2 < 0 || a.x+a.w/2 > w || a.y-a.h/2 < 0 || a.y+a.h/2 > h {
				t.Fatalf("seed %d: box %d at (%.0f,%.0f) is outside %.0f×%.0f", seed, i, a.x, a.y, w, h)
			}
			for j, b := range boxes[:i] {
				if abs(a.x-b.x) < (a.w+b.w)/2 && abs(a.y-b.y) < (a.h+b.h)/2 {
					t.Fatalf("seed %d: boxes %d and %d overlap", seed, i, j)
				}
			}
		}
	}
}

func abs(x float64) float64 { return max(x, -x) }

func TestArrowsGoDown(t *testing.T) {
	boxes := random(3, 30)
	arrows, _, _ := place(boxes)
	n := 0
	for _, b := range boxes {
		n += len(b.in)
	}
	if len(arrows) != n {
		t.Errorf("%d arrows for %d inputs", len(arrows), n)
	}
	for _, a := range arrows {
		for k := 1; k < len(a.points); k++ {
			if a.points[k][1] <= a.points[k-1][1] {
				t.Fatalf("arrow goes up: %v", a.points)
			}
		}
	}
}
