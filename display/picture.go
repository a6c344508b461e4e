package display

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	_ "image/gif"  // sizes of pictures
	_ "image/jpeg" // sizes of pictures
	"image/png"
	"math"
	"reflect"
)

// ofImage encodes an image as PNG.
func ofImage(_ context.Context, v any) (b Bundle, ok bool, err error) {
	img, ok := v.(image.Image)
	if _, area := v.(image.Rectangle); !ok || area { // a rectangle is an image without colour to package image
		return b, false, nil
	}
	size := img.Bounds().Size()
	if size.X == 0 || size.Y == 0 {
		return b, true, fmt.Errorf("display: image is empty (%d×%d pixels)", size.X, size.Y)
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		return b, true, fmt.Errorf("display: %w", err)
	}
	text := fmt.Sprintf("<image %d×%d>", size.X, size.Y)
	b.Data = map[string]any{"image/png": buf.Bytes(), "text/plain": text}
	b.describePicture("image/png", buf.Bytes(), text)
	return b, true, nil
}

// describePicture adds metadata: the size in pixels, where that can be told,
// and a text for those who cannot see the picture.
func (b *Bundle) describePicture(mime string, data []byte, alt string) {
	if b.Metadata == nil {
		b.Metadata = map[string]any{}
	}
	m := map[string]any{"alt": alt}
	if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
		m["width"], m["height"] = c.Width, c.Height
	}
	b.Metadata[mime] = m
}

// pixels is an array that a picture can be made of.
type pixels interface {
	Shape() []int
	Float64s() []float64
}

// Picture makes a picture of an array of shape (height, width), for grey, or
// (height, width, channels) with 1, 3 or 4 channels: grey, RGB, RGBA. Integers
// count up to 255, other numbers up to 1; what is beyond is cut off. It panics
// if the shape is another.
//
//	display.Picture(mlx.Random(…))
func Picture(a pixels) image.Image {
	shape := a.Shape()
	channels := 1
	if len(shape) == 3 {
		channels = shape[2]
	}
	if len(shape) < 2 || len(shape) > 3 || channels != 1 && channels != 3 && channels != 4 {
		panic(fmt.Errorf("display: picture: shape %v is none of (height, width), (height, width, 1), (…, 3) and (…, 4)", shape))
	}
	scale := 255.0
	if isInteger(a) {
		scale = 1
	}
	img := image.NewNRGBA(image.Rect(0, 0, shape[1], shape[0]))
	x := a.Float64s()
	for i := range shape[0] * shape[1] {
		p := x[i*channels : (i+1)*channels]
		c := color.NRGBA{A: 255}
		c.R = level(p[0], scale)
		c.G, c.B = c.R, c.R
		if channels >= 3 {
			c.G, c.B = level(p[1], scale), level(p[2], scale)
		}
		if channels == 4 {
			c.A = level(p[3], scale)
		}
		img.SetNRGBA(i%shape[1], i/shape[1], c)
	}
	return img
}

// level is a value as one of 256; NaN is the lowest.
func level(x, scale float64) uint8 {
	x = math.Round(x * scale)
	if !(x > 0) {
		return 0
	}
	return uint8(min(x, 255))
}

// isInteger asks the array for its dtype, of whatever type that is.
func isInteger(a any) bool {
	m := reflect.ValueOf(a).MethodByName("Dtype")
	if !m.IsValid() || m.Type().NumIn() != 0 || m.Type().NumOut() != 1 {
		return false
	}
	switch fmt.Sprint(m.Call(nil)[0]) {
	case "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64":
		return true
	}
	return false
}
