package replay

import (
	"strings"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/nn"
	"github.com/ingot-go/ingot/mlx/optimizers"
)

// trees is the rows of trees, of initialisers and of what else is made for layers.
var trees = table{
	"utils.tree_flatten": func(c *call) any {
		var leaves []mlx.Leaf
		prefix, _ := c.or(1, "prefix", "").(string)
		c.or(2, "is_leaf", nil)
		dict := map[string]any{}
		_, toDict := c.named["destination"].(map[string]any)
		switch to := c.or(3, "destination", nil).(type) {
		case []any:
			for _, pair := range to {
				p := untuple(pair).([]any)
				leaves = append(leaves, mlx.Leaf{Path: p[0].(string), Value: p[1]})
			}
		case map[string]any:
			dict = to
		}
		for _, l := range mlx.TreeFlatten(c.args[0]) {
			if prefix != "" { // as inside of another tree, with a dot in front
				l.Path = strings.TrimSuffix(prefix[1:]+"."+l.Path, ".")
			}
			leaves = append(leaves, l)
			dict[l.Path] = l.Value
		}
		if toDict {
			return dict
		}
		return leaves
	},
	"utils.tree_unflatten": func(c *call) any {
		if d, ok := c.args[0].(map[string]any); ok {
			var leaves []mlx.Leaf
			for k, v := range d {
				leaves = append(leaves, mlx.Leaf{Path: k, Value: v})
			}
			return mlx.TreeUnflatten(leaves)
		}
		var leaves []mlx.Leaf
		for _, pair := range untuple(c.args[0]).([]any) {
			p := untuple(pair).([]any)
			leaves = append(leaves, mlx.Leaf{Path: p[0].(string), Value: p[1]})
		}
		return mlx.TreeUnflatten(leaves)
	},
	"utils.tree_merge": func(c *call) any { return mlx.TreeMerge(plainTree(c.args[0]), plainTree(c.args[1]), nil) },
	"optimizers.clip_grad_norm": func(c *call) any {
		g, norm := optimizers.ClipGradNorm(c.args[0], toFloat(c.operandOr(1, "max_norm")))
		return []any{g, norm}
	},

	"nn.init.constant": initializer(func(c *call) nn.Initializer { return nn.ConstantInit(c.number(0, "value", 0), c.initOptions(1)) }),
	"nn.init.normal": initializer(func(c *call) nn.Initializer {
		return nn.NormalInit(c.number(0, "mean", 0), c.number(1, "std", 1), c.initOptions(2))
	}),
	"nn.init.uniform": initializer(func(c *call) nn.Initializer {
		return nn.UniformInit(c.number(0, "low", 0), c.number(1, "high", 1), c.initOptions(2))
	}),
	"nn.init.identity":       initializer(func(c *call) nn.Initializer { return nn.IdentityInit(c.initOptions(0)) }),
	"nn.init.glorot_normal":  initializer(func(c *call) nn.Initializer { return nn.GlorotNormal(c.initOptions(0)) }),
	"nn.init.glorot_uniform": initializer(func(c *call) nn.Initializer { return nn.GlorotUniform(c.initOptions(0)) }),
	"nn.init.he_normal":      initializer(func(c *call) nn.Initializer { return nn.HeNormal(c.initOptions(0)) }),
	"nn.init.he_uniform":     initializer(func(c *call) nn.Initializer { return nn.HeUniform(c.initOptions(0)) }),
	"nn.init.sparse": initializer(func(c *call) nn.Initializer {
		return nn.SparseInit(c.number(0, "sparsity", 0), c.number(1, "mean", 0), c.number(2, "std", 1), c.initOptions(3))
	}),
	"nn.init.orthogonal": initializer(func(c *call) nn.Initializer {
		gain := c.number(0, "gain", 1)
		o := c.initOptions(1)
		o.Gain = gain
		return nn.OrthogonalInit(o)
	}),

	"nn.layers.upsample.upsample_nearest": func(c *call) any {
		return nn.UpsampleNearest(c.array(0), floats(c.operandOr(1, "scale_factor"))...)
	},
	"nn.layers.upsample.upsample_linear": upsample(nn.UpsampleLinear),
	"nn.layers.upsample.upsample_cubic":  upsample(nn.UpsampleCubic),

	"nn.ALiBi.create_alibi_slope": func(c *call) any { return nn.ALiBiSlopes(c.int(0, "num_heads", 1), c.dtype(1, mlx.Float32)) },
	"nn.ALiBi.create_alibi_matrix": func(c *call) any {
		return nn.ALiBiMatrix(c.int(0, "q_sequence_length", 0), c.int(1, "k_sequence_length", 0), c.int(2, "num_heads", 1), c.int(3, "offset", 0), c.dtype(4, mlx.Float32))
	},
	"nn.MultiHeadAttention.create_additive_causal_mask": func(c *call) any {
		return nn.CausalMask(c.int(0, "N", 0), c.dtype(1, mlx.Float32))
	},
}

// plainTree forgets which brackets lists had.
func plainTree(v any) any {
	switch v := untuple(v).(type) {
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = plainTree(x)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			out[k] = plainTree(x)
		}
		return out
	default:
		return v
	}
}

// initializer is the row of a function that makes an initialiser, which is then
// applied to the recorded input.
func initializer(f func(c *call) nn.Initializer) row {
	return func(c *call) any { return f(c)(c.initInput) }
}

func (c *call) initOptions(i int) nn.InitOptions {
	return nn.InitOptions{Dtype: c.dtype(i, mlx.Float32), Gain: 1}
}

func upsample(f func(*mlx.Array, nn.UpsampleOptions, ...float64) *mlx.Array) row {
	return func(c *call) any {
		scale := floats(c.operandOr(1, "scale_factor"))
		return f(c.array(0), nn.UpsampleOptions{AlignCorners: c.flag(2, "align_corners"), AntiAlias: c.flag(3, "antialias")}, scale...)
	}
}

// floats is one number or a list of them.
func floats(v any) (out []float64) {
	l, ok := untuple(v).([]any)
	if !ok {
		l = []any{v}
	}
	for _, x := range l {
		out = append(out, toFloat(x))
	}
	return out
}
