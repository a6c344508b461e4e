package cpu_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/ingot-go/ingot/cpu"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/backend/reference"
	"github.com/ingot-go/ingot/mlx/op"
)

// unaryPlan applies one op to n elements.
func unaryPlan(c op.Code, d op.Dtype, n int) *backend.Plan {
	row := backend.Index{Strides: []int{1}}
	return &backend.Plan{
		Inputs:  []backend.Spec{{Dtype: d, Size: n}},
		Outputs: []backend.Spec{{Dtype: d, Size: n}},
		Steps: []backend.Step{{Region: &backend.Region{
			Space: []int{n},
			Nodes: []backend.Node{{Kind: backend.Load, Dtype: d, Index: row},
				{Kind: backend.Apply, Op: c, Dtype: d, Args: []int{0}}},
			Phases: []backend.Phase{{Nodes: []int{0, 1}, Stores: []backend.Store{{Node: 1, Buffer: 1, Index: row}}}},
		}}},
	}
}

func run(t *testing.T, p *backend.Plan, in ...*backend.Buffer) []*backend.Buffer {
	t.Helper()
	x, err := cpu.Backend{}.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	bufs := in
	for _, s := range p.Outputs {
		b, _ := backend.Alloc(s.Dtype, s.Size)
		bufs = append(bufs, b)
	}
	if err := x.Run(context.Background(), nil, bufs); err != nil {
		t.Fatal(err)
	}
	return bufs[len(in):]
}

// ulps is the most that each float32 kernel may be off, in units of the last
// place, over all magnitudes.
var ulps = map[op.Code]float64{op.Exp: 2, op.Log: 2, op.Sin: 3, op.Cos: 3, op.Tanh: 3, op.Sigmoid: 4, op.Erf: 4,
	op.Sqrt: 0.51, op.Rsqrt: 0.51, op.Reciprocal: 0.51, op.Square: 0.51, op.Abs: 0, op.Negative: 0}

// TestKernels compares the float32 kernels with float64 functions, on every
// 1009th bit pattern and on the special values.
func TestKernels(t *testing.T) {
	var in []float32
	for b := uint64(0); b < 1<<32; b += 1009 * 97 {
		in = append(in, math.Float32frombits(uint32(b)))
	}
	inf := float32(math.Inf(1))
	in = append(in, 0, float32(math.Copysign(0, -1)), inf, -inf, float32(math.NaN()), math.MaxFloat32, 0x1p-149, -0x1p-126,
		88, 88.7, 88.8, 89, -87, -87.4, -103, -103.9, -105, 0.6, 1, 4, 1e5, 1e6, 1e7)
	for c, limit := range ulps {
		got := backend.Slice[float32](run(t, unaryPlan(c, op.Float32, len(in)), backend.From(op.Float32, in))[0])
		worst, at := 0.0, float32(0)
		for i, x := range in {
			want := op.Of(c).F1(float64(x))
			if e := ulpError(got[i], want); e > worst {
				worst, at = e, x
			}
		}
		if worst > limit {
			t.Errorf("%v is off by %.2f ulp at %g, limit %.2f", c, worst, at, limit)
		}
	}
}

// TestSameBits: the float32 kernels give the same bits in the middle of a long
// row, where vectors do the work, and for an element alone.
func TestSameBits(t *testing.T) {
	in := []float32{float32(math.Inf(1)), float32(math.Inf(-1)), 0, float32(math.Copysign(0, -1)), 1e7, -3e38}
	r := rand.New(rand.NewPCG(3, 3))
	for len(in) < 4000 {
		in = append(in, float32(r.NormFloat64()*math.Exp(20*r.Float64()-12)))
	}
	for c := range ulps {
		row := run(t, unaryPlan(c, op.Float32, len(in)), backend.From(op.Float32, in))[0]
		for i, x := range in {
			alone := run(t, unaryPlan(c, op.Float32, 1), backend.From(op.Float32, []float32{x}))[0]
			if g, w := backend.Slice[float32](row)[i], backend.Slice[float32](alone)[0]; math.Float32bits(g) != math.Float32bits(w) && (g == g || w == w) {
				t.Fatalf("%v of %g is %g in a row and %g alone", c, x, g, w)
			}
		}
	}
}

// ulpError is how far got is from want, in units of the last place of want.
func ulpError(got float32, want float64) float64 {
	w := float32(want)
	if got == w || got != got && w != w {
		return 0
	}
	if math.IsInf(float64(w), 0) || math.IsInf(float64(got), 0) || got != got || w != w {
		return math.Inf(1)
	}
	a := math.Abs(want)
	unit := math.Max(math.Ldexp(1, math.Ilogb(a)-23), 0x1p-149)
	return math.Abs(float64(got)-want) / unit
}

// reducePlan reduces a rows×cols matrix over one of its axes, or over both.
func reducePlan(red backend.Reduction, rows, cols, axis int) *backend.Plan {
	out := op.Float32
	if red >= backend.ArgMax {
		out = op.Uint32
	}
	r := &backend.Region{Space: []int{rows}, Inner: []int{cols}}
	load, store := backend.Index{Strides: []int{cols, 1}}, backend.Index{Strides: []int{1, 0}}
	switch axis {
	case 0:
		r.Space, r.Inner = []int{cols}, []int{rows}
		load = backend.Index{Strides: []int{1, cols}}
	case 2:
		r.Space, r.Inner = []int{}, []int{rows * cols}
		load, store = backend.Index{Strides: []int{1}}, backend.Index{Strides: []int{0}}
	}
	r.Nodes = []backend.Node{{Kind: backend.Load, Dtype: op.Float32, Index: load, Inner: true},
		{Kind: backend.Reduce, Reduction: red, Dtype: out, Args: []int{0}}}
	r.Phases = []backend.Phase{{Loop: true, Nodes: []int{0}, Reduce: []int{1}},
		{Nodes: []int{}, Stores: []backend.Store{{Node: 1, Buffer: 1, Index: store}}}}
	return &backend.Plan{Inputs: []backend.Spec{{Dtype: op.Float32, Size: rows * cols}},
		Outputs: []backend.Spec{{Dtype: out, Size: backend.Volume(r.Space)}}, Steps: []backend.Step{{Region: r}}}
}

func randomFloats(n int) []float32 {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	s := make([]float32, n)
	for i := range s {
		s[i] = float32(r.NormFloat64())
	}
	return s
}

// TestPairs compares kernels of two operands with the reference, bit by bit.
func TestPairs(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	special := []float32{0, float32(math.Copysign(0, -1)), 1, -1, inf, -inf, nan, 1.5, -2, math.MaxFloat32, 0x1p-149}
	var a, b []float32
	for _, x := range special {
		for _, y := range special {
			a, b = append(a, x), append(b, y)
		}
	}
	for _, c := range []op.Code{op.Add, op.Subtract, op.Multiply, op.Divide, op.Maximum, op.Minimum} {
		p := unaryPlan(c, op.Float32, len(a))
		p.Inputs = append(p.Inputs, p.Inputs[0])
		r := p.Steps[0].Region
		second := r.Nodes[0]
		second.Buffer = 1
		r.Nodes = []backend.Node{r.Nodes[0], second, {Kind: backend.Apply, Op: c, Dtype: op.Float32, Args: []int{0, 1}}}
		r.Phases[0] = backend.Phase{Nodes: []int{0, 1, 2}, Stores: []backend.Store{{Node: 2, Buffer: 2, Index: second.Index}}}
		rec := &backend.Record{Plan: p, Inputs: [][]byte{backend.From(op.Float32, a).Bytes, backend.From(op.Float32, b).Bytes}}
		if err := rec.Compare(cpu.Backend{}, reference.Backend{}, 0, 0); err != nil {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// TestReductions compares reductions of all shapes, with and without NaN, with
// the reference, and demands the same bits whatever the number of cores.
func TestReductions(t *testing.T) {
	for _, shape := range [][2]int{{1, 1}, {3, 1}, {1, 3}, {5, 7}, {2, 5000}, {700, 3}, {40, 4097}, {130, 2000}} {
		for axis := range 3 {
			for red := backend.Sum; red <= backend.ArgMin; red++ {
				for _, nan := range []bool{false, true} {
					name := fmt.Sprint(shape, " axis ", axis, " ", red, " nan ", nan)
					in := randomFloats(shape[0] * shape[1])
					if nan {
						in[len(in)/2] = float32(math.NaN())
					}
					if red == backend.Prod {
						for i := range in {
							in[i] = 1 + in[i]/1e4
						}
					}
					compareOnCores(t, name, reducePlan(red, shape[0], shape[1], axis), in)
				}
			}
		}
	}
}

func compareOnCores(t *testing.T, name string, p *backend.Plan, in []float32) {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first *backend.Buffer
	for _, cores := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(cores)
		got := run(t, p, backend.From(op.Float32, in))[0]
		if first == nil {
			first = got
			want, err := (&backend.Record{Plan: p, Inputs: [][]byte{backend.From(op.Float32, in).Bytes}}).Run(reference.Backend{})
			if err != nil {
				t.Fatal(err)
			}
			if err := got.Differs(want[0], 1e-4, 1e-3); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if string(got.Bytes) != string(first.Bytes) {
			t.Errorf("%s: %d cores give other bits than one", name, cores)
		}
	}
}

// TestTransposed reads across rows, in squares.
func TestTransposed(t *testing.T) {
	const rows, cols = 70, 45
	p := unaryPlan(op.Negative, op.Float32, rows*cols)
	r := p.Steps[0].Region
	r.Space = []int{cols, rows}
	r.Nodes[0].Index = backend.Index{Strides: []int{1, cols}}
	r.Phases[0].Stores[0].Index = backend.Index{Strides: []int{rows, 1}}
	compareOnCores(t, "transpose", p, randomFloats(rows*cols))
}

// TestStop: a run ends with the error of its context.
func TestStop(t *testing.T) {
	p := unaryPlan(op.Exp, op.Float32, 4)
	x, err := cpu.Backend{}.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	in, _ := backend.Alloc(op.Float32, 4)
	if err := x.Run(ctx, nil, []*backend.Buffer{in, in}); err != context.Canceled {
		t.Errorf("error is %v", err)
	}
}

func ExampleBackend() {
	x, _ := cpu.Backend{}.Compile(unaryPlan(op.Square, op.Float32, 3))
	in := backend.From(op.Float32, []float32{1, 2, 3})
	out, _ := backend.Alloc(op.Float32, 3)
	fmt.Println(x.Run(context.Background(), nil, []*backend.Buffer{in, out}), backend.Slice[float32](out))
	// Output: <nil> [1 4 9]
}
