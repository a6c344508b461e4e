//go:build linux

package metal

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

var dtypes = []op.Dtype{op.Bool, op.Uint8, op.Uint16, op.Uint32, op.Uint64, op.Int8, op.Int16, op.Int32, op.Int64,
	op.Float16, op.Float32, op.BFloat16}

// Every op of the table, for every dtype it takes.
func TestOps(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var samples []sample
	for c := range op.Count() {
		o := op.Of(op.Code(c))
		for _, d := range dtypes {
			if in, out, ok := o.Types(d); ok && in == d {
				samples = append(samples, opSample(r, o, d, out))
			}
		}
	}
	n := agree(t, samples)
	t.Log(n)
	if n.compared < 400 || len(n.host) > 0 {
		t.Errorf("too few ran on the GPU: %v", n)
	}
}

func opSample(r *rand.Rand, o *op.Op, d, out op.Dtype) sample {
	const n = 64
	s := sample{name: fmt.Sprintf("%s of %v", o.Name, d), plan: &backend.Plan{Outputs: []backend.Spec{spec(out, n)}}}
	var nodes []backend.Node
	var args []int
	for k := range o.Arity {
		in, lo, hi := d, -3.0, 3.0
		if d.IsFloat() {
			lo, hi = o.Interval(k)
		} else if d != op.Bool {
			lo, hi = 0, 7
			if d.IsSigned() && (o.Code != op.LeftShift && o.Code != op.RightShift || k == 0) {
				lo = -7
			}
		}
		if o.Rule == op.Choose && k == 0 {
			in, lo, hi = op.Bool, -1, 1
		}
		b := fill(r, in, n, lo, hi)
		if in == op.Bool {
			b = fill(r, in, n, 0, 1)
			for i := range b.Bytes {
				b.Bytes[i] = byte(r.IntN(2))
			}
		}
		s.inputs = append(s.inputs, b)
		s.plan.Inputs = append(s.plan.Inputs, spec(in, n))
		nodes = append(nodes, load(in, k, along))
		args = append(args, k)
	}
	nodes = append(nodes, backend.Node{Kind: backend.Apply, Op: o.Code, Dtype: out, Args: args})
	s.plan.Steps = []backend.Step{pointwise(n, nodes, o.Arity)}
	return s
}

// Special values go through the ops that have rules for them.
func TestSpecialValues(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	special := []float64{0, math.Copysign(0, -1), 1, -1, 2.5, inf, -inf, nan, 1e-40, 3e38}
	var samples []sample
	for _, c := range []op.Code{op.Maximum, op.Minimum, op.Remainder, op.Power, op.LogAddExp, op.Equal, op.Less, op.FloorDivide, op.Arctan2,
		op.Sign, op.Abs, op.IsNaN, op.IsInf, op.Round, op.Floor, op.Exp, op.Log, op.Sigmoid, op.Erf, op.Tanh, op.Expm1, op.Log1p} {
		o := op.Of(c)
		_, out, _ := o.Types(op.Float32)
		n := len(special)
		s := opSample(rand.New(rand.NewPCG(0, 0)), o, op.Float32, out)
		s.name += ", special values"
		s.plan.Outputs[0].Size = n * n
		for k := range s.inputs {
			s.plan.Inputs[k].Size = n * n
			s.inputs[k], _ = backend.Alloc(op.Float32, n*n)
			for i := range n * n {
				v := special[i%n]
				if k == 1 {
					v = special[i/n]
				}
				s.inputs[k].Put(i, op.FloatValue(op.Float32, v))
			}
		}
		s.plan.Steps[0].Region.Space[0] = n * n
		samples = append(samples, s)
	}
	agree(t, samples)
}

// Every pair of dtypes, with values that do not fit.
func TestCasts(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var samples []sample
	for _, from := range dtypes {
		for _, to := range dtypes {
			const n = 64
			in := fill(r, from, n, -300, 300)
			if from == op.Float32 {
				for i, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 3e9, -3e9, 1e19, 5e19, -1e19, 0.5, -0.5} {
					in.Put(i, op.FloatValue(from, v))
				}
			}
			nodes := []backend.Node{load(from, 0, along), {Kind: backend.Cast, Dtype: to, Args: []int{0}}}
			samples = append(samples, sample{
				name:   fmt.Sprintf("cast of %v to %v", from, to),
				plan:   &backend.Plan{Inputs: []backend.Spec{spec(from, n)}, Outputs: []backend.Spec{spec(to, n)}, Steps: []backend.Step{pointwise(n, nodes, 1)}},
				inputs: []*backend.Buffer{in},
			})
		}
	}
	agree(t, samples)
}

// Every reduction, alone and shared between threads, also of NaNs.
func TestReductions(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var samples []sample
	for red := backend.Sum; red <= backend.ArgMin; red++ {
		for _, d := range dtypes {
			for _, inner := range [][]int{{7}, {9, 11}, {3, 200}, {1}} {
				samples = append(samples, reductionSample(r, red, d, inner, false))
			}
			if d.IsFloat() {
				samples = append(samples, reductionSample(r, red, d, []int{7}, true), reductionSample(r, red, d, []int{300}, true))
			}
		}
	}
	t.Log(agree(t, samples))
}

func reductionSample(r *rand.Rand, red backend.Reduction, d op.Dtype, inner []int, nans bool) sample {
	const rows = 6
	n := backend.Volume(inner)
	in := fill(r, d, rows*n, 0.9, 1.1)
	if !d.IsFloat() {
		in = fill(r, d, rows*n, 0, 5)
	} else if red != backend.Prod {
		in = fill(r, d, rows*n, -1, 1)
	}
	if nans { // a row of NaNs, rows with the first, some, or the last NaN
		for i := range rows * n {
			if row, k := i/n, i%n; row == 0 || row == 1 && k == 0 || row == 2 && k%3 == 1 || row == 3 && k == n-1 {
				in.Put(i, op.FloatValue(d, math.NaN()))
			}
		}
	}
	out := d
	if red == backend.ArgMax || red == backend.ArgMin {
		out = op.Uint32
	}
	strides := append([]int{n}, rowMajor(inner).Strides...)
	x := load(d, 0, backend.Index{Strides: strides})
	x.Inner = true
	region := &backend.Region{Space: []int{rows}, Inner: inner,
		Nodes: []backend.Node{x, {Kind: backend.Reduce, Reduction: red, Dtype: out, Args: []int{0}}},
		Phases: []backend.Phase{
			{Loop: true, Nodes: []int{0}, Reduce: []int{1}},
			{Stores: []backend.Store{{Node: 1, Buffer: 1, Index: along}}},
		}}
	return sample{
		name:   fmt.Sprintf("%v of %v over %v, NaNs %v", red, d, inner, nans),
		plan:   &backend.Plan{Inputs: []backend.Spec{spec(d, rows*n)}, Outputs: []backend.Spec{spec(out, rows)}, Steps: []backend.Step{{Region: region}}},
		inputs: []*backend.Buffer{in},
	}
}
