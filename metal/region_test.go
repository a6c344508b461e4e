//go:build linux

package metal

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/ingot-go/ingot/metal/internal/mtl/mtlfake"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// softmax is a region of three phases over rows.
func softmax(rows, cols int, d op.Dtype) *backend.Plan {
	at := backend.Index{Strides: []int{cols, 1}}
	x := load(d, 0, at)
	x.Inner = true
	nodes := []backend.Node{
		x,
		{Kind: backend.Reduce, Reduction: backend.Max, Dtype: d, Args: []int{0}},
		{Kind: backend.Apply, Op: op.Subtract, Dtype: d, Args: []int{0, 1}, Inner: true},
		{Kind: backend.Apply, Op: op.Exp, Dtype: d, Args: []int{2}, Inner: true},
		{Kind: backend.Reduce, Reduction: backend.Sum, Dtype: d, Args: []int{3}},
		{Kind: backend.Apply, Op: op.Divide, Dtype: d, Args: []int{3, 4}, Inner: true},
	}
	return &backend.Plan{
		Inputs: []backend.Spec{spec(d, rows*cols)}, Outputs: []backend.Spec{spec(d, rows*cols), spec(d, rows)},
		Steps: []backend.Step{{Region: &backend.Region{Space: []int{rows}, Inner: []int{cols}, Nodes: nodes, Phases: []backend.Phase{
			{Loop: true, Nodes: []int{0}, Reduce: []int{1}},
			{Loop: true, Nodes: []int{0, 2, 3}, Reduce: []int{4}},
			{Loop: true, Nodes: []int{0, 2, 3, 5}, Stores: []backend.Store{{Node: 5, Buffer: 1, Index: at}}},
			{Stores: []backend.Store{{Node: 4, Buffer: 2, Index: along}}},
		}}}},
	}
}

func TestRegions(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	var samples []sample
	for _, d := range []op.Dtype{op.Float32, op.Float16, op.BFloat16} {
		for _, cols := range []int{5, 1000} {
			samples = append(samples, sample{fmt.Sprintf("softmax of %v, %d columns", d, cols), softmax(9, cols, d), nil,
				[]*backend.Buffer{fill(r, d, 9*cols, -4, 4)}})
		}
	}
	samples = append(samples, windowSample(r), generatedSample(), twoStepSample(r), emptySample())
	agree(t, samples)
}

// windowSample pads a matrix with zeros, reads it transposed and reversed, and
// adds a broadcast row and a parameter.
func windowSample(r *rand.Rand) sample {
	const n, pad = 4, 2
	size := n + 2*pad
	nodes := []backend.Node{
		{Kind: backend.Inside, Dtype: op.Bool, Low: pad, High: n + pad, Index: backend.Index{Strides: []int{1, 0}}},
		{Kind: backend.Inside, Dtype: op.Bool, Low: pad, High: n + pad, Index: backend.Index{Strides: []int{0, 1}}},
		{Kind: backend.Load, Dtype: op.Float32, Buffer: 0, Guard: []int{0, 1},
			Index: backend.Index{Offset: n*n - 1 + pad + pad*n, Strides: []int{-1, -n}}},
		load(op.Float32, 1, backend.Index{Strides: []int{0, 1}}),
		{Kind: backend.Param, Dtype: op.Float32, Param: 1},
		{Kind: backend.Apply, Op: op.Add, Dtype: op.Float32, Args: []int{2, 3}},
		{Kind: backend.Apply, Op: op.Multiply, Dtype: op.Float32, Args: []int{5, 4}},
	}
	step := pointwise(size*size, nodes, 2)
	step.Region.Space = []int{size, size}
	step.Region.Phases[0].Stores[0].Index = rowMajor(step.Region.Space)
	return sample{"window", &backend.Plan{
		Inputs: []backend.Spec{spec(op.Float32, n*n), spec(op.Float32, size)}, Outputs: []backend.Spec{spec(op.Float32, size*size)},
		Params: []op.Dtype{op.Int32, op.Float32}, Steps: []backend.Step{step},
	}, []op.Value{5, op.FloatValue(op.Float32, -1.5)},
		[]*backend.Buffer{fill(r, op.Float32, n*n, 1, 2), fill(r, op.Float32, size, 1, 2)}}
}

// generatedSample has no inputs: random bits, a count, constants and parameters
// of several dtypes.
func generatedSample() sample {
	const n = 33
	nodes := []backend.Node{
		{Kind: backend.Const, Dtype: op.Uint32, Value: 7},
		{Kind: backend.Param, Dtype: op.Uint32, Param: 0},
		{Kind: backend.Bits, Dtype: op.Uint32, Args: []int{0, 1}, Index: along, High: n},
		{Kind: backend.Iota, Dtype: op.Uint32, Index: backend.Index{Offset: 3, Strides: []int{2}}},
		{Kind: backend.Apply, Op: op.BitwiseXor, Dtype: op.Uint32, Args: []int{2, 3}},
	}
	return sample{"generated", &backend.Plan{Outputs: []backend.Spec{spec(op.Uint32, n)}, Params: []op.Dtype{op.Uint32},
		Steps: []backend.Step{pointwise(n, nodes, 0)}}, []op.Value{123456789}, nil}
}

// twoStepSample writes a temporary and reads it in the next step, which needs
// a barrier; the third step goes over the temporary again.
func twoStepSample(r *rand.Rand) sample {
	const n = 50
	square := func(from, to int) backend.Step {
		return pointwise(n, []backend.Node{load(op.Float32, from, along), {Kind: backend.Apply, Op: op.Square, Dtype: op.Float32, Args: []int{0}}}, to)
	}
	f := spec(op.Float32, n)
	return sample{"steps", &backend.Plan{Inputs: []backend.Spec{f}, Outputs: []backend.Spec{f, f}, Temps: []backend.Spec{f},
		Steps: []backend.Step{square(0, 3), square(3, 1), square(1, 3), square(3, 2)}}, nil,
		[]*backend.Buffer{fill(r, op.Float32, n, 0.5, 1.5)}}
}

// emptySample sums over nothing.
func emptySample() sample {
	x := load(op.Float32, 0, backend.Index{Strides: []int{0, 1}})
	x.Inner = true
	return sample{"empty", &backend.Plan{Inputs: []backend.Spec{spec(op.Float32, 0)}, Outputs: []backend.Spec{spec(op.Float32, 3)},
		Steps: []backend.Step{{Region: &backend.Region{Space: []int{3}, Inner: []int{0},
			Nodes:  []backend.Node{x, {Kind: backend.Reduce, Dtype: op.Float32, Args: []int{0}}},
			Phases: []backend.Phase{{Loop: true, Nodes: []int{0}, Reduce: []int{1}}, {Stores: []backend.Store{{Node: 1, Buffer: 1, Index: along}}}},
		}}}}, nil, []*backend.Buffer{blank(op.Float32, 0)}}
}

// product is a matrix product with an epilogue that adds a bias.
func product(d op.Dtype, m, k, n int, bias bool) *backend.Plan {
	p := &backend.Primitive{Name: "matmul", Space: []int{m, n}, Contract: k, Dtype: d, Out: 3, Operands: []backend.Operand{
		{Buffer: 0, Index: backend.Index{Strides: []int{k, 0, 1}}},
		{Buffer: 1, Index: backend.Index{Strides: []int{0, 1, n}}},
	}}
	if bias {
		p.Nodes = []backend.Node{
			{Kind: backend.Result, Dtype: d},
			load(d, 2, backend.Index{Strides: []int{0, 1}}),
			{Kind: backend.Apply, Op: op.Add, Dtype: d, Args: []int{0, 1}},
		}
		p.Stores = []backend.Store{{Node: 2, Buffer: 3, Index: rowMajor(p.Space)}}
	}
	return &backend.Plan{Inputs: []backend.Spec{spec(d, m*k), spec(d, k*n), spec(d, n)}, Outputs: []backend.Spec{spec(d, m*n)},
		Steps: []backend.Step{{Primitive: p}}}
}

func TestProducts(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	var samples []sample
	for _, d := range []op.Dtype{op.Float32, op.Float16, op.BFloat16} {
		for _, s := range [][3]int{{3, 5, 4}, {2, 100, 3}, {70, 70, 70}} {
			for _, bias := range []bool{false, true} {
				samples = append(samples, sample{fmt.Sprintf("product of %v, %v, bias %v", d, s, bias), product(d, s[0], s[1], s[2], bias), nil,
					[]*backend.Buffer{fill(r, d, s[0]*s[1], -1, 1), fill(r, d, s[1]*s[2], -1, 1), fill(r, d, s[2], -1, 1)}})
			}
		}
	}
	if n := agree(t, samples); n.compared != len(samples) {
		t.Errorf("%d of %d products ran on the GPU", n.compared, len(samples))
	}
}

// float64 and primitives without a kernel run on the host, between steps of the
// GPU, and say why.
func TestHostSteps(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	const n = 20
	index := fill(r, op.Int32, n, -n, n)
	plan := &backend.Plan{
		Inputs:  []backend.Spec{spec(op.Float32, n), spec(op.Int32, n)},
		Outputs: []backend.Spec{spec(op.Float32, n), spec(op.Float64, n)}, Temps: []backend.Spec{spec(op.Float32, n), spec(op.Float32, n)},
		Steps: []backend.Step{
			pointwise(n, []backend.Node{load(op.Float32, 0, along), {Kind: backend.Apply, Op: op.Exp, Dtype: op.Float32, Args: []int{0}}}, 4),
			{Primitive: &backend.Primitive{Name: "gather", Space: []int{n}, Dtype: op.Float32, Out: 5, Operands: []backend.Operand{
				{Buffer: 4}, {Buffer: 1, Index: along, Stride: 1, Size: n}}}},
			pointwise(n, []backend.Node{load(op.Float32, 5, along), {Kind: backend.Apply, Op: op.Log, Dtype: op.Float32, Args: []int{0}}}, 2),
			pointwise(n, []backend.Node{load(op.Float32, 5, along), {Kind: backend.Cast, Dtype: op.Float64, Args: []int{0}}}, 3),
		},
	}
	s := sample{"host steps", plan, nil, []*backend.Buffer{fill(r, op.Float32, n, -1, 1), index}}
	t.Run("agree", func(t *testing.T) {
		if n := agree(t, []sample{s}); n.compared != 2 {
			t.Errorf("%d steps on the GPU, want 2", n.compared)
		}
	})
	b, _ := emulated(t)
	x, err := b.Compile(plan)
	if err != nil {
		t.Fatal(err)
	}
	want := "gather has no Metal kernel; node 1 is a float64, which Metal does not have"
	if got := strings.Join(x.(*exec).HostSteps(), "; "); got != want {
		t.Errorf("host steps: %s, want %s", got, want)
	}
	index.Put(3, n)
	err = x.Run(context.Background(), nil, append(s.inputs, blank(op.Float32, n), blank(op.Float64, n)))
	if err == nil || !strings.Contains(err.Error(), "index 20 is out of bounds for an axis of size 20") {
		t.Errorf("an index out of bounds: %v", err)
	}
}

// Buffers of the backend are used where they are; runs may overlap.
func TestOwnMemoryAndConcurrency(t *testing.T) {
	b, fake := emulated(t)
	const n = 100
	plan := &backend.Plan{Inputs: []backend.Spec{spec(op.Float32, n)}, Outputs: []backend.Spec{spec(op.Float32, n)},
		Steps: []backend.Step{pointwise(n, []backend.Node{load(op.Float32, 0, along), {Kind: backend.Apply, Op: op.Negative, Dtype: op.Float32, Args: []int{0}}}, 1)}}
	x, err := b.Compile(plan)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			in, err1 := b.Alloc(op.Float32, n)
			out, err2 := b.Alloc(op.Float32, n)
			if err := errors.Join(err1, err2); err != nil {
				t.Error(err)
				return
			}
			defer closeAll(in, out)
			for round := range 5 {
				v := float64(10*g + round)
				in.Put(7, op.FloatValue(op.Float32, v))
				if err := x.Run(context.Background(), nil, []*backend.Buffer{in, out}); err != nil {
					t.Error(err)
				}
				if got := out.Get(7).Float(op.Float32); got != -v {
					t.Errorf("got %v, want %v", got, -v)
				}
			}
		})
	}
	wg.Wait()
	if again, err := b.Compile(plan); err != nil || again.(*exec).steps[0].kernel.pipeline != x.(*exec).steps[0].kernel.pipeline {
		t.Errorf("the same kernel has another pipeline (%v)", err)
	}
	if fake.Libraries() != 1 || fake.Ran() != 20 {
		t.Errorf("%d libraries and %d dispatches, want 1 and 20", fake.Libraries(), fake.Ran())
	}
}

func TestRunErrors(t *testing.T) {
	b, fake := emulated(t)
	plan := softmax(2, 3, op.Float32)
	x, err := b.Compile(plan)
	if err != nil {
		t.Fatal(err)
	}
	in, out, sums := blank(op.Float32, 6), blank(op.Float32, 6), blank(op.Float32, 2)
	for want, bufs := range map[string][]*backend.Buffer{
		"the plan takes 3 buffers and 0 parameters, got 1 and 0": {in},
		"buffer 2 is 6 elements of float32, want 2 of float32":   {in, out, out},
		"buffer 0 is 2 elements of float32, want 6 of float32":   {sums, out, sums},
	} {
		if err := x.Run(context.Background(), nil, bufs); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if err := x.Run(stopped, nil, []*backend.Buffer{in, out, sums}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled run: %v", err)
	}
	if fake.Ran() != 0 {
		t.Error("something ran")
	}
	plan.Steps[0].Region.Phases[0].Nodes = []int{99}
	if _, err := b.Compile(plan); err == nil || !strings.Contains(err.Error(), "phase names node 99") {
		t.Errorf("a broken plan: %v", err)
	}
}

// A kernel that is wrong is an error with the compiler's text.
func TestCompilerErrors(t *testing.T) {
	b, _ := emulated(t)
	k := &kernel{name: "broken", text: "kernel void " + kernelMark + "(device float* x [[buffer(0)]]) { x[0] = nothing; }\n"}
	if err := b.prepare([]*kernel{k}); err == nil || !strings.Contains(err.Error(), "undeclared identifier 'nothing'") {
		t.Errorf("got %v", err)
	}
	k.name, k.text = "missing", "kernel void another(device float* x [[buffer(0)]]) { x[0] = 1; }\n"
	if err := b.prepare([]*kernel{k}); err == nil || !strings.Contains(err.Error(), "no kernel missing") {
		t.Errorf("got %v", err)
	}
}

func closeAll(bufs ...*backend.Buffer) {
	for _, b := range bufs {
		b.Device.(interface{ Close() }).Close()
	}
}

func ExampleNewWith() {
	fake := mtlfake.New() // on darwin: New()
	b, err := NewWith(fake.Runtime())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer b.Close()
	x, err := b.Compile(softmax(1, 3, op.Float32))
	if err != nil {
		fmt.Println(err)
		return
	}
	in := backend.From(op.Float32, []float32{0, 0, 0})
	out, sum := backend.From(op.Float32, make([]float32, 3)), backend.From(op.Float32, make([]float32, 1))
	err = x.Run(context.Background(), nil, []*backend.Buffer{in, out, sum})
	fmt.Println(b.DeviceName(), backend.Slice[float32](out), backend.Slice[float32](sum), err)
	// Output: Fake GPU [0.33333334 0.33333334 0.33333334] [3] <nil>
}

func ExampleSource() {
	nodes := []backend.Node{load(op.Float16, 0, along), {Kind: backend.Apply, Op: op.Exp, Dtype: op.Float16, Args: []int{0}}}
	text, err := Source(&backend.Plan{Inputs: []backend.Spec{spec(op.Float16, 8)}, Outputs: []backend.Spec{spec(op.Float16, 8)},
		Steps: []backend.Step{pointwise(8, nodes, 1)}})
	fmt.Println(text, err)
	// Output:
	// kernel void ingot_167d3ace7d03cf1751a8(
	//     device const half* a0 [[buffer(0)]],
	//     device half* a1 [[buffer(1)]],
	//     uint point [[thread_position_in_grid]]) {
	//   int r0 = int(point);
	//   const int i0 = r0;
	//   {
	//     const half n0 = a0[i0];
	//     const half n1 = half(precise::exp(float(n0)));
	//     a1[i0] = n1;
	//   }
	// }
	//  <nil>
}
