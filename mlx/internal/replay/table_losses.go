package replay

import (
	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/nn"
)

// neural is the rows of package nn.
var neural = table{
	"nn.leaky_relu":       func(c *call) any { return nn.LeakyReLU(c.array(0), c.number(1, "negative_slope", 0.01)) },
	"nn.log_sigmoid":      unary(nn.LogSigmoid),
	"nn.relu2":            unary(nn.ReLU2),
	"nn.relu6":            unary(nn.ReLU6),
	"nn.elu":              func(c *call) any { return nn.ELU(c.array(0), c.number(1, "alpha", 1)) },
	"nn.celu":             func(c *call) any { return nn.CELU(c.array(0), c.number(1, "alpha", 1)) },
	"nn.selu":             unary(nn.SELU),
	"nn.mish":             unary(nn.Mish),
	"nn.gelu_fast_approx": unary(nn.GELUFastApprox),
	"nn.glu":              func(c *call) any { return nn.GLU(c.array(0), c.int(1, "axis", -1)) },
	"nn.step":             func(c *call) any { return nn.Step(c.array(0), c.number(1, "threshold", 0)) },
	"nn.prelu":            func(c *call) any { return nn.PReLU(c.array(0), arr(c.operandOr(1, "alpha"))) },
	"nn.hardswish":        unary(nn.HardSwish),
	"nn.hard_tanh": func(c *call) any {
		return nn.HardTanh(c.array(0), c.number(1, "min_val", -1), c.number(2, "max_val", 1))
	},
	"nn.hard_shrink": func(c *call) any { return nn.HardShrink(c.array(0), c.number(1, "lambd", 0.5)) },
	"nn.softshrink":  func(c *call) any { return nn.SoftShrink(c.array(0), c.number(1, "lambd", 0.5)) },
	"nn.softmin":     func(c *call) any { return nn.SoftMin(c.array(0), c.int(1, "axis", -1)) },
	"nn.softsign":    unary(nn.SoftSign),

	"nn.losses.cross_entropy": func(c *call) any {
		x, y := c.pair()
		return nn.CrossEntropy(x, y, nn.CrossEntropyOptions{Weights: c.maybe(2, "weights"), Axis: c.fromEnd(3, x, -1),
			Smoothing: c.number(4, "label_smoothing", 0), Reduction: c.reduction(5)})
	},
	"nn.losses.binary_cross_entropy": func(c *call) any {
		x, y := c.pair()
		logits, _ := c.or(3, "with_logits", true).(bool)
		return nn.BinaryCrossEntropy(x, y, nn.BinaryCrossEntropyOptions{Weights: c.maybe(2, "weights"), Probabilities: !logits, Reduction: c.reduction(4)})
	},
	"nn.losses.l1_loss":       lossRow(nn.L1Loss),
	"nn.losses.mse_loss":      lossRow(nn.MSELoss),
	"nn.losses.hinge_loss":    lossRow(nn.HingeLoss),
	"nn.losses.log_cosh_loss": lossRow(nn.LogCoshLoss),
	"nn.losses.nll_loss": func(c *call) any {
		x, y := c.pair()
		return nn.NLLLoss(x, y, c.fromEnd(2, x, -1), c.reduction(3))
	},
	"nn.losses.gaussian_nll_loss": func(c *call) any {
		x, y := c.pair()
		vars := arr(c.operandOr(2, "vars"))
		return nn.GaussianNLLLoss(x, y, vars, nn.GaussianNLLOptions{Full: c.flag(3, "full"), Eps: c.number(4, "eps", 0), Reduction: c.reduction(5)})
	},
	"nn.losses.kl_div_loss": func(c *call) any {
		x, y := c.pair()
		return nn.KLDivLoss(x, y, c.fromEnd(2, x, -1), c.reduction(3))
	},
	"nn.losses.smooth_l1_loss": func(c *call) any {
		x, y := c.pair()
		return nn.SmoothL1Loss(x, y, c.number(2, "beta", 1), c.reduction(3))
	},
	"nn.losses.huber_loss": func(c *call) any {
		x, y := c.pair()
		return nn.HuberLoss(x, y, c.number(2, "delta", 1), c.reduction(3))
	},
	"nn.losses.triplet_loss": func(c *call) any {
		x, y := c.pair()
		z := arr(c.operandOr(2, "negatives"))
		return nn.TripletLoss(x, y, z, nn.TripletOptions{Axis: c.fromEnd(3, x, -1), P: c.number(4, "p", 0),
			Margin: c.number(5, "margin", 0), Eps: c.number(6, "eps", 0), Reduction: c.reduction(7)})
	},
	"nn.losses.cosine_similarity_loss": func(c *call) any {
		x, y := c.pair()
		return nn.CosineSimilarityLoss(x, y, c.int(2, "axis", 1), c.number(3, "eps", 1e-8), c.reduction(4))
	},
	"nn.losses.margin_ranking_loss": func(c *call) any {
		x, y := c.pair()
		z := arr(c.operandOr(2, "targets"))
		return nn.MarginRankingLoss(x, y, z, c.number(3, "margin", 0), c.reduction(4))
	},
}

func lossRow(f func(a, b *mlx.Array, r ...nn.Reduction) *mlx.Array) row {
	return func(c *call) any {
		x, y := c.pair()
		return f(x, y, c.reduction(2))
	}
}

// pair is the first two arguments.
func (c *call) pair() (x, y *mlx.Array) {
	if len(c.args) < 2 {
		panic(unsupported("arguments by name"))
	}
	return arr(c.args[0]), arr(c.args[1])
}

func (c *call) reduction(i int) nn.Reduction {
	s, _ := c.or(i, "reduction", "").(string)
	return nn.Reduction(s)
}

func (c *call) number(i int, name string, usual float64) float64 {
	return toFloat(c.or(i, name, usual))
}

// fromEnd is an axis, counted from the end.
func (c *call) fromEnd(i int, a *mlx.Array, usual int) int {
	axis := c.int(i, "axis", usual)
	if axis < 0 {
		axis += a.NDim()
	}
	return a.NDim() - 1 - axis
}
