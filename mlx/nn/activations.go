// Package nn has the functions of neural networks: activations and losses.
// Those that work element by element fuse with what is around them.
//
//	logits := mlx.New([][]float32{{2, 0}, {0, 1}})
//	loss := nn.CrossEntropy(logits, mlx.New([]int32{0, 1}))
package nn

import (
	"math"

	"github.com/ingot-go/ingot/mlx"
)

func or(list []float64, usual float64) float64 {
	if len(list) > 0 {
		return list[0]
	}
	return usual
}

// LeakyReLU is x where it is positive, and slope·x elsewhere; the slope is 0.01
// unless given.
func LeakyReLU(x *mlx.Array, slope ...float64) *mlx.Array {
	return mlx.Maximum(x.Mul(or(slope, 0.01)), x)
}

// LogSigmoid is the logarithm of the sigmoid.
func LogSigmoid(x *mlx.Array) *mlx.Array { return mlx.Softplus(x.Neg()).Neg() }

// ReLU2 is the square of x where it is positive and 0 elsewhere.
func ReLU2(x *mlx.Array) *mlx.Array { return mlx.ReLU(x).Square() }

// ReLU6 is x brought into the range from 0 to 6.
func ReLU6(x *mlx.Array) *mlx.Array { return mlx.Minimum(mlx.Maximum(x, 0.0), 6.0) }

// ELU is x where it is positive, and alpha·(eˣ-1) elsewhere; alpha is 1 unless given.
func ELU(x *mlx.Array, alpha ...float64) *mlx.Array {
	return mlx.Where(mlx.Greater(x, 0), x, x.Exp().Sub(1).Mul(or(alpha, 1)))
}

// CELU is the [ELU] whose slope is continuous: alpha·(exp(x/alpha)-1) below 0.
func CELU(x *mlx.Array, alpha ...float64) *mlx.Array {
	a := or(alpha, 1)
	return mlx.Maximum(x, 0.0).Add(mlx.Minimum(x, 0.0).Div(a).Exp().Sub(1).Mul(a))
}

// SELU is the [ELU] that keeps mean and variance of normal numbers.
func SELU(x *mlx.Array) *mlx.Array { return ELU(x, 1.67326).Mul(1.0507) }

// Mish is x·tanh(ln(1+eˣ)).
func Mish(x *mlx.Array) *mlx.Array { return x.Mul(mlx.Softplus(x).Tanh()) }

// GELUFastApprox is x·sigmoid(1.702·x).
func GELUFastApprox(x *mlx.Array) *mlx.Array { return x.Mul(x.Mul(1.702).Sigmoid()) }

// GLU is the first half of x along an axis, the last one by default, times the
// sigmoid of the second half.
func GLU(x *mlx.Array, axis ...int) *mlx.Array {
	at := -1
	if len(axis) > 0 {
		at = axis[0]
	}
	h := mlx.Split(x, 2, at)
	return h[0].Mul(h[1].Sigmoid())
}

// Step is 1 where x is not below the threshold, which is 0 unless given, and 0
// elsewhere, as int32.
func Step(x *mlx.Array, threshold ...float64) *mlx.Array {
	return mlx.Where(mlx.GreaterEqual(x, or(threshold, 0)), 1, 0)
}

// PReLU is x where it is positive, and alpha·x elsewhere.
func PReLU(x, alpha *mlx.Array) *mlx.Array {
	return mlx.Maximum(x, 0).Add(alpha.Mul(mlx.Minimum(x, 0)))
}

// HardSwish is x·min(max(x+3, 0), 6)/6.
func HardSwish(x *mlx.Array) *mlx.Array {
	return x.Mul(mlx.Minimum(mlx.Maximum(x.Add(3), 0), 6)).Div(6)
}

// HardTanh is x brought into the range from low to high.
func HardTanh(x *mlx.Array, low, high float64) *mlx.Array {
	return mlx.Minimum(mlx.Maximum(x, low), high)
}

// HardShrink is x where its size is above lambda, which is 0.5 unless given, and
// 0 elsewhere.
func HardShrink(x *mlx.Array, lambda ...float64) *mlx.Array {
	return mlx.Where(mlx.Greater(x.Abs(), or(lambda, 0.5)), x, 0)
}

// SoftShrink is [HardShrink] moved towards 0 by lambda.
func SoftShrink(x *mlx.Array, lambda ...float64) *mlx.Array {
	l := or(lambda, 0.5)
	return mlx.Where(mlx.Greater(x.Abs(), l), x.Sub(x.Sign().Mul(l)), 0)
}

// SoftMin is the softmax of -x along an axis, the last one by default.
func SoftMin(x *mlx.Array, axis ...int) *mlx.Array {
	if len(axis) == 0 {
		axis = []int{-1}
	}
	return mlx.Softmax(x.Neg(), axis...)
}

// SoftSign is x/(1+|x|).
func SoftSign(x *mlx.Array) *mlx.Array { return x.Div(x.Abs().Add(1)) }

// halfLog2Pi is ln(2π)/2.
var halfLog2Pi = 0.5 * math.Log(2*math.Pi)
