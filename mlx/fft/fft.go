// Package fft has Fourier transforms of any length, in complex64.
//
//	x := mlx.New([]float32{1, 2, 3, 4})
//	fmt.Println(fft.RFFT(x)) // array([10+0j, -2+2j, -2+0j], dtype=complex64)
package fft

import (
	"math"
	"slices"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/backend"
)

// Options of a transform. S is the length along each of the Axes, to which they
// are cut or filled up with zeros (for the inverses of real transforms, of the
// result). Norm is "backward" (or empty: the inverse is divided by the number of
// elements), "forward" or "ortho".
type Options struct {
	S    []int
	Axes []int
	Norm string
}

// flat is the transform along the last axis without a factor.
func flat(a *mlx.Array, sign int) *mlx.Array {
	f := mlx.Custom(func(x ...*mlx.Array) []*mlx.Array {
		return []*mlx.Array{mlx.Kernel(backend.Fourier, mlx.Complex64, x[0].Shape(), []int{sign}, x[0])}
	}, mlx.CustomRules{VJP: func(_, g, _ []*mlx.Array) []*mlx.Array {
		return []*mlx.Array{flat(g[0].AsType(mlx.Complex64), -sign)}
	}})
	return f(a)[0]
}

// along transforms one axis.
func along(a *mlx.Array, axis, sign int) *mlx.Array {
	return flat(a.AsType(mlx.Complex64).Swapaxes(axis, -1), sign).Swapaxes(axis, -1)
}

// plan works out the axes and lengths of a transform. half marks the inverse of
// a real transform, whose last axis holds half of the spectrum.
func plan(name string, a *mlx.Array, o Options, usual []int, half bool) (axes, s []int) {
	shape := a.Shape()
	axes = slices.Clone(o.Axes)
	if axes == nil {
		axes = slices.Clone(usual)
		if usual == nil {
			if o.S != nil {
				panic(mlx.NewError(name, "axis", "lengths are given, but not for which axes"))
			}
			for i := range shape {
				axes = append(axes, i)
			}
		}
	}
	if o.S != nil && len(o.S) != len(axes) {
		panic(mlx.NewError(name, "shape", "%d lengths for %d axes", len(o.S), len(axes)))
	}
	for i, x := range axes {
		if x < -len(shape) || x >= len(shape) {
			panic(mlx.NewError(name, "axis", "axis %d is out of bounds for an array with %d dimensions", x, len(shape)))
		}
		axes[i] = (x + len(shape)) % len(shape)
		if slices.Contains(axes[:i], axes[i]) {
			panic(mlx.NewError(name, "axis", "axis %d is named twice", axes[i]))
		}
		n := shape[axes[i]]
		if half && i == len(axes)-1 {
			n = 2 * (n - 1)
		}
		if o.S != nil {
			n = o.S[i]
		}
		if n <= 0 {
			panic(mlx.NewError(name, "shape", "the length %d of axis %d is not positive", n, axes[i]))
		}
		s = append(s, n)
	}
	return axes, s
}

// fit cuts an axis to length n or fills it up with zeros.
func fit(a *mlx.Array, axis, n int) *mlx.Array {
	have := a.Dim(axis)
	if have > n {
		return mlx.SplitAt(a, []int{n}, axis)[0]
	}
	widths := make([][2]int, a.NDim())
	widths[axis][1] = n - have
	return mlx.Pad(a, widths)
}

// scale is the factor of the whole transform.
func scale(name, norm string, s []int, inverse bool) float64 {
	size := float64(backend.Volume(s))
	switch norm {
	case "", "backward":
		if inverse {
			return 1 / size
		}
	case "forward":
		if !inverse {
			return 1 / size
		}
	case "ortho":
		return 1 / math.Sqrt(size)
	default:
		panic(mlx.NewError(name, "value", "%q is not a normalisation", norm))
	}
	return 1
}

func times(a *mlx.Array, f float64) *mlx.Array {
	if f == 1 {
		return a
	}
	return a.Mul(f)
}

func optionsOf(o []Options) Options {
	if len(o) > 0 {
		return o[0]
	}
	return Options{}
}

// full is a transform between complex arrays.
func full(name string, a *mlx.Array, opts []Options, usual []int, inverse bool) *mlx.Array {
	o := optionsOf(opts)
	axes, s := plan(name, a, o, usual, false)
	sign := -1
	if inverse {
		sign = 1
	}
	f := scale(name, o.Norm, s, inverse)
	if len(axes) == 0 {
		return a
	}
	for i, x := range axes {
		a = along(fit(a, x, s[i]), x, sign)
	}
	return times(a.AsType(mlx.Complex64), f)
}

// real is a transform of the real part of an array: the half of the spectrum along the last
// of the axes from which the other follows.
func real(name string, a *mlx.Array, opts []Options, usual []int) *mlx.Array {
	o := optionsOf(opts)
	axes, s := plan(name, a, o, usual, false)
	if len(axes) == 0 {
		return a
	}
	a = a.Real()
	f := scale(name, o.Norm, s, false)
	for i := len(axes) - 1; i >= 0; i-- {
		a = along(fit(a, axes[i], s[i]), axes[i], -1)
		if i == len(axes)-1 {
			a = fit(a, axes[i], s[i]/2+1)
		}
	}
	return times(a.AsType(mlx.Complex64), f)
}

// inverseReal is the inverse of [real].
func inverseReal(name string, a *mlx.Array, opts []Options, usual []int) *mlx.Array {
	o := optionsOf(opts)
	axes, s := plan(name, a, o, usual, true)
	f := scale(name, o.Norm, s, true)
	last := len(axes) - 1
	if last < 0 {
		return a
	}
	for i, x := range axes[:last] {
		a = along(fit(a, x, s[i]), x, 1)
	}
	n, x := s[last], axes[last]
	a = fit(a.AsType(mlx.Complex64), x, n/2+1)
	if rest := n - (n/2 + 1); rest > 0 {
		mirror := mlx.SplitAt(a, []int{1, 1 + rest}, x)[1]
		a = mlx.Concatenate([]*mlx.Array{a, mlx.Conj(mlx.Flip(mirror, x))}, x)
	}
	return times(along(a, x, 1).Real(), f)
}

var (
	last    = []int{-1}
	lastTwo = []int{-2, -1}
)

// FFT is the Fourier transform along one axis, the last one by default.
func FFT(a *mlx.Array, o ...Options) *mlx.Array { return full("fft", a, o, last, false) }

// IFFT is the inverse of [FFT].
func IFFT(a *mlx.Array, o ...Options) *mlx.Array { return full("ifft", a, o, last, true) }

// FFT2 is the Fourier transform along two axes, the last ones by default.
func FFT2(a *mlx.Array, o ...Options) *mlx.Array { return full("fft2", a, o, lastTwo, false) }

// IFFT2 is the inverse of [FFT2].
func IFFT2(a *mlx.Array, o ...Options) *mlx.Array { return full("ifft2", a, o, lastTwo, true) }

// FFTN is the Fourier transform along all axes, or the given ones.
func FFTN(a *mlx.Array, o ...Options) *mlx.Array { return full("fftn", a, o, nil, false) }

// IFFTN is the inverse of [FFTN].
func IFFTN(a *mlx.Array, o ...Options) *mlx.Array { return full("ifftn", a, o, nil, true) }

// RFFT is the Fourier transform of real numbers along one axis: the first
// n/2+1 of the n coefficients, which the others mirror.
func RFFT(a *mlx.Array, o ...Options) *mlx.Array { return real("rfft", a, o, last) }

// IRFFT is the inverse of [RFFT]; without S the result has an even length.
func IRFFT(a *mlx.Array, o ...Options) *mlx.Array { return inverseReal("irfft", a, o, last) }

// RFFT2 is [RFFT] along the last axis and [FFT] along the one before.
func RFFT2(a *mlx.Array, o ...Options) *mlx.Array { return real("rfft2", a, o, lastTwo) }

// IRFFT2 is the inverse of [RFFT2].
func IRFFT2(a *mlx.Array, o ...Options) *mlx.Array { return inverseReal("irfft2", a, o, lastTwo) }

// RFFTN is [RFFT] along the last axis and [FFT] along the others.
func RFFTN(a *mlx.Array, o ...Options) *mlx.Array { return real("rfftn", a, o, nil) }

// IRFFTN is the inverse of [RFFTN].
func IRFFTN(a *mlx.Array, o ...Options) *mlx.Array { return inverseReal("irfftn", a, o, nil) }

// FFTFreq is the frequencies of the n coefficients of [FFT] for samples that
// are d apart.
func FFTFreq(n int, d float64) *mlx.Array {
	checkFreq("fftfreq", n, d)
	i := mlx.Arange(n)
	return mlx.Where(mlx.Less(i, (n+1)/2), i, i.Sub(n)).AsType(mlx.Float32).Div(float64(n) * d)
}

// RFFTFreq is the frequencies of the coefficients of [RFFT].
func RFFTFreq(n int, d float64) *mlx.Array {
	checkFreq("rfftfreq", n, d)
	return mlx.Arange(n/2 + 1).AsType(mlx.Float32).Div(float64(n) * d)
}

func checkFreq(name string, n int, d float64) {
	if n <= 0 || d == 0 {
		panic(mlx.NewError(name, "value", "%d samples at a distance of %v", n, d))
	}
}

// FFTShift moves frequency zero to the middle of the axes; without any, of all.
func FFTShift(a *mlx.Array, axes ...int) *mlx.Array { return shift(a, axes, 0) }

// IFFTShift is the inverse of [FFTShift].
func IFFTShift(a *mlx.Array, axes ...int) *mlx.Array { return shift(a, axes, 1) }

func shift(a *mlx.Array, axes []int, up int) *mlx.Array {
	if axes == nil {
		for i := range a.NDim() {
			axes = append(axes, i)
		}
	}
	for _, x := range axes {
		n := a.Dim(x)
		by := n / 2
		if up == 1 {
			by = -by
		}
		a = mlx.Roll(a, by, x)
	}
	return a
}
