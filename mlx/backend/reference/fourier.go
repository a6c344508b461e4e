package reference

import (
	"github.com/ingot-go/ingot/mlx/op"
	"gonum.org/v1/gonum/dsp/fourier"
)

func runFourier(c *kernelCall) error {
	n := c.last(0)
	if c.in[0].Size == 0 {
		return nil
	}
	fft := fourier.NewCmplxFFT(n)
	row, out := make([]complex128, n), make([]complex128, n)
	for from := 0; from < c.in[0].Size; from += n {
		for i := range row {
			row[i] = c.in[0].Get(from + i).Complex(op.Complex64)
		}
		if c.Params[0] < 0 {
			fft.Coefficients(out, row)
		} else {
			fft.Sequence(out, row)
		}
		for i, z := range out {
			c.out.Put(from+i, op.ComplexValue(z))
		}
	}
	return nil
}
