package mlx_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/random"
)

type arrays = []*mlx.Array

func ExampleScan() {
	sums := func(carry, x []*mlx.Array) (next, y []*mlx.Array) {
		s := carry[0].Add(x[0])
		return []*mlx.Array{s}, []*mlx.Array{s}
	}
	last, all := mlx.Scan(sums, []*mlx.Array{mlx.New(0.0)}, []*mlx.Array{mlx.New([]float32{1, 2, 3})})
	fmt.Println(last[0], all[0])
	// Output: array(6, dtype=float32) array([1, 3, 6], dtype=float32)
}

func ExampleWhile() {
	small := func(s []*mlx.Array) *mlx.Array { return s[0].Less(100) }
	double := func(s []*mlx.Array) []*mlx.Array { return []*mlx.Array{s[0].Mul(2)} }
	fmt.Println(mlx.While(small, double, []*mlx.Array{mlx.New(3.0)})[0])
	// Output: array(192, dtype=float32)
}

func ExampleCond() {
	root := func(x *mlx.Array) *mlx.Array {
		return mlx.Cond(x.Greater(0), one(mlx.Sqrt), one(func(x *mlx.Array) *mlx.Array { return mlx.ZerosLike(x) }), x)[0]
	}
	fmt.Println(root(mlx.New(4.0)), root(mlx.New(-4.0)))
	fmt.Println(mlx.VMap(root)(mlx.New([]float32{4, -4})))
	// Output:
	// array(2, dtype=float32) array(0, dtype=float32)
	// array([2, 0], dtype=float32)
}

func ExampleJacobian() {
	f := func(x *mlx.Array) *mlx.Array { return x.Square().Mul(x.At(0)) }
	fmt.Println(mlx.Jacobian(f)(mlx.New([]float32{1, 2})))
	// Output:
	// array([[3, 0],
	//        [4, 4]], dtype=float32)
}

func ExampleHessian() {
	f := func(x *mlx.Array) *mlx.Array { return x.At(0).Square().Mul(x.At(1)) }
	fmt.Println(mlx.Hessian(f)(mlx.New([]float32{3, 5})))
	// Output:
	// array([[10, 6],
	//        [6, 0]], dtype=float32)
}

// TestScan is part of TestProducts, too; here are its edges.
func TestScan(t *testing.T) {
	calls := 0
	step := func(carry, x arrays) (next, y arrays) {
		calls++
		n := carry[0].Mul(x[0]).Add(random.Uniform())
		return arrays{n}, arrays{n.Square(), x[0]}
	}
	random.Seed(1)
	last, ys := mlx.Scan(step, arrays{mlx.New(1.0)}, arrays{mlx.New([]float32{2, 3, 4})})
	random.Seed(1)
	want := mlx.New(1.0)
	for i, k := range []float32{2, 3, 4} {
		want = want.Mul(k).Add(random.Uniform())
		near(t, "stacked", ys[0].At(i), want.Square(), 1e-6)
	}
	near(t, "last", last[0], want, 1e-6)
	if calls != 1 {
		t.Errorf("called %d times", calls)
	}
	_, none := mlx.Scan(step, arrays{mlx.New(1.0)}, arrays{mlx.Zeros(0)})
	if none[0].Dim(0) != 0 || none[0].NDim() != 1 {
		t.Errorf("nothing gives %v", none[0])
	}
	for want, f := range map[string]func(){
		"scan: carry 0 was float32 () and becomes float32 (2,)": func() {
			mlx.Scan(func(c, x arrays) (arrays, arrays) { return arrays{mlx.Zeros(2)}, nil }, arrays{mlx.New(1.0)}, arrays{mlx.Zeros(3)})
		},
		"scan: an array of shape (2,) does not have 3 elements along its first axis": func() {
			mlx.Scan(step, nil, arrays{mlx.Zeros(3), mlx.Zeros(2)})
		},
		"while: under vmap and compile a limit of rounds is needed": func() {
			mlx.VMap(func(x *mlx.Array) *mlx.Array {
				return mlx.While(func(s arrays) *mlx.Array { return s[0].Less(3) }, func(s arrays) arrays { return s }, arrays{x})[0]
			})(mlx.Zeros(2))
		},
		"cond: the condition has shape (2,) and must be a single bool": func() { mlx.Cond(mlx.Zeros(2), nil, nil) },
	} {
		if err := mlx.Try(f); err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestWhile counts rounds one by one and, mapped, for several numbers at once.
func TestWhile(t *testing.T) {
	collatz := func(x *mlx.Array) *mlx.Array {
		return mlx.While(func(s arrays) *mlx.Array { return s[0].NotEqual(1) }, func(s arrays) arrays {
			next := mlx.Cond(mlx.Rem(s[0], 2).Equal(0), one(func(x *mlx.Array) *mlx.Array { return x.FloorDivide(2) }),
				one(func(x *mlx.Array) *mlx.Array { return x.Mul(3).Add(1) }), s[0])
			return arrays{next[0], s[1].Add(1)}
		}, arrays{x, mlx.New(0)}, 20)[1]
	}
	if n := collatz(mlx.New(6)).Int(); n != 8 {
		t.Errorf("6 takes %d rounds, want 8", n)
	}
	if got := fmt.Sprint(mlx.VMap(collatz)(mlx.New([]int{1, 6, 7})).ToList()); got != "[0 8 16]" {
		t.Errorf("mapped: %v", got)
	}
	if n := mlx.Compile(collatz)(mlx.New(7)).Int(); n != 16 {
		t.Errorf("compiled: %d rounds", n)
	}
	rounds := 0
	ended := mlx.VMap(func(x *mlx.Array) *mlx.Array {
		return mlx.While(func(s arrays) *mlx.Array { rounds++; return s[0].Greater(0).LogicalAnd(rounds != 3) },
			func(s arrays) arrays { return arrays{s[0].Add(1)} }, arrays{x}, 5)[0]
	})(mlx.New([]int{1, 10}))
	if got := fmt.Sprint(ended.ToList()); got != "[3 12]" {
		t.Errorf("a loop went on after its end: %v", got)
	}
	// The derivative of three rounds of squaring is 8x⁷.
	power := func(x *mlx.Array) *mlx.Array {
		return mlx.While(func(s arrays) *mlx.Array { return s[0].Less(200) }, func(s arrays) arrays { return arrays{s[0].Square()} }, arrays{x})[0]
	}
	if g := mlx.Grad(power)(mlx.New(2.0)).Float(); g != 1024 {
		t.Errorf("the derivative is %v", g)
	}
}

// TestCustomRules gives each rule alone, and all of them, under each transformation.
func TestCustomRules(t *testing.T) {
	x, v := mlx.New(3.0), mlx.New(2.0)
	scaled := func(k float64) mlx.CustomRules { // derivatives that tell which rule was asked
		return mlx.CustomRules{
			VJP: func(p, g, _ []*mlx.Array) []*mlx.Array { return arrays{g[0].Mul(p[0]).Mul(k)} },
			JVP: func(p, tan []*mlx.Array) []*mlx.Array { return arrays{tan[0].Mul(p[0]).Mul(10 * k)} },
		}
	}
	both := scaled(1)
	backOnly, forwardOnly := both, both
	backOnly.JVP, forwardOnly.VJP = nil, nil
	for name, c := range map[string]struct {
		rules     mlx.CustomRules
		back, fwd float64
	}{"both": {both, 3, 60}, "back": {backOnly, 3, 6}, "forward": {forwardOnly, 30, 60}} {
		f := mlx.Custom(one(mlx.Square), c.rules)
		single := func(x *mlx.Array) *mlx.Array { return f(x)[0] }
		if g := mlx.Grad(single)(x).Float(); g != c.back {
			t.Errorf("%s: the gradient is %v, want %v", name, g, c.back)
		}
		if _, j := mlx.JVP(f, arrays{x}, arrays{v}); j[0].Float() != c.fwd {
			t.Errorf("%s: the tangent is %v, want %v", name, j[0], c.fwd)
		}
		if g := mlx.VMap(mlx.Grad(single))(mlx.New([]float32{1, 3})); g.At(1).Float() != c.back {
			t.Errorf("%s: the mapped gradient is %v", name, g)
		}
		sum := func(x *mlx.Array) *mlx.Array { return mlx.VMap(single)(x).Sum() }
		if g := mlx.Grad(sum)(mlx.New([]float32{1, 3})); g.At(1).Float() != c.back {
			t.Errorf("%s: the gradient of the mapped function is %v", name, g)
		}
		if _, j := mlx.JVP(one(sum), arrays{mlx.New([]float32{0, 3})}, arrays{mlx.New([]float32{1, 2})}); j[0].Float() != c.fwd {
			t.Errorf("%s: the tangent of the mapped function is %v", name, j[0])
		}
		if g := mlx.Compile(mlx.Grad(single))(x).Float(); g != c.back {
			t.Errorf("%s: the compiled gradient is %v", name, g)
		}
	}
	calls := 0
	f := mlx.Custom(func(a ...*mlx.Array) arrays { return arrays{a[0].Mul(a[1]), a[0].Add(a[1])} }, mlx.CustomRules{
		VJP: func(p, g, _ []*mlx.Array) []*mlx.Array { return arrays{g[0].Mul(7), nil} },
		VMap: func(a []*mlx.Array, mapped []bool) []*mlx.Array {
			calls++
			if !mapped[0] || mapped[1] {
				t.Errorf("mapped %v", mapped)
			}
			return arrays{a[0].Mul(a[1]).Mul(100), a[0].Add(a[1])}
		},
	})
	outs := mlx.VMapN(f, []int{0, mlx.NoAxis}, nil)(mlx.New([]float32{1, 2}), v)
	if got := fmt.Sprint(outs[0].ToList(), outs[1].ToList()); got != "[200 400] [3 4]" || calls != 1 {
		t.Errorf("by its own rule: %s after %d calls", got, calls)
	}
	mapped := func(x *mlx.Array) *mlx.Array { return mlx.VMapN(f, []int{0, mlx.NoAxis}, nil)(x, v)[0].Sum() }
	if got := fmt.Sprint(mlx.Grad(mapped)(mlx.New([]float32{1, 2})).ToList()); got != "[7 7]" {
		t.Errorf("its gradient: %s", got)
	}
	if err := mlx.Try(func() { mlx.Custom(one(mlx.Sin), mlx.CustomRules{}) }); err == nil || !strings.Contains(err.Error(), "neither") {
		t.Errorf("no rule: %v", err)
	}
}
