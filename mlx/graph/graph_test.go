package graph_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/graph"
	"github.com/ingot-go/ingot/mlx/hook"
)

var update = flag.Bool("update", false, "write testdata/plans.txt anew")

func leaf(shape ...int) *mlx.Array {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return mlx.Arange(n).AsType(mlx.Float32).Reshape(shape...).Eval()
}

// TestPlans compares the plans of some formulas with testdata/plans.txt: what
// becomes one region, what a step of its own.
func TestPlans(t *testing.T) {
	x, y := leaf(4, 5), leaf(5)
	loss := func(w *mlx.Array) *mlx.Array { return x.MatMul(w).Sub(1).Square().Mean() }
	got := ""
	for _, c := range []struct {
		name string
		a    *mlx.Array
	}{
		{"softmax is one region", x.Softmax(-1)},
		{"logsumexp is one region", x.LogSumExp(1)},
		{"variance is one region", x.Var(1)},
		{"layer norm is one region", x.Sub(x.MeanKeep(1)).Mul(x.VarKeep(1).Add(1e-5).Rsqrt())},
		{"the gradient of softmax is one region", mlx.Grad(func(x *mlx.Array) *mlx.Array {
			return x.Softmax(-1).Mul(y).Sum()
		})(x)},
		{"views fold into index maps", x.T().At(mlx.S(nil, nil, -1), 1).Add(y)},
		{"pad and concatenate", mlx.Concatenate([]*mlx.Array{mlx.Pad(y, [][2]int{{1, 0}}), y.Exp()})},
		{"matmul and its gradient", mlx.Grad(loss)(y)},
	} {
		got += "# " + c.name + "\n" + graph.Plan(c.a) + "\n"
	}
	const file = "testdata/plans.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the plans changed (see -update):\n%s", got)
	}
}

func TestGradients(t *testing.T) {
	line := 0
	hook.Where = func() string { line++; return fmt.Sprint("In[1]:", line) }
	defer func() { hook.Where = func() string { return "" } }()
	f := func(a ...*mlx.Array) *mlx.Array { return a[0].Mul(a[1]).Sin().Sum() }
	x, y := leaf(3), leaf(3).Add(1)
	v, nodes := graph.Gradients(f, x, y)
	if want := f(x, y).Float(); v.Float() != want {
		t.Errorf("value %v, want %v", v.Float(), want)
	}
	ops := ""
	for _, n := range nodes {
		ops += n.Op + " "
		if n.Where == "" {
			t.Errorf("%s has no line", n.Op)
		}
		if n.Op == "multiply" {
			want := x.Mul(y).Cos().Float32s()
			if got := n.Grad.Float32s(); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("gradient at the product is %v, want %v", got, want)
			}
		}
	}
	if ops != "identity identity multiply sin sum " {
		t.Errorf("nodes are %s", ops)
	}
}

func ExampleOf() {
	x := mlx.New([]float32{1, 2, 3})
	y := x.Exp().Sum()
	for i, n := range graph.Of(y) {
		fmt.Println(i, n.Op, n.Shape, n.Inputs, n.Evaluated)
	}
	// Output:
	// 0 array [3] [] true
	// 1 exp [3] [0] false
	// 2 sum [] [1] false
}
