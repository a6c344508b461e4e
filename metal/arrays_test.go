//go:build linux

package metal

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/backend/reference"
	"github.com/ingot-go/ingot/mlx/random"
)

// Every region that a set of array programs produces gives the reference's
// results on the GPU. So does every region in the folders that INGOT_PLANS
// names, which is how the plans of other tests and of notebooks come here.
func TestArrayPrograms(t *testing.T) {
	rec := &backend.Recorder{Backend: reference.Backend{}}
	on(t, rec, func() {
		for name, program := range programs {
			if err := mlx.Try(func() { mlx.Eval(program()...) }); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	n := agree(t, recorded(t, "program", rec.Records()))
	fmt.Println(n)
	if len(n.kernels) < 100 {
		t.Errorf("only %d regions", len(n.kernels))
	}
}

func TestRecordedPlans(t *testing.T) {
	folders := os.Getenv("INGOT_PLANS")
	if folders == "" {
		fmt.Println("metal: INGOT_PLANS names no folder of recorded plans; only those of this package were run")
		return
	}
	var samples []sample
	for _, dir := range strings.Split(folders, string(os.PathListSeparator)) {
		records, err := backend.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(records) == 0 {
			t.Errorf("%s holds no plans", dir)
		}
		samples = append(samples, recorded(t, dir, records)...)
	}
	fmt.Println(agree(t, samples))
}

func recorded(t *testing.T, name string, records []*backend.Record) (samples []sample) {
	t.Helper()
	for _, r := range records {
		s := sample{name: name + " " + r.Plan.Key(), plan: r.Plan, params: r.Params}
		for i, b := range r.Inputs {
			in, err := backend.Alloc(r.Plan.Inputs[i].Dtype, r.Plan.Inputs[i].Size)
			if err != nil {
				t.Fatal(err)
			}
			copy(in.Bytes, b)
			s.inputs = append(s.inputs, in)
		}
		samples = append(samples, s)
	}
	return samples
}

// on evaluates with another backend while f runs.
func on(t *testing.T, b backend.Backend, f func()) {
	t.Helper()
	before := mlx.SetBackend(b)
	defer mlx.SetBackend(before)
	f()
}

// A classifier trains on the GPU itself to the reference's loss.
func TestTraining(t *testing.T) {
	losses := func(b backend.Backend) (out []float64) {
		on(t, b, func() {
			out = train(8)
		})
		return out
	}
	want := losses(reference.Backend{})
	b, fake := emulatedKeeping(t, 16) // of the more than 100 that the training makes
	got := losses(b)
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-4 {
			t.Errorf("step %d: loss %v, want %v", i, got[i], want[i])
		}
	}
	if want[7] > 0.8*want[0] {
		t.Errorf("the loss does not fall: %v", want)
	}
	t.Logf("loss from %.4f to %.4f; %d dispatches of %d libraries", got[0], got[7], fake.Ran(), fake.Libraries())
}

// train fits a layer of relus and a softmax to labels that depend on the data.
func train(steps int) (losses []float64) {
	key := random.Split(random.Key(1), 3)
	x := random.NormalKey(key.At(0), 40, 6)
	labels := mlx.ArgMax(x.At(mlx.All, mlx.S(0, 3)), 1)
	w1, w2 := random.NormalKey(key.At(1), 6, 16).Mul(0.4), random.NormalKey(key.At(2), 16, 3).Mul(0.4)
	loss := mlx.ValueAndGradN(func(p ...*mlx.Array) *mlx.Array {
		logits := mlx.MatMul(mlx.ReLU(mlx.MatMul(x, p[0])), p[1])
		return mlx.Mean(mlx.LogSumExp(logits, 1).Sub(mlx.TakeAlongAxis(logits, labels.ExpandDims(1), 1).Squeeze(1)))
	}, 0, 1)
	for range steps {
		v, g := loss(w1, w2)
		w1, w2 = w1.Sub(g[0].Mul(0.5)), w2.Sub(g[1].Mul(0.5))
		mlx.Eval(v, w1, w2)
		losses = append(losses, v.Float())
	}
	return losses
}

// programs use the library as people do.
var programs = map[string]func() []*mlx.Array{
	"arithmetic": func() []*mlx.Array {
		x := mlx.Linspace(-2, 2, 30).Reshape(5, 6)
		return []*mlx.Array{x.Add(2).Div(x.Abs().Sum()), x.Mul(x).Sub(1), mlx.Sin(x).Mul(mlx.Exp(mlx.Neg(x))), mlx.Pow(x, 3), mlx.Rem(x, 0.7), mlx.FloorDivide(x, 0.3)}
	},
	"integers": func() []*mlx.Array {
		x := mlx.Arange(24).Reshape(4, 6)
		return []*mlx.Array{x.Mul(x).Sub(7), mlx.FloorDivide(x.Sub(12), 5), mlx.Rem(x.Sub(12), 5), mlx.LeftShift(x, 2), mlx.BitwiseXor(x, 5), x.Sum(0), mlx.Prod(x.Add(1).AsType(mlx.Float32), 1), x.Div(4)}
	},
	"dtypes": func() (out []*mlx.Array) {
		for _, d := range []mlx.Dtype{mlx.Float16, mlx.BFloat16, mlx.Uint8, mlx.Int64, mlx.Bool} {
			x := mlx.Linspace(0, 3, 20).AsType(d)
			out = append(out, mlx.Sum(x), x.Mul(x), mlx.Sqrt(x), mlx.Max(x), mlx.ArgMax(x), mlx.Softmax(x.AsType(mlx.Float16)))
		}
		return out
	},
	"comparisons": func() []*mlx.Array {
		x, y := mlx.Linspace(-2, 2, 21), mlx.Linspace(3, -1, 21)
		return []*mlx.Array{mlx.Greater(x, y), mlx.Equal(x, x), mlx.Where(mlx.Less(x, y), x, y), mlx.LogicalAnd(mlx.Greater(x, 0), mlx.Less(y, 0)),
			mlx.Any(mlx.Greater(x, 1)), mlx.AllTrue(mlx.Greater(x, -3)), mlx.Clip(x, -1, 1), mlx.Maximum(x, y), mlx.IsNaN(mlx.Log(x))}
	},
	"shapes": func() []*mlx.Array {
		x := mlx.Arange(24.0).Reshape(2, 3, 4)
		return []*mlx.Array{mlx.Transpose(x).Add(0), mlx.Flip(x, 1).Mul(2), mlx.Pad(x, [][2]int{{1, 0}, {0, 2}, {1, 1}}), mlx.Concatenate([]*mlx.Array{x, x.Mul(2)}, 1),
			x.At(1, mlx.S(nil, nil, 2)).Add(1), mlx.BroadcastTo(x.At(0), 3, 3, 4).Sum(0), mlx.Stack([]*mlx.Array{x, x}, 0).Mean(1), mlx.Eye(5), mlx.Swapaxes(x, 0, 2).Max(1)}
	},
	"statistics": func() []*mlx.Array {
		x := mlx.Sin(mlx.Arange(1200.0)).Reshape(8, 150)
		return []*mlx.Array{mlx.Mean(x), mlx.Var(x, 0), mlx.Std(x, 1), mlx.Softmax(x, 1), mlx.LogSoftmax(x, 0), mlx.LogSumExp(x), mlx.ArgMin(x, 1), mlx.ArgMax(x, 0), mlx.Sort(x, 1), mlx.ArgSort(x, 0)}
	},
	"layer norm": func() []*mlx.Array {
		x := mlx.Cos(mlx.Arange(600.0)).Reshape(6, 100)
		return []*mlx.Array{x.Sub(mlx.MeanKeep(x, 1)).Mul(mlx.Rsqrt(mlx.VarKeep(x, 1).Add(1e-5)))}
	},
	"special functions": func() []*mlx.Array {
		x := mlx.Linspace(-0.9, 0.9, 40)
		return []*mlx.Array{mlx.Erf(x), mlx.Erfinv(x), mlx.Tanh(x), mlx.Arctanh(x), mlx.GELU(x), mlx.SiLU(x), mlx.Softplus(x), mlx.Expm1(x), mlx.Log1p(x), mlx.Arctan2(x, 2), mlx.LogAddExp(x, 1)}
	},
	"random": func() []*mlx.Array {
		key := random.Key(42)
		return []*mlx.Array{random.UniformKey(key, 0, 1, 50), random.NormalKey(key, 7, 9), random.BitsKey(key, 33), random.RandIntKey(key, 0, 10, 40), random.BernoulliKey(key, 0.3, 50), random.GumbelKey(key, 20), random.PermutationKey(key, 10)}
	},
	"products": func() []*mlx.Array {
		a, b := mlx.Sin(mlx.Arange(60.0)).Reshape(5, 12), mlx.Cos(mlx.Arange(84.0)).Reshape(12, 7)
		c := mlx.MatMul(a, b)
		return []*mlx.Array{c, mlx.ReLU(c.Add(1)), mlx.MatMul(mlx.Transpose(b), mlx.Transpose(a)), mlx.MatMul(a.Reshape(1, 5, 12), mlx.Stack([]*mlx.Array{b, b}, 0)), mlx.MatMul(a.AsType(mlx.Float16), b.AsType(mlx.Float16))}
	},
	"indexing": func() []*mlx.Array {
		x, i := mlx.Arange(20.0).Reshape(5, 4), mlx.New([]int{3, 0, -1})
		return []*mlx.Array{mlx.Take(x, i, 0), mlx.TakeAlongAxis(x, mlx.ArgSort(mlx.Sin(x), 1), 1), mlx.Take(mlx.Exp(x.Div(9)), i).Mul(2)}
	},
	"derivatives": func() []*mlx.Array {
		f := func(x *mlx.Array) *mlx.Array { return mlx.Sum(mlx.Sin(x).Mul(mlx.Tanh(x)).Div(x.Mul(x).Add(1))) }
		x := mlx.Linspace(-2, 2, 25)
		second := mlx.Grad(func(x *mlx.Array) *mlx.Array { return mlx.Sum(mlx.Grad(f)(x)) })
		soft := mlx.Grad(func(x *mlx.Array) *mlx.Array { return mlx.Sum(mlx.Softmax(x.Reshape(5, 5), 1).Mul(mlx.Arange(5.0))) })
		return []*mlx.Array{mlx.Grad(f)(x), second(x), soft(x), mlx.Grad(func(x *mlx.Array) *mlx.Array { return mlx.LogSumExp(x) })(x),
			mlx.Grad(func(x *mlx.Array) *mlx.Array { return mlx.Max(x.Mul(x)) })(x), mlx.Grad(func(x *mlx.Array) *mlx.Array { return mlx.Std(x) })(x)}
	},
	"regression": func() []*mlx.Array {
		x := mlx.Linspace(0, 1, 64)
		y := x.Mul(3).Add(0.5)
		w, b := mlx.New(0.0), mlx.New(0.0)
		loss := mlx.ValueAndGradN(func(p ...*mlx.Array) *mlx.Array { return mlx.Mean(mlx.Square(x.Mul(p[0]).Add(p[1]).Sub(y))) }, 0, 1)
		for range 3 {
			v, g := loss(w, b)
			w, b = w.Sub(g[0].Mul(0.5)), b.Sub(g[1].Mul(0.5))
			mlx.Eval(v, w, b)
		}
		return []*mlx.Array{w, b}
	},
	"classifier": func() []*mlx.Array { train(2); return nil },
}
