// Package random makes random arrays: the numbers of Apple's MLX, bit for bit,
// from keys that are split (Threefry).
//
// Functions without a key draw one from a state that [Seed] sets. A [Key] makes
// what follows reproducible wherever it runs:
//
//	k := random.Key(7)
//	x := random.Normal(2, 3)            // from the common state
//	y := random.NormalKey(k, 2, 3)      // always the same
package random

import (
	"math"
	"slices"
	"sync"
	"time"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/hook"
	"github.com/ingot-go/ingot/mlx/op"
)

// The common state: the key from which the next one is split.
var (
	mu    sync.Mutex
	state = keyOf(uint64(time.Now().UnixMilli()))
)

type key [2]uint32

func keyOf(seed uint64) key { return key{uint32(seed >> 32), uint32(seed)} }

func (k key) array() *mlx.Array { return mlx.New(k[:]) }

// Seed sets the common state, so that what follows is the same in every run.
func Seed(seed uint64) {
	mu.Lock()
	defer mu.Unlock()
	state = keyOf(seed)
}

// State is the common state, as a key.
func State() *mlx.Array {
	mu.Lock()
	defer mu.Unlock()
	return state.array()
}

// SetState makes a key the common state, such as one that [State] gave, so that
// what followed then follows again.
func SetState(key *mlx.Array) {
	if key.Dtype() != mlx.Uint32 || key.Size() != 2 {
		panic(mlx.NewError("random_state", "value", "a key is two uint32 numbers, not %v %v", key.Shape(), key.Dtype()))
	}
	words := key.Ints()
	mu.Lock()
	defer mu.Unlock()
	state[0], state[1] = uint32(words[0]), uint32(words[1])
}

// next draws a key from the common state.
func next() *mlx.Array { return mlx.DrawnKey(draw) }

func draw() [2]uint32 {
	mu.Lock()
	defer mu.Unlock()
	word := func(i int) uint32 { return op.RandomWord(state[0], state[1], i, 4) }
	k := key{word(2), word(3)}
	state = key{word(0), word(1)}
	return k
}

// Key is the key for a seed: an array of two uint32.
func Key(seed uint64) *mlx.Array { return keyOf(seed).array() }

// Split derives num keys from one, two by default, as the rows of an array.
func Split(key *mlx.Array, num ...int) *mlx.Array {
	n := 2
	if len(num) > 0 {
		n = num[0]
	}
	return mlx.RandomBits(key, n, 2)
}

// Bits is uniformly random uint32 numbers.
func Bits(shape ...int) *mlx.Array { return mlx.RandomBits(next(), shape...) }

// BitsKey is [Bits] for a key.
func BitsKey(key *mlx.Array, shape ...int) *mlx.Array { return mlx.RandomBits(key, shape...) }

// belowOne is the greatest float32 below 1.
var belowOne = math.Nextafter32(1, 0)

// Uniform is float32 numbers from 0 up to but without 1.
func Uniform(shape ...int) *mlx.Array { return UniformKey(next(), 0, 1, shape...) }

// UniformIn is float32 numbers from low up to but without high, which are
// numbers or arrays that broadcast to the shape.
func UniformIn(low, high mlx.Operand, shape ...int) *mlx.Array {
	return UniformKey(next(), low, high, shape...)
}

// UniformKey is [UniformIn] for a key.
func UniformKey(key *mlx.Array, low, high mlx.Operand, shape ...int) *mlx.Array {
	lo, hi := spread(float32Of(low), shape), spread(float32Of(high), shape)
	u := mlx.RandomBits(key, shape...).AsType(mlx.Float32).Div(float32(1 << 32))
	u = mlx.Minimum(u, belowOne)
	return mlx.Sub(hi, lo).Mul(u).Add(lo)
}

// spread checks that a parameter given as an array fits the shape.
func spread(a *mlx.Array, shape []int) *mlx.Array {
	if a.NDim() > 0 {
		return a.BroadcastTo(shape...)
	}
	return a
}

func float32Of(v mlx.Operand) *mlx.Array { return mlx.New(v, mlx.Float32) }

// Normal is float32 numbers of the standard normal distribution.
func Normal(shape ...int) *mlx.Array { return NormalKey(next(), shape...) }

// NormalKey is [Normal] for a key.
func NormalKey(key *mlx.Array, shape ...int) *mlx.Array {
	return mlx.Erfinv(UniformKey(key, -belowOne, 1, shape...)).Mul(float32(math.Sqrt2))
}

// RandInt is int32 numbers from low up to but without high.
func RandInt(low, high mlx.Operand, shape ...int) *mlx.Array {
	return RandIntKey(next(), low, high, shape...)
}

// RandIntKey is [RandInt] for a key.
func RandIntKey(key *mlx.Array, low, high mlx.Operand, shape ...int) *mlx.Array {
	u := UniformKey(key, low, high, shape...).Floor().AsType(mlx.Int32)
	return mlx.Maximum(mlx.Minimum(u, mlx.New(high, mlx.Int32).Sub(1)), mlx.New(low, mlx.Int32))
}

// Bernoulli is bools that are true with probability p, a number or an array that
// broadcasts to the shape.
func Bernoulli(p mlx.Operand, shape ...int) *mlx.Array { return BernoulliKey(next(), p, shape...) }

// BernoulliKey is [Bernoulli] for a key.
func BernoulliKey(key *mlx.Array, p mlx.Operand, shape ...int) *mlx.Array {
	if a, ok := p.(*mlx.Array); ok && a != nil && !a.Dtype().IsFloat() {
		panic(&mlx.Error{Op: "bernoulli", Kind: "dtype", Where: hook.Where(),
			Msg: "the probability has dtype " + a.Dtype().String() + " and must be a float"})
	}
	above := math.Nextafter32(1<<32, math.MaxFloat32) // so that p = 1 is always true
	return mlx.Less(mlx.RandomBits(key, shape...).AsType(mlx.Float32), float32Of(p).Mul(above))
}

// Permutation is the numbers 0 to n-1 in random order, as uint32.
func Permutation(n int) *mlx.Array { return PermutationKey(next(), n) }

// PermutationKey is [Permutation] for a key.
func PermutationKey(key *mlx.Array, n int) *mlx.Array { return mlx.RandomBits(key, n).ArgSort() }

// Gumbel is float32 numbers of the standard Gumbel distribution.
func Gumbel(shape ...int) *mlx.Array { return GumbelKey(next(), shape...) }

// GumbelKey is [Gumbel] for a key.
func GumbelKey(key *mlx.Array, shape ...int) *mlx.Array {
	return UniformKey(key, 0, 1, shape...).Log().Neg().Log().Neg()
}

// Categorical draws, for each row along the last axis of logits, a number of an
// element with probability softmax(logits), as uint32.
func Categorical(logits *mlx.Array) *mlx.Array { return CategoricalKey(next(), logits) }

// CategoricalKey is [Categorical] for a key.
func CategoricalKey(key *mlx.Array, logits *mlx.Array) *mlx.Array {
	return logits.Add(GumbelKey(key, slices.Clone(logits.Shape())...)).ArgMax(-1)
}
