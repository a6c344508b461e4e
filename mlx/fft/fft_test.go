package fft_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/fft"
	"github.com/ingot-go/ingot/mlx/random"
)

func Example() {
	x := mlx.New([]float32{1, 2, 3, 4})
	fmt.Println(fft.RFFT(x))
	// Output: array([10+0j, -2+2j, -2+0j], dtype=complex64)
}

// TestAgainstSum compares transforms of many lengths with their definition, and
// with their inverses.
func TestAgainstSum(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 8, 12, 31, 60, 97} {
		x := random.NormalKey(random.Key(uint64(n)), 2, n)
		jk := mlx.Outer(mlx.Arange(n), mlx.Arange(n)).AsType(mlx.Float32)
		kernel := mlx.Exp(mlx.Mul(jk, complex(0, -2*math.Pi/float64(n))))
		want := x.AsType(mlx.Complex64).MatMul(kernel)
		if d := mlx.Abs(fft.FFT(x).Sub(want)).Max().Float(); d > 1e-3 {
			t.Errorf("n=%d: off by %v", n, d)
		}
		back := fft.IRFFT(fft.RFFT(x, fft.Options{Norm: "ortho"}), fft.Options{Norm: "ortho", S: []int{n}})
		if d := mlx.Abs(back.Sub(x)).Max().Float(); d > 1e-5 {
			t.Errorf("n=%d: the inverse is off by %v", n, d)
		}
	}
}

// TestGradient: by Parseval, the derivative of the squares of the spectrum is 2nx.
func TestGradient(t *testing.T) {
	x := random.NormalKey(random.Key(1), 6)
	g := mlx.Grad(func(x *mlx.Array) *mlx.Array { return mlx.Abs(fft.FFT(x)).Square().Sum() })(x)
	if d := mlx.Abs(g.Sub(x.Mul(12))).Max().Float(); d > 1e-4 {
		t.Errorf("off by %v", d)
	}
}

func ExampleParts() {
	re, im := fft.Parts(mlx.New([]float64{1, 2, 3, 4}), nil)
	fmt.Println(re)
	fmt.Println(im)
	// Output:
	// array([10, -2, -2, -2], dtype=float64)
	// array([0, 2, 0, -2], dtype=float64)
}

// TestPartsPrecision goes there and back over two axes, one of them filled up.
func TestPartsPrecision(t *testing.T) {
	x := mlx.Arange(35.0).Reshape(5, 7).AsType(mlx.Float64).Sin()
	re, im := fft.Parts(x, x.Square(), fft.Options{S: []int{6, 7}, Axes: []int{0, 1}, Norm: "ortho"})
	a, b := fft.InverseParts(re, im, fft.Options{Axes: []int{1, 0}, Norm: "ortho"})
	a, b = a.At(mlx.S(0, 5)), b.At(mlx.S(0, 5))
	if d := mlx.Maximum(mlx.Abs(a.Sub(x)), mlx.Abs(b.Sub(x.Square()))).Max().Float(); d > 1e-14 {
		t.Errorf("off by %v", d)
	}
	f := fft.FFT2(x.Add(x.Square().Mul(1i)), fft.Options{S: []int{6, 7}, Norm: "ortho"})
	if d := mlx.Maximum(mlx.Abs(f.Real().Sub(re)), mlx.Abs(f.Imag().Sub(im))).Max().Float(); d > 1e-5 {
		t.Errorf("off by %v from single precision", d)
	}
}
