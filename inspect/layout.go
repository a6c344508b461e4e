package inspect

import "slices"

// box is a node of a drawing: what it says and where it has been put.
type box struct {
	lines  []string // the first is the title
	fill   string   // colour of the background
	dark   bool     // the background is dark, the text white
	dashed bool     // the border is
	dot    bool     // a mark in the corner
	in     []int    // boxes that arrows come from
	x, y   float64  // centre
	w, h   float64
	layer  int
	hidden bool // a bend of an arrow that passes other layers
}

// arrow is a line through the centres of points, from one box to another.
type arrow struct{ points [][2]float64 }

// Sizes of the drawing in CSS pixels. A character of the 12 px monospace font
// is charWidth wide.
const (
	charWidth  = 7.3
	lineHeight = 15.0
	padX, padY = 10.0, 7.0
	gapX, gapY = 18.0, 30.0
	margin     = 12.0
	dotRoom    = 8.0 // more width, so that a mark does not touch the title
)

// place lays the boxes out in layers, inputs at the top and results at the
// bottom, and returns the arrows and the size of the drawing. Boxes must come
// after the ones that they take from. This is the method of Sugiyama, Tagawa
// and Toda (1981): layers by longest path, bends for arrows that pass layers,
// order within a layer by the mean position of the neighbours.
func place(boxes []*box) (arrows []arrow, width, height float64) {
	all := slices.Clone(boxes)
	for _, b := range boxes {
		b.layer = 0
		for _, i := range b.in {
			b.layer = max(b.layer, boxes[i].layer+1)
		}
		for _, l := range b.lines {
			b.w = max(b.w, float64(len([]rune(l)))*charWidth)
		}
		b.w += 2 * padX
		b.h = float64(len(b.lines))*lineHeight + 2*padY
		if b.dot {
			b.w += dotRoom
		}
	}
	lowerInputs(boxes)
	paths := make([][]*box, 0, len(boxes)) // from box to box, with the bends between
	for _, b := range boxes {
		for _, i := range b.in {
			path := []*box{boxes[i]}
			for l := boxes[i].layer + 1; l < b.layer; l++ {
				bend := &box{layer: l, hidden: true, w: 1}
				all = append(all, bend)
				path = append(path, bend)
			}
			paths = append(paths, append(path, b))
		}
	}
	layers := order(all, paths)
	width, height = position(layers, paths)
	for _, p := range paths {
		from, to := p[0], p[len(p)-1]
		a := arrow{points: [][2]float64{{from.x, from.y + from.h/2}}}
		for _, bend := range p[1 : len(p)-1] {
			// Straight through the layer: beside boxes, not across their corners.
			a.points = append(a.points, [2]float64{bend.x, bend.y - bend.h/2}, [2]float64{bend.x, bend.y + bend.h/2})
		}
		a.points = append(a.points, [2]float64{to.x, to.y - to.h/2})
		arrows = append(arrows, a)
	}
	return arrows, width, height
}

// lowerInputs moves boxes without inputs down to just above their first user,
// which keeps arrows short.
func lowerInputs(boxes []*box) {
	first := make([]int, len(boxes))
	for _, b := range boxes {
		for _, i := range b.in {
			if first[i] == 0 || b.layer < first[i] {
				first[i] = b.layer
			}
		}
	}
	for i, b := range boxes {
		if len(b.in) == 0 && first[i] > 0 {
			b.layer = first[i] - 1
		}
	}
}

// order sorts each layer by the mean position of neighbours, sweeping down and
// up a few times.
func order(all []*box, paths [][]*box) [][]*box {
	var layers [][]*box
	for _, b := range all {
		for len(layers) <= b.layer {
			layers = append(layers, nil)
		}
		layers[b.layer] = append(layers[b.layer], b)
	}
	above, below := map[*box][]*box{}, map[*box][]*box{}
	for _, p := range paths {
		for k := range p[:len(p)-1] {
			above[p[k+1]] = append(above[p[k+1]], p[k])
			below[p[k]] = append(below[p[k]], p[k+1])
		}
	}
	number := func(layer []*box) {
		for i, b := range layer {
			b.x = float64(i)
		}
	}
	for _, l := range layers {
		number(l)
	}
	for sweep := range 6 {
		neighbours := above
		if sweep%2 == 1 {
			neighbours = below
		}
		for k := range layers {
			l := layers[k]
			if sweep%2 == 1 {
				l = layers[len(layers)-1-k]
			}
			slices.SortStableFunc(l, func(a, b *box) int {
				ma, mb := mean(neighbours[a], a.x), mean(neighbours[b], b.x)
				switch {
				case ma < mb:
					return -1
				case ma > mb:
					return 1
				}
				return 0
			})
			number(l)
		}
	}
	return layers
}

func mean(of []*box, otherwise float64) float64 {
	if len(of) == 0 {
		return otherwise
	}
	sum := 0.0
	for _, b := range of {
		sum += b.x
	}
	return sum / float64(len(of))
}

// position gives coordinates: each layer is centred, then boxes move towards
// their neighbours as far as their layer lets them.
func position(layers [][]*box, paths [][]*box) (width, height float64) {
	y := margin
	for _, l := range layers {
		x, h := 0.0, 0.0
		for _, b := range l {
			b.x = x + b.w/2
			x += b.w + gapX
			h = max(h, b.h)
		}
		for _, b := range l {
			b.x -= x / 2
			b.y = y + h/2
			if b.hidden {
				b.h = h
			}
		}
		y += h + gapY
	}
	neighbours := map[*box][]*box{}
	for _, p := range paths {
		for k := range p[:len(p)-1] {
			neighbours[p[k]] = append(neighbours[p[k]], p[k+1])
			neighbours[p[k+1]] = append(neighbours[p[k+1]], p[k])
		}
	}
	for range 8 {
		for _, l := range layers {
			for i, b := range l {
				want := mean(neighbours[b], b.x)
				if i > 0 {
					want = max(want, l[i-1].x+l[i-1].w/2+gapX+b.w/2)
				}
				if i+1 < len(l) {
					want = min(want, l[i+1].x-l[i+1].w/2-gapX-b.w/2)
				}
				b.x = want
			}
		}
	}
	left, right := 0.0, 0.0
	for _, l := range layers {
		for _, b := range l {
			left, right = min(left, b.x-b.w/2), max(right, b.x+b.w/2)
		}
	}
	for _, l := range layers {
		for _, b := range l {
			b.x += margin - left
		}
	}
	return right - left + 2*margin, y - gapY + margin
}
