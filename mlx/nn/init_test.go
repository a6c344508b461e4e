package nn_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/nn"
	"github.com/ingot-go/ingot/mlx/random"
)

func ExampleGlorotUniform() {
	random.Seed(1)
	w := nn.GlorotUniform()(mlx.Zeros(100, 200))
	fmt.Println(w.Shape(), mlx.Abs(w).Max().Float() <= math.Sqrt(6.0/300))
	// Output: [100 200] true
}

// TestOrthogonal: the shorter side is orthogonal and has the length that is asked for.
func TestOrthogonal(t *testing.T) {
	for _, s := range [][]int{{3, 3}, {2, 5}, {5, 2}} {
		q := nn.OrthogonalInit(nn.InitOptions{Gain: 2})(mlx.Zeros(s...))
		if s[0] > s[1] {
			q = q.T()
		}
		if d := mlx.Abs(q.MatMul(q.T()).Sub(mlx.Eye(min(s[0], s[1])).Mul(4))).Max().Float(); d > 1e-5 {
			t.Errorf("%v: off by %v", s, d)
		}
	}
}

// TestFanOut: the mode chooses between rows and columns.
func TestFanOut(t *testing.T) {
	w := nn.HeUniform(nn.InitOptions{Mode: "fan_out"})(mlx.Zeros(300, 3))
	if m := mlx.Abs(w).Max().Float(); m > 0.1 || m < 0.09 {
		t.Errorf("the greatest is %v, want nearly 0.1", m)
	}
	if err := mlx.Try(func() { nn.HeNormal(nn.InitOptions{Mode: "fan"})(mlx.Zeros(2, 2)) }); err == nil {
		t.Error("an unknown mode was taken")
	}
}

// TestAntiAlias: a mean over what goes into one element keeps constants, and
// makes much smaller what alternates.
func TestAntiAlias(t *testing.T) {
	x := mlx.Where(mlx.Rem(mlx.Arange(64), 2), 1.0, -1.0).Reshape(1, 64, 1)
	for name, f := range map[string]func(*mlx.Array, nn.UpsampleOptions, ...float64) *mlx.Array{"linear": nn.UpsampleLinear, "cubic": nn.UpsampleCubic} {
		o := nn.UpsampleOptions{AntiAlias: true}
		if d := mlx.Abs(f(mlx.OnesLike(x), o, 0.25).Sub(1)).Max().Float(); d > 1e-6 {
			t.Errorf("%s: a constant is off by %v", name, d)
		}
		smooth, rough := mlx.Abs(f(x, o, 0.2)).At(0, mlx.S(1, -1)).Max().Float(), mlx.Abs(f(x, nn.UpsampleOptions{}, 0.2)).Max().Float()
		if !(smooth < 0.05 && rough > 0.5) {
			t.Errorf("%s: alternating numbers give %v, and %v without", name, smooth, rough)
		}
	}
}
