package mlx_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/hook"
)

func ExampleNonzero() {
	x := mlx.New([][]int{{0, 3}, {4, 0}})
	at := mlx.Nonzero(x)
	fmt.Println(at[0], at[1], x.At(at[0], at[1]))
	// Output: array([0, 1], dtype=uint32) array([1, 0], dtype=uint32) array([3, 4], dtype=int32)
}

func ExampleArgWhere() {
	fmt.Println(mlx.ArgWhere(mlx.Greater(mlx.Arange(4), 1)))
	// Output:
	// array([[2],
	//        [3]], dtype=uint32)
}

func ExampleUniqueAll() {
	values, index, inverse, counts := mlx.UniqueAll(mlx.New([]int{5, 2, 5, 9}))
	fmt.Println(values, index, inverse, counts)
	// Output: array([2, 5, 9], dtype=int32) array([1, 0, 3], dtype=uint32) array([1, 0, 1, 2], dtype=uint32) array([1, 2, 1], dtype=int32)
}

func ExampleQuantile() {
	x := mlx.New([]float32{4, 1, 3, 2})
	fmt.Println(mlx.Quantile(x, 0.5), mlx.Percentile(x, []float64{0, 25, 100}))
	// Output: array(2.5, dtype=float32) array([1, 1.75, 4], dtype=float32)
}

func ExampleHistogram() {
	counts, edges := mlx.Histogram(mlx.New([]float32{0, 1, 1, 2, 4}), 2)
	fmt.Println(counts, edges)
	// Output: array([3, 2], dtype=int32) array([0, 2, 4], dtype=float32)
}

func ExampleBinCount() {
	fmt.Println(mlx.BinCount(mlx.New([]int{1, 3, 1})))
	fmt.Println(mlx.BinCount(mlx.New([]int{1, 3, 1}), mlx.BinCountOptions{Weights: mlx.New([]float32{0.5, 1, 0.25}), Least: 5}))
	// Output:
	// array([0, 2, 0, 1], dtype=int32)
	// array([0, 0.75, 0, 1, 0], dtype=float32)
}

// TestUniqueEdges: NaN once, nothing, numbers without axes.
func TestUniqueEdges(t *testing.T) {
	x := mlx.New([][]float64{{math.NaN(), 2}, {-1, math.NaN()}})
	values, index, inverse, counts := mlx.UniqueAll(x)
	if got := fmt.Sprint(values.ToList(), index.ToList(), inverse.ToList(), counts.ToList()); got != "[-1 2 NaN] [2 1 0] [[2 1] [0 2]] [1 1 2]" {
		t.Error(got)
	}
	if v := mlx.Unique(mlx.Zeros(0)); v.Size() != 0 {
		t.Errorf("of nothing: %v", v)
	}
	if v := mlx.Unique(mlx.New(3)); fmt.Sprint(v.ToList()) != "[3]" {
		t.Errorf("of a number: %v", v)
	}
	if v := mlx.Unique(mlx.New([]bool{true, false, true})); fmt.Sprint(v.ToList()) != "[false true]" {
		t.Errorf("of bools: %v", v)
	}
	if s := mlx.ArgWhere(mlx.New(1.0)).Shape(); fmt.Sprint(s) != "[1 0]" {
		t.Errorf("places in a number: %v", s)
	}
	if n := mlx.FlatNonzero(mlx.Zeros(2, 3)).Size(); n != 0 {
		t.Errorf("%d zeros are not zero", n)
	}
	err := mlx.Try(func() { mlx.VMap(func(x *mlx.Array) *mlx.Array { return mlx.Nonzero(x)[0] })(mlx.Zeros(2, 2)) })
	if err == nil || !strings.Contains(err.Error(), "vmap and compile") {
		t.Errorf("under vmap: %v", err)
	}
}

// TestQuantile compares with sorting by hand, along axes, and takes a derivative.
func TestQuantile(t *testing.T) {
	x := around1(1, 3, 4, 5)
	got := mlx.Quantile(x, mlx.New([]float64{0.3, 1}, mlx.Float64), mlx.QuantileOptions{Axes: []int{0, 2}})
	rows := x.Transpose(1, 0, 2).Reshape(4, 15).Sort()
	place := 0.3 * 14
	low, high := rows.At(mlx.All, 4), rows.At(mlx.All, 5)
	near(t, "linear", got.At(0), low.Add(high.Sub(low).Mul(place-4)), 1e-12)
	near(t, "the greatest", got.At(1), rows.At(mlx.All, 14), 0)
	for method, want := range map[string]*mlx.Array{"lower": low, "higher": high, "nearest": low, "midpoint": low.Add(high).Div(2)} {
		near(t, method, mlx.Quantile(x, 0.3, mlx.QuantileOptions{Axes: []int{0, 2}, Method: method}), want, 1e-12)
	}
	kept := mlx.Quantile(x, 0.5, mlx.QuantileOptions{Axes: []int{1}, Keep: true})
	near(t, "median", kept, mlx.MedianKeep(x, 1), 1e-12)
	g := mlx.Grad(func(x *mlx.Array) *mlx.Array { return mlx.Quantile(x, 0.25) })(mlx.New([]float64{4, 1, 3, 2}))
	near(t, "derivative", g, mlx.New([]float64{0, 0.25, 0, 0.75}), 1e-6)
	odd := mlx.Quantile(mlx.New([][]float64{{1, math.NaN()}, {math.Inf(1), math.Inf(1)}}), []float64{0.5, 2}, mlx.QuantileOptions{Axes: []int{1}})
	if s := fmt.Sprint(odd.ToList()); s != "[[NaN +Inf] [NaN NaN]]" {
		t.Errorf("NaN, infinities and a share of 2 give %s", s)
	}
	for want, f := range map[string]func(){
		"quantile: a share of 1.5 is not between 0 and 1":                 func() { mlx.Quantile(x, 1.5) },
		"percentile: a share of -1 is not between 0 and 100":              func() { mlx.Percentile(x, -1) },
		`quantile: "middle" is no method`:                                 func() { mlx.Quantile(x, 0.5, mlx.QuantileOptions{Method: "middle"}) },
		"quantile: an array of shape (0,) has no elements to choose from": func() { mlx.Quantile(mlx.Zeros(0), 0.5) },
	} {
		if err := mlx.Try(f); err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestHistogram: edges belong to the bin above, the last one to the last bin.
func TestHistogram(t *testing.T) {
	x := mlx.New([]float64{-5, 0, 0.5, 1, 1, 2, 2.5, 3, 9, math.NaN()})
	edges := mlx.New([]float64{0, 1, 2, 3})
	if got := fmt.Sprint(mlx.HistogramEdges(x, edges).ToList()); got != "[2 2 3]" {
		t.Errorf("counts %s", got)
	}
	counts, e := mlx.Histogram(x, 3, mlx.HistogramOptions{Range: [2]float64{0, 3}, Density: true})
	near(t, "edges", e, edges, 0)
	near(t, "density", counts, mlx.New([]float64{2, 2, 3}).Div(7), 1e-12)
	weighted, _ := mlx.Histogram(mlx.New([]float64{1, 2, 2}), 2, mlx.HistogramOptions{Weights: mlx.New([]float32{0.5, 1, 2})})
	if got := fmt.Sprint(weighted.ToList(), weighted.Dtype()); got != "[0.5 3] float32" {
		t.Errorf("weighted %s", got)
	}
	same, around := mlx.Histogram(mlx.Ones(4), 2)
	if got := fmt.Sprint(same.ToList(), around.ToList()); got != "[0 4] [0.5 1 1.5]" {
		t.Errorf("of equal elements %s", got)
	}
	mapped := mlx.VMap(func(x *mlx.Array) *mlx.Array {
		c, _ := mlx.Histogram(x, 2, mlx.HistogramOptions{Range: [2]float64{0, 2}})
		return c
	})
	if got := fmt.Sprint(mapped(mlx.New([][]float64{{0, 1, 1}, {0, 0, 0}})).ToList()); got != "[[1 2] [3 0]]" {
		t.Errorf("mapped %s", got)
	}
	fixed := mlx.Compile(func(x *mlx.Array) *mlx.Array { return mlx.BinCount(x, mlx.BinCountOptions{Length: 3}) })
	if got := fmt.Sprint(fixed(mlx.New([]int{0, 2, 2, 7, -1})).ToList()); got != "[1 0 2]" {
		t.Errorf("a fixed length gives %s", got)
	}
	if err := mlx.Try(func() { mlx.BinCount(mlx.New([]int{-2})) }); err == nil || err.Error() != "bincount: -2 is below zero" {
		t.Errorf("got %v", err)
	}
}

// TestFindNaN names the operation and its line, in values and in gradients.
func TestFindNaN(t *testing.T) {
	line := 0
	hook.Where = func() string { line++; return fmt.Sprintf("In[1]:%d", line) }
	defer func() { hook.Where = func() string { return "" } }()
	x := mlx.New([][]float32{{1, -1, 2}, {4, 9, -4}})
	x.Eval()
	line = 10
	s := mlx.FindNaN(x.Mul(2).Sqrt().Add(1).Sum())
	if s == nil || s.Op != "sqrt" || s.Count != 2 || fmt.Sprint(s.At) != "[0 1]" || !strings.HasPrefix(s.Where, "In[1]:1") {
		t.Fatalf("found %v", s)
	}
	if got := s.String(); !strings.Contains(got, "2 of 6 elements of float32 (2,3) are NaN, first at [0 1] of [-2]") {
		t.Error(got)
	}
	g := mlx.Grad(func(x *mlx.Array) *mlx.Array { return mlx.Where(x.Greater(0), x.Log().Mul(0), 0.0).Sum() })
	if s := mlx.FindNaN(g(mlx.New([]float32{0, 1}))); s == nil || s.Op != "multiply" && s.Op != "divide" {
		t.Errorf("in the gradient: %v", s)
	}
	if s := mlx.FindNaN(x.Exp(), mlx.Arange(3)); s != nil {
		t.Errorf("found %v where there is none", s)
	}
}
