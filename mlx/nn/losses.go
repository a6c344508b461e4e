package nn

import (
	"math"
	"slices"

	"github.com/ingot-go/ingot/mlx"
)

// Reduction says what becomes of the losses of single examples.
type Reduction string

// The reductions: the losses themselves, their mean, or their sum. The empty one
// is the usual one of the loss.
const (
	None Reduction = "none"
	Mean Reduction = "mean"
	Sum  Reduction = "sum"
)

func (r Reduction) of(name string, x *mlx.Array, usual Reduction) *mlx.Array {
	if r == "" {
		r = usual
	}
	switch r {
	case None:
		return x
	case Mean:
		return x.Mean()
	case Sum:
		return x.Sum()
	}
	panic(mlx.NewError(name, "value", "%q is not a reduction", string(r)))
}

func sameShape(name string, arrays ...*mlx.Array) {
	for _, a := range arrays[1:] {
		if !slices.Equal(a.Shape(), arrays[0].Shape()) {
			panic(mlx.NewError(name, "shape", "shapes %v and %v differ", arrays[0].Shape(), a.Shape()))
		}
	}
}

// fromEnd counts axes from the end: 0 is the last one.
func fromEnd(name string, a *mlx.Array, k int) int {
	n := a.NDim()
	if k < 0 || k >= n {
		panic(mlx.NewError(name, "axis", "axis %d from the end of an array with %d dimensions", k, n))
	}
	return n - 1 - k
}

// CrossEntropyOptions are the options of [CrossEntropy]. Axis counts from the
// end: 0 is the last axis. Smoothing, from 0 up to 1, moves that much of the
// probability from the target to all classes.
type CrossEntropyOptions struct {
	Weights   *mlx.Array // of the examples
	Axis      int
	Smoothing float64
	Reduction Reduction // usually None
}

// CrossEntropy is -ln of the probability that logits give to the targets:
// numbers of classes, or probabilities of all of them.
func CrossEntropy(logits, targets *mlx.Array, options ...CrossEntropyOptions) *mlx.Array {
	const name = "cross_entropy"
	o := append(options, CrossEntropyOptions{})[0]
	if o.Smoothing < 0 || o.Smoothing >= 1 {
		panic(mlx.NewError(name, "value", "smoothing by %v", o.Smoothing))
	}
	at := fromEnd(name, logits, o.Axis)
	rest := slices.Delete(logits.Shape(), at, at+1)
	byClass := targets.NDim() == len(rest)
	if !byClass && !slices.Equal(targets.Shape(), logits.Shape()) || byClass && !slices.Equal(targets.Shape(), rest) {
		panic(mlx.NewError(name, "shape", "targets of shape %v for logits of shape %v", targets.Shape(), logits.Shape()))
	}
	logits = logits.Sub(mlx.StopGradient(logits.MaxKeep(at)))
	var score *mlx.Array
	if byClass {
		score = mlx.TakeAlongAxis(logits, targets.ExpandDims(at), at).Squeeze(at)
	} else {
		score = logits.Mul(targets).Sum(at)
	}
	loss := logits.LogSumExp(at)
	if o.Smoothing > 0 {
		loss = loss.Sub(score.Mul(1 - o.Smoothing)).Sub(logits.Mean(at).Mul(o.Smoothing))
	} else {
		loss = loss.Sub(score)
	}
	return o.Reduction.of(name, weighted(name, loss, o.Weights), None)
}

func weighted(name string, loss, weights *mlx.Array) *mlx.Array {
	if weights == nil {
		return loss
	}
	sameShape(name, loss, weights)
	return loss.Mul(weights)
}

// BinaryCrossEntropyOptions are the options of [BinaryCrossEntropy].
type BinaryCrossEntropyOptions struct {
	Weights       *mlx.Array
	Probabilities bool      // the inputs are probabilities, where otherwise they are logits
	Reduction     Reduction // usually Mean
}

// BinaryCrossEntropy is -ln of the probability that the inputs give to targets
// from 0 to 1.
func BinaryCrossEntropy(inputs, targets *mlx.Array, options ...BinaryCrossEntropyOptions) *mlx.Array {
	const name = "binary_cross_entropy"
	o := append(options, BinaryCrossEntropyOptions{})[0]
	sameShape(name, inputs, targets)
	var loss *mlx.Array
	if o.Probabilities {
		yes, no := mlx.Clip(inputs.Log(), -100.0, nil), mlx.Clip(mlx.Sub(1, inputs).Log(), -100.0, nil)
		loss = targets.Mul(yes).Add(mlx.Sub(1, targets).Mul(no)).Neg()
	} else {
		loss = mlx.LogAddExp(0.0, inputs).Sub(inputs.Mul(targets))
	}
	return o.Reduction.of(name, weighted(name, loss, o.Weights), Mean)
}

func last(r []Reduction) Reduction { return append(r, "")[0] }

// L1Loss is |predictions - targets|; usually their mean.
func L1Loss(predictions, targets *mlx.Array, r ...Reduction) *mlx.Array {
	sameShape("l1_loss", predictions, targets)
	return last(r).of("l1_loss", predictions.Sub(targets).Abs(), Mean)
}

// MSELoss is (predictions - targets)²; usually their mean.
func MSELoss(predictions, targets *mlx.Array, r ...Reduction) *mlx.Array {
	sameShape("mse_loss", predictions, targets)
	return last(r).of("mse_loss", predictions.Sub(targets).Square(), Mean)
}

// NLLLoss is minus the input, a logarithm of a probability, of the target class
// along an axis, counted from the end.
func NLLLoss(inputs, targets *mlx.Array, axis int, r ...Reduction) *mlx.Array {
	const name = "nll_loss"
	at := fromEnd(name, inputs, axis)
	loss := mlx.TakeAlongAxis(inputs, targets.ExpandDims(at), at).Squeeze(at).Neg()
	return last(r).of(name, loss, None)
}

// GaussianNLLOptions are the options of [GaussianNLLLoss]; Eps is 1e-6 unless set.
type GaussianNLLOptions struct {
	Full      bool // with the constant part
	Eps       float64
	Reduction Reduction // usually Mean
}

// GaussianNLLLoss is -ln of the density of normal distributions with the inputs
// as means, and vars as variances, at the targets.
func GaussianNLLLoss(inputs, targets, vars *mlx.Array, options ...GaussianNLLOptions) *mlx.Array {
	const name = "gaussian_nll_loss"
	o := append(options, GaussianNLLOptions{})[0]
	if o.Eps == 0 {
		o.Eps = 1e-6
	}
	sameShape(name, inputs, targets, vars)
	vars = mlx.Maximum(vars, o.Eps)
	loss := vars.Log().Add(targets.Sub(inputs).Square().Div(vars)).Mul(0.5)
	if o.Full {
		loss = loss.Add(halfLog2Pi)
	}
	return o.Reduction.of(name, loss, Mean)
}

// KLDivLoss is the divergence of the inputs from the targets, both logarithms of
// probabilities, along an axis, counted from the end.
func KLDivLoss(inputs, targets *mlx.Array, axis int, r ...Reduction) *mlx.Array {
	const name = "kl_div_loss"
	loss := targets.Exp().Mul(targets.Sub(inputs)).Sum(fromEnd(name, inputs, axis))
	return last(r).of(name, loss, None)
}

// SmoothL1Loss is d²/(2·beta) for differences d below beta, and d - beta/2 above.
func SmoothL1Loss(predictions, targets *mlx.Array, beta float64, r ...Reduction) *mlx.Array {
	const name = "smooth_l1_loss"
	sameShape(name, predictions, targets)
	d := predictions.Sub(targets).Abs()
	return last(r).of(name, mlx.Where(mlx.Less(d, beta), d.Square().Mul(0.5).Div(beta), d.Sub(0.5*beta)), Mean)
}

// TripletOptions are the options of [TripletLoss]: distances of order P (2 unless
// set) along an axis, counted from the end; Margin is 1 and Eps 1e-6 unless set.
type TripletOptions struct {
	Axis           int
	P, Margin, Eps float64
	Reduction      Reduction // usually None
}

// TripletLoss is how much less than the margin the anchors are nearer to the
// positives than to the negatives.
func TripletLoss(anchors, positives, negatives *mlx.Array, options ...TripletOptions) *mlx.Array {
	const name = "triplet_loss"
	o := append(options, TripletOptions{})[0]
	for _, d := range []struct {
		v     *float64
		usual float64
	}{{&o.P, 2}, {&o.Margin, 1}, {&o.Eps, 1e-6}} {
		if *d.v == 0 {
			*d.v = d.usual
		}
	}
	at := fromEnd(name, anchors, o.Axis)
	distance := func(to *mlx.Array) *mlx.Array {
		sum := anchors.Sub(to).Abs().Pow(o.P).Sum(at).Add(o.Eps)
		if o.P == 2 {
			return sum.Sqrt()
		}
		return sum.Pow(1 / o.P)
	}
	loss := mlx.Maximum(distance(positives).Sub(distance(negatives)).Add(o.Margin), 0)
	return o.Reduction.of(name, loss, None)
}

// HingeLoss is max(1 - inputs·targets, 0).
func HingeLoss(inputs, targets *mlx.Array, r ...Reduction) *mlx.Array {
	return last(r).of("hinge_loss", mlx.Maximum(mlx.Sub(1, inputs.Mul(targets)), 0), None)
}

// HuberLoss is the square loss up to a difference of delta, and linear beyond.
func HuberLoss(inputs, targets *mlx.Array, delta float64, r ...Reduction) *mlx.Array {
	size := inputs.Sub(targets).Abs()
	near := mlx.Minimum(size, delta)
	return last(r).of("huber_loss", near.Square().Mul(0.5).Add(size.Sub(near).Mul(delta)), None)
}

// LogCoshLoss is ln(cosh(inputs - targets)).
func LogCoshLoss(inputs, targets *mlx.Array, r ...Reduction) *mlx.Array {
	e := inputs.Sub(targets)
	return last(r).of("log_cosh_loss", mlx.LogAddExp(e, e.Neg()).Sub(math.Ln2), None)
}

// CosineSimilarityLoss is the cosine of the angle between vectors along an axis.
// The product of their lengths counts as eps at least.
func CosineSimilarityLoss(x1, x2 *mlx.Array, axis int, eps float64, r ...Reduction) *mlx.Array {
	length := func(x *mlx.Array) *mlx.Array { return x.Square().Sum(axis).Sqrt() }
	loss := x1.Mul(x2).Sum(axis).Div(mlx.Maximum(length(x1).Mul(length(x2)), eps))
	return last(r).of("cosine_similarity_loss", loss, None)
}

// MarginRankingLoss is max(0, margin - targets·(inputs1 - inputs2)).
func MarginRankingLoss(inputs1, inputs2, targets *mlx.Array, margin float64, r ...Reduction) *mlx.Array {
	const name = "margin_ranking_loss"
	sameShape(name, inputs1, inputs2, targets)
	loss := mlx.Maximum(inputs1.Sub(inputs2).Mul(targets.Neg()).Add(margin), 0)
	return last(r).of(name, loss, None)
}
