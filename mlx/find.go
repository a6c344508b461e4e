package mlx

import (
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// What has a shape that depends on the elements is found by evaluating: these
// functions do so at once, and cannot be traced by [VMap] and [Compile].

// found is the numbers of the elements, row by row, that are not zero.
func found(name string, a *Array) []uint32 {
	n := a.node(name)
	if n.traces.symbolic() {
		fail(name, "transform", "the number of elements depends on their values, which vmap and compile do not know")
	}
	b := wrap(castNode(name, n, op.Bool)).elements(name)
	at := []uint32{}
	for i, v := range b.Bytes {
		if v != 0 {
			at = append(at, uint32(i))
		}
	}
	return at
}

// coordinates is the place along each axis of elements that are numbered row by row.
func coordinates(flat []uint32, shape []int) []*Array {
	out := make([]*Array, len(shape))
	for k, st := range rowStrides(shape) {
		at := make([]uint32, len(flat))
		for i, f := range flat {
			at[i] = f / uint32(st) % uint32(shape[k])
		}
		out[k] = New(at)
	}
	return out
}

// Nonzero is where the elements are that are not zero: for each axis their
// places along it, as uint32, so that a.At of them gives these elements. It evaluates.
func Nonzero(a *Array) []*Array {
	at := found("nonzero", a)
	return coordinates(at, a.n.shape)
}

// FlatNonzero is the places in the flattened array of elements that are not
// zero, as uint32. It evaluates.
func FlatNonzero(a *Array) *Array { return New(found("flat_nonzero", a)) }

// ArgWhere is the places of the elements that are not zero, one a row, as
// uint32. It evaluates.
func ArgWhere(a *Array) *Array {
	at := found("argwhere", a)
	if len(a.n.shape) == 0 {
		return Zeros(len(at), 0).AsType(op.Uint32)
	}
	return Stack(coordinates(at, a.n.shape), -1)
}

// Unique is the values of an array, each once and in ascending order; NaN is
// last. It evaluates.
func Unique(a *Array) *Array {
	values, _, _, _ := unique("unique", a)
	return values
}

// UniqueAll is [Unique] together with the place in the flattened array of the
// first element with each value, the number of the value of each element (with
// the shape of a), and how many elements have each value.
func UniqueAll(a *Array) (values, index, inverse, counts *Array) { return unique("unique", a) }

func unique(name string, a *Array) (values, index, inverse, counts *Array) {
	flat := wrap(a.node(name)).Flatten()
	n := flat.n.size
	if n == 0 {
		none := Zeros(0).AsType(op.Uint32)
		return flat, none, Zeros(a.n.shape...).AsType(op.Uint32), none.AsType(op.Int32)
	}
	order := ArgSort(flat)
	sorted := flat.Take(order)
	before, after := sorted.At(S(0, n-1)), sorted.At(S(1, n))
	differs := LogicalAnd(NotEqual(before, after), LogicalNot(LogicalAnd(IsNaN(before), IsNaN(after))))
	first := Concatenate([]*Array{Ones(1).AsType(op.Bool), differs})
	starts := FlatNonzero(first)
	number := first.AsType(op.Int32).CumSum(0).Sub(1).AsType(op.Uint32)
	inverse = PutAlongAxis(number, order, number, 0).Reshape(a.n.shape...)
	ends := Concatenate([]*Array{starts.At(S(1)), New([]uint32{uint32(n)})})
	return sorted.Take(starts), order.Take(starts), inverse, ends.Sub(starts).AsType(op.Int32)
}

// BinCountOptions are the options of [BinCount].
type BinCountOptions struct {
	Weights *Array // what each element counts; nil is 1
	Least   int    // the least length of the result
	Length  int    // where it is not 0, the length: elements beyond do not count, and nothing is evaluated
}

// BinCount is how often each of the numbers 0, 1, 2, … occurs in an array of
// integers, as int32, or with weights the sum of those. Without a Length the
// result ends with the greatest number, which is evaluated; numbers below zero
// are an error then.
func BinCount(a *Array, options ...BinCountOptions) *Array {
	const name = "bincount"
	o := append(options, BinCountOptions{})[0]
	n := a.node(name)
	if !n.dtype.IsInteger() && n.dtype != op.Bool {
		fail(name, "dtype", "the elements are %v and must be integers", n.dtype)
	}
	flat := a.AsType(op.Int64).Flatten()
	length := o.Length
	if length == 0 {
		if n.traces.symbolic() {
			fail(name, "transform", "vmap and compile need a Length")
		}
		length = o.Least
		if n.size > 0 {
			least, greatest := Min(flat), Max(flat)
			Eval(least, greatest)
			if least.Int() < 0 {
				fail(name, "value", "%d is below zero", least.Int())
			}
			length = max(length, greatest.Int()+1)
		}
	}
	weights := Ones(n.size).AsType(op.Int32)
	if o.Weights != nil {
		weights = o.Weights.Flatten()
		if weights.n.size != n.size {
			fail(name, "shape", "%d weights for %d elements", weights.n.size, n.size)
		}
	}
	return counted(flat, weights, length)
}

// counted adds weights up by the numbers of their bins; those outside are left out.
func counted(bins, weights *Array, length int) *Array {
	inside := LogicalAnd(GreaterEqual(bins, 0), Less(bins, length))
	spare := Where(inside, bins, length) // one more bin
	zeros := fullNode(weights.n.dtype, []int{length + 1}, 0, true)
	at := &indexing{axes: []int{0}, rows: []backend.Index{{}}, mode: scatterAdd}
	return wrap(scatterNode(zeros, weights.n, []*node{spare.n}, at)).At(S(0, length))
}
