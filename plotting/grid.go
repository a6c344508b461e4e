package plotting

// size is the size of the picture in CSS pixels.
func (f *Figure) size() (w, h float64) {
	if f.width > 0 {
		return f.width, f.height
	}
	if len(f.cells) > 0 {
		w, h = f.cellSize()
		w, h = w*float64(f.cols), h*float64(f.rows)
		if f.title != "" {
			h += titleSize * 2
		}
		return w, h
	}
	if len(f.marks) == 0 {
		return 640, 400
	}
	head := 0.0
	if f.title != "" {
		head = titleSize * 1.4
	}
	switch m := f.marks[0].(type) {
	case *imageMark:
		rows, cols := m.size()
		r := rect{0, 0, 320, 320}.inner(float64(cols) / float64(rows))
		if big := float64(max(rows, cols)); big > 640 {
			r = rect{0, 0, min(big/pngScale, 960), min(big/pngScale, 960)}.inner(float64(cols) / float64(rows))
		}
		return max(r.w(), 64) + 2*margin, max(r.h(), 64) + 2*margin + head
	case *heatMark:
		aspect := min(max(float64(m.cols)/float64(m.rows), 0.75), 5)
		return 480, 330/aspect + 90 + head
	}
	return 640, 400
}

// cellSize is that of all cells of a grid: small for pictures, and such that a
// grid is not much wider than a page.
func (f *Figure) cellSize() (w, h float64) {
	pictures, titles := true, false
	for _, c := range f.cells {
		pictures = pictures && len(c.marks) == 1 && isPicture(c.marks[0])
		titles = titles || c.title != ""
	}
	w = min(960/float64(f.cols), 400)
	h = w * 0.75
	if pictures {
		w = min(w, 200)
		if f.cols > 4 {
			w = min(w, 110)
		}
		h = w
		if titles {
			h += tickSize * 1.4
		}
	}
	return max(w, 24), max(h, 24)
}

func (f *Figure) drawGrid(c canvas, r rect, look *theme) {
	if f.title != "" {
		below := r
		below.y0 += titleSize * 2
		drawTitle(c, f.title, r, below, titleSize, look)
		r = below
	}
	w, h := r.w()/float64(f.cols), r.h()/float64(f.rows)
	for i, cell := range f.cells {
		x, y := r.x0+float64(i%f.cols)*w, r.y0+float64(i/f.cols)*h
		cell.drawIn(c, rect{x, y, x + w, y + h}, look)
	}
}
