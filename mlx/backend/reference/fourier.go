package reference

import (
	"github.com/ingot-go/ingot/mlx/op"
	"gonum.org/v1/gonum/dsp/fourier"
)

// runFourier transforms rows of complex64 numbers, or of pairs of float64 ones.
func runFourier(c *kernelCall) error {
	in, out, pairs := c.in[0], c.out, c.Dtype == op.Float64
	n := c.last(0)
	if pairs {
		n = c.Operands[0].Shape[len(c.Operands[0].Shape)-2]
	}
	if in.Size == 0 {
		return nil
	}
	get := func(i int) complex128 { return in.Get(i).Complex(op.Complex64) }
	put := func(i int, z complex128) { out.Put(i, op.ComplexValue(z)) }
	count := in.Size
	if pairs {
		count /= 2
		get = func(i int) complex128 {
			return complex(in.Get(2*i).Float(op.Float64), in.Get(2*i+1).Float(op.Float64))
		}
		put = func(i int, z complex128) {
			out.Put(2*i, op.FloatValue(op.Float64, real(z)))
			out.Put(2*i+1, op.FloatValue(op.Float64, imag(z)))
		}
	}
	fft := fourier.NewCmplxFFT(n)
	row, to := make([]complex128, n), make([]complex128, n)
	for from := 0; from < count; from += n {
		for i := range row {
			row[i] = get(from + i)
		}
		if c.Params[0] < 0 {
			fft.Coefficients(to, row)
		} else {
			fft.Sequence(to, row)
		}
		for i, z := range to {
			put(from+i, z)
		}
	}
	return nil
}
