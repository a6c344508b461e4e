package replay

import "github.com/ingot-go/ingot/mlx"

// quantized is the rows of quantised matrices.
var quantized = table{
	"quantize": func(c *call) any {
		a, o := c.array(0), c.quantization(1)
		p, s, b := mlx.Quantize(a, o)
		if b == nil {
			return []*mlx.Array{p, s}
		}
		return []*mlx.Array{p, s, b}
	},
	"dequantize": func(c *call) any {
		b, o := c.maybe(2, "biases"), c.quantization(3)
		if d, ok := c.or(-1, "dtype", nil).(dtypeValue); ok {
			return mlx.Dequantize(c.array(0), arr(c.operandOr(1, "scales")), b, o, mlx.Dtype(d))
		}
		return mlx.Dequantize(c.array(0), arr(c.operandOr(1, "scales")), b, o)
	},
	"quantized_matmul": func(c *call) any {
		b, transpose := c.maybe(3, "biases"), c.or(4, "transpose", true).(bool)
		return mlx.QuantizedMatMul(c.array(0), arr(c.args[1]), arr(c.operandOr(2, "scales")), b, c.quantization(5), !transpose)
	},
	"gather_qmm": func(c *call) any {
		b := c.maybe(3, "biases")
		left, right := c.maybe(4, "lhs_indices"), c.maybe(5, "rhs_indices")
		transpose := c.or(6, "transpose", true).(bool)
		c.flag(-1, "sorted_indices")
		return mlx.GatherQMM(c.array(0), arr(c.args[1]), arr(c.operandOr(2, "scales")), b, left, right, c.quantization(7), !transpose)
	},
	"qqmm": func(c *call) any {
		s := arr(c.operandOr(2, "scales"))
		mode, _ := c.or(5, "mode", "nvfp4").(string)
		o := mlx.QuantOptions{GroupSize: c.int(3, "group_size", 0), Bits: c.int(4, "bits", 0), Mode: mode}
		return mlx.QQMatMul(c.array(0), arr(c.args[1]), s, o)
	},
	"gather_qqmm": func(c *call) any {
		s := arr(c.operandOr(2, "scales"))
		left, right := c.maybe(3, "lhs_indices"), c.maybe(4, "rhs_indices")
		c.flag(-1, "sorted_indices")
		mode, _ := c.or(7, "mode", "nvfp4").(string)
		o := mlx.QuantOptions{GroupSize: c.int(5, "group_size", 0), Bits: c.int(6, "bits", 0), Mode: mode}
		return mlx.GatherQQMM(c.array(0), arr(c.args[1]), s, left, right, o)
	},
	"to_fp8": first(mlx.ToFP8),
	"from_fp8": func(c *call) any {
		if d, ok := c.or(1, "dtype", nil).(dtypeValue); ok {
			return mlx.FromFP8(c.array(0), mlx.Dtype(d))
		}
		return mlx.FromFP8(c.array(0))
	},
}

// quantization is the options from argument i on.
func (c *call) quantization(i int) mlx.QuantOptions {
	mode, _ := c.or(i+2, "mode", "").(string)
	return mlx.QuantOptions{GroupSize: c.int(i, "group_size", 0), Bits: c.int(i+1, "bits", 0), Mode: mode, GlobalScale: c.maybe(-1, "global_scale")}
}
