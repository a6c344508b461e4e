package mlx_test

import (
	"flag"
	"os"
	"testing"

	"github.com/ingot-go/ingot/mlx"
)

var update = flag.Bool("update", false, "rewrite the golden files of testdata")

// leaf is an evaluated array that counts.
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
		got += "# " + c.name + "\n" + mlx.PlanOf(c.a).String() + "\n"
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
