package random_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/random"
)

func ExampleChoice() {
	names := []int{10, 20, 30}
	x := random.ChoiceWith(names, random.ChoiceOptions{Key: random.Key(1), Distinct: true}, 3)
	fmt.Println(x.Sort())
	fmt.Println(random.ChoiceWith(5, random.ChoiceOptions{Key: random.Key(2), P: mlx.New([]float32{0, 0, 1, 0, 0})}, 2))
	// Output:
	// array([10, 20, 30], dtype=int32)
	// array([2, 2], dtype=int32)
}

func ExamplePoissonKey() {
	x := random.PoissonKey(random.Key(0), mlx.New([]float32{0, 3, 1e6}), 3)
	fmt.Println(x.At(0), x.Dtype(), x.At(2).Float() > 990000)
	// Output: array(0, dtype=int32) int32 true
}

const draws = 40000

// TestDistributions compares means, variances and a probability with what they must be,
// within five standard errors.
func TestDistributions(t *testing.T) {
	k := func(i int) *mlx.Array { return random.Key(uint64(i)) }
	for name, c := range map[string]struct {
		x          *mlx.Array
		mean, var_ float64
		below, p   float64
	}{
		"exponential":  {random.ExponentialKey(k(1), 2, draws), 2, 4, 1, 1 - math.Exp(-0.5)},
		"gamma 0.3":    {random.GammaKey(k(2), 0.3, 1, draws), 0.3, 0.3, 0.01, 0.27944},
		"gamma 1":      {random.GammaKey(k(3), 1, 3, draws), 3, 9, 3, 1 - math.Exp(-1)},
		"gamma 7":      {random.GammaKey(k(4), 7, 0.5, draws), 3.5, 1.75, 3.5, 0.55029},
		"beta 2 3":     {random.BetaKey(k(5), 2, 3, draws), 0.4, 0.04, 0.5, 11.0 / 16},
		"beta 0.1 0.2": {random.BetaKey(k(6), 0.1, 0.2, draws), 1.0 / 3, 2.0 / 9 / 1.3, 0.5, 0.67057},
		"poisson 0.7":  {random.PoissonKey(k(7), 0.7, draws), 0.7, 0.7, 0.5, math.Exp(-0.7)},
		"poisson 9":    {random.PoissonKey(k(8), 9, draws), 9, 9, 8.5, 0.45565},
		"poisson 10":   {random.PoissonKey(k(9), 10, draws), 10, 10, 9.5, 0.45793},
		"poisson 200":  {random.PoissonKey(k(10), 200, draws), 200, 200, 199.5, 0.49060},
		"choice of 4":  {random.ChoiceWith(4, random.ChoiceOptions{Key: k(11)}, draws), 1.5, 1.25, 0.5, 0.25},
		"choice by p":  {random.ChoiceWith(3, random.ChoiceOptions{Key: k(12), P: mlx.New([]float32{1, 2, 1})}, draws), 1, 0.5, 0.5, 0.25},
	} {
		x := x64(c.x)
		n := float64(len(x))
		var mean, variance, below float64
		for _, v := range x {
			mean += v / n
			if v < c.below {
				below += 1 / n
			}
		}
		for _, v := range x {
			variance += (v - mean) * (v - mean) / n
		}
		if d := math.Abs(mean - c.mean); !(d < 5*math.Sqrt(c.var_/n)) {
			t.Errorf("%s: the mean is %v, want %v", name, mean, c.mean)
		}
		if d := math.Abs(variance/c.var_ - 1); !(d < 0.12) {
			t.Errorf("%s: the variance is %v, want %v", name, variance, c.var_)
		}
		if d := math.Abs(below - c.p); !(d < 5*math.Sqrt(c.p*(1-c.p)/n)+2e-4) {
			t.Errorf("%s: below %v are %v, want %v", name, c.below, below, c.p)
		}
	}
}

func x64(a *mlx.Array) []float64 { return a.Float64s() }

// TestDistinct draws none twice, and the likely ones first.
func TestDistinct(t *testing.T) {
	firsts := 0
	for i := range 200 {
		p := mlx.New([]float32{1, 1, 8, 0})
		x := random.ChoiceWith(4, random.ChoiceOptions{Key: random.Key(uint64(i)), Distinct: true, P: p}, 3).Ints()
		if s := slices.Sorted(slices.Values(x)); !slices.Equal(s, []int{0, 1, 2}) {
			t.Fatalf("drew %v", x)
		}
		if x[0] == 2 {
			firsts++
		}
	}
	if firsts < 130 || firsts > 190 {
		t.Errorf("the likely one was first %d times of 200", firsts)
	}
	rows := random.ChoiceWith(mlx.Arange(6).Reshape(3, 2), random.ChoiceOptions{Key: random.Key(1)}, 4, 5)
	if fmt.Sprint(rows.Shape()) != "[4 5 2]" {
		t.Errorf("rows have shape %v", rows.Shape())
	}
	for want, f := range map[string]func(){
		"choice: 4 draws from 3":                                       func() { random.ChoiceWith(3, random.ChoiceOptions{Distinct: true}, 4) },
		"choice: probabilities of shape [2] for 3":                     func() { random.ChoiceWith(3, random.ChoiceOptions{P: mlx.Ones(2)}, 4) },
		"broadcast_to: shapes (3,) and (2,) do not broadcast (3 != 2)": func() { random.Gamma(mlx.Ones(2), 1, 3) },
	} {
		if err := mlx.Try(f); err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
