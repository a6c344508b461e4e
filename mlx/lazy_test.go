package mlx_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/hook"
)

// TestErrors: what cannot be is refused when it is asked for, with a text that
// names the function and what does not fit.
func TestErrors(t *testing.T) {
	hook.Where = func() string { return "In[3]:7" }
	defer func() { hook.Where = func() string { return "" } }()
	x := mlx.Zeros(2, 3)
	for want, f := range map[string]func(){
		"matmul: shapes (2,3) and (4,5) do not align (3 != 4)":             func() { mlx.MatMul(x, mlx.Zeros(4, 5)) },
		"add: shapes (2,3) and (2,) do not broadcast (3 != 2)":             func() { x.Add(mlx.Zeros(2)) },
		"sum: axis 2 is out of bounds for an array with 2 dimensions":      func() { x.Sum(2) },
		"sum: axis 1 is named twice":                                       func() { x.Sum(1, -1) },
		"max: axis 0 has no elements":                                      func() { mlx.Zeros(0, 2).Max(0) },
		"reshape: cannot reshape an array of size 6 into (4,-1)":           func() { x.Reshape(4, -1) },
		"at: index 2 is out of bounds for axis 0 of size 2":                func() { x.At(2) },
		"at: 3 indices for an array with 2 dimensions":                     func() { x.At(0, 0, 0) },
		"eval: index 7 is out of bounds for an axis of size 3":             func() { x.Take([]int{0, 7}, 1).Eval() },
		"slice: the step is zero":                                          func() { mlx.S(nil, nil, 0) },
		"new: the nested slices do not have equal lengths":                 func() { mlx.New([][]int{{1}, {1, 2}}) },
		"add: string is neither an array, a number nor a slice of numbers": func() { x.Add("1") },
		"add: an operand is nil":                                           func() { x.Add(nil) },
		"add: the number 300 does not fit into uint8":                      func() { mlx.New([]uint8{1}).Add(300) },
		"bitwise_and: bitwise_and does not take float32":                   func() { x.BitwiseAnd(x) },
		"full: an array of shape (1000000,1000000,1000) is too large":      func() { mlx.Zeros(1000000, 1000000, 1000) },
		"item: an array of shape (2,3) is not a single number":             func() { x.Item() },
		"sin: the array is nil":                                            func() { mlx.Sin(nil) },
		"concatenate: shapes (2,3) and (3,2) differ outside axis 0":        func() { mlx.Concatenate([]*mlx.Array{x, x.T()}) },
		"grad: the function returned an array of shape (2,3) and must return a single number": func() {
			mlx.Grad(func(x *mlx.Array) *mlx.Array { return x })(x)
		},
		"grad: the function returned a nil array": func() { mlx.Grad(func(*mlx.Array) *mlx.Array { return nil })(x) },
	} {
		err := mlx.Try(f)
		var e *mlx.Error
		if !errors.As(err, &e) {
			t.Errorf("%q: error is %v", want, err)
			continue
		}
		name, _, _ := strings.Cut(want, ":")
		if name = strings.TrimSpace(name); !strings.HasPrefix(e.Error(), name) && name != "bitwise_and" {
			t.Errorf("got %q, want %q", e, want)
		}
		if e.Error() != want || e.Where != "In[3]:7" || !e.ArrayError() {
			t.Errorf("got %q at %q, want %q", e, e.Where, want)
		}
	}
}

// TestInterrupt: an evaluation and a derivative end when the user asks to stop,
// also when that made a callback return nothing; what was pending can be
// evaluated later.
func TestInterrupt(t *testing.T) {
	stopped := errors.New("interrupted by the user")
	x := mlx.New([]float32{1, 2}).Exp()
	hook.Stop = func() error { return stopped }
	first := mlx.Try(func() { x.Eval() })
	second := mlx.Try(func() { mlx.Grad(func(*mlx.Array) *mlx.Array { return nil })(mlx.New(1.0)) })
	hook.Stop = func() error { return nil }
	for _, err := range []error{first, second} {
		var e *mlx.Error
		if !errors.Is(err, stopped) || !errors.As(err, &e) || e.Kind != "interrupt" {
			t.Errorf("error is %v", err)
		}
	}
	if got := x.Sum().Float(); got < 10.1 || got > 10.2 {
		t.Errorf("sum after the interrupt is %v", got)
	}
}

// TestPlanCache: a loop compiles in its first two rounds only.
func TestPlanCache(t *testing.T) {
	x, target := mlx.New([]float32{1, 2, 3}), mlx.New([]float32{3, 2, 1})
	grad := mlx.Grad(func(x *mlx.Array) *mlx.Array { return x.Sub(target).Square().Sum() })
	before := 0
	for round := range 20 {
		x = x.Sub(grad(x).Mul(0.1 + float64(round)/1000)).Eval()
		if round == 1 {
			before = mlx.CompiledPlans()
		}
	}
	if after := mlx.CompiledPlans(); after != before {
		t.Errorf("%d plans compiled after the second round", after-before)
	}
	if d := x.Sub(target).Abs().Max().Float(); d > 0.05 {
		t.Errorf("distance from the target is %v", d)
	}
}

// pending is how many operations wait behind x.
func pending(x *mlx.Array) int {
	g := mlx.GraphOf(x)
	return g.Pending()
}

// TestFusedTwice: what was fused away is kept the second time it is needed.
func TestFusedTwice(t *testing.T) {
	x := mlx.New([]float32{1, 2}).Exp()
	x.Add(1).Eval()
	if n := pending(x); n != 1 {
		t.Errorf("%d pending after the first use, want 1", n)
	}
	x.Add(2).Eval()
	if n := pending(x); n != 0 {
		t.Errorf("%d pending after the second use, want 0", n)
	}
}

// TestBounded: a loop that never looks at its arrays does not hold an unbounded
// graph, also around a derivative.
func TestBounded(t *testing.T) {
	x, one := mlx.Zeros(3).Add(0), mlx.New([]float32{1, 1, 1})
	for range 20_000 {
		x = x.Add(one)
	}
	if n := pending(x); n > 5000 {
		t.Errorf("%d operations are pending", n)
	}
	if got := fmt.Sprint(x); got != "array([20000, 20000, 20000], dtype=float32)" {
		t.Error(got)
	}
	long := func(x *mlx.Array) *mlx.Array {
		for range 6_000 {
			x = x.Mul(1.0001)
		}
		return x.Sum()
	}
	if g := mlx.Grad(long)(one).At(0).Float(); g < 1.82 || g > 1.83 {
		t.Errorf("derivative of a long chain is %v", g)
	}
}

// TestRelease: an evaluated array lets go of what it was computed from, also
// when a derivative has kept it for a while.
func TestRelease(t *testing.T) {
	freed := make(chan bool, 1)
	x := func() *mlx.Array {
		big := mlx.New(make([]float32, 1000))
		runtime.AddCleanup(big, func(c chan bool) { c <- true }, freed)
		v, g := mlx.ValueAndGrad(func(x *mlx.Array) *mlx.Array { return x.Mul(big).Sum() })(mlx.Ones(1000))
		mlx.Eval(v, g)
		return v.Add(g.Sum()).Eval()
	}()
	for range 20 {
		runtime.GC()
		select {
		case <-freed:
			runtime.KeepAlive(x)
			return
		default:
			runtime.Gosched()
		}
	}
	t.Error("an input of an evaluated array is still held")
}

// TestGoroutines evaluates overlapping graphs at once.
func TestGoroutines(t *testing.T) {
	base := mlx.Arange(1000).AsType(mlx.Float32).Mul(0.001).Sin()
	var group sync.WaitGroup
	for k := range 8 {
		group.Go(func() {
			for i := range 20 {
				f := func(x *mlx.Array) *mlx.Array { return x.Mul(base).Sum() }
				if got, want := mlx.Grad(f)(base.Add(k)).Sum().Float(), 459.0; got < want || got > want+2 {
					t.Errorf("round %d: %v", i, got)
				}
			}
		})
	}
	group.Wait()
}

// TestNestedDerivatives: transforms compose, and a derivative may be taken by
// what an outer one follows.
func TestNestedDerivatives(t *testing.T) {
	cube := func(x *mlx.Array) *mlx.Array { return mlx.Pow(x, 3) }
	x := mlx.New(2.0)
	for i, want := range []float64{12, 12, 6, 0} {
		f := cube
		for range i + 1 {
			f = mlx.Grad(f)
		}
		if got := f(x).Float(); got < want-1e-4 || got > want+1e-4 {
			t.Errorf("derivative %d is %v, want %v", i+1, got, want)
		}
	}
	outer := mlx.Grad(func(x *mlx.Array) *mlx.Array {
		inner := mlx.Grad(func(y *mlx.Array) *mlx.Array { return x.Mul(y).Mul(y) })
		return inner(mlx.New(3.0)) // 2·x·3
	})
	if got := outer(x).Float(); got != 6 {
		t.Errorf("derivative by a captured array is %v, want 6", got)
	}
	looked := mlx.Grad(func(x *mlx.Array) *mlx.Array {
		y := x.Square()
		y.Eval() // looking at a value inside does not end its derivative
		return y.Mul(x)
	})
	if got := looked(x).Float(); got != 12 {
		t.Errorf("derivative through an evaluated value is %v, want 12", got)
	}
}

func TestSet(t *testing.T) {
	x := mlx.Zeros(3, 4)
	before := x.Add(0)
	x.Set(1, mlx.S(1), mlx.S(nil, nil, 2))
	x.Set([]float32{7, 8, 9}, mlx.All, -1)
	x.Set(5, x.Greater(8))
	if got := fmt.Sprint(x.ToList()); got != "[[0 0 0 7] [1 0 1 8] [1 0 1 5]]" {
		t.Error(got)
	}
	if before.Sum().Float() != 0 {
		t.Error("an array made earlier has changed")
	}
}

func TestDisplay(t *testing.T) {
	m, err := mlx.Arange(40).Reshape(2, 20).DisplayMIME(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h := m["text/html"].(string)
	for _, part := range []string{"<caption>int32 (2,20)</caption>", "<td>39</td>", "<td>…</td>"} {
		if !strings.Contains(h, part) {
			t.Errorf("%q is not in %s", part, h)
		}
	}
	if n := strings.Count(h, "<td>"); n != 2*13 {
		t.Errorf("%d cells, want 26", n)
	}
	if m, _ := mlx.Zeros(2, 2, 2).DisplayMIME(t.Context()); m["text/html"] != nil || m["text/plain"] == "" {
		t.Errorf("an array of three axes shows as %v", m)
	}
	if _, err := mlx.New([]int{1}).Take([]int{5}).DisplayMIME(t.Context()); err == nil {
		t.Error("an array that cannot be evaluated is displayed")
	}
}

// TestStructure: graphs that differ only in how they are connected do not share
// a plan.
func TestStructure(t *testing.T) {
	a, b := mlx.New([]float32{5, 7}), mlx.New([]float32{2, 3})
	first, second := a.Sub(b).Mul(a), a.Sub(b).Mul(b)
	if got := fmt.Sprint(first, second); got != "array([15, 28], dtype=float32) array([6, 12], dtype=float32)" {
		t.Error(got)
	}
}

// TestApart: the axes of index arrays that stand apart come first, as in NumPy.
func TestApart(t *testing.T) {
	x := mlx.Arange(24).Reshape(2, 3, 4)
	for _, c := range []struct {
		got  *mlx.Array
		want string
	}{
		{x.At([]int{0, 1}, mlx.All, []int{1, 3}), "[[1 5 9] [15 19 23]]"},
		{x.At(mlx.All, []int{0, 2}, []int{1, 3}), "[[1 11] [13 23]]"},
		{x.Reshape(1, 2, 3, 4).At(mlx.All, []int{0, 1}, mlx.All, []int{1, 3}), "[[[1 5 9]] [[15 19 23]]]"},
		{x.At(1, mlx.All, []int{1, 3}), "[[13 17 21] [15 19 23]]"},
	} {
		if got := fmt.Sprint(c.got.ToList()); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
