package mlx

import (
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
)

// GatherMM multiplies matrices that are chosen by number among those in the
// batch axes of a and b. Nil indices take them in order; the shapes of both
// broadcast and are the batch axes of the result.
func GatherMM(a, b, left, right *Array) *Array {
	const name = "gather_mm"
	x, i := numbered(name, a, left)
	y, j := numbered(name, b, right)
	both := BroadcastArrays(i, j)
	return MatMul(Take(x, both[0], 0), Take(y, both[1], 0))
}

// numbered flattens the batch axes of matrices and gives the indices, or counts them.
func numbered(name string, a, indices *Array) (flat, at *Array) {
	n := a.node(name)
	d := len(n.shape)
	if d < 2 {
		fail(name, "shape", "an array of shape %s is no matrix", shapeText(n.shape))
	}
	lead := n.shape[:d-2]
	count := backend.Volume(lead)
	flat = a.Reshape(count, n.shape[d-2], n.shape[d-1])
	if indices != nil {
		return flat, indices
	}
	return flat, Arange(count).Reshape(lead...)
}

// SegmentedMM is, for each pair of segments, a from the one to the other of its
// columns times the rows of b of the same numbers.
func SegmentedMM(a, b, segments *Array) *Array {
	const name = "segmented_mm"
	x, y, s := a.node(name), b.node(name), segments.node(name)
	if len(x.shape) != 2 || len(y.shape) != 2 || len(s.shape) < 1 || s.shape[len(s.shape)-1] != 2 {
		fail(name, "shape", "matrices of shapes %s and %s and segments of shape %s", shapeText(x.shape), shapeText(y.shape), shapeText(s.shape))
	}
	if !s.dtype.IsInteger() {
		fail(name, "dtype", "segments of dtype %v", s.dtype)
	}
	k := Arange(x.shape[1])
	inside := LogicalAnd(GreaterEqual(k, segments.At(Rest, S(0, 1))), Less(k, segments.At(Rest, S(1, 2))))
	return MatMul(Where(inside.ExpandDims(-2), a, 0.0), b)
}

// BlockMaskedMM is a @ b, of which masks over square blocks of the result and of
// both operands let through what is true, or scale it. A mask may be nil.
func BlockMaskedMM(a, b *Array, block int, out, left, right *Array) *Array {
	const name = "block_masked_mm"
	if block != 32 && block != 64 {
		fail(name, "value", "blocks of %d, want 32 or 64", block)
	}
	if d := ResultType(a.node(name).dtype, b.node(name).dtype); !d.IsFloat() {
		fail(name, "dtype", "dtype %v; only floats can be multiplied as matrices", d)
	}
	vectorA, vectorB := a.NDim() == 1, b.NDim() == 1
	if vectorA {
		a = a.ExpandDims(0)
	}
	if vectorB {
		b = b.ExpandDims(1)
	}
	p := blockMasked(name, MatMul(blockMasked(name, a, left, block), blockMasked(name, b, right, block)), out, block)
	if vectorA {
		p = p.Squeeze(-2)
	}
	if vectorB {
		p = p.Squeeze(-1)
	}
	return p
}

func blockMasked(name string, a, mask *Array, block int) *Array {
	if mask == nil {
		return a
	}
	rows, cols := a.Dim(-2), a.Dim(-1)
	want := append(slices.Clone(a.n.shape[:len(a.n.shape)-2]), (rows+block-1)/block, (cols+block-1)/block)
	mask = BroadcastTo(mask, want...)
	mask = mask.Repeat(block, -1).Repeat(block, -2).At(Rest, S(nil, rows), S(nil, cols))
	if mask.n.dtype == Bool {
		return Where(mask, a, ZerosLike(a))
	}
	return Mul(a, mask.AsType(a.n.dtype))
}
