package cpu_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/ingot-go/ingot/cpu"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/backend/reference"
	"github.com/ingot-go/ingot/mlx/op"
)

// pointwise are the ops that random regions are made of.
var pointwise = []op.Code{op.Add, op.Subtract, op.Multiply, op.Maximum, op.Minimum, op.Exp, op.Sin, op.Cos, op.Tanh,
	op.Sigmoid, op.Erf, op.Negative, op.Abs, op.Sign, op.Square, op.Floor, op.Ceil, op.Round}

// randomRegion makes a pointwise region over a space, of inputs that are whole,
// broadcast along any of the axes, or single numbers.
func randomRegion(r *rand.Rand, space []int) *backend.Plan {
	p := &backend.Plan{Params: []op.Dtype{op.Float32, op.Int32}}
	reg := &backend.Region{Space: space}
	add := func(n backend.Node) int {
		reg.Nodes = append(reg.Nodes, n)
		return len(reg.Nodes) - 1
	}
	var floats []int
	for k := range 3 {
		x := backend.Index{Strides: make([]int, len(space))}
		size := 1
		for a := len(space) - 1; a >= 0; a-- {
			if k == 0 || r.IntN(3) > 0 {
				x.Strides[a] = size
				size *= space[a]
			}
		}
		p.Inputs = append(p.Inputs, backend.Spec{Dtype: op.Float32, Size: size})
		floats = append(floats, add(backend.Node{Kind: backend.Load, Dtype: op.Float32, Buffer: k, Index: x}))
	}
	floats = append(floats, add(backend.Node{Kind: backend.Param, Dtype: op.Float32}),
		add(backend.Node{Kind: backend.Const, Dtype: op.Float32, Value: op.FloatValue(op.Float32, 0.75)}))
	whole := add(backend.Node{Kind: backend.Param, Dtype: op.Int32, Param: 1})
	floats = append(floats, add(backend.Node{Kind: backend.Cast, Dtype: op.Float32, Args: []int{whole}}))
	if r.IntN(3) == 0 { // random numbers, large ones so that sin and cos must do them exactly
		var key [2]int
		for k := range key {
			key[k] = add(backend.Node{Kind: backend.Load, Dtype: op.Uint32, Buffer: 3, Index: backend.Index{Offset: k, Strides: make([]int, len(space))}})
		}
		x := backend.Index{Offset: 5, Strides: reg.Nodes[0].Index.Strides}
		bits := add(backend.Node{Kind: backend.Bits, Dtype: op.Uint32, Args: key[:], Index: x, High: backend.Volume(space) + 6})
		u := add(backend.Node{Kind: backend.Cast, Dtype: op.Float32, Args: []int{bits}})
		scale := add(backend.Node{Kind: backend.Const, Dtype: op.Float32, Value: op.FloatValue(op.Float32, 1e5/(1<<32))})
		floats = append(floats, add(backend.Node{Kind: backend.Apply, Op: op.Multiply, Dtype: op.Float32, Args: []int{u, scale}}))
	}
	p.Inputs = append(p.Inputs, backend.Spec{Dtype: op.Uint32, Size: 2})
	pick := func() int { return floats[r.IntN(len(floats))] }
	for range 3 + r.IntN(6) {
		c := pointwise[r.IntN(len(pointwise))]
		args := []int{pick()}
		if op.Of(c).Arity == 2 {
			args = append(args, pick())
		}
		v := add(backend.Node{Kind: backend.Apply, Op: c, Dtype: op.Float32, Args: args})
		if r.IntN(4) == 0 {
			m := add(backend.Node{Kind: backend.Apply, Op: op.LessEqual, Dtype: op.Bool, Args: []int{v, pick()}})
			n := add(backend.Node{Kind: backend.Apply, Op: op.LogicalNot, Dtype: op.Bool, Args: []int{m}})
			m = add(backend.Node{Kind: backend.Apply, Op: op.LogicalOr, Dtype: op.Bool, Args: []int{n, m}})
			m = add(backend.Node{Kind: backend.Apply, Op: op.LogicalAnd, Dtype: op.Bool, Args: []int{n, m}})
			floats = append(floats, add(backend.Node{Kind: backend.Cast, Dtype: op.Float32, Args: []int{m}}))
			v = add(backend.Node{Kind: backend.Apply, Op: op.Select, Dtype: op.Float32, Args: []int{m, v, pick()}})
		}
		floats = append(floats, v)
	}
	out := backend.Index{Strides: make([]int, len(space))}
	size := 1
	for a := len(space) - 1; a >= 0; a-- {
		out.Strides[a] = size
		size *= space[a]
	}
	ph := backend.Phase{}
	for i := range reg.Nodes {
		ph.Nodes = append(ph.Nodes, i)
	}
	for k := range 2 {
		p.Outputs = append(p.Outputs, backend.Spec{Dtype: op.Float32, Size: size})
		ph.Stores = append(ph.Stores, backend.Store{Node: floats[len(floats)-1-k], Buffer: 4 + k, Index: out})
	}
	reg.Phases = []backend.Phase{ph}
	p.Steps = []backend.Step{{Region: reg}}
	return p
}

// on runs a plan on an engine, on that many cores.
func on(t *testing.T, engine string, cores int, p *backend.Plan, params []op.Value, in [][]float32) []*backend.Buffer {
	t.Helper()
	t.Setenv(cpu.Variable, engine)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	var x backend.Exec
	var err error
	if engine == "reference" {
		x, err = reference.Backend{}.Compile(p)
	} else {
		x, err = cpu.Backend{}.Compile(p)
	}
	if err != nil {
		t.Skip(err)
	}
	var bufs []*backend.Buffer
	for _, s := range in {
		bufs = append(bufs, backend.From(op.Float32, s))
	}
	bufs = append(bufs, backend.From(op.Uint32, []uint32{0x13198a2e, 0x03707344}))
	inputs := len(bufs)
	for _, s := range p.Outputs {
		b, err := cpu.Backend{}.Alloc(s.Dtype, s.Size)
		if err != nil {
			t.Fatal(err)
		}
		bufs = append(bufs, b)
	}
	if err := x.Run(context.Background(), params, bufs); err != nil {
		t.Fatal(err)
	}
	return bufs[inputs:]
}

// TestEngines runs random regions on every engine and number of cores: all
// compiled and evaluated programs give the same bits, and these are near those of
// the reference.
func TestEngines(t *testing.T) {
	shapes := [][]int{{1}, {7}, {70}, {5, 40}, {33, 1, 65}, {4, 3, 50}, {2, 17_000}, {40_003}, {3, 5}, {600, 100}}
	for _, engine := range []string{"avx2", "avx512", "tiles"} {
		t.Run(engine, func(t *testing.T) {
			r := rand.New(rand.NewPCG(11, 4))
			for round := range 30 {
				p := randomRegion(r, shapes[round%len(shapes)])
				params := []op.Value{op.FloatValue(op.Float32, r.NormFloat64()), op.Value(3)}
				var in [][]float32
				for _, s := range p.Inputs[:3] {
					in = append(in, randomFloats(s.Size))
					if r.IntN(4) == 0 { // beyond what sin and cos do in machine code
						in[len(in)-1][r.IntN(s.Size)] = 1e6
					}
				}
				want := on(t, "scalar", 1, p, params, in)
				exact := on(t, "reference", 1, p, params, in)
				for _, cores := range []int{1, 3} {
					for k, got := range on(t, engine, cores, p, params, in) {
						name := fmt.Sprintf("round %d output %d on %d cores", round, k, cores)
						if i := differ(got, want[k]); engine != "tiles" && i >= 0 {
							t.Fatalf("%s: element %d is %g, evaluated %g", name, i, backend.Slice[float32](got)[i], backend.Slice[float32](want[k])[i])
						}
						if err := got.Differs(exact[k], 1e-4, 1e-3); err != nil && !steps(p) {
							t.Fatalf("%s: %v", name, err)
						}
					}
				}
			}
		})
	}
}

// bitsPlan is n random words of a key, from number first on, as numbers below one.
func bitsPlan(n, first, count int) *backend.Plan {
	row := backend.Index{Offset: first, Strides: []int{1}}
	r := &backend.Region{Space: []int{count}, Nodes: []backend.Node{
		{Kind: backend.Load, Dtype: op.Uint32, Index: backend.Index{Strides: []int{0}}},
		{Kind: backend.Load, Dtype: op.Uint32, Index: backend.Index{Offset: 1, Strides: []int{0}}},
		{Kind: backend.Bits, Dtype: op.Uint32, Args: []int{0, 1}, Index: row, High: n},
		{Kind: backend.Cast, Dtype: op.Float32, Args: []int{2}}}}
	r.Phases = []backend.Phase{{Nodes: []int{0, 1, 2, 3}, Stores: []backend.Store{{Node: 3, Buffer: 1, Index: backend.Index{Strides: []int{1}}}}}}
	return &backend.Plan{Inputs: []backend.Spec{{Dtype: op.Uint32, Size: 2}}, Outputs: []backend.Spec{{Dtype: op.Float32, Size: count}},
		Steps: []backend.Step{{Region: r}}}
}

// TestBits: random words within regions are the reference's, of even and odd
// numbers of them, from anywhere on.
func TestBits(t *testing.T) {
	for _, engine := range []string{"scalar", "avx2", "avx512", "tiles"} {
		t.Run(engine, func(t *testing.T) {
			t.Setenv(cpu.Variable, engine)
			for _, c := range [][3]int{{1, 0, 1}, {2, 0, 2}, {7, 0, 7}, {70_001, 0, 70_001}, {70_000, 100, 60_000}, {99, 30, 69}} {
				p := bitsPlan(c[0], c[1], c[2])
				rec := &backend.Record{Plan: p, Inputs: [][]byte{backend.From(op.Uint32, []uint32{0x13198a2e, 0x03707344}).Bytes}}
				if err := rec.Compare(cpu.Backend{}, reference.Backend{}, 0, 0); err != nil {
					if strings.Contains(err.Error(), "does not have") {
						t.Skip(err)
					}
					t.Errorf("%v: %v", c, err)
				}
				// The sines of most of the words are beyond machine code.
				r := p.Steps[0].Region
				r.Nodes = append(r.Nodes, backend.Node{Kind: backend.Apply, Op: op.Sin, Dtype: op.Float32, Args: []int{3}})
				r.Phases[0].Nodes = append(r.Phases[0].Nodes, 4)
				r.Phases[0].Stores[0].Node = 4
				if err := rec.Compare(cpu.Backend{}, reference.Backend{}, 1e-6, 1e-6); err != nil {
					t.Errorf("sines of %v: %v", c, err)
				}
			}
		})
	}
}

// steps reports whether a region has functions that jump, so that a last bit
// before decides much after.
func steps(p *backend.Plan) bool {
	for _, n := range p.Steps[0].Region.Nodes {
		switch n.Op {
		case op.Floor, op.Ceil, op.Round, op.Sign, op.LessEqual, op.Sin, op.Cos, op.Exp:
			if n.Kind == backend.Apply {
				return true
			}
		}
	}
	return false
}

// differ is the first element with other bits, or -1; all NaN are alike.
func differ(a, b *backend.Buffer) int {
	x, y := backend.Slice[float32](a), backend.Slice[float32](b)
	for i := range x {
		if math.Float32bits(x[i]) != math.Float32bits(y[i]) && (x[i] == x[i] || y[i] == y[i]) {
			return i
		}
	}
	return -1
}

// TestVariable: what is not an engine is said so.
func TestVariable(t *testing.T) {
	t.Setenv(cpu.Variable, "abacus")
	_, err := cpu.Backend{}.Compile(unaryPlan(op.Exp, op.Float32, 4))
	if err == nil || !strings.Contains(err.Error(), `INGOT_CPU is "abacus", not one of`) {
		t.Errorf("error is %v", err)
	}
	if got := cpu.Describe(); !strings.Contains(got, "abacus") {
		t.Errorf("Describe gives %q", got)
	}
	t.Setenv(cpu.Variable, "tiles")
	if got := cpu.Describe(); !strings.Contains(got, "no machine code") {
		t.Errorf("Describe gives %q", got)
	}
}

// TestResultsLive: results stay what they are while others are computed, however
// the collector and the cache of memory work meanwhile.
func TestResultsLive(t *testing.T) {
	const size = 30_000
	p := unaryPlan(op.Exp, op.Float32, size)
	x, err := cpu.Backend{}.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			in := randomFloats(size)
			var kept []float32 // a view, without the buffer
			var first float32
			for i := range 200 {
				in[0], in[size-1] = float32(g), float32(i%7)
				out, _ := cpu.Backend{}.Alloc(op.Float32, size)
				if err := x.Run(context.Background(), nil, []*backend.Buffer{backend.From(op.Float32, in), out}); err != nil {
					t.Error(err)
					return
				}
				s := backend.Slice[float32](out)
				if math.Abs(float64(s[size-1])/math.Exp(float64(i%7))-1) > 1e-6 {
					t.Errorf("result is %g", s[size-1])
				}
				if kept != nil && kept[0] != first {
					t.Error("an earlier result has changed")
				}
				kept, first = s[size-1:], s[size-1]
				if i%20 == 0 {
					runtime.GC()
				}
			}
		})
	}
	wg.Wait()
}
