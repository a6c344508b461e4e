package fft

import (
	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/backend"
)

// Parts is [FFTN] in double precision: complex numbers have single precision
// only, so it takes and gives their real and imaginary parts, as float64.
// The two broadcast; a nil im stands for zeros.
func Parts(re, im *mlx.Array, o ...Options) (outRe, outIm *mlx.Array) {
	return parts("fft_parts", re, im, o, -1)
}

// InverseParts is the inverse of [Parts].
func InverseParts(re, im *mlx.Array, o ...Options) (outRe, outIm *mlx.Array) {
	return parts("ifft_parts", re, im, o, 1)
}

func parts(name string, re, im *mlx.Array, opts []Options, sign int) (outRe, outIm *mlx.Array) {
	if im == nil {
		im = mlx.ZerosLike(re)
	}
	for _, x := range []*mlx.Array{re, im} {
		if x.Dtype() == mlx.Complex64 {
			panic(mlx.NewError(name, "dtype", "the parts of complex numbers must be real"))
		}
	}
	both := mlx.BroadcastArrays(re.AsType(mlx.Float64), im.AsType(mlx.Float64))
	o := optionsOf(opts)
	axes, s := plan(name, both[0], o, nil, false)
	z := mlx.Stack(both, -1)
	for i, x := range axes {
		d := z.NDim()
		z = paired(fit(z, x, s[i]).Swapaxes(x, d-2), sign).Swapaxes(x, d-2)
	}
	z = times(z, scale(name, o.Norm, s, sign > 0))
	return z.At(mlx.Rest, 0), z.At(mlx.Rest, 1)
}

// paired is the transform of pairs along the axis before the last one.
func paired(z *mlx.Array, sign int) *mlx.Array {
	f := mlx.Custom(func(x ...*mlx.Array) []*mlx.Array {
		return []*mlx.Array{mlx.Kernel(backend.Fourier, mlx.Float64, x[0].Shape(), []int{sign}, x[0])}
	}, mlx.CustomRules{VJP: func(_, g, _ []*mlx.Array) []*mlx.Array {
		return []*mlx.Array{paired(g[0], -sign)}
	}})
	return f(z)[0]
}
