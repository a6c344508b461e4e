package mlx

import (
	"math"
	"slices"

	"github.com/ingot-go/ingot/mlx/op"
)

// QuantileOptions are the options of [Quantile]. No Axes means all. Between two
// elements Method chooses "linear" (or empty: by how near they are), "lower",
// "higher", "nearest" or "midpoint".
type QuantileOptions struct {
	Axes   []int
	Keep   bool
	Method string
}

// Quantile is the value below which a share q of the elements lies: 0 is the
// least, 0.5 the median, 1 the greatest. q is a number, or an array whose axes
// are then the first ones of the result. NaN among the elements gives NaN. It
// has a derivative by a.
func Quantile(a *Array, q Operand, options ...QuantileOptions) *Array {
	return quantile("quantile", a, q, 1, options)
}

// Percentile is [Quantile] for shares in percent.
func Percentile(a *Array, p Operand, options ...QuantileOptions) *Array {
	return quantile("percentile", a, p, 100, options)
}

func quantile(name string, a *Array, q Operand, whole float64, options []QuantileOptions) *Array {
	o := append(options, QuantileOptions{})[0]
	sorted, kept := sortedOver(name, a, o.Axes)
	n := sorted.n.shape[len(sorted.n.shape)-1]
	share := toOperand(name, q)
	if share.weak && !(share.f >= 0 && share.f <= whole) {
		fail(name, "value", "a share of %v is not between 0 and %v", share.f, whole)
	}
	at := wrap(share.as(name, op.Float64)).Div(whole)
	at = Where(LogicalAnd(GreaterEqual(at, 0), LessEqual(at, 1)), at, math.NaN()).Mul(n - 1)
	low, high := Floor(at), Ceil(at)
	switch o.Method {
	case "", "linear":
	case "lower":
		at, high = low, low
	case "higher":
		at, low = high, high
	case "nearest":
		at = Round(at)
		low, high = at, at
	case "midpoint":
		at = low.Add(high).Div(2)
	default:
		fail(name, "value", "%q is no method", o.Method)
	}
	rest := sorted.n.shape[:len(sorted.n.shape)-1]
	element := func(place *Array) *Array { // with the axes of q in front
		x := sorted.Take(Where(IsNaN(place), 0, place).AsType(op.Int32), len(rest))
		return x.Transpose(append(place.axesBehind(len(rest)), identity(len(rest))...)...)
	}
	spread := func(x *Array) *Array { return x.Reshape(append(slices.Clone(x.n.shape), ones(len(rest))...)...) }
	lower, higher := element(low), element(high)
	share2 := spread(at.Sub(low)).AsType(sorted.n.dtype)
	span := Where(Equal(higher, lower), 0, higher.Sub(lower)) // not NaN for equal infinities
	out := lower.Add(span.Mul(share2))
	last := sorted.At(Rest, n-1)
	out = Where(IsNaN(last), last, out)
	out = Where(spread(IsNaN(at)), math.NaN(), out)
	if o.Keep {
		out = out.Reshape(append(slices.Clone(at.n.shape), kept...)...)
	}
	return out
}

// axesBehind is the numbers of the array's axes in an array that has others before them.
func (a *Array) axesBehind(others int) []int {
	out := make([]int, len(a.n.shape))
	for i := range out {
		out[i] = others + i
	}
	return out
}

func ones(n int) []int { return slices.Repeat([]int{1}, n) }

// sortedOver is an array of floats sorted along a last axis into which the given
// ones are gathered, and its shape with those reduced to 1.
func sortedOver(name string, a *Array, axes []int) (sorted *Array, kept []int) {
	x := floating(name, a)
	at := over(name, x.n, axes)
	rest := slices.DeleteFunc(identity(len(x.n.shape)), func(k int) bool { return slices.Contains(at, k) })
	size := count(x.n, at)
	if size == 0 {
		fail(name, "shape", "an array of shape %s has no elements to choose from", shapeText(x.n.shape))
	}
	kept = slices.Clone(x.n.shape)
	shape := []int{}
	for _, k := range rest {
		shape = append(shape, kept[k])
	}
	for _, k := range at {
		kept[k] = 1
	}
	return Sort(x.Transpose(append(rest, at...)...).Reshape(append(shape, size)...)), kept
}

// HistogramOptions are the options of [Histogram].
type HistogramOptions struct {
	Range   [2]float64 // from where to where; both zero: from the least to the greatest
	Weights *Array     // what each element counts; nil is 1
	Density bool       // divided so that the area is 1
}

// Histogram counts the elements in bins of equal width, and gives the counts
// (int32, or the dtype of the weights; with Density a float) and the bins+1
// edges. Elements on an edge belong to the bin above it, those on the last one
// to the last bin; elements beyond do not count.
func Histogram(a *Array, bins int, options ...HistogramOptions) (counts, edges *Array) {
	const name = "histogram"
	o := append(options, HistogramOptions{})[0]
	if bins < 1 {
		fail(name, "value", "%d bins", bins)
	}
	x := floating(name, a).Flatten()
	low, high := New(o.Range[0], x.n.dtype), New(o.Range[1], x.n.dtype)
	switch {
	case o.Range != [2]float64{}:
		if !(o.Range[0] < o.Range[1]) {
			fail(name, "value", "the range from %v to %v is empty", o.Range[0], o.Range[1])
		}
	case x.n.size > 0:
		low, high = Min(x), Max(x)
	}
	flat := Equal(low, high)
	low, high = Where(flat, low.Sub(0.5), low), Where(flat, high.Add(0.5), high)
	edges = low.Add(Arange(bins + 1).AsType(x.n.dtype).Mul(high.Sub(low).Div(bins)))
	edges = Concatenate([]*Array{edges.At(S(0, bins)), high.Reshape(1)})
	return histogram(name, x, edges, o), edges
}

// HistogramEdges is the counts of [Histogram] for edges in ascending order.
func HistogramEdges(a, edges *Array, options ...HistogramOptions) (counts *Array) {
	const name = "histogram"
	if e := edges.node(name); len(e.shape) != 1 || e.shape[0] < 2 {
		fail(name, "shape", "edges of shape %s; two or more in a row are needed", shapeText(e.shape))
	}
	return histogram(name, floating(name, a).Flatten(), edges, append(options, HistogramOptions{})[0])
}

func histogram(name string, x, edges *Array, o HistogramOptions) *Array {
	bins := edges.n.shape[0] - 1
	at := SearchSorted(edges, x, true).AsType(op.Int32).Sub(1)
	at = Where(Equal(x, edges.At(bins)), bins-1, at)
	at = Where(IsNaN(x), -1, at)
	weights := Ones(x.n.size).AsType(op.Int32)
	if o.Weights != nil {
		weights = o.Weights.Flatten()
		if weights.n.size != x.n.size {
			fail(name, "shape", "%d weights for %d elements", weights.n.size, x.n.size)
		}
	}
	counts := counted(at, weights, bins)
	if o.Density {
		widths := edges.At(S(1)).Sub(edges.At(S(0, bins)))
		counts = counts.AsType(edges.n.dtype).Div(widths).Div(counts.Sum())
	}
	return counts
}
