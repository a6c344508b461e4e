package plotting

import (
	"encoding/base64"
	"fmt"
	"html"
	"image"
	"image/color"
	"math"
	"strconv"
	"strings"

	xdraw "golang.org/x/image/draw"
)

// svg writes a picture as SVG text. It exists beside gonum's because a figure
// needs alternative text, one short path for many points, and escaped text.
type svg struct {
	b   strings.Builder
	err error
}

func newSVG(width, height float64, paper color.NRGBA, title, desc string) *svg {
	s := &svg{}
	fmt.Fprintf(&s.b, `<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %[1]s %[2]s" role="img" font-family="%s">`,
		num(width), num(height), svgFamily)
	fmt.Fprintf(&s.b, "\n<title>%s</title>\n<desc>%s</desc>\n", escape(title), escape(desc))
	s.rects([]rect{{0, 0, width, height}}, paper)
	return s
}

func (s *svg) finish() (string, error) {
	s.b.WriteString("</svg>\n")
	return s.b.String(), s.err
}

func (s *svg) density() float64 { return pngScale }

func (s *svg) polyline(pts []point, width float64, c color.NRGBA) {
	s.b.WriteString(`<path fill="none" stroke-linejoin="round" stroke-width="` + num(width) + `" ` + paint("stroke", c) + ` d="`)
	for i, p := range pts {
		s.b.WriteString(moveOrLine(i) + num(p.x) + " " + num(p.y))
	}
	s.b.WriteString("\"/>\n")
}

func moveOrLine(i int) string {
	if i == 0 {
		return "M"
	}
	return "L"
}

func (s *svg) rects(rs []rect, c color.NRGBA) {
	s.b.WriteString(`<path ` + paint("fill", c) + ` d="`)
	for _, r := range rs {
		fmt.Fprintf(&s.b, "M%s %sH%sV%sH%sZ", num(r.x0), num(r.y0), num(r.x1), num(r.y1), num(r.x0))
	}
	s.b.WriteString("\"/>\n")
}

// dots are strokes of no length with round ends: a dozen bytes each.
func (s *svg) dots(centres []point, radius float64, c color.NRGBA) {
	s.b.WriteString(`<path fill="none" stroke-linecap="round" stroke-width="` + num(2*radius) + `" ` + paint("stroke", c) + ` d="`)
	for _, p := range centres {
		s.b.WriteString("M" + num(p.x) + " " + num(p.y) + "h0")
	}
	s.b.WriteString("\"/>\n")
}

func (s *svg) text(at point, str string, st textStyle) {
	s.b.WriteString(`<text x="` + num(at.x) + `" y="` + num(at.y) + `" font-size="` + num(st.size) + `" ` + paint("fill", st.color))
	if st.bold {
		s.b.WriteString(` font-weight="bold"`)
	}
	if st.h != left {
		s.b.WriteString(` text-anchor="` + [...]string{middle: "middle", right: "end"}[st.h] + `"`)
	}
	if st.upwards {
		s.b.WriteString(` transform="rotate(-90 ` + num(at.x) + " " + num(at.y) + `)"`)
	}
	s.b.WriteString(">" + escape(str) + "</text>\n")
}

// image embeds a PNG at no less than device resolution, because not every
// viewer can be told to scale up in blocks.
func (s *svg) image(img image.Image, to rect) {
	b := img.Bounds()
	dst := image.Rect(0, 0, pixel(to.w()), pixel(to.h()))
	if b.Dx() <= dst.Dx() && b.Dy() <= dst.Dy() { // up: by whole factors
		dst = image.Rect(0, 0, blockUp(b.Dx(), dst.Dx()), blockUp(b.Dy(), dst.Dy()))
	}
	big := image.NewNRGBA(dst)
	scaler(img, dst).Scale(big, dst, img, b, xdraw.Src, nil)
	data, err := encodePNG(big)
	if err != nil {
		s.err = err
	}
	fmt.Fprintf(&s.b, `<image x="%s" y="%s" width="%s" height="%s" preserveAspectRatio="none" href="data:image/png;base64,%s"/>`+"\n",
		num(to.x0), num(to.y0), num(to.w()), num(to.h()), base64.StdEncoding.EncodeToString(data))
}

// blockUp is the smallest multiple of n that is at least want.
func blockUp(n, want int) int { return (want + n - 1) / n * n }

// num writes a length with two decimals at most.
func num(v float64) string {
	return strconv.FormatFloat(math.Round(v*100)/100+0, 'f', -1, 64)
}

func paint(what string, c color.NRGBA) string {
	s := fmt.Sprintf(`%s="#%02x%02x%02x"`, what, c.R, c.G, c.B)
	if c.A != 255 {
		s += fmt.Sprintf(` %s-opacity="%s"`, what, num(float64(c.A)/255))
	}
	return s
}

// escape makes text safe inside elements; characters that XML forbids become
// the replacement character.
func escape(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == 0xfffe || r == 0xffff {
			return '\ufffd'
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd")))
}
