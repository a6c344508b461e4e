package inspect

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/mlx"
)

// find gives the first row of an op.
func find(t *testing.T, r *GradientReport, op string) Row {
	t.Helper()
	rows := r.Rows()
	k := slices.IndexFunc(rows, func(row Row) bool { return row.Op == op })
	if k < 0 {
		t.Fatalf("no row for %s in\n%s", op, r)
	}
	return rows[k]
}

func TestGradientsOfKnownFunction(t *testing.T) {
	line := "In[1]:1"
	at(t, &line)
	x := mlx.New([]float32{-1, 2, -3, 4, 5, -6, -7, 8})
	line = "In[2]:3"
	r := Gradients(func(x *mlx.Array) *mlx.Array { return x.ReLU().Mul(3).Sum() }, x)
	if r.Value() != 57 {
		t.Errorf("value %v, want 57", r.Value())
	}
	var ops []string
	for _, row := range r.Rows() {
		ops = append(ops, row.Op)
	}
	if want := []string{"argument", "maximum", "multiply", "sum"}; !slices.Equal(ops, want) {
		t.Fatalf("rows %v, want %v", ops, want)
	}
	// Half of x is negative: its gradient is 0 there and 3 elsewhere.
	a := find(t, r, "argument")
	if s := a.Stats; s.Zeros != 0.5 || s.MeanAbs != 1.5 || s.MaxAbs != 3 || s.Std != 1.5 || s.NaNs != 0 || s.Count != 8 ||
		s.Hist[0] != 4 || s.Hist[bins-1] != 4 {
		t.Errorf("gradient of the argument: %+v", s)
	}
	if a.Where != "In[1]:1" || !slices.Equal(a.Shape, []int{8}) || !a.Flow || a.Note != "" {
		t.Errorf("argument: %+v", a)
	}
	m := find(t, r, "maximum")
	if s := m.Stats; s.Zeros != 0 || s.MeanAbs != 3 || s.Std != 0 || m.Where != "In[2]:3" {
		t.Errorf("maximum: %+v", m)
	}
	if s := find(t, r, "sum").Stats; s.MeanAbs != 1 || s.Count != 1 {
		t.Errorf("result: %+v", s)
	}
	golden(t, "gradients.txt", mime(t, r, "text/plain")+"\n")
	golden(t, "gradients.svg", mime(t, r, "image/svg+xml")+"\n")
	wellFormed(t, mime(t, r, "text/html"))
}

// Every derivative that a report has for its arguments is the one of GradN.
func TestGradientsAgreeWithGrad(t *testing.T) {
	w, b := mlx.New([][]float32{{0.5, -1}, {2, 0.25}}), mlx.New([]float32{0.1, -0.3})
	f := func(a ...*mlx.Array) *mlx.Array {
		h := a[0].MatMul(a[1]).Tanh()
		return h.Mul(h).Sum().Add(a[1].Square().Mean()) // h is used twice: cotangents add up
	}
	rows := Gradients(f, w, b).Rows()
	for k, g := range mlx.GradN(f, 0, 1)(w, b) {
		want := summarize(g.Float64s())
		if got := rows[k].Stats; got.Hist != want.Hist || math.Abs(got.MeanAbs-want.MeanAbs) > 1e-7 || math.Abs(got.Std-want.Std) > 1e-7 {
			t.Errorf("argument %d: %+v, want %+v", k, got, want)
		}
	}
	h := w.MatMul(b).Tanh()
	want := summarize(h.Mul(2).Float64s()).MeanAbs
	if got := find(t, Gradients(f, w, b), "tanh").Stats.MeanAbs; math.Abs(got-want) > 1e-7 {
		t.Errorf("tanh: mean %v, want %v", got, want)
	}
}

func TestNotes(t *testing.T) {
	f := func(x, unused *mlx.Array) *mlx.Array {
		small := x.Exp().Mul(1e-9).Sum()
		dead := x.Abs().Mul(0).Sum()
		stopped := x.Sinh().StopGradient().Sum()
		return small.Add(dead).Add(stopped).Add(x.Tan().Sum())
	}
	r := Gradients(f, mlx.New([]float32{0.5, 1}), mlx.New(1.0))
	for op, want := range map[string]string{"exp": "vanishing", "abs": "all zero", "stop_gradient": "stops here", "tan": ""} {
		if got := find(t, r, op).Note; got != want {
			t.Errorf("%s is marked %q, want %q", op, got, want)
		}
	}
	if row := r.Rows()[1]; row.Flow || row.Note != "no gradient" || row.Stats.Count != 0 {
		t.Errorf("unused argument: %+v", row)
	}
	svg := r.SVG()
	for _, want := range []string{zeroFill, ">all zero<", ">no gradient<", "mean |∇|"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %s in the picture", want)
		}
	}
}

func TestNaNIsNamedAndRed(t *testing.T) {
	root := func(x *mlx.Array) *mlx.Array { return x.Sqrt().Mul(0).Sum() }
	r := Gradients(root, mlx.New([]float32{0, 1, 4, 9})) // the slope at 0 is infinite, times 0
	if a := find(t, r, "argument"); a.Note != "NaN" || a.Stats.NaNs != 0.25 || !strings.Contains(r.SVG(), nanFill) {
		t.Errorf("%+v", a)
	}
	r = Gradients(func(x *mlx.Array) *mlx.Array { return x.Sqrt().Sum() }, mlx.New([]float32{0, 1}))
	if a := find(t, r, "argument"); a.Note != "infinite" || a.Stats.Infs != 0.5 {
		t.Errorf("%+v", a)
	}
	r = Gradients(root, mlx.New([]float64{math.NaN(), math.Inf(1), 1, 1}))
	for _, want := range []string{"argument 0 holds NaN (25% of its elements)", "argument 0 holds infinities (25% of its elements)"} {
		for _, text := range []string{r.String(), r.HTML(), r.SVG()} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in %s", want, text)
			}
		}
	}
}

func TestLookingDoesNotDisturbOtherDerivatives(t *testing.T) {
	x := mlx.New([]float32{1, 2, 3})
	f := func(x *mlx.Array) *mlx.Array { return x.Mul(x).Mul(x).Sum() }
	Gradients(f, x)
	inner := func(x *mlx.Array) *mlx.Array { return mlx.Grad(f)(x).Sum() } // 3x², a derivative inside
	if got := find(t, Gradients(inner, x), "argument").Stats; got.MeanAbs != 12 || got.MaxAbs != 18 {
		t.Errorf("second derivative: %+v, want 6x", got)
	}
	count := 0
	for _, row := range Gradients(inner, x).Rows() {
		if row.Op == "argument" {
			count++
		}
	}
	if count != 1 {
		t.Errorf("%d rows are called argument, want 1: the inner derivative's is not one", count)
	}
}

func TestBadFunctions(t *testing.T) {
	x := mlx.New([]float32{1, 2})
	var none func(*mlx.Array) *mlx.Array
	for _, c := range []struct {
		call func()
		want string
	}{
		{func() { Gradients(nil, x) }, "gradients: the function is nil"},
		{func() { Gradients(none, x) }, "gradients: the function is nil"},
		{func() { Gradients(x, x) }, "gradients: *mlx.Array is not a function of arrays that returns one array"},
		{func() { Gradients(math.Sin, x) }, "gradients: func(float64) float64 is not a function of arrays that returns one array"},
		{func() { Gradients(mlx.Sin, x, x) }, "gradients: the function takes 1 array and 2 are given"},
		{func() { Gradients(mlx.Sin) }, "gradients: the function takes 1 array and 0 are given"},
		{func() { Gradients(func(...*mlx.Array) *mlx.Array { return x }) }, "gradients: no argument is given"},
		{func() { Gradients(mlx.Sin, nil) }, "gradients: argument 0: the array is nil"},
		{func() { Gradients(mlx.Sin, x) }, "gradients: the function returned an array of shape (2,) and must return a single number"},
		{func() { Gradients(func(x *mlx.Array) *mlx.Array { return nil }, x) }, "gradients: the function returned a nil array"},
		{func() { Gradients(func(x *mlx.Array) *mlx.Array { return x.ArgMax() }, x) }, "gradients: the function returned uint32 and must return a float"},
	} {
		wantError(t, c.call, c.want)
	}
}

func TestRamp(t *testing.T) {
	r := newRamp(1e-3, 1e1)
	for _, c := range []struct{ size, want float64 }{{1e-3, 0}, {1e1, 1}, {1e-1, 0.5}, {1e-9, 0}} {
		if got := r.position(c.size); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("size %v is at %v, want %v", c.size, got, c.want)
		}
	}
	if r := newRamp(0.9, 1); r.low != 0.1 {
		t.Errorf("nearly equal sizes span from %v, want 0.1", r.low)
	}
	if r := newRamp(1e-12, 1); r.low != vanishing {
		t.Errorf("the scale begins at %v, want %v", r.low, vanishing)
	}
	if fill, dark := colour(1); fill != "#243f8f" || !dark {
		t.Errorf("largest: %s, dark %v", fill, dark)
	}
	if fill, dark := colour(0); fill != "#fbf7d0" || dark {
		t.Errorf("smallest: %s, dark %v", fill, dark)
	}
}
