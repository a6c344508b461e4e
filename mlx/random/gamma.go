package random

import (
	"math"

	"github.com/ingot-go/ingot/mlx"
)

// Distributions of positive numbers. Their parameters are numbers or arrays,
// which broadcast to the shape. Those that reject draws do a fixed number of
// rounds, which less than one draw in 10⁹ outlasts.

// parameter is an array of float32 that broadcasts to the shape.
func parameter(v mlx.Operand, shape []int) *mlx.Array {
	return float32Of(v).BroadcastTo(shape...)
}

// Exponential is float32 numbers of the exponential distribution with mean scale.
func Exponential(scale mlx.Operand, shape ...int) *mlx.Array {
	return ExponentialKey(next(), scale, shape...)
}

// ExponentialKey is [Exponential] for a key.
func ExponentialKey(key *mlx.Array, scale mlx.Operand, shape ...int) *mlx.Array {
	return UniformKey(key, 0, 1, shape...).Neg().Log1p().Neg().Mul(parameter(scale, shape))
}

// Gamma is float32 numbers of the gamma distribution with shape parameter k and
// mean k·scale.
func Gamma(k, scale mlx.Operand, shape ...int) *mlx.Array {
	return GammaKey(next(), k, scale, shape...)
}

// GammaKey is [Gamma] for a key.
func GammaKey(key *mlx.Array, k, scale mlx.Operand, shape ...int) *mlx.Array {
	return logGamma(key, parameter(k, shape), shape).Exp().Mul(parameter(scale, shape))
}

const gammaRounds = 10

// logGamma is logarithms of numbers of the gamma distribution: those of small
// parameters would be zero. (G. Marsaglia, W. Tsang, A simple method for
// generating gamma variables, 2000; below 1 by way of k+1.)
func logGamma(key, k *mlx.Array, shape []int) *mlx.Array {
	keys := Split(key, 2*gammaRounds+1)
	small := k.Less(1)
	d := mlx.Where(small, k.Add(1), k).Sub(1.0 / 3)
	c := mlx.Reciprocal(d.Mul(9).Sqrt())
	var out, done *mlx.Array
	for i := range gammaRounds {
		x := NormalKey(keys.At(2*i), shape...)
		v := x.Mul(c).Add(1)
		v = v.Mul(v).Mul(v)
		logV := mlx.Maximum(v, 1e-30).Log()
		u := UniformKey(keys.At(2*i+1), 1e-30, 1, shape...)
		good := mlx.LogicalAnd(v.Greater(0), u.Log().Less(x.Square().Mul(0.5).Add(d.Mul(mlx.Sub(1, v).Add(logV)))))
		if out == nil {
			out, done = logV, good
			continue
		}
		out, done = mlx.Where(done, out, logV), mlx.LogicalOr(done, good)
	}
	boost := UniformKey(keys.At(2*gammaRounds), 1e-30, 1, shape...).Log().Div(k)
	return out.Add(d.Log()).Add(mlx.Where(small, boost, 0.0))
}

// Beta is float32 numbers of the beta distribution, between 0 and 1.
func Beta(a, b mlx.Operand, shape ...int) *mlx.Array { return BetaKey(next(), a, b, shape...) }

// BetaKey is [Beta] for a key.
func BetaKey(key *mlx.Array, a, b mlx.Operand, shape ...int) *mlx.Array {
	keys := Split(key)
	x := logGamma(keys.At(0), parameter(a, shape), shape)
	y := logGamma(keys.At(1), parameter(b, shape), shape)
	return mlx.Sigmoid(x.Sub(y))
}

// Poisson is int32 numbers of the Poisson distribution with the given mean.
func Poisson(mean mlx.Operand, shape ...int) *mlx.Array { return PoissonKey(next(), mean, shape...) }

const (
	poissonRounds = 12
	few           = 10 // means below this are drawn by their cumulated probabilities
	fewTerms      = 48
)

// PoissonKey is [Poisson] for a key.
func PoissonKey(key *mlx.Array, mean mlx.Operand, shape ...int) *mlx.Array {
	m := mlx.New(mean, mlx.Float64).BroadcastTo(shape...)
	keys := Split(key)
	low := fewEvents(keys.At(0), mlx.Minimum(m, few), shape)
	high := manyEvents(keys.At(1), mlx.Maximum(m, few), shape)
	return mlx.Where(m.Less(few), low, high).AsType(mlx.Int32)
}

// fewEvents counts the cumulated probabilities that a uniform number is above.
func fewEvents(key, m *mlx.Array, shape []int) *mlx.Array {
	u := UniformKey(key, 0, 1, shape...).AsType(mlx.Float64)
	p := m.Neg().Exp()
	sum, count := p, mlx.ZerosLike(m)
	for k := 1; k <= fewTerms; k++ {
		count = count.Add(mlx.GreaterEqual(u, sum).AsType(mlx.Float64))
		p = p.Mul(m).Div(k)
		sum = sum.Add(p)
	}
	return count
}

// manyEvents rejects draws from a table mountain. (W. Hörmann, The transformed
// rejection method for generating Poisson random variables, 1993: PTRS.)
func manyEvents(key, m *mlx.Array, shape []int) *mlx.Array {
	keys := Split(key, 2*poissonRounds)
	b := m.Sqrt().Mul(2.53).Add(0.931)
	a := b.Mul(0.02483).Sub(0.059)
	alpha := mlx.Div(1.1328, b.Sub(3.4)).Add(1.1239)
	limit := mlx.Sub(0.9277, mlx.Div(3.6224, b.Sub(2)))
	var out, done *mlx.Array
	for i := range poissonRounds {
		u := UniformKey(keys.At(2*i), -0.5, 0.5, shape...).AsType(mlx.Float64)
		v := UniformKey(keys.At(2*i+1), 1e-30, 1, shape...).AsType(mlx.Float64)
		edge := mlx.Maximum(mlx.Sub(0.5, u.Abs()), 1e-30)
		k := mlx.Maximum(a.Mul(2).Div(edge).Add(b).Mul(u).Add(m).Add(0.43).Floor(), -1)
		inside := mlx.LogicalAnd(edge.GreaterEqual(0.07), v.LessEqual(limit))
		outside := mlx.LogicalOr(k.Less(0), mlx.LogicalAnd(edge.Less(0.013), v.Greater(edge)))
		k0 := mlx.Maximum(k, 0)
		left := v.Mul(alpha).Div(a.Div(edge.Square()).Add(b)).Log()
		right := k0.Mul(m.Log()).Sub(m).Sub(logFactorial(k0))
		good := mlx.LogicalOr(inside, mlx.LogicalAnd(mlx.LogicalNot(outside), left.LessEqual(right)))
		if out == nil {
			out, done = k0, good
			continue
		}
		out, done = mlx.Where(done, out, k0), mlx.LogicalOr(done, good)
	}
	return out
}

// logFactorial is the logarithm of the factorial, by Stirling's series seven
// numbers further up.
func logFactorial(k *mlx.Array) *mlx.Array {
	product := k.Add(1)
	for i := 2; i <= 7; i++ {
		product = product.Mul(k.Add(i))
	}
	x := k.Add(8)
	series := mlx.Sub(mlx.Div(1.0/12, x), mlx.Div(1.0/360, x.Mul(x).Mul(x)))
	return x.Sub(0.5).Mul(x.Log()).Sub(x).Add(math.Log(2*math.Pi) / 2).Add(series).Sub(product.Log())
}
