package nn

import (
	"math"

	"github.com/ingot-go/ingot/mlx"
)

// UpsampleOptions are the options of [UpsampleLinear] and [UpsampleCubic].
type UpsampleOptions struct {
	// AlignCorners puts the first and last elements of input and result at the
	// same places; without it their outer edges are.
	AlignCorners bool
	// AntiAlias makes the kernel wider where the result is smaller, so that every
	// element of the input counts. It does not go with AlignCorners.
	AntiAlias bool
}

// UpsampleNearest scales the axes between the first (the batch) and the last
// (the channels) and repeats the nearest element. There is one scale for all of
// these axes, or one for each.
func UpsampleNearest(x *mlx.Array, scale ...float64) *mlx.Array {
	for i, s := range scales("upsample_nearest", x, scale) {
		n := x.Dim(i + 1)
		m := int(s * float64(n))
		at := make([]int, m)
		for k := range at {
			place := float32(k) * (float32(n) / float32(m))
			if m > n {
				place = float32(math.RoundToEven(float64((float32(k)+0.5)*(float32(n)/float32(m)) - 0.5)))
			}
			at[k] = min(max(int(place), 0), n-1)
		}
		x = x.Take(at, i+1)
	}
	return x
}

// UpsampleLinear scales the axes as [UpsampleNearest] does, and interpolates
// between the two nearest elements.
func UpsampleLinear(x *mlx.Array, o UpsampleOptions, scale ...float64) *mlx.Array {
	return interpolate("upsample_linear", x, o, scale, kernel{1, func(d float32) float32 { return 1 - d }})
}

// UpsampleCubic scales the axes as [UpsampleNearest] does, by a cubic polynomial
// through the four nearest elements (R. Keys, 1981, with a = -0.75, or -0.5 where
// AntiAlias is set).
func UpsampleCubic(x *mlx.Array, o UpsampleOptions, scale ...float64) *mlx.Array {
	a := float32(-0.75)
	if o.AntiAlias {
		a = -0.5
	}
	return interpolate("upsample_cubic", x, o, scale, kernel{2, func(d float32) float32 {
		if d <= 1 {
			return ((a+2)*d-(a+3))*d*d + 1
		}
		return (((d-5)*d+8)*d - 4) * a
	}})
}

// scales is one scale for each axis between the first and the last.
func scales(name string, x *mlx.Array, scale []float64) []float64 {
	axes := x.NDim() - 2
	if axes < 1 {
		panic(mlx.NewError(name, "shape", "an array of shape %v has no axis between the first and the last", x.Shape()))
	}
	if len(scale) == 1 {
		for len(scale) < axes {
			scale = append(scale, scale[0])
		}
	}
	if len(scale) != axes {
		panic(mlx.NewError(name, "value", "%d scales for %d axes", len(scale), axes))
	}
	for _, s := range scale {
		if !(s > 0) || math.IsInf(s, 0) {
			panic(mlx.NewError(name, "value", "a scale of %v is not positive", s))
		}
	}
	return scale
}

// kernel is how much an element counts at a distance up to reach.
type kernel struct {
	reach  int
	weight func(distance float32) float32
}

func interpolate(name string, x *mlx.Array, o UpsampleOptions, scale []float64, k kernel) *mlx.Array {
	if o.AlignCorners && o.AntiAlias {
		panic(mlx.NewError(name, "value", "AlignCorners and AntiAlias do not go together"))
	}
	for i, s := range scales(name, x, scale) {
		axis := i + 1
		taps := k.taps(x.Dim(axis), s, o)
		sum := mlx.Zeros().AsType(x.Dtype())
		for _, t := range taps {
			shape := make([]int, x.NDim()-axis)
			for j := range shape {
				shape[j] = 1
			}
			shape[0] = len(t.at)
			sum = sum.Add(x.Take(t.at, axis).Mul(mlx.New(t.weights).Reshape(shape...)))
		}
		x = sum
	}
	return x
}

// tap is, for each element of the result, the place of one element of the input
// and how much it counts.
type tap struct {
	at      []int
	weights []float32
}

// taps of a scaled axis of length n.
func (k kernel) taps(n int, scale float64, o UpsampleOptions) []tap {
	m := int(scale * float64(n))
	wide := 1.0
	if o.AntiAlias && scale < 1 {
		wide = 1 / scale
	}
	count := 2 * int(math.Ceil(float64(k.reach)*wide))
	taps := make([]tap, count)
	for j := range taps {
		taps[j] = tap{make([]int, m), make([]float32, m)}
	}
	for i := range m {
		place := place(i, n, m, scale, o.AlignCorners)
		if k.reach == 1 && wide == 1 { // beyond the edge is the edge itself
			place = min(max(place, 0), float64(n-1))
		}
		first := int(math.Floor(place)) - count/2 + 1
		total := 0.0
		row := make([]float64, count)
		for j := range row {
			at := first + j
			d := math.Abs(place-float64(at)) / wide
			if d < float64(k.reach) && (wide == 1 || at >= 0 && at < n) {
				row[j] = float64(k.weight(float32(d)))
			}
			total += row[j]
			taps[j].at[i] = min(max(at, 0), n-1)
		}
		for j := range row {
			if wide != 1 {
				row[j] /= total
			}
			taps[j].weights[i] = float32(row[j])
		}
	}
	return taps
}

// place is where element i of m lies among n, in single precision as in MLX.
func place(i, n, m int, scale float64, corners bool) float64 {
	switch {
	case corners && m == 1:
		return 0
	case corners:
		return float64(float32(i) * float32(float64(n-1)/float64(m-1)))
	}
	step := 1 / scale
	start := (float64(m-1)*step - float64(n) + 1) / 2
	return float64(float32(i)*float32(step) - float32(start))
}
