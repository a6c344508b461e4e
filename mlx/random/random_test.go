package random_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/random"
)

func list[T any](v []T, format string) string {
	var s []string
	for _, x := range v {
		s = append(s, fmt.Sprintf(format, x))
	}
	return strings.Join(s, ", ")
}

// TestGolden prints what testdata/golden.txt holds, which was made by an
// independent derivation of MLX's random numbers.
func TestGolden(t *testing.T) {
	var b strings.Builder
	for _, seed := range []uint64{0, 1, 42, 1<<32 + 7} {
		k := random.Key(seed)
		pairs := func(a *mlx.Array) string {
			var s []string
			v := a.Ints()
			for i := 0; i < len(v); i += 2 {
				s = append(s, fmt.Sprintf("(%d, %d)", v[i], v[i+1]))
			}
			return "[" + strings.Join(s, ", ") + "]"
		}
		fmt.Fprintf(&b, "seed %d split %s split3 %s\n", seed, pairs(random.Split(k)), pairs(random.Split(k, 3)))
		fmt.Fprintf(&b, "  bits8 u32 [%s]\n", list(random.BitsKey(k, 8).Ints(), "%d"))
		fmt.Fprintf(&b, "  uniform5 [%s]\n", list(random.UniformKey(k, 0, 1, 5).Float64s(), "'%.9g'"))
		fmt.Fprintf(&b, "  uniform(-1,3)x5 [%s]\n", list(random.UniformKey(k, -1, 3, 5).Float64s(), "'%.9g'"))
		fmt.Fprintf(&b, "  normal5 [%s]\n", list(random.NormalKey(k, 5).Float64s(), "'%.8g'"))
		fmt.Fprintf(&b, "  randint(0,10)x10 [%s]", list(random.RandIntKey(k, 0, 10, 10).Ints(), "%d"))
		fmt.Fprintf(&b, " randint(-5,5)x6 [%s]\n", list(random.RandIntKey(k, -5, 5, 6).Ints(), "%d"))
		fmt.Fprintf(&b, "  bernoulli .3 x10 [%s]", list(random.BernoulliKey(k, 0.3, 10).Ints(), "%d"))
		fmt.Fprintf(&b, " perm8 [%s]\n", list(random.PermutationKey(k, 8).Ints(), "%d"))
	}
	for _, seed := range []uint64{0, 42} {
		random.Seed(seed)
		var s []string
		for range 3 {
			s = append(s, "["+list(random.Uniform(2).Float64s(), "'%.9g'")+"]")
		}
		fmt.Fprintf(&b, "global seed %d uniform(2) x3: [%s]\n", seed, strings.Join(s, ", "))
	}
	want, err := os.ReadFile("testdata/golden.txt")
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(b.String(), "\n")
	for i, line := range strings.Split(string(want), "\n") {
		if i >= len(got) || got[i] != line {
			t.Errorf("line %d\n got %s\nwant %s", i+1, got[i], line)
		}
	}
}

// TestMoments checks mean and variance on many numbers.
func TestMoments(t *testing.T) {
	k := random.Key(3)
	for _, c := range []struct {
		name           string
		x              *mlx.Array
		mean, variance float64
	}{
		{"uniform", random.UniformKey(k, 0, 1, 20000), 0.5, 1.0 / 12},
		{"normal", random.NormalKey(k, 20000), 0, 1},
		{"gumbel", random.GumbelKey(k, 20000), 0.5772, 1.6449},
	} {
		if m := c.x.Mean().Float(); m < c.mean-0.03 || m > c.mean+0.03 {
			t.Errorf("%s: mean %v, want %v", c.name, m, c.mean)
		}
		if v := c.x.Var().Float(); v < c.variance*0.96 || v > c.variance*1.04 {
			t.Errorf("%s: variance %v, want %v", c.name, v, c.variance)
		}
	}
}

func TestCategorical(t *testing.T) {
	p := mlx.New([]float64{0.1, 0.2, 0.7})
	draws := random.CategoricalKey(random.Key(5), p.Log().BroadcastTo(20000, 3))
	for i, want := range p.Float64s() {
		if got := draws.Equal(i).Mean().Float(); got < want-0.02 || got > want+0.02 {
			t.Errorf("share of %d is %v, want %v", i, got, want)
		}
	}
}

func ExampleKey() {
	k := random.Key(0)
	fmt.Println(random.Split(k))
	fmt.Println(random.UniformKey(k, 0, 1, 3))
	fmt.Println(random.NormalKey(k, 3))
	// Output:
	// array([[4146024105, 967050713],
	//        [2718843009, 1272950319]], dtype=uint32)
	// array([0.965321, 0.314682, 0.63303], dtype=float32)
	// array([1.81609, -0.482623, 0.339889], dtype=float32)
}

func ExampleSeed() {
	random.Seed(42)
	fmt.Println(random.RandInt(0, 10, 8), strconv.Quote(random.Uniform().Dtype().String()))
	// Output: array([2, 8, 4, ..., 6, 0, 3], dtype=int32) "float32"
}
