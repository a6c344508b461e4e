package replay

import (
	"slices"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/fast"
	"github.com/ingot-go/ingot/mlx/random"
)

// network is the rows of convolutions, package fast, products by parts, and
// package random.
var network = table{
	"conv1d":           convolution(mlx.Conv1D),
	"conv2d":           convolution(mlx.Conv2D),
	"conv3d":           convolution(mlx.Conv3D),
	"conv_transpose1d": transposed(mlx.ConvTranspose1D),
	"conv_transpose2d": transposed(mlx.ConvTranspose2D),
	"conv_transpose3d": transposed(mlx.ConvTranspose3D),
	"conv_general": func(c *call) any {
		o := mlx.ConvOptions{Stride: c.list(2, "stride"), Dilation: c.list(4, "kernel_dilation"),
			InputDilation: c.list(5, "input_dilation"), Groups: c.positive(6, "groups"), Flip: c.flag(7, "flip")}
		switch p := untuple(c.or(3, "padding", 0)).(type) {
		case int:
			o.Padding = []int{p}
		case []any:
			if len(p) == 2 {
				if _, ok := untuple(p[0]).([]any); ok {
					o.Padding, o.PaddingAfter = ints(p[0]), ints(p[1])
					break
				}
			}
			o.Padding = ints(p)
		}
		return mlx.Conv(c.array(0), arr(c.args[1]), o)
	},
	"convolve": func(c *call) any { return mlx.Convolve(c.array(0), arr(c.args[1]), c.or(2, "mode", "full").(string)) },

	"fast.rms_norm": func(c *call) any { return fast.RMSNorm(c.array(0), c.maybe(1, "weight"), toFloat(c.or(2, "eps", 0))) },
	"fast.layer_norm": func(c *call) any {
		return fast.LayerNorm(c.array(0), c.maybe(1, "weight"), c.maybe(2, "bias"), toFloat(c.or(3, "eps", 0)))
	},
	"fast.rope": func(c *call) any {
		o := fast.RoPEOptions{Traditional: c.flag(-1, "traditional"), Base: toFloat(c.or(-1, "base", 0)), Freqs: c.maybe(-1, "freqs"),
			Scale: toFloat(c.or(-1, "scale", 1)), Offset: c.or(-1, "offset", nil)}
		return fast.RoPE(c.array(0), c.int(1, "dims", 0), o)
	},
	"fast.scaled_dot_product_attention": func(c *call) any {
		o := fast.AttentionOptions{Scale: toFloat(c.or(-1, "scale", 1)), Sinks: c.maybe(-1, "sinks")}
		switch m := c.or(-1, "mask", nil).(type) {
		case string:
			if o.Causal = m == "causal"; !o.Causal {
				panic(&mlx.Error{Op: "scaled_dot_product_attention", Kind: "value", Msg: "no such mask"})
			}
		case *mlx.Array:
			o.Mask = m
		}
		return fast.ScaledDotProductAttention(c.array(0), arr(c.args[1]), arr(c.args[2]), o)
	},

	"gather_mm": func(c *call) any {
		c.flag(-1, "sorted_indices")
		return mlx.GatherMM(c.array(0), arr(c.args[1]), c.maybe(2, "lhs_indices"), c.maybe(3, "rhs_indices"))
	},
	"segmented_mm": func(c *call) any { return mlx.SegmentedMM(c.array(0), arr(c.args[1]), arr(c.args[2])) },
	"block_masked_mm": func(c *call) any {
		return mlx.BlockMaskedMM(c.array(0), arr(c.args[1]), c.int(2, "block_size", 64), c.maybe(3, "mask_out"), c.maybe(4, "mask_lhs"), c.maybe(5, "mask_rhs"))
	},
	"hadamard_transform": func(c *call) any {
		if s := c.or(1, "scale", nil); s != nil {
			return mlx.Hadamard(c.array(0), toFloat(s))
		}
		return mlx.Hadamard(c.array(0))
	},
	"slice": func(c *call) any {
		return mlx.DynamicSlice(c.array(0), arr(c.args[1]), ints(c.args[2]), ints(c.args[3]))
	},
	"slice_update": func(c *call) any {
		return mlx.DynamicSliceUpdate(c.array(0), arr(c.args[1]), arr(c.args[2]), ints(c.args[3]))
	},
	"as_strided": func(c *call) any {
		a := c.array(0)
		shape, strides := c.list(1, "shape"), c.list(2, "strides")
		if shape == nil {
			shape = a.Shape()
		}
		if strides == nil {
			n := 1
			strides = make([]int, len(shape))
			for i := range slices.Backward(shape) {
				strides[i], n = n, n*shape[i]
			}
		}
		return mlx.AsStrided(a, shape, strides, c.int(3, "offset", 0))
	},

	"random.uniform": func(c *call) any {
		low, high, shape := c.or(0, "low", 0.0), c.or(1, "high", 1.0), ints(c.or(2, "shape", []any{}))
		return random.UniformWith(low, high, c.options(3, -1, -1), shape...)
	},
	"random.normal": func(c *call) any { return random.NormalWith(c.options(1, 2, 3), ints(c.or(0, "shape", []any{}))...) },
	"random.gumbel": func(c *call) any { return random.GumbelWith(c.options(1, -1, -1), ints(c.or(0, "shape", []any{}))...) },
	"random.laplace": func(c *call) any {
		return random.LaplaceWith(c.options(1, 2, 3), ints(c.or(0, "shape", []any{}))...)
	},
	"random.truncated_normal": func(c *call) any {
		low, high := c.operandOr(0, "lower"), c.operandOr(1, "upper")
		shape := c.list(2, "shape")
		if shape == nil {
			shape = mlx.BroadcastShapes(mlx.New(low).Shape(), mlx.New(high).Shape())
		}
		return random.TruncatedNormalWith(low, high, c.options(3, -1, -1), shape...)
	},
	"random.randint": func(c *call) any {
		low, high := c.operandOr(0, "low"), c.operandOr(1, "high")
		return random.RandIntWith(low, high, c.dtype(3, mlx.Int32), c.key(), ints(c.or(2, "shape", []any{}))...)
	},
	"random.categorical": func(c *call) any {
		a := c.array(0)
		axis := c.int(1, "axis", -1)
		if axis < 0 {
			axis += a.NDim()
		}
		o := random.CategoricalOptions{Axis: a.NDim() - 1 - axis, Shape: c.list(2, "shape"), Samples: c.int(3, "num_samples", 0)}
		o.Key = c.key()
		return random.CategoricalWith(a, o)
	},
	"random.permutation": func(c *call) any {
		axis := c.int(1, "axis", 0)
		if n, ok := c.args[0].(int); ok {
			return random.PermutationKey(c.key(), n)
		}
		return random.PermuteKey(c.key(), c.array(0), axis)
	},
	"random.multivariate_normal": func(c *call) any {
		return random.MultivariateNormal(c.named0("mean"), arr(c.operandOr(1, "cov")), c.options(3, -1, -1), c.list(2, "shape")...)
	},
}

type convFunc = func(input, weight *mlx.Array, o ...mlx.ConvOptions) *mlx.Array

func convolution(f convFunc) row {
	return func(c *call) any {
		return f(c.array(0), arr(c.args[1]), mlx.ConvOptions{Stride: c.list(2, "stride"), Padding: c.list(3, "padding"),
			Dilation: c.list(4, "dilation"), Groups: c.positive(5, "groups")})
	}
}

func transposed(f convFunc) row {
	return func(c *call) any {
		return f(c.array(0), arr(c.args[1]), mlx.ConvOptions{Stride: c.list(2, "stride"), Padding: c.list(3, "padding"),
			Dilation: c.list(4, "dilation"), OutputPadding: c.list(5, "output_padding"), Groups: c.positive(6, "groups")})
	}
}

// positive refuses the zero that means the default in this API.
func (c *call) positive(i int, name string) int {
	n := c.int(i, name, 1)
	if n == 0 {
		panic(deliberate("zero is the default here"))
	}
	return n
}

// list is integers, or nil where they are not given.
func (c *call) list(i int, name string) []int {
	if v := c.or(i, name, nil); v != nil {
		return ints(v)
	}
	return nil
}

// maybe is an array, or nil where it is not given.
func (c *call) maybe(i int, name string) *mlx.Array {
	if v := c.or(i, name, nil); v != nil {
		return arr(v)
	}
	return nil
}

// options is the options of a distribution, of which the dtype, the location
// and the scale may be given by position.
func (c *call) options(dtype, loc, scale int) random.Options {
	o := random.Options{Loc: c.or(loc, "loc", nil), Scale: c.or(scale, "scale", nil)}
	o.Dtype = c.dtype(dtype, mlx.Float32)
	o.Key = c.key()
	return o
}
