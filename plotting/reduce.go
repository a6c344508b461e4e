package plotting

import (
	"image"
	"image/color"
	"math"
)

// reduce drops points of a long line that cannot be seen: more than four per
// column of device pixels. Where x only grows it keeps the first, lowest,
// highest and last point of each column (M4, Jugel et al. 2014), which leaves
// every drawn pixel as it was; otherwise it drops points that do not move on by
// half a pixel.
func reduce(pts []point, width, density float64) []point {
	columns := int(math.Ceil(width * density))
	if len(pts) <= 4*columns {
		return pts
	}
	if !sortedByX(pts) {
		return thin(pts, 0.5/density)
	}
	out := make([]point, 0, 4*columns)
	for i := 0; i < len(pts); {
		column := math.Floor(pts[i].x * density)
		first, low, high := i, i, i
		for ; i < len(pts) && math.Floor(pts[i].x*density) == column; i++ {
			if pts[i].y < pts[low].y {
				low = i
			}
			if pts[i].y > pts[high].y {
				high = i
			}
		}
		last := -1
		for _, k := range [4]int{first, min(low, high), max(low, high), i - 1} {
			if k != last {
				out = append(out, pts[k])
			}
			last = k
		}
	}
	return out
}

// thin keeps the ends, and points at least step away from the last one kept.
func thin(pts []point, step float64) []point {
	out := pts[:1:1]
	for _, p := range pts[1 : len(pts)-1] {
		q := out[len(out)-1]
		if math.Abs(p.x-q.x) >= step || math.Abs(p.y-q.y) >= step {
			out = append(out, p)
		}
	}
	return append(out, pts[len(pts)-1])
}

// densityImage counts points per pixel of r; opacity grows with the logarithm
// of the count, so that single points stay visible.
func densityImage(pts []point, r rect, c color.NRGBA) *image.NRGBA {
	w, h := max(1, int(r.w())), max(1, int(r.h()))
	counts := make([]int, w*h)
	most := 1
	for _, p := range pts {
		x := min(max(int((p.x-r.x0)/r.w()*float64(w)), 0), w-1)
		y := min(max(int((p.y-r.y0)/r.h()*float64(h)), 0), h-1)
		counts[y*w+x]++
		most = max(most, counts[y*w+x])
	}
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i, n := range counts {
		if n > 0 {
			img.SetNRGBA(i%w, i/w, fade(c, 0.4+0.6*math.Log1p(float64(n-1))/math.Log1p(float64(most))))
		}
	}
	return img
}
