// Package fast has the building blocks of transformers: normalisations, rotary
// positions and attention. Each is one or two regions of the plan, computed in
// float32 where the arrays are narrower.
package fast

import (
	"math"

	"github.com/ingot-go/ingot/mlx"
)

func fail(name, kind, format string, args ...any) { panic(mlx.NewError(name, kind, format, args...)) }

// wide is x in at least float32, and the dtype of the result beside weights,
// which may be nil.
func wide(name string, x *mlx.Array, weights ...*mlx.Array) (*mlx.Array, mlx.Dtype) {
	d := x.Dtype()
	if !d.IsFloat() {
		fail(name, "dtype", "the dtype is %v and must be a float", d)
	}
	if x.NDim() == 0 {
		fail(name, "shape", "a 0-dimensional array has no last axis")
	}
	for _, w := range weights {
		if w == nil {
			continue
		}
		if w.NDim() != 1 || w.Dim(0) != x.Dim(-1) {
			fail(name, "shape", "weights of shape %v for a last axis of length %d", w.Shape(), x.Dim(-1))
		}
		d = mlx.ResultType(d, w.Dtype())
	}
	return x.AsType(mlx.ResultType(mlx.Float32, x.Dtype())), d
}

// RMSNorm is x divided by the root of the mean square along the last axis, times
// the weight, which may be nil.
func RMSNorm(x, weight *mlx.Array, eps float64) *mlx.Array {
	y, d := wide("rms_norm", x, weight)
	y = y.Mul(y.Square().MeanKeep(-1).Add(eps).Rsqrt())
	if weight != nil {
		y = y.Mul(weight)
	}
	return y.AsType(d)
}

// LayerNorm is x brought to mean 0 and variance 1 along the last axis, times the
// weight plus the bias, either of which may be nil.
func LayerNorm(x, weight, bias *mlx.Array, eps float64) *mlx.Array {
	y, d := wide("layer_norm", x, weight, bias)
	y = y.Sub(y.MeanKeep(-1))
	y = y.Mul(y.Square().MeanKeep(-1).Add(eps).Rsqrt())
	if weight != nil {
		y = y.Mul(weight)
	}
	if bias != nil {
		y = y.Add(bias)
	}
	return y.AsType(d)
}

// RoPEOptions are the options of [RoPE].
type RoPEOptions struct {
	Traditional bool        // rotate neighbours, where otherwise the halves are pairs
	Base        float64     // the slowest wave turns once in 2π·Base positions; one of Base and Freqs is given
	Freqs       *mlx.Array  // wave lengths, one for each pair
	Scale       float64     // of the positions; 0 is 1
	Offset      mlx.Operand // the first position, or one for each batch; nil is 0
}

// RoPE rotates pairs among the first dims elements of the last axis by angles
// that grow with the position, which is the place along the axis before.
func RoPE(x *mlx.Array, dims int, o RoPEOptions) *mlx.Array {
	const name = "rope"
	n := x.NDim()
	if n < 3 {
		fail(name, "shape", "an array of shape %v has fewer than 3 axes", x.Shape())
	}
	if dims <= 0 || dims%2 != 0 || dims > x.Dim(-1) {
		fail(name, "value", "%d of %d elements cannot be rotated in pairs", dims, x.Dim(-1))
	}
	y, d := wide(name, x)
	angles := positions(name, x, dims, o).ExpandDims(-1).Mul(waves(name, dims, o))
	cos, sin := angles.Cos(), angles.Sin()
	parts := mlx.SplitAt(y, []int{dims}, -1)
	turn := parts[0]
	var a, b *mlx.Array
	if o.Traditional {
		a, b = turn.At(mlx.Rest, mlx.S(0, nil, 2)), turn.At(mlx.Rest, mlx.S(1, nil, 2))
	} else {
		h := mlx.Split(turn, 2, -1)
		a, b = h[0], h[1]
	}
	p, q := a.Mul(cos).Sub(b.Mul(sin)), a.Mul(sin).Add(b.Mul(cos))
	if o.Traditional {
		turn = mlx.Stack([]*mlx.Array{p, q}, -1).Reshape(turn.Shape()...)
	} else {
		turn = mlx.Concatenate([]*mlx.Array{p, q}, -1)
	}
	return mlx.Concatenate([]*mlx.Array{turn, parts[1]}, -1).AsType(d)
}

// waves is how fast each pair turns.
func waves(name string, dims int, o RoPEOptions) *mlx.Array {
	if (o.Base == 0) == (o.Freqs == nil) {
		fail(name, "value", "just one of Base and Freqs must be given")
	}
	if o.Freqs != nil {
		if o.Freqs.NDim() != 1 || o.Freqs.Dim(0) != dims/2 {
			fail(name, "shape", "wave lengths of shape %v for %d pairs", o.Freqs.Shape(), dims/2)
		}
		return mlx.Reciprocal(o.Freqs)
	}
	return mlx.Arange(dims / 2).AsType(mlx.Float32).Mul(-math.Log(o.Base) / float64(dims/2)).Exp()
}

// positions is the scaled position of each row, for all batches or for each.
func positions(name string, x *mlx.Array, dims int, o RoPEOptions) *mlx.Array {
	at := mlx.Arange(x.Dim(-2)).AsType(mlx.Float32)
	if o.Offset != nil {
		first := mlx.New(o.Offset)
		if first.NDim() == 1 && (first.Dim(0) == x.Dim(0) || first.Dim(0) == 1) {
			shape := []int{first.Dim(0)}
			for range x.NDim() - 2 {
				shape = append(shape, 1)
			}
			first = first.Reshape(shape...)
		} else if first.Size() != 1 || first.NDim() > 1 {
			fail(name, "shape", "offsets of shape %v for an array of shape %v", first.Shape(), x.Shape())
		}
		at = at.Add(first)
	}
	if o.Scale != 0 && o.Scale != 1 {
		at = at.Mul(o.Scale)
	}
	return at
}

// AttentionOptions are the options of [ScaledDotProductAttention].
type AttentionOptions struct {
	Scale  float64    // of the products
	Mask   *mlx.Array // bools that let pass, or numbers that are added to the products
	Causal bool       // a query looks at keys up to its own place only, counted from the end
	Sinks  *mlx.Array // for each head a product that belongs to no key
}

// ScaledDotProductAttention is softmax(scale·q@kᵀ + mask) @ v, of arrays
// (batch, heads, places, elements); k and v may have fewer heads, which are then shared.
func ScaledDotProductAttention(q, k, v *mlx.Array, o AttentionOptions) *mlx.Array {
	const name = "scaled_dot_product_attention"
	for _, a := range []*mlx.Array{q, k, v} {
		if a.NDim() != 4 {
			fail(name, "shape", "an array of shape %v does not have 4 axes", a.Shape())
		}
	}
	heads, shared := q.Dim(1), k.Dim(1)
	if shared == 0 || heads%shared != 0 || v.Dim(1) != shared || q.Dim(-1) != k.Dim(-1) || k.Dim(2) != v.Dim(2) || q.Dim(0) != k.Dim(0) || q.Dim(0) != v.Dim(0) {
		fail(name, "shape", "shapes %v, %v and %v do not fit each other", q.Shape(), k.Shape(), v.Shape())
	}
	d := mlx.ResultType(q.Dtype(), k.Dtype(), v.Dtype())
	if !d.IsFloat() {
		fail(name, "dtype", "the dtype is %v and must be a float", d)
	}
	in := mlx.ResultType(mlx.Float32, d)
	group := func(a *mlx.Array, n int) *mlx.Array {
		return a.AsType(in).Reshape(a.Dim(0), shared, n, a.Dim(2), a.Dim(3))
	}
	scores := group(q, heads/shared).Mul(o.Scale).MatMul(group(k, 1).Swapaxes(-1, -2))
	whole := []int{q.Dim(0), heads, q.Dim(2), k.Dim(2)}
	scores = scores.Reshape(whole...)
	if o.Causal {
		own := mlx.Arange(q.Dim(2)).Add(k.Dim(2) - q.Dim(2)).ExpandDims(1)
		scores = mlx.Where(mlx.GreaterEqual(own, mlx.Arange(k.Dim(2))), scores, low(scores))
	}
	if o.Mask != nil {
		scores = masked(name, scores, o.Mask, d, whole)
	}
	if o.Sinks != nil {
		if o.Sinks.NDim() != 1 || o.Sinks.Dim(0) != heads {
			fail(name, "shape", "sinks of shape %v for %d heads", o.Sinks.Shape(), heads)
		}
		sink := o.Sinks.AsType(in).Reshape(1, heads, 1, 1).BroadcastTo(whole[0], heads, whole[2], 1)
		scores = mlx.Concatenate([]*mlx.Array{sink, scores}, -1).Softmax(-1).At(mlx.Rest, mlx.S(1))
	} else {
		scores = scores.Softmax(-1)
	}
	out := scores.Reshape(whole[0], shared, heads/shared, whole[2], whole[3]).MatMul(group(v, 1))
	return out.Reshape(whole[0], heads, whole[2], v.Dim(3)).AsType(d)
}

// low stands for -Inf in masks, so that a row without anything to look at has
// equal weights and a derivative.
func low(a *mlx.Array) float64 { return mlx.FInfo(a.Dtype()).Min }

func masked(name string, scores, mask *mlx.Array, d mlx.Dtype, whole []int) *mlx.Array {
	if mask.NDim() > 4 {
		fail(name, "shape", "a mask of shape %v", mask.Shape())
	}
	if mask.Dtype() == mlx.Bool {
		return mlx.Where(mask.BroadcastTo(whole...), scores, low(scores))
	}
	if mlx.ResultType(mask.Dtype(), d) != d {
		fail(name, "dtype", "a mask of dtype %v beside %v", mask.Dtype(), d)
	}
	return scores.Add(mask.BroadcastTo(whole...))
}
