//go:build linux

package metal

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/ingot-go/ingot/metal/internal/mtl/mtlfake"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/backend/reference"
	"github.com/ingot-go/ingot/mlx/op"
)

// sample is a plan with what it is run on.
type sample struct {
	name   string
	plan   *backend.Plan
	params []op.Value
	inputs []*backend.Buffer
}

// emulated opens a backend whose kernels run on the CPU. At the end of the test
// nothing may be leaked or done wrong.
func emulated(t *testing.T) (*Backend, *mtlfake.Fake) {
	t.Helper()
	return emulatedKeeping(t, 0)
}

// emulatedKeeping allows for some buffers that live on at the end: package mlx
// holds on to the arrays of its last evaluation.
func emulatedKeeping(t *testing.T, buffers int) (*Backend, *mtlfake.Fake) {
	t.Helper()
	fake := mtlfake.New()
	b, err := NewWith(fake.Runtime())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.Close()
		for range 50 { // buffers of arrays go with the garbage
			if len(fake.Leaks()) <= buffers {
				break
			}
			runtime.GC()
			time.Sleep(5 * time.Millisecond)
		}
		for _, f := range fake.Faults() {
			t.Error("fault:", f)
		}
		for _, l := range fake.Leaks() {
			if buffers--; buffers < 0 || l != "MTLBuffer with 1 references" {
				t.Error("leak:", l)
			}
		}
	})
	return b, fake
}

// tally counts what agree did.
type tally struct {
	kernels  map[string]bool // distinct ones
	compared int             // regions whose results were compared
	host     map[string]int  // steps that ran on the host, by reason
}

func (c *tally) String() string {
	s := fmt.Sprintf("metal: %d regions emulated, %d compared", len(c.kernels), c.compared)
	for _, why := range slices.Sorted(maps.Keys(c.host)) {
		s += fmt.Sprintf("\n  on the host, %d times: %s", c.host[why], why)
	}
	return s
}

// agree runs samples on the GPU under several orders of threads, and compares
// all outputs with the reference.
func agree(t *testing.T, samples []sample) *tally {
	t.Helper()
	b, fake := emulated(t)
	count := &tally{kernels: map[string]bool{}, host: map[string]int{}}
	const batch = 100 // plans in one run of the compiler
	for len(samples) > 0 {
		n := min(batch, len(samples))
		var plans []*backend.Plan
		for _, s := range samples[:n] {
			plans = append(plans, s.plan)
		}
		execs, err := b.CompileAll(plans...)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range samples[:n] {
			for _, st := range execs[i].(*exec).steps {
				if st.kernel == nil {
					count.host[st.why]++
					continue
				}
				count.kernels[st.kernel.name] = true
				count.compared++
			}
			want := result(t, s, reference.Backend{}, nil)
			orders := uint32(1)
			if shared(execs[i].(*exec)) {
				orders = 3
			}
			for order := range orders {
				fake.SetOrder(order)
				got := result(t, s, nil, execs[i])
				for k := range want {
					if err := closeTo(want[k], got[k], len(s.plan.Steps)); err != nil {
						t.Errorf("%s: order %d: output %d: %v\n%s", s.name, order, k, err, s.plan)
						break
					}
				}
			}
		}
		samples = samples[n:]
	}
	return count
}

// shared tells whether threads of the plan work together.
func shared(x *exec) bool {
	for _, s := range x.steps {
		if s.kernel != nil && s.kernel.group > 0 {
			return true
		}
	}
	return false
}

func result(t *testing.T, s sample, b backend.Backend, x backend.Exec) (outs []*backend.Buffer) {
	t.Helper()
	var err error
	if x == nil {
		if x, err = b.Compile(s.plan); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
	}
	for _, o := range s.plan.Outputs {
		buf, err := backend.Alloc(o.Dtype, o.Size)
		if err != nil {
			t.Fatal(err)
		}
		outs = append(outs, buf)
	}
	if err := x.Run(context.Background(), s.params, append(append([]*backend.Buffer{}, s.inputs...), outs...)); err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	return outs
}

// tolerances by dtype, relative to the value or, where smaller, to the size of
// typical values of the output.
var tolerances = map[op.Dtype]float64{op.Float32: 2e-5, op.Float16: 4e-3, op.BFloat16: 3e-2, op.Float64: 1e-12}

// closeTo compares integers and bools exactly, floats within the tolerance of
// fifty steps. What is rounded differently adds up along a chain of more, as the
// square root of its length: over 191 steps the CPU backend is 2.5e-5 from the
// reference, the emulation 3.5e-5.
func closeTo(want, got *backend.Buffer, steps int) error {
	tol := tolerances[want.Dtype] * math.Sqrt(max(1, float64(steps)/50))
	typical, n := 0.0, 0
	for i := range want.Size {
		if v := math.Abs(want.Get(i).Float(want.Dtype)); v < 1e30 {
			typical, n = typical+v, n+1
		}
	}
	typical /= float64(max(n, 1))
	for i := range want.Size {
		w, g := want.Get(i).Float(want.Dtype), got.Get(i).Float(got.Dtype)
		if w == g || w != w && g != g || math.Abs(w-g) <= tol*math.Max(math.Abs(w), typical) {
			continue
		}
		return fmt.Errorf("element %d is %v, want %v", i, g, w)
	}
	return nil
}

// fill makes a buffer with numbers from lo to hi.
func fill(r *rand.Rand, d op.Dtype, n int, lo, hi float64) *backend.Buffer {
	b, err := backend.Alloc(d, n)
	if err != nil {
		panic(err)
	}
	for i := range n {
		if lo == hi {
			break
		}
		v := op.FloatValue(op.Float64, lo+(hi-lo)*r.Float64())
		b.Put(i, op.Cast(d, op.Float64, v))
	}
	return b
}

func blank(d op.Dtype, n int) *backend.Buffer { return fill(nil, d, n, 0, 0) }

func spec(d op.Dtype, n int) backend.Spec { return backend.Spec{Dtype: d, Size: n} }

// pointwise is a region whose last node is stored, over n points.
func pointwise(n int, nodes []backend.Node, buffer int) backend.Step {
	ph := backend.Phase{Stores: []backend.Store{{Node: len(nodes) - 1, Buffer: buffer, Index: backend.Index{Strides: []int{1}}}}}
	for k := range nodes {
		ph.Nodes = append(ph.Nodes, k)
	}
	return backend.Step{Region: &backend.Region{Space: []int{n}, Nodes: nodes, Phases: []backend.Phase{ph}}}
}

func load(d op.Dtype, buffer int, x backend.Index) backend.Node {
	return backend.Node{Kind: backend.Load, Dtype: d, Buffer: buffer, Index: x}
}

var along = backend.Index{Strides: []int{1}}
