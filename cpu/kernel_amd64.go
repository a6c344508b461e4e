package cpu

import (
	"golang.org/x/sys/cpu"

	"github.com/ingot-go/ingot/mlx/op"
)

// In kernel_amd64.s.

//go:noescape
func negAVX2(dst, a *float32, n int) int

//go:noescape
func squareAVX2(dst, a *float32, n int) int

//go:noescape
func sqrtAVX2(dst, a *float32, n int) int

//go:noescape
func expAVX2(dst, a *float32, n int) int

//go:noescape
func sigmoidAVX2(dst, a *float32, n int) int

//go:noescape
func tanhAVX2(dst, a *float32, n int) int

//go:noescape
func logAVX2(dst, a *float32, n int) int

//go:noescape
func sinAVX2(dst, a *float32, n int) int

//go:noescape
func cosAVX2(dst, a *float32, n int) int

//go:noescape
func addAVX2(dst, a, b *float32, n int)

//go:noescape
func subAVX2(dst, a, b *float32, n int)

//go:noescape
func mulAVX2(dst, a, b *float32, n int)

//go:noescape
func divAVX2(dst, a, b *float32, n int)

//go:noescape
func maxAVX2(dst, a, b *float32, n int)

//go:noescape
func minAVX2(dst, a, b *float32, n int)

// On processors with AVX2 the assembly takes the place of the Go kernels, which
// do the rest: the last few elements, and those that need more care.
func init() {
	if !cpu.X86.HasAVX2 {
		return
	}
	for c, f := range map[op.Code]func(dst, a *float32, n int) int{
		op.Negative: negAVX2, op.Square: squareAVX2, op.Sqrt: sqrtAVX2, op.Exp: expAVX2, op.Sigmoid: sigmoidAVX2,
		op.Tanh: tanhAVX2, op.Log: logAVX2, op.Sin: sinAVX2, op.Cos: cosAVX2,
	} {
		kernels1[c] = eights1(f, kernels1[c])
	}
	for c, f := range map[op.Code]func(dst, a, b *float32, n int){
		op.Add: addAVX2, op.Subtract: subAVX2, op.Multiply: mulAVX2, op.Divide: divAVX2,
		op.Maximum: maxAVX2, op.Minimum: minAVX2,
	} {
		kernels2[c] = eights2(f, kernels2[c])
	}
}

func eights1(fast func(dst, a *float32, n int) int, rest func(dst, a []float32)) func(dst, a []float32) {
	return func(dst, a []float32) {
		for len(dst) >= 8 {
			whole := len(dst) &^ 7
			n := fast(&dst[0], &a[0], whole)
			if n < whole {
				rest(dst[n:n+8], a[n:])
				n += 8
			}
			dst, a = dst[n:], a[n:]
		}
		rest(dst, a)
	}
}

func eights2(fast func(dst, a, b *float32, n int), rest func(dst, a, b []float32)) func(dst, a, b []float32) {
	return func(dst, a, b []float32) {
		if n := len(dst) &^ 7; n > 0 {
			fast(&dst[0], &a[0], &b[0], n)
			dst, a, b = dst[n:], a[n:], b[n:]
		}
		rest(dst, a, b)
	}
}
