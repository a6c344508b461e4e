// Package bench times the array engine on a fixed list of workloads, whose
// names, shapes and dtypes it shares with the scripts that time its peers, so
// that a ratio is always taken between two rows of one name.
package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"time"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/random"
)

// Row is the outcome of one workload. Flops and Bytes are the least that the
// workload needs.
type Row struct {
	Workload string  `json:"workload"`
	Peer     string  `json:"peer"`
	Version  string  `json:"version"`
	Flops    float64 `json:"flops"`
	Bytes    float64 `json:"bytes"`
	Median   float64 `json:"median_s,omitempty"`
	Min      float64 `json:"min_s,omitempty"`
	Runs     int     `json:"runs,omitempty"`
	Error    string  `json:"error,omitempty"`
}

// Options chooses workloads. The zero value runs all of them, one second each.
type Options struct {
	Only    *regexp.Regexp // nil: all
	Budget  time.Duration  // time to spend on one workload; 0: one second
	Version string         // what to call this program in the rows
}

// Run times the workloads and writes one JSON line for each to w.
func Run(w io.Writer, o Options) error {
	if o.Budget == 0 {
		o.Budget = time.Second
	}
	out := json.NewEncoder(w)
	for _, x := range Workloads() {
		if o.Only != nil && !o.Only.MatchString(x.Name) {
			continue
		}
		row := Row{Workload: x.Name, Peer: "ingot", Version: o.Version, Flops: x.Flops, Bytes: x.Bytes}
		if err := mlx.Try(func() { row.Time(x.Make(), o.Budget) }); err != nil {
			row.Error = err.Error()
		}
		if err := out.Encode(row); err != nil {
			return err
		}
	}
	return nil
}

// Time runs f often enough for samples of 10 ms, and takes samples until the
// budget is spent.
func (r *Row) Time(f func(), budget time.Duration) {
	f() // warm up and compile
	start := time.Now()
	f()
	one := max(time.Since(start).Seconds(), 1e-7)
	inner := min(max(1, int(0.01/one)), 10_000)
	var samples []float64
	for spent := 0.0; (spent < budget.Seconds() || len(samples) < 5) && len(samples) < 200 && spent < 20*budget.Seconds(); {
		start := time.Now()
		for range inner {
			f()
		}
		d := time.Since(start).Seconds()
		spent += d
		samples = append(samples, d/float64(inner))
	}
	slices.Sort(samples)
	n := len(samples)
	r.Median, r.Min, r.Runs = (samples[(n-1)/2]+samples[n/2])/2, samples[0], n
}

// Workload is one thing to time. Make prepares its inputs; the function that it
// returns does the work once and waits for the result.
type Workload struct {
	Name         string
	Flops, Bytes float64
	Make         func() func()
}

func normal(shape ...int) *mlx.Array { return random.Normal(shape...).Eval() }

// Workloads is the list.
func Workloads() []Workload {
	var list []Workload
	add := func(name string, flops, bytes float64, build func() func()) {
		list = append(list, Workload{name, flops, bytes, build})
	}
	for _, n := range []int{64, 256, 1024, 2048} {
		f := float64(n)
		add(fmt.Sprintf("matmul_f32_%d", n), 2*f*f*f, 12*f*f, func() func() { return matmul(n, n, mlx.Float32) })
	}
	add("matmul_f64_1024", 2<<30, 24<<20, func() func() { return matmul(1024, 1024, mlx.Float64) })
	add("gemv_f32_4096", 2*4096*4096, 4*4096*4096, func() func() { return matmul(1, 4096, mlx.Float32) })
	for _, n := range []int{10_000, 1_000_000, 20_000_000} {
		f := float64(n)
		add(fmt.Sprintf("add_f32_%d", n), f, 12*f, func() func() {
			a, b := normal(n), normal(n)
			return func() { a.Add(b).Eval() }
		})
		add(fmt.Sprintf("fused_f32_%d", n), 6*f, 20*f, func() func() {
			a, b, c, d := normal(n), normal(n), normal(n), normal(n)
			return func() { a.Mul(b).Add(c.Sin().Mul(d.Neg().Exp())).Eval() }
		})
		add(fmt.Sprintf("gelu_f32_%d", n), 10*f, 8*f, func() func() {
			a := normal(n)
			return func() { mlx.GELUApprox(a).Eval() }
		})
		add(fmt.Sprintf("sum_f32_%d", n), f, 4*f, func() func() {
			a := normal(n)
			return func() { a.Sum().Eval() }
		})
	}
	const r = 2048
	square := func(name string, flops, bytes float64, f func(a *mlx.Array) *mlx.Array) {
		add(fmt.Sprintf("%s_f32_%d", name, r), flops*r*r, bytes*r*r, func() func() {
			a := normal(r, r)
			return func() { f(a).Eval() }
		})
	}
	square("sum_axis0", 1, 4, func(a *mlx.Array) *mlx.Array { return a.Sum(0) })
	square("sum_axis1", 1, 4, func(a *mlx.Array) *mlx.Array { return a.Sum(1) })
	square("softmax", 5, 8, func(a *mlx.Array) *mlx.Array { return a.Softmax(-1) })
	square("layernorm", 8, 8, func(a *mlx.Array) *mlx.Array {
		return a.Sub(a.MeanKeep(-1)).Mul(a.VarKeep(-1).Add(1e-5).Rsqrt())
	})
	square("transpose", 0, 8, func(a *mlx.Array) *mlx.Array { return a.T() })
	square("argmax_axis1", 1, 4, func(a *mlx.Array) *mlx.Array { return a.ArgMax(1) })
	add("argsort_f32_2000000", 0, 24e6, func() func() {
		a := normal(2_000_000)
		return func() { a.ArgSort().Eval() }
	})
	add("random_normal_f32_2000000", 0, 8e6, func() func() {
		return func() { random.Normal(2_000_000).Eval() }
	})
	add("gather_rows_f32_100000", 0, 8*256*100_000, func() func() {
		a, i := normal(50_000, 256), random.RandInt(0, 50_000, 100_000).Eval()
		return func() { a.Take(i, 0).Eval() }
	})
	add("chain_add_f32_10x1000", 10_000, 0, func() func() {
		a, one := normal(10), mlx.Full([]int{10}, 1.0).Add(0).Eval()
		return func() {
			x := a
			for range 1000 {
				x = x.Add(one)
			}
			x.Eval()
		}
	})
	add("dispatch_add_f32_1", 1, 0, func() func() {
		a := normal(1)
		return func() { a.Add(a).Eval() }
	})
	for _, c := range [][2]int{{64, 128}, {256, 1024}} {
		b, h := float64(c[0]), float64(c[1])
		add(fmt.Sprintf("mlp_step_f32_b%d_h%d", c[0], c[1]), 6*b*(784*h+h*h+h*10), 0, func() func() { return mlpStep(c[0], c[1]) })
	}
	return list
}

func matmul(m, k int, d mlx.Dtype) func() {
	a, b := normal(m, k).AsType(d).Eval(), normal(k, k).AsType(d).Eval()
	return func() { a.MatMul(b).Eval() }
}

// mlpStep is one step of Adam on a network 784-h-h-10 with cross-entropy.
func mlpStep(batch, h int) func() {
	x := normal(batch, 784)
	labels := mlx.Zeros(batch, 1).AsType(mlx.Int32).Eval()
	params := []*mlx.Array{
		normal(784, h).Mul(0.03), mlx.Zeros(h), normal(h, h).Mul(0.03), mlx.Zeros(h), normal(h, 10).Mul(0.03), mlx.Zeros(10)}
	loss := func(p ...*mlx.Array) *mlx.Array {
		z := x.MatMul(p[0]).Add(p[1]).ReLU()
		z = z.MatMul(p[2]).Add(p[3]).ReLU()
		z = z.MatMul(p[4]).Add(p[5])
		return z.LogSoftmax(-1).TakeAlongAxis(labels, 1).Mean().Neg()
	}
	grads := mlx.GradN(loss, 0, 1, 2, 3, 4, 5)
	m, v := make([]*mlx.Array, len(params)), make([]*mlx.Array, len(params))
	for i, p := range params {
		m[i], v[i] = mlx.ZerosLike(p), mlx.ZerosLike(p)
	}
	t := 0.0
	return func() {
		t++
		results := []*mlx.Array{}
		for i, g := range grads(params...) {
			m[i] = m[i].Mul(0.9).Add(g.Mul(0.1))
			v[i] = v[i].Mul(0.999).Add(g.Square().Mul(0.001))
			step := m[i].Div(1 - math.Pow(0.9, t)).Div(v[i].Div(1 - math.Pow(0.999, t)).Sqrt().Add(1e-8))
			params[i] = params[i].Sub(step.Mul(1e-3))
			results = append(results, params[i], m[i], v[i])
		}
		mlx.Eval(results...)
	}
}
