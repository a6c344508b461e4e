package mlx

import (
	"math"
	"slices"

	"github.com/ingot-go/ingot/mlx/op"
)

// Quantised matrices hold each element in a few bits, packed into uint32 words
// along the last axis, beside a scale for each group of neighbours.

// QuantOptions say how a matrix is quantised. Mode is "affine" (or empty: scale
// and bias for each group, 1 to 8 bits), "mxfp4", "mxfp8" or "nvfp4" (small
// floats with 8-bit scales). The zero values of GroupSize and Bits are those of
// the mode: 64 and 4, 32 and 4, 32 and 8, 16 and 4.
type QuantOptions struct {
	GroupSize, Bits int
	Mode            string
	GlobalScale     *Array // of nvfp4: the greatest element that the scales reach up to; nil for none
}

// format is options with everything filled in.
type format struct {
	name        string
	group, bits int
	affine, e8  bool // e8: the scales are powers of two
	top         float64
	global      *Array
}

func (o QuantOptions) format(name string) format {
	f := format{name: name, group: o.GroupSize, bits: o.Bits, global: o.GlobalScale}
	usual := map[string]format{"": {group: 64, bits: 4, affine: true}, "affine": {group: 64, bits: 4, affine: true},
		"mxfp4": {group: 32, bits: 4, e8: true, top: 6}, "mxfp8": {group: 32, bits: 8, e8: true, top: 448}, "nvfp4": {group: 16, bits: 4, top: 6}}
	u, ok := usual[o.Mode]
	if !ok {
		fail(name, "value", "%q is not a mode", o.Mode)
	}
	f.affine, f.e8, f.top = u.affine, u.e8, u.top
	if f.group == 0 {
		f.group = u.group
	}
	if f.bits == 0 {
		f.bits = u.bits
	}
	if u.affine && (!slices.Contains([]int{32, 64, 128}, f.group) || !slices.Contains([]int{1, 2, 3, 4, 5, 6, 8}, f.bits)) ||
		!u.affine && (f.group != u.group || f.bits != u.bits) {
		fail(name, "value", "groups of %d and %d bits are not possible in mode %q", f.group, f.bits, o.Mode)
	}
	if f.global != nil && o.Mode != "nvfp4" {
		fail(name, "value", "a global scale is for nvfp4")
	}
	return f
}

// Quantize packs a matrix. biases is nil except in mode affine.
func Quantize(w *Array, options ...QuantOptions) (packed, scales, biases *Array) {
	const name = "quantize"
	f := append(options, QuantOptions{})[0].format(name)
	n := w.node(name)
	d := len(n.shape)
	if d < 2 || n.shape[d-1]%f.group != 0 || n.shape[d-1]%32 != 0 {
		fail(name, "shape", "a matrix of shape %s cannot be cut into groups of %d", shapeText(n.shape), f.group)
	}
	if !n.dtype.IsFloat() || n.dtype == Float64 {
		fail(name, "dtype", "the dtype %v cannot be quantised", n.dtype)
	}
	groups := w.AsType(Float32).Unflatten(-1, -1, f.group)
	if f.affine {
		return f.affineCodes(groups, n.dtype)
	}
	codes, scales := f.floatCodes(groups)
	return pack(codes.Flatten(d-1, d), f.bits), scales, nil
}

// affineCodes chooses scale and bias so that the end of the range that is
// further from zero, and zero itself, are exact.
func (f format) affineCodes(groups *Array, d Dtype) (packed, scales, biases *Array) {
	bins := float64(int(1)<<f.bits - 1)
	low, high := groups.MinKeep(-1), groups.MaxKeep(-1)
	left := Greater(low.Abs(), high.Abs())
	scale := Maximum(high.Sub(low).Div(bins), 1e-7)
	scale = Where(left, scale, scale.Neg())
	edge := Where(left, low, high)
	steps := edge.Div(scale).Round()
	none := Equal(steps, 0)
	scale = Where(none, scale, edge.Div(Where(none, 1.0, steps)))
	bias := Where(none, 0.0, edge)
	codes := Clip(groups.Sub(bias).Div(scale).Round(), 0, bins)
	last := groups.NDim() - 1
	return pack(codes.AsType(Uint32).Flatten(last-1, last), f.bits), scale.Squeeze(-1).AsType(d), bias.Squeeze(-1).AsType(d)
}

// floatCodes is the small floats and the scales of the float modes.
func (f format) floatCodes(groups *Array) (codes, scales *Array) {
	most := groups.Abs().MaxKeep(-1)
	var step *Array
	switch {
	case f.e8:
		exponent := most.Div(f.top).AsType(Float64).Log2().Ceil()
		exponent = Clip(Where(IsInf(exponent), -127.0, exponent), -127, 127)
		scales = exponent.Add(127).AsType(Uint8)
		step = powerOf2(exponent.AsType(Int32))
	default:
		whole := New(1.0)
		if f.global != nil {
			whole = Div(448*6.0, f.global.AsType(Float32))
		}
		scales = ToFP8(most.Div(f.top).Mul(whole))
		step = FromFP8(scales, Float32).Div(whole)
	}
	scaled := Where(Equal(step, 0), 0.0, groups.Div(Where(Equal(step, 0), 1.0, step)))
	if f.bits == 8 {
		return ToFP8(scaled).AsType(Uint32), scales.Squeeze(-1)
	}
	return toFP4(scaled), scales.Squeeze(-1)
}

// powerOf2 is 2 to the power of each integer, exactly.
func powerOf2(e *Array) *Array { return Pow(New(2.0, Float64), e.AsType(Float64)).AsType(Float32) }

// pack joins codes along the last axis as one stream of bits, the low ones first.
func pack(codes *Array, bits int) *Array {
	one := RightShift(codes.ExpandDims(-1), Arange(bits).AsType(Uint32)).BitwiseAnd(1)
	words := one.Flatten(-2, -1).Unflatten(-1, -1, 32)
	return LeftShift(words, Arange(32).AsType(Uint32)).Sum(-1).AsType(Uint32)
}

// unpack is the inverse of pack.
func unpack(words *Array, bits int) *Array {
	one := RightShift(words.ExpandDims(-1), Arange(32).AsType(Uint32)).BitwiseAnd(1)
	codes := one.Flatten(-2, -1).Unflatten(-1, -1, bits)
	return LeftShift(codes, Arange(bits).AsType(Uint32)).Sum(-1).AsType(Uint32)
}

// Dequantize is the matrix that was packed, in the dtype of the scales, or in the
// float modes bfloat16, unless another is given.
func Dequantize(packed, scales, biases *Array, o QuantOptions, dtype ...Dtype) *Array {
	const name = "dequantize"
	f := o.format(name)
	d := f.check(packed, scales, biases)
	if len(dtype) > 0 {
		if d = dtype[0]; !d.IsFloat() {
			fail(name, "dtype", "the dtype %v is no float", d)
		}
	}
	return f.matrix(packed, scales, biases).AsType(d)
}

// check refuses what does not belong together, and gives the dtype of the matrix.
func (f format) check(packed, scales, biases *Array) Dtype {
	p, s := packed.node(f.name), scales.node(f.name)
	if p.dtype != op.Uint32 {
		fail(f.name, "dtype", "the packed matrix has dtype %v and must be uint32", p.dtype)
	}
	d := len(p.shape)
	if d < 2 || len(s.shape) != d || !equalShape(p.shape[:d-1], s.shape[:d-1]) || p.shape[d-1]*32 != s.shape[d-1]*f.group*f.bits {
		fail(f.name, "shape", "scales of shape %s for a packed matrix of shape %s in groups of %d with %d bits", shapeText(s.shape), shapeText(p.shape), f.group, f.bits)
	}
	if !f.affine {
		if biases != nil || s.dtype != op.Uint8 {
			fail(f.name, "dtype", "scales of dtype %v; the float modes have uint8 scales and no biases", s.dtype)
		}
		return BFloat16
	}
	if biases == nil || !equalShape(biases.node(f.name).shape, s.shape) {
		fail(f.name, "shape", "mode affine needs biases of the shape of the scales, %s", shapeText(s.shape))
	}
	if !s.dtype.IsFloat() {
		fail(f.name, "dtype", "scales of dtype %v", s.dtype)
	}
	return s.dtype
}

// matrix is what the codes stand for, in float32 at least.
func (f format) matrix(packed, scales, biases *Array) *Array {
	codes := unpack(packed, f.bits).Unflatten(-1, -1, f.group)
	last := codes.NDim() - 1
	if f.affine {
		w := codes.AsType(Float32).Mul(scales.ExpandDims(-1)).Add(biases.ExpandDims(-1))
		return w.Flatten(last-1, last)
	}
	var w, step *Array
	if f.bits == 8 {
		w = FromFP8(codes.AsType(Uint8), Float32)
	} else {
		w = Take(New(fp4Values), codes)
	}
	if f.e8 {
		step = powerOf2(scales.AsType(Int32).Sub(127))
	} else {
		step = FromFP8(scales, Float32)
		if f.global != nil {
			step = step.Mul(f.global.AsType(Float32)).Div(448 * 6.0)
		}
	}
	return w.Mul(step.ExpandDims(-1)).Flatten(last-1, last)
}

// QuantizedMatMul is x times a packed matrix, which is transposed unless plain is
// given and true. biases is nil except in mode affine.
func QuantizedMatMul(x, packed, scales, biases *Array, o QuantOptions, plain ...bool) *Array {
	const name = "quantized_matmul"
	f := o.format(name)
	f.check(packed, scales, biases)
	d := x.node(name).dtype
	if f.affine {
		d = op.Promote(d, scales.n.dtype)
	}
	if !d.IsFloat() {
		fail(name, "dtype", "the dtype %v is no float", d)
	}
	w := f.matrix(packed, scales, biases)
	if len(plain) == 0 || !plain[0] {
		w = Swapaxes(w, -1, -2)
	}
	return MatMul(x, w).AsType(d) // narrow floats are products in float32
}

// QQMatMul is [QuantizedMatMul] in the float modes, of an x that is quantised
// in the same way before.
func QQMatMul(x, packed, scales *Array, o QuantOptions) *Array {
	p, s, _ := Quantize(x, o)
	return QuantizedMatMul(Dequantize(p, s, nil, o, Float32), packed, scales, nil, o).AsType(x.n.dtype)
}

// GatherQMM is [GatherMM] with a packed matrix on the right; see [QuantizedMatMul].
func GatherQMM(x, packed, scales, biases, left, right *Array, o QuantOptions, plain ...bool) *Array {
	const name = "gather_qmm"
	f := o.format(name)
	f.check(packed, scales, biases)
	w := f.matrix(packed, scales, biases)
	if len(plain) == 0 || !plain[0] {
		w = Swapaxes(w, -1, -2)
	}
	return GatherMM(x, w, left, right).AsType(x.n.dtype)
}

// GatherQQMM is [GatherQMM] of an x that is quantised in the same way before; see
// [QQMatMul].
func GatherQQMM(x, packed, scales, left, right *Array, o QuantOptions) *Array {
	p, s, _ := Quantize(x, o)
	return GatherQMM(Dequantize(p, s, nil, o, Float32), packed, scales, nil, left, right, o).AsType(x.n.dtype)
}

// fp4Values are the sixteen floats of one sign, two exponent and one fraction bit.
var fp4Values = []float32{0, 0.5, 1, 1.5, 2, 3, 4, 6, float32(math.Copysign(0, -1)), -0.5, -1, -1.5, -2, -3, -4, -6}

// toFP4 is the code of the nearest of those, the even one of two.
func toFP4(x *Array) *Array {
	size, code := x.Abs(), Full([]int{}, uint32(0))
	for i, v := range fp4Values[:7] {
		between := (v + fp4Values[i+1]) / 2
		past := Greater(size, between)
		if i%2 == 1 {
			past = GreaterEqual(size, between)
		}
		code = code.Add(past.AsType(Uint32))
	}
	return code.Add(LogicalAnd(Less(x, 0), Greater(code, 0)).AsType(Uint32).Mul(8)) // zero has no sign
}

// ToFP8 is the codes of floats with one sign, four exponent and three fraction
// bits, as uint8: the nearest, the even one of two, and at most ±448.
func ToFP8(x *Array) *Array {
	const name = "to_fp8"
	if d := x.node(name).dtype; !d.IsFloat() {
		fail(name, "dtype", "the dtype %v is no float", d)
	}
	w := x.AsType(Float64)
	size := Minimum(w.Abs(), 448)
	exponent := Maximum(size.Log2().Floor(), -6)
	eighths := size.Div(Pow(2.0, exponent.Sub(3))).Round()
	code := exponent.Add(7).Mul(8).Add(eighths.Sub(8))
	code = Where(IsNaN(w), 127.0, code)
	negative := LogicalOr(Less(w, 0), LogicalAnd(Equal(w, 0), Less(Reciprocal(w), 0))).AsType(Uint8).Mul(128)
	return code.AsType(Uint8).Add(negative)
}

// fp8Values are the floats that the 256 codes stand for.
var fp8Values = func() []float32 {
	v := make([]float32, 256)
	for i := range 128 {
		e, m := i/8, i%8
		if e == 0 {
			v[i] = float32(m) / 512
		} else {
			v[i] = float32(math.Ldexp(float64(8+m), e-10))
		}
		if i == 127 {
			v[i] = float32(math.NaN())
		}
		v[128+i] = -v[i]
	}
	return v
}()

// FromFP8 is the floats that the codes of [ToFP8] stand for, as bfloat16 unless
// another dtype is given.
func FromFP8(codes *Array, dtype ...Dtype) *Array {
	const name = "from_fp8"
	if d := codes.node(name).dtype; d != op.Uint8 {
		fail(name, "dtype", "the codes have dtype %v and must be uint8", d)
	}
	d := append(dtype, BFloat16)[0]
	if !d.IsFloat() {
		fail(name, "dtype", "the dtype %v is no float", d)
	}
	return Take(New(fp8Values), codes).AsType(d)
}
