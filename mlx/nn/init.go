package nn

import (
	"math"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/linalg"
	"github.com/ingot-go/ingot/mlx/random"
)

// Initializer makes an array with the shape of another one. Those of this
// package draw from the common state of package random.
type Initializer func(like *mlx.Array) *mlx.Array

// InitOptions are the options of initialisers. The zero value means float32, a
// gain of 1 and the mode "fan_in".
type InitOptions struct {
	Dtype mlx.Dtype // Bool stands for float32
	Gain  float64
	Mode  string // of [HeNormal] and [HeUniform]: "fan_in" or "fan_out"
}

func (o InitOptions) dtype() mlx.Dtype {
	if o.Dtype == mlx.Bool {
		return mlx.Float32
	}
	return o.Dtype
}

func initOptions(options []InitOptions) InitOptions {
	o := InitOptions{Gain: 1}
	if len(options) > 0 {
		o = options[0]
	}
	if o.Gain == 0 {
		o.Gain = 1
	}
	return o
}

// ConstantInit fills with one value.
func ConstantInit(value float64, options ...InitOptions) Initializer {
	d := initOptions(options).dtype()
	return func(a *mlx.Array) *mlx.Array { return mlx.Full(a.Shape(), value, d) }
}

// NormalInit draws from a normal distribution.
func NormalInit(mean, std float64, options ...InitOptions) Initializer {
	d := initOptions(options).dtype()
	return func(a *mlx.Array) *mlx.Array {
		return random.NormalWith(random.Options{Dtype: d, Loc: mean, Scale: std}, a.Shape()...)
	}
}

// UniformInit draws numbers from low up to but without high.
func UniformInit(low, high float64, options ...InitOptions) Initializer {
	d := initOptions(options).dtype()
	return func(a *mlx.Array) *mlx.Array {
		return random.UniformWith(low, high, random.Options{Dtype: d}, a.Shape()...)
	}
}

// IdentityInit makes a square matrix with ones on the diagonal.
func IdentityInit(options ...InitOptions) Initializer {
	d := initOptions(options).dtype()
	return func(a *mlx.Array) *mlx.Array {
		if a.NDim() != 2 || a.Dim(0) != a.Dim(1) {
			panic(mlx.NewError("identity", "shape", "the shape %v is not that of a square matrix", a.Shape()))
		}
		return mlx.Eye(a.Dim(0)).AsType(d)
	}
}

// fans is how many numbers each result of a layer with these weights comes from,
// and how many results each input goes into.
func fans(name string, a *mlx.Array) (in, out float64) {
	s := a.Shape()
	if len(s) < 2 {
		panic(mlx.NewError(name, "shape", "the shape %v has less than two axes", s))
	}
	field := 1
	for _, d := range s[1 : len(s)-1] {
		field *= d
	}
	return float64(s[len(s)-1] * field), float64(s[0] * field)
}

// GlorotNormal draws with the standard deviation gain·√(2/(in+out)), where in
// and out are the fans of the weights (X. Glorot, Y. Bengio, 2010).
func GlorotNormal(options ...InitOptions) Initializer {
	o := initOptions(options)
	return func(a *mlx.Array) *mlx.Array {
		in, out := fans("glorot_normal", a)
		return NormalInit(0, o.Gain*math.Sqrt(2/(in+out)), o)(a)
	}
}

// GlorotUniform draws evenly between ±gain·√(6/(in+out)); see [GlorotNormal].
func GlorotUniform(options ...InitOptions) Initializer {
	o := initOptions(options)
	return func(a *mlx.Array) *mlx.Array {
		in, out := fans("glorot_uniform", a)
		limit := o.Gain * math.Sqrt(6/(in+out))
		return UniformInit(-limit, limit, o)(a)
	}
}

// HeNormal draws with the standard deviation gain/√fan, where fan is that of the
// mode (K. He and others, 2015).
func HeNormal(options ...InitOptions) Initializer {
	o := initOptions(options)
	return func(a *mlx.Array) *mlx.Array {
		return NormalInit(0, o.Gain/math.Sqrt(o.fan("he_normal", a)), o)(a)
	}
}

// HeUniform draws evenly between ±gain·√(3/fan); see [HeNormal].
func HeUniform(options ...InitOptions) Initializer {
	o := initOptions(options)
	return func(a *mlx.Array) *mlx.Array {
		limit := o.Gain * math.Sqrt(3/o.fan("he_uniform", a))
		return UniformInit(-limit, limit, o)(a)
	}
}

func (o InitOptions) fan(name string, a *mlx.Array) float64 {
	in, out := fans(name, a)
	switch o.Mode {
	case "", "fan_in":
		return in
	case "fan_out":
		return out
	}
	panic(mlx.NewError(name, "value", "%q is neither fan_in nor fan_out", o.Mode))
}

// SparseInit draws from a normal distribution and sets a share of each row, at
// random places, to zero.
func SparseInit(sparsity, mean, std float64, options ...InitOptions) Initializer {
	d := initOptions(options).dtype()
	return func(a *mlx.Array) *mlx.Array {
		if a.NDim() != 2 {
			panic(mlx.NewError("sparse", "shape", "the shape %v is not that of a matrix", a.Shape()))
		}
		zeros := int(math.Ceil(sparsity * float64(a.Dim(1))))
		order := random.Uniform(a.Shape()...).ArgSort(1)
		x := random.NormalWith(random.Options{Dtype: d, Loc: mean, Scale: std}, a.Shape()...)
		at := order.At(mlx.All, mlx.S(nil, zeros))
		return mlx.PutAlongAxis(x, at, mlx.Zeros(1, 1).AsType(d), 1)
	}
}

// OrthogonalInit makes a matrix whose rows or columns, whichever are fewer, are
// orthogonal and of length gain.
func OrthogonalInit(options ...InitOptions) Initializer {
	o := initOptions(options)
	return func(a *mlx.Array) *mlx.Array {
		if a.NDim() != 2 {
			panic(mlx.NewError("orthogonal", "shape", "the shape %v is not that of a matrix", a.Shape()))
		}
		n := max(a.Dim(0), a.Dim(1))
		q, r := linalg.QR(random.Normal(n, n))
		q = q.Mul(r.Diagonal(0, 0, 1).Sign())
		return q.At(mlx.S(nil, a.Dim(0)), mlx.S(nil, a.Dim(1))).Mul(o.Gain).AsType(o.dtype())
	}
}
