package mlx_test

import (
	"fmt"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/random"
)

// TestCompileCallsOnce counts the calls of a compiled function.
func TestCompileCallsOnce(t *testing.T) {
	calls := 0
	f := mlx.Compile(func(x *mlx.Array) *mlx.Array { calls++; return x.Mul(2).Add(float64(calls)) })
	for i := range 3 {
		if got := f(mlx.New(float64(i))).Float(); got != float64(2*i+1) {
			t.Errorf("f(%d) = %v", i, got)
		}
	}
	f(mlx.New([]float32{1}))
	if calls != 2 {
		t.Errorf("called %d times for two shapes", calls)
	}
}

// TestCompileRandom draws the numbers that are drawn without Compile.
func TestCompileRandom(t *testing.T) {
	calls := 0
	outer := random.Normal(2)
	f := func(x *mlx.Array) *mlx.Array {
		calls++
		return x.Add(random.Normal(3)).Add(random.Uniform(3).Mul(10)).Add(outer.At(0))
	}
	compiled := mlx.Compile(f)
	x := mlx.New([]float32{1, 2, 3})
	text := func(f func(*mlx.Array) *mlx.Array) (s string) {
		random.Seed(7)
		for range 3 {
			s += f(x).String()
		}
		return s
	}
	got := text(compiled)
	if calls != 1 {
		t.Errorf("called %d times", calls)
	}
	if want := text(f); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestCompileState reads and sets what the function captures.
func TestCompileState(t *testing.T) {
	state := map[string]*mlx.Array{"w": mlx.New(1.0), "count": mlx.New(0)}
	calls := 0
	step := mlx.CompileWith(func(a ...*mlx.Array) []*mlx.Array {
		calls++
		state["w"].Set(state["w"].Mul(a[0]), mlx.Rest)
		state["count"].Set(state["count"].Add(1), mlx.Rest)
		return []*mlx.Array{state["w"].Add(100)}
	}, mlx.CompileOptions{State: []any{state}})
	for i, want := range []float64{102, 104, 108} {
		if got := step(mlx.New(2.0))[0].Float(); got != want {
			t.Errorf("step %d gives %v, want %v", i, got, want)
		}
	}
	if state["count"].Int() != 3 || calls != 1 {
		t.Errorf("the count is %v after %d calls", state["count"], calls)
	}
	state["w"].Set(5.0, mlx.Rest) // from outside
	if got := step(mlx.New(2.0))[0].Float(); got != 110 {
		t.Errorf("after a change from outside: %v", got)
	}
}

// TestShapeless calls a function twice, for two shapes, and never again.
func TestShapeless(t *testing.T) {
	for name, c := range map[string]struct {
		f     func(*mlx.Array) *mlx.Array
		calls int
	}{
		"softmax": {func(x *mlx.Array) *mlx.Array {
			e := x.Sub(x.MaxKeep(-1)).Exp()
			return e.Div(e.SumKeep(-1))
		}, 2},
		"matrix":   {func(x *mlx.Array) *mlx.Array { return x.T().MatMul(x).Add(x.Sum(0)) }, 2},
		"sorted":   {func(x *mlx.Array) *mlx.Array { return x.Sort() }, 5},
		"by size":  {func(x *mlx.Array) *mlx.Array { return x.Sum().Div(x.Size()) }, 5},
		"reshaped": {func(x *mlx.Array) *mlx.Array { return x.Reshape(-1).Cos() }, 5},
	} {
		calls := 0
		g := mlx.CompileWith(func(a ...*mlx.Array) []*mlx.Array { calls++; return []*mlx.Array{c.f(a[0])} }, mlx.CompileOptions{Shapeless: true})
		for n := 2; n < 7; n++ {
			x := around1(uint64(n), n, n+1).AsType(mlx.Float32)
			near(t, fmt.Sprint(name, n), g(x)[0], c.f(x), 1e-6)
		}
		if calls != c.calls {
			t.Errorf("%s: called %d times, want %d", name, calls, c.calls)
		}
	}
}

// TestCompileSaves: what a function computes twice is there once.
func TestCompileSaves(t *testing.T) {
	f := func(x *mlx.Array) *mlx.Array {
		twice := func() *mlx.Array { return x.MatMul(x).Exp().SumKeep(0).Cos() }
		return twice().MatMul(x).Add(twice().MatMul(x.T()))
	}
	x := around1(1, 4, 4).AsType(mlx.Float32)
	plain, compiled := mlx.GraphOf(f(x)).Plan, mlx.GraphOf(mlx.Compile(f)(x)).Plan
	if compiled.Regions >= plain.Regions || compiled.Primitives >= plain.Primitives {
		t.Errorf("compiled %+v, plain %+v", compiled, plain)
	}
	near(t, "value", mlx.Compile(f)(x), f(x), 1e-6)
}
