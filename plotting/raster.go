package plotting

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"

	xdraw "golang.org/x/image/draw"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
)

// pngScale is the number of pixels of a PNG per CSS pixel.
const pngScale = 2

// raster draws pixels, with gonum/plot's canvas.
type raster struct {
	vg     *vgimg.Canvas
	height float64
}

func newRaster(width, height float64, paper color.NRGBA) *raster {
	return &raster{
		vg: vgimg.NewWith(
			vgimg.UseWH(vg.Length(width*ptPerPx), vg.Length(height*ptPerPx)),
			vgimg.UseDPI(96*pngScale), vgimg.UseBackgroundColor(paper)),
		height: height,
	}
}

func (r *raster) density() float64 { return pngScale }

// at turns the y axis round and pixels into points, as gonum counts.
func (r *raster) at(p point) vg.Point {
	return vg.Point{X: vg.Length(p.x * ptPerPx), Y: vg.Length((r.height - p.y) * ptPerPx)}
}

// polyline strokes long lines in pieces, whose round ends overlap: the
// rasteriser's time grows with the square of the edges that cross a row.
func (r *raster) polyline(pts []point, width float64, c color.NRGBA) {
	const piece = 48
	r.vg.SetColor(c)
	r.vg.SetLineWidth(vg.Length(width * ptPerPx))
	for len(pts) > 1 {
		n := min(piece, len(pts))
		var path vg.Path
		path.Move(r.at(pts[0]))
		for _, p := range pts[1:n] {
			path.Line(r.at(p))
		}
		r.vg.Stroke(path)
		pts = pts[n-1:]
	}
}

func (r *raster) rects(rs []rect, c color.NRGBA) {
	var path vg.Path
	for _, b := range rs {
		path.Move(r.at(point{b.x0, b.y0}))
		path.Line(r.at(point{b.x1, b.y0}))
		path.Line(r.at(point{b.x1, b.y1}))
		path.Line(r.at(point{b.x0, b.y1}))
		path.Close()
	}
	r.vg.SetColor(c)
	r.vg.Fill(path)
}

// dots stamps all discs into one mask, so that overlapping ones do not darken,
// as in one SVG path. Centres are rounded to a quarter of a device pixel.
func (r *raster) dots(centres []point, radius float64, c color.NRGBA) {
	img := r.vg.Image()
	mask := image.NewAlpha(img.Bounds())
	const sub = 4
	var stamps [sub * sub]*image.Alpha
	for _, p := range centres {
		x, y := math.Round(p.x*pngScale*sub), math.Round(p.y*pngScale*sub)
		px, py := int(math.Floor(x/sub)), int(math.Floor(y/sub))
		k := (int(y)-py*sub)*sub + int(x) - px*sub
		if stamps[k] == nil {
			stamps[k] = disc(radius*pngScale, float64(k%sub)/sub, float64(k/sub)/sub)
		}
		stampMax(mask, stamps[k], px, py)
	}
	xdraw.DrawMask(img, img.Bounds(), image.NewUniform(c), image.Point{}, mask, image.Point{}, xdraw.Over)
}

// disc is a disc whose centre is (dx, dy) off its origin, smooth at the edge.
func disc(radius, dx, dy float64) *image.Alpha {
	n := int(radius) + 2
	m := image.NewAlpha(image.Rect(-n, -n, n+1, n+1))
	for y := -n; y <= n; y++ {
		for x := -n; x <= n; x++ {
			d := math.Hypot(float64(x)+0.5-dx, float64(y)+0.5-dy)
			m.SetAlpha(x, y, color.Alpha{A: uint8(255 * math.Min(math.Max(radius-d+0.5, 0), 1))})
		}
	}
	return m
}

func stampMax(mask, stamp *image.Alpha, px, py int) {
	b := stamp.Bounds().Add(image.Pt(px, py)).Intersect(mask.Bounds())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			i := mask.PixOffset(x, y)
			mask.Pix[i] = max(mask.Pix[i], stamp.AlphaAt(x-px, y-py).A)
		}
	}
}

func (r *raster) text(at point, s string, st textStyle) {
	f := face(st.size, st.bold)
	r.vg.SetColor(st.color)
	r.vg.Push()
	defer r.vg.Pop()
	r.vg.Translate(r.at(at))
	if st.upwards {
		r.vg.Rotate(math.Pi / 2)
	}
	r.vg.FillString(f, vg.Point{X: vg.Length(st.h.shift(float64(f.Width(s))))}, s)
}

// image scales pictures up in hard-edged blocks and down smoothly.
func (r *raster) image(img image.Image, to rect) {
	dst := image.Rect(pixel(to.x0), pixel(to.y0), pixel(to.x1), pixel(to.y1))
	scaler(img, dst).Scale(r.vg.Image(), dst, img, img.Bounds(), xdraw.Over, nil)
}

func pixel(v float64) int { return int(math.Round(v * pngScale)) }

func scaler(img image.Image, to image.Rectangle) xdraw.Scaler {
	if img.Bounds().Dx() > to.Dx() || img.Bounds().Dy() > to.Dy() {
		return xdraw.BiLinear
	}
	return xdraw.NearestNeighbor
}

func encodePNG(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	err := enc.Encode(&b, img)
	return b.Bytes(), err
}
