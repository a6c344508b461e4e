package mlx_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/fast"
	"github.com/ingot-go/ingot/mlx/fft"
	"github.com/ingot-go/ingot/mlx/internal/replay"
	"github.com/ingot-go/ingot/mlx/linalg"
	"github.com/ingot-go/ingot/mlx/random"
)

// smooth is functions of a 3×4 matrix with values around 1, each in float64.
var smooth = map[string]func(*mlx.Array) *mlx.Array{
	"sum":       func(x *mlx.Array) *mlx.Array { return x.Sum(0).Square() },
	"prod":      func(x *mlx.Array) *mlx.Array { return x.ProdKeep(1).Mul(x) },
	"prod0":     func(x *mlx.Array) *mlx.Array { return x.Mul([]float64{1, 0, 1, 1}).Prod(1) },
	"max":       func(x *mlx.Array) *mlx.Array { return x.Max(1).Square() },
	"min":       func(x *mlx.Array) *mlx.Array { return x.MinKeep(0).Mul(x) },
	"logsumexp": func(x *mlx.Array) *mlx.Array { return x.LogSumExp(0) },
	"softmax":   func(x *mlx.Array) *mlx.Array { return x.Softmax(-1) },
	"broadcast": func(x *mlx.Array) *mlx.Array { return x.ExpandDims(1).BroadcastTo(3, 2, 4).Square() },
	"reshape":   func(x *mlx.Array) *mlx.Array { return x.T().Reshape(2, 6).Square() },
	"slice":     func(x *mlx.Array) *mlx.Array { return x.At(mlx.S(nil, nil, -2), mlx.S(1)).Square() },
	"pad":       func(x *mlx.Array) *mlx.Array { return mlx.Pad(x, [][2]int{{1, 0}, {0, 2}}, x.At(0, 0)).Square() },
	"concat": func(x *mlx.Array) *mlx.Array {
		return mlx.Concatenate([]*mlx.Array{x, x.Square(), x.T().Reshape(3, 4)}, 1)
	},
	"gather":   func(x *mlx.Array) *mlx.Array { return x.Take([][]int{{3, 0}, {0, -1}}, 1).Square() },
	"along":    func(x *mlx.Array) *mlx.Array { return mlx.TakeAlongAxis(x, [][]int{{1}, {0}, {3}}, 1).Square() },
	"mask":     func(x *mlx.Array) *mlx.Array { return x.MultiplyAt(x.At(1), mlx.S(0, 2)).Square() },
	"matmul":   func(x *mlx.Array) *mlx.Array { return x.MatMul(x.Square().T()).MatMul(x.Reshape(1, 3, 4)) },
	"depends":  func(x *mlx.Array) *mlx.Array { return mlx.Depends(x.Square(), x.Sin()).Mul(x) },
	"quantile": func(x *mlx.Array) *mlx.Array { return mlx.Quantile(x, 0.3, mlx.QuantileOptions{Axes: []int{1}}) },
	"cast": func(x *mlx.Array) *mlx.Array {
		return x.AsType(mlx.Complex64).Real().AsType(mlx.Float64).Add(x.Square())
	},
	"cumsum": func(x *mlx.Array) *mlx.Array {
		return x.CumSum(1, mlx.ScanOptions{Reverse: true, Exclusive: true}).Square()
	},
	"cumprod":     func(x *mlx.Array) *mlx.Array { return x.CumProd(0) },
	"cumprod0":    func(x *mlx.Array) *mlx.Array { return x.Mul([]float64{1, 0, 1, 1}).CumProd(1) },
	"cummax":      func(x *mlx.Array) *mlx.Array { return x.CumMax(1) },
	"logcumsum":   func(x *mlx.Array) *mlx.Array { return x.LogCumSumExp(1) },
	"einsum":      func(x *mlx.Array) *mlx.Array { return mlx.Einsum("ij,kj,ik->i", x, x, mlx.MatMul(x, x.T())) },
	"sort":        func(x *mlx.Array) *mlx.Array { return x.Sort(0).Mul(x) },
	"median":      func(x *mlx.Array) *mlx.Array { return mlx.Median(x, 1) },
	"var":         func(x *mlx.Array) *mlx.Array { return mlx.StdWith(x, mlx.VarOptions{DDOF: 1}) },
	"repeat":      func(x *mlx.Array) *mlx.Array { return mlx.Roll(mlx.Tile(x.Repeat(2, 1), 2, 1), 3, 0).Square() },
	"tri":         func(x *mlx.Array) *mlx.Array { return mlx.Tril(x).Add(mlx.Triu(x, 1).Square()) },
	"diag":        func(x *mlx.Array) *mlx.Array { return mlx.Diag(x.Diagonal(1)).Square() },
	"kron":        func(x *mlx.Array) *mlx.Array { return mlx.Kron(x, x) },
	"at multiply": func(x *mlx.Array) *mlx.Array { return x.MultiplyAt(x.At(0), []int{1, 1}) },
	"at maximum":  func(x *mlx.Array) *mlx.Array { return x.MaximumAt(x.At(0).Mul(1.01), 1) },
	"put along": func(x *mlx.Array) *mlx.Array {
		return mlx.PutAlongAxis(x, [][]int{{0}, {2}, {1}}, x.At(mlx.All, mlx.S(0, 1)).Square(), 1)
	},
	"pad reflect": func(x *mlx.Array) *mlx.Array { return mlx.PadWith(x, [][2]int{{2, 1}}, mlx.PadReflect).Square() },
	"abs complex": func(x *mlx.Array) *mlx.Array { return mlx.Abs(mlx.Exp(x.Mul(1i).Add(x))) },
	"conv": func(x *mlx.Array) *mlx.Array {
		return mlx.Conv1D(x.Reshape(1, 6, 2), x.Reshape(2, 3, 2), mlx.ConvOptions{Stride: []int{2}, Padding: []int{2}, Dilation: []int{2}})
	},
	"conv groups": func(x *mlx.Array) *mlx.Array {
		return mlx.Conv2D(x.Reshape(1, 2, 3, 2), x.Reshape(6, 1, 2, 1), mlx.ConvOptions{Groups: 2, Padding: []int{1, 0}})
	},
	"conv transpose": func(x *mlx.Array) *mlx.Array {
		return mlx.ConvTranspose1D(x.Reshape(1, 3, 4), x.Reshape(1, 3, 4), mlx.ConvOptions{Stride: []int{2}, OutputPadding: []int{1}})
	},
	"attention": func(x *mlx.Array) *mlx.Array {
		q := x.Reshape(1, 2, 3, 2)
		return fast.ScaledDotProductAttention(q, q.At(mlx.All, mlx.S(0, 1)), q.At(mlx.All, mlx.S(1)), fast.AttentionOptions{Scale: 0.7, Causal: true})
	},
	"rope": func(x *mlx.Array) *mlx.Array {
		return fast.RoPE(x.Reshape(1, 3, 4), 4, fast.RoPEOptions{Base: 10, Offset: 2}).Square()
	},
	"layer norm": func(x *mlx.Array) *mlx.Array { return fast.LayerNorm(x, x.At(0), x.At(1), 1e-5) },
	"fft":        func(x *mlx.Array) *mlx.Array { return mlx.Abs(fft.RFFT(x)).AsType(mlx.Float64) },
	"fft parts": func(x *mlx.Array) *mlx.Array {
		re, im := fft.Parts(x, x.Square(), fft.Options{S: []int{5}, Axes: []int{0}})
		return re.Square().Sub(im)
	},
	"hadamard":   func(x *mlx.Array) *mlx.Array { return mlx.Hadamard(x).Square() },
	"solve":      func(x *mlx.Array) *mlx.Array { return linalg.Solve(square(x), x) },
	"triangular": func(x *mlx.Array) *mlx.Array { return linalg.SolveTriangular(square(x), x.At(mlx.All, 0), true) },
	"inv":        func(x *mlx.Array) *mlx.Array { return linalg.Inv(square(x)) },
	"det":        func(x *mlx.Array) *mlx.Array { return linalg.Det(gram(x)) },
	"slogdet":    func(x *mlx.Array) *mlx.Array { _, l := linalg.SLogDet(square(x)); return l },
	"cholesky":   func(x *mlx.Array) *mlx.Array { return linalg.Cholesky(gram(x)) },
	"qr": func(x *mlx.Array) *mlx.Array {
		q, r := linalg.QR(x.T())
		return q.MatMul(r.Square())
	},
	"qr wide": func(x *mlx.Array) *mlx.Array {
		q, r := linalg.QR(x)
		return q.MatMul(r.Square())
	},
	"lu": func(x *mlx.Array) *mlx.Array {
		_, l, u := linalg.LU(square(x))
		return l.Square().MatMul(u.Square())
	},
	"lu wide": func(x *mlx.Array) *mlx.Array {
		_, l, u := linalg.LU(x)
		return l.Square().MatMul(u.Square())
	},
	"lu tall": func(x *mlx.Array) *mlx.Array {
		_, l, u := linalg.LU(x.T())
		return l.Square().MatMul(u.Square())
	},
	"eigh": func(x *mlx.Array) *mlx.Array {
		w, v := linalg.Eigh(gram(x))
		return v.Square().MatMul(w.Square().ExpandDims(1))
	},
	"svd":         func(x *mlx.Array) *mlx.Array { return linalg.SingularValues(x).Square() },
	"svd vectors": func(x *mlx.Array) *mlx.Array { return singular(x) },
	"svd tall":    func(x *mlx.Array) *mlx.Array { return singular(x.T()) },
	"eig complex": func(x *mlx.Array) *mlx.Array {
		w, v := linalg.Eig(square(x))
		return mlx.Abs(v.Mul(w.Square()).Add(v.Real())).AsType(mlx.Float64)
	},
	"eig turning complex": func(x *mlx.Array) *mlx.Array {
		w, v := linalg.Eig(x.At(mlx.All, mlx.S(nil, 3)).Mul([][]float64{{1, 1, 1}, {-1, 2, 1}, {-1, -1, 3}}))
		return mlx.Sin(v.Imag()).Add(w.Imag()).Add(v.Real().Square()).AsType(mlx.Float64)
	},
	"eig of complex": func(x *mlx.Array) *mlx.Array {
		z := x.Add(mlx.Flip(x).Mul(1i)).At(mlx.All, mlx.S(nil, 3))
		w, v := linalg.Eig(z)
		return mlx.Sin(v.Imag()).Add(w.Imag()).Add(v.Real().Square()).AsType(mlx.Float64)
	},
	"scan": func(x *mlx.Array) *mlx.Array {
		last, ys := mlx.Scan(func(c, x []*mlx.Array) (next, y []*mlx.Array) {
			h := c[0].Mul(0.5).Add(x[0]).Tanh()
			return []*mlx.Array{h}, []*mlx.Array{h.Mul(x[0])}
		}, []*mlx.Array{x.At(0)}, []*mlx.Array{x})
		return ys[0].Add(last[0])
	},
	"while": func(x *mlx.Array) *mlx.Array {
		return mlx.While(func(s []*mlx.Array) *mlx.Array { return s[0].Sum().Less(40) },
			func(s []*mlx.Array) []*mlx.Array { return []*mlx.Array{s[0].Mul(1.5).Add(x.Sin())} }, []*mlx.Array{x}, 8)[0]
	},
	"cond": func(x *mlx.Array) *mlx.Array {
		return mlx.Cond(x.Sum().Greater(3), one(mlx.Square), one(mlx.Sin), x)[0]
	},
	"jvp rule": func(x *mlx.Array) *mlx.Array {
		return mlx.Custom(one(mlx.Sin), mlx.CustomRules{JVP: func(p, t []*mlx.Array) []*mlx.Array {
			return []*mlx.Array{t[0].Mul(p[0].Cos())}
		}})(x.Square())[0]
	},
	"jacobian": func(x *mlx.Array) *mlx.Array {
		return mlx.Jacobian(func(x *mlx.Array) *mlx.Array { return x.Square().Sum(0) })(x)
	},
	"pinv":          func(x *mlx.Array) *mlx.Array { return linalg.PInv(x) },
	"norm":          func(x *mlx.Array) *mlx.Array { return linalg.Norm(x, linalg.NormOptions{Ord: 3.0, Axes: []int{1}}) },
	"cross":         func(x *mlx.Array) *mlx.Array { return linalg.Cross(x.T(), x.T().At(mlx.S(nil, nil, -1))) },
	"power complex": func(x *mlx.Array) *mlx.Array { return mlx.Abs(mlx.Pow(x.Mul(1i).Add(x), 2.5)) },
	"custom": func(x *mlx.Array) *mlx.Array {
		return mlx.Checkpoint(one(func(x *mlx.Array) *mlx.Array { return x.Exp().Mul(x) }))(x)[0]
	},
}

// singular depends on all that a singular value decomposition gives, of the
// vectors without a value on the space that they span.
func singular(x *mlx.Array) *mlx.Array {
	u, s, vt := linalg.SVD(x)
	left, right := u.At(mlx.All, mlx.S(nil, 3)), vt.At(mlx.S(nil, 3))
	restL, restR := u.At(mlx.All, mlx.S(3)), vt.At(mlx.S(3))
	sum := left.Square().Mul(s).MatMul(right.Square())
	project := func(a, b *mlx.Array) *mlx.Array { return a.MatMul(a.T()).Sum().Add(b.T().MatMul(b).Square().Sum()) }
	return sum.Add(project(restL, restR))
}

// square and gram are a matrix that can be inverted, and one that is positive definite.
func square(x *mlx.Array) *mlx.Array {
	return x.At(mlx.S(nil, 3), mlx.S(nil, 3)).Add(mlx.Diag(mlx.New([]float64{2, 3, 4})))
}

func gram(x *mlx.Array) *mlx.Array {
	a := mlx.Concatenate([]*mlx.Array{x, x.At(mlx.S(nil, 1)).Square()}, 0)
	return a.MatMul(a.T()).Add(mlx.Diag(mlx.New([]float64{1, 2, 3, 4})))
}

func one(f func(*mlx.Array) *mlx.Array) func(...*mlx.Array) []*mlx.Array {
	return func(a ...*mlx.Array) []*mlx.Array { return []*mlx.Array{f(a[0])} }
}

func around1(seed uint64, shape ...int) *mlx.Array {
	return random.UniformKey(random.Key(seed), 0.5, 1.5, shape...).AsType(mlx.Float64).Eval()
}

// TestProducts compares derivatives of each function: forward against central
// differences, backward against forward, and mapped against a loop.
func TestProducts(t *testing.T) {
	for name, f := range smooth {
		t.Run(name, func(t *testing.T) {
			x, v := around1(1, 3, 4), around1(2, 3, 4)
			h, rel := 1e-5, 1e-5
			if strings.Contains(name, "complex") || name == "fft" || name == "cast" { // computed in single precision
				h, rel = 1e-2, 2e-3
			}
			want := f(x.Add(v.Mul(h))).Sub(f(x.Sub(v.Mul(h)))).Div(2 * h)
			ys, jv := mlx.JVP(one(f), []*mlx.Array{x}, []*mlx.Array{v})
			near(t, "jvp", jv[0], want, rel)
			u := around1(3, ys[0].Shape()...).AsType(ys[0].Dtype())
			_, ju := mlx.VJP(one(f), []*mlx.Array{x}, []*mlx.Array{u})
			near(t, "transpose", ju[0].Mul(v).Sum(), u.Mul(jv[0]).Sum(), 1e-6)

			turned := mlx.Flip(mlx.Flip(x.T(), 0).Eval(), 0).T() // the same, but not in order
			near(t, "turned round", f(turned), ys[0], 1e-12)

			xs := around1(4, 3, 2, 4) // mapped along the second axis
			mapped := mlx.VMapN(one(f), []int{1}, []int{-1})(xs)[0]
			loop := mlx.Stack([]*mlx.Array{f(xs.At(mlx.All, 0)), f(xs.At(mlx.All, 1))}, -1)
			near(t, "vmap", mapped, loop, 1e-7)

			grad := mlx.Grad(func(x *mlx.Array) *mlx.Array { return f(x).Sum() })
			near(t, "compile", mlx.Compile(grad)(x), grad(x), 1e-7)
			both := mlx.VMap(mlx.Compile(grad))(around1(5, 2, 3, 4))
			near(t, "vmap of grad", both.At(1), grad(around1(5, 2, 3, 4).At(1)), 1e-7)
			second := func(x *mlx.Array) *mlx.Array { return grad(x).Mul(v).Sum() }
			hv := mlx.Grad(second)(x)
			_, hvForward := mlx.JVP(one(grad), []*mlx.Array{x}, []*mlx.Array{v})
			near(t, "forward over reverse", hvForward[0], hv, 1e-5)
		})
	}
}

func near(t *testing.T, what string, got, want *mlx.Array, rel float64) {
	t.Helper()
	if fmt.Sprint(got.Shape()) != fmt.Sprint(want.Shape()) {
		t.Errorf("%s: shape %v, want %v", what, got.Shape(), want.Shape())
		return
	}
	g, w := got.Float64s(), want.Float64s()
	for i := range w {
		if !(math.Abs(g[i]-w[i]) <= rel*(1+math.Abs(w[i]))) {
			t.Errorf("%s: element %d is %v, want %v", what, i, g[i], w[i])
			return
		}
	}
}

// TestNestedVMap maps both operands of a product along different axes.
func TestNestedVMap(t *testing.T) {
	a, b := around1(1, 5, 4), around1(2, 4, 6)
	dot := func(v ...*mlx.Array) []*mlx.Array { return []*mlx.Array{v[0].Mul(v[1]).Sum()} }
	rows := mlx.VMapN(dot, []int{mlx.NoAxis, 1}, nil)
	all := mlx.VMapN(rows, []int{0, mlx.NoAxis}, nil)(a, b)[0]
	if err := replay.Same(all, a.MatMul(b), false); err != nil {
		t.Error(err)
	}
	bits := func(k *mlx.Array) *mlx.Array { return mlx.RandomBits(k, 3) }
	keys := random.Split(random.Key(1), 4)
	if err := replay.Same(mlx.VMap(bits)(keys).At(2), bits(keys.At(2)), false); err != nil {
		t.Error(err)
	}
	err := mlx.Try(func() { mlx.VMap(func(x *mlx.Array) *mlx.Array { return x.Mul(x.Sum().Float()) })(a) })
	var e *mlx.Error
	if !errors.As(err, &e) || e.Kind != "transform" {
		t.Errorf("reading inside vmap: %v", err)
	}
}

// TestCustom replaces a derivative, also under vmap.
func TestCustom(t *testing.T) {
	calls := 0
	f := mlx.Custom(one(mlx.Square), mlx.CustomRules{VJP: func(x, g, y []*mlx.Array) []*mlx.Array {
		calls++
		return []*mlx.Array{g[0].Mul(y[0]).Mul(10)}
	}})
	single := func(x *mlx.Array) *mlx.Array { return f(x)[0] }
	if got := mlx.Grad(single)(mlx.New(3.0)).Float(); got != 90 {
		t.Errorf("the gradient is %v, want 90", got)
	}
	x := mlx.New([]float32{1, 2})
	if got := fmt.Sprint(mlx.Grad(func(x *mlx.Array) *mlx.Array { return mlx.VMap(single)(x).Sum() })(x).ToList()); got != "[10 40]" {
		t.Errorf("the gradient of the mapped function is %v", got)
	}
	if calls != 2 {
		t.Errorf("the rule was called %d times", calls)
	}
}
