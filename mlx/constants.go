package mlx

import "math"

// Constants under MLX's names.
const (
	E          = math.E
	Pi         = math.Pi
	EulerGamma = 0.57721566490153286060651209008240243104215933593992
)

// Version is the version of this package.
const Version = "0.1.0"

// Inf and NaN as operands.
var (
	Inf = math.Inf(1)
	NaN = math.NaN()
)
