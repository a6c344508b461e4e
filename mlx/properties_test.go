package mlx

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ingot-go/ingot/mlx/op"
)

// The properties of every op of the table, found from the table alone.

// function is an op as a function of arrays.
func function(o *op.Op) func(...*Array) []*Array {
	return func(x ...*Array) []*Array {
		in := make([]*node, len(x))
		for i, a := range x {
			in[i] = a.n
		}
		return []*Array{wrap(call(o.Code, in...))}
	}
}

// operandsFor draws operands from the domain of the op, each with its shape.
func operandsFor(o *op.Op, d Dtype, seed uint64, shapes ...[]int) []*Array {
	r := rand.New(rand.NewPCG(seed, uint64(o.Code)))
	out := make([]*Array, o.Arity)
	for i := range out {
		lo, hi := o.Interval(i)
		shape := shapes[i%len(shapes)]
		v := make([]float64, volumeOf(shape))
		for k := range v {
			v[k] = lo + (hi-lo)*r.Float64()
			switch {
			case d.IsInexact():
			case d.IsSigned():
				v[k] = math.Round(v[k] * 2)
			default:
				v[k] = math.Round(math.Abs(v[k]) * 2)
			}
		}
		at := d
		if o.Rule == op.Choose && i == 0 {
			at = Bool
			for k := range v {
				v[k] = float64(r.IntN(2))
			}
		}
		out[i] = New(v, at).Reshape(shape...)
	}
	return out
}

func volumeOf(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// eachOp runs f for every op of the table that takes the dtype.
func eachOp(t *testing.T, d Dtype, f func(t *testing.T, o *op.Op)) {
	for c := range op.Count() {
		o := op.Of(op.Code(c))
		if _, _, ok := o.Types(d); ok {
			t.Run(o.Name, func(t *testing.T) { f(t, o) })
		}
	}
}

func alike(t *testing.T, what string, got, want *Array, tolerance float64) {
	t.Helper()
	if !equalShape(got.n.shape, want.n.shape) || got.Dtype() != want.Dtype() {
		t.Errorf("%s: got %v %v, want %v %v", what, got.Dtype(), got.Shape(), want.Dtype(), want.Shape())
		return
	}
	g, w := got.Complex128s(), want.Complex128s()
	same := func(x, y float64) bool { return x == y || x != x && y != y }
	for i := range w {
		if same(real(g[i]), real(w[i])) && same(imag(g[i]), imag(w[i])) {
			continue
		}
		re, im := math.Abs(real(g[i]-w[i])), math.Abs(imag(g[i]-w[i]))
		if limit := tolerance * (1 + math.Hypot(real(w[i]), imag(w[i]))); !(re <= limit && im <= limit) {
			t.Errorf("%s: element %d is %v, want %v", what, i, g[i], w[i])
			return
		}
	}
}

// differentiable is the operands by which an op has a derivative.
func differentiable(o *op.Op) (which []int) {
	for i, e := range o.Deriv {
		if e != nil {
			which = append(which, i)
		}
	}
	return which
}

// TestOpDerivatives: forward derivatives against central differences, backward
// ones against forward ones, and second ones both ways.
func TestOpDerivatives(t *testing.T) {
	eachOp(t, Float64, func(t *testing.T, o *op.Op) {
		which := differentiable(o)
		if len(which) == 0 {
			return
		}
		all := operandsFor(o, Float64, 1, []int{2, 3}, []int{3})
		f := func(x ...*Array) []*Array {
			full := append([]*Array{}, all...)
			for i, k := range which {
				full[k] = x[i]
			}
			return function(o)(full...)
		}
		var x, v []*Array
		for i, k := range which {
			x = append(x, all[k])
			v = append(v, operandsFor(op.Of(op.Sin), Float64, uint64(10+i), all[k].Shape())...)
		}
		const h = 1e-6
		step := func(s float64) *Array {
			var moved []*Array
			for i := range x {
				moved = append(moved, x[i].Add(v[i].Mul(s)))
			}
			return f(moved...)[0]
		}
		y, jv := JVP(f, x, v)
		alike(t, "jvp", jv[0], step(h).Sub(step(-h)).Div(2*h), 2e-5)
		u := operandsFor(op.Of(op.Sin), Float64, 20, y[0].Shape())[0]
		_, ju := VJP(f, x, []*Array{u})
		sum := New(0.0, Float64)
		for i := range x {
			sum = sum.Add(ju[i].Mul(v[i]).Sum())
		}
		alike(t, "transpose", sum, u.Mul(jv[0]).Sum(), 1e-9)

		numbers := identity(len(x))
		grad := GradN(func(x ...*Array) *Array { return f(x...)[0].Mul(u).Sum() }, numbers...)
		along := func(x ...*Array) *Array {
			s := New(0.0, Float64)
			for i, g := range grad(x...) {
				s = s.Add(g.Mul(v[i]).Sum())
			}
			return s
		}
		_, forward := JVP(grad, x, v)
		for i, back := range GradN(along, numbers...)(x...) {
			alike(t, fmt.Sprint("second derivative by ", i), back, forward[i], 1e-7)
		}
		compiled := GradN(func(x ...*Array) *Array { return CompileN(f)(x...)[0].Mul(u).Sum() }, numbers...)
		for i, g := range grad(x...) {
			alike(t, "derivative of the compiled", compiled(x...)[i], g, 1e-12)
			alike(t, "compiled derivative", CompileN(grad)(x...)[i], g, 1e-12)
		}
	})
}

// TestOpMaps: a mapped op is a loop over it, also mapped twice and along
// different axes, and so is a mapped derivative.
func TestOpMaps(t *testing.T) {
	eachOp(t, Float32, func(t *testing.T, o *op.Op) {
		f := function(o)
		x := operandsFor(o, Float32, 2, []int{2, 3, 4}, []int{3}, []int{3})
		got := VMapN(f, []int{2, NoAxis, NoAxis}[:o.Arity], []int{-1})(x...)[0]
		var loop []*Array
		for k := range 4 {
			loop = append(loop, f(append([]*Array{x[0].At(All, All, k)}, x[1:]...)...)[0])
		}
		alike(t, "mapped", got, Stack(loop, -1), 1e-6)
		twice := VMapN(VMapN(f, nil, nil), nil, nil)
		same := operandsFor(o, Float32, 3, []int{2, 3, 4})
		alike(t, "mapped twice", twice(same...)[0], f(same...)[0], 1e-6)
		if which := differentiable(o); len(which) > 0 {
			grad := func(x ...*Array) []*Array {
				return GradN(func(x ...*Array) *Array { return f(x...)[0].Sum() }, which...)(x...)
			}
			alike(t, "mapped derivative", VMapN(grad, nil, nil)(same...)[0], grad(same...)[0], 1e-5)
		}
	})
}

// TestOpShapes: nothing, a single number, and elements that do not lie in order.
func TestOpShapes(t *testing.T) {
	eachOp(t, Float32, func(t *testing.T, o *op.Op) {
		f := function(o)
		if s := f(operandsFor(o, Float32, 4, []int{0, 3}, []int{3})...)[0].Eval().Shape(); !equalShape(s, []int{0, 3}) {
			t.Errorf("of nothing: %v", s)
		}
		x := operandsFor(o, Float32, 5, []int{4, 3})
		whole := f(x...)[0]
		at := func(i, j int) (p []*Array) {
			for _, a := range x {
				p = append(p, a.At(i, j))
			}
			return p
		}
		alike(t, "a number", f(at(2, 1)...)[0], whole.At(2, 1), 1e-6)
		var turned []*Array
		for _, a := range x {
			turned = append(turned, a.T().Reshape(3, 4).At(S(nil, nil, -1)))
		}
		alike(t, "turned round", f(turned...)[0], whole.T().At(S(nil, nil, -1)), 1e-6)
	})
}

// TestOpDtypes compares every op on every dtype with the scalar function of the table.
func TestOpDtypes(t *testing.T) {
	tolerance := map[Dtype]float64{Float16: 2e-3, BFloat16: 1.6e-2, Float32: 3e-6, Float64: 1e-12, Complex64: 1e-5}
	for d := Bool; d <= Complex64; d++ {
		t.Run(d.String(), func(t *testing.T) {
			eachOp(t, d, func(t *testing.T, o *op.Op) {
				in, result, _ := o.Types(d)
				x := operandsFor(o, d, 6, []int{9})
				got := function(o)(x...)[0].Eval()
				if got.Dtype() != result {
					t.Fatalf("the result is %v, want %v", got.Dtype(), result)
				}
				want := New(make([]float64, 9), result)
				for i := range 9 {
					var v []op.Value
					for k, a := range x {
						to := in
						if o.Rule == op.Choose && k == 0 {
							to = Bool
						}
						v = append(v, op.Cast(to, a.Dtype(), a.n.buf.Load().Get(i)))
					}
					want.n.buf.Load().Put(i, o.Apply(in, v...))
				}
				alike(t, "element by element", got, want, tolerance[result])
			})
		})
	}
}
