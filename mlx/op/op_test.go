package op_test

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/mlx/op"
)

// eval computes a formula in float64.
func eval(e *op.Expr, x []float64, out, g float64) float64 {
	switch e.Leaf {
	case op.Number:
		return e.Value
	case op.G:
		return g
	case op.X, op.Y, op.Z:
		return x[e.Leaf-op.X]
	case op.Out:
		return out
	}
	args := make([]float64, len(e.Args))
	for i, a := range e.Args {
		args[i] = eval(a, x, out, g)
	}
	return apply(op.Of(e.Code), args)
}

// apply computes an op in float64, truth as 1 and 0.
func apply(o *op.Op, x []float64) float64 {
	v := make([]op.Value, len(x))
	for i := range x {
		v[i] = op.FloatValue(op.Float64, x[i])
	}
	_, d, _ := o.Types(op.Float64)
	switch o.Rule {
	case op.Choose:
		v[0] = op.Cast(op.Bool, op.Float64, v[0])
	case op.Logical:
		for i := range v {
			v[i] = op.Cast(op.Bool, op.Float64, v[i])
		}
		return o.Apply(op.Bool, v...).Float(d)
	}
	return o.Apply(op.Float64, v...).Float(d)
}

// TestDerivatives compares each derivative of the table, as a formula, with
// central differences of the scalar function over the op's domain.
func TestDerivatives(t *testing.T) {
	checked := 0
	for c := range op.Count() {
		o := op.Of(op.Code(c))
		if len(o.Deriv) != o.Arity {
			t.Errorf("%s has %d derivatives for %d operands", o.Name, len(o.Deriv), o.Arity)
		}
		if o.Rule == op.Bitwise || o.Rule == op.Shift || o.Rule == op.Compare || o.Rule == op.Logical {
			continue
		}
		r := rand.New(rand.NewPCG(uint64(c), 1))
		for range 50 {
			x := make([]float64, o.Arity)
			for i := range x {
				lo, hi := o.Interval(i)
				x[i] = lo + r.Float64()*(hi-lo)
			}
			if o.Rule == op.Choose {
				x[0] = float64(r.IntN(2))
			}
			for k, e := range o.Deriv {
				if o.Rule == op.Choose && k == 0 {
					continue
				}
				const h = 1e-5
				p, m := append([]float64{}, x...), append([]float64{}, x...)
				p[k] += h
				m[k] -= h
				want := 1.5 * (apply(o, p) - apply(o, m)) / (2 * h)
				got := 0.0
				if e != nil {
					got = eval(e, x, apply(o, x), 1.5)
				}
				checked++
				if math.Abs(got-want) > 1e-4*(1+math.Abs(want)) {
					t.Errorf("%s: derivative by operand %d at %v is %v, want %v", o.Name, k, x, got, want)
				}
			}
		}
	}
	if checked < 2000 {
		t.Errorf("%d derivatives checked", checked)
	}
}

// TestTable: every op can be computed for the types that it accepts, says how
// Metal computes it, and has a notation.
func TestTable(t *testing.T) {
	for c := range op.Count() {
		o := op.Of(op.Code(c))
		if o.Name == "" || o.TeX == "" || o.Metal == "" && o.MetalInt == "" {
			t.Fatalf("op %d (%s) is incomplete", c, o.Name)
		}
		if same, ok := op.Named(o.Name); !ok || same != o {
			t.Errorf("%s is not found by its name", o.Name)
		}
		for _, s := range []string{o.Metal, o.MetalInt} {
			for i := 1; i <= 3; i++ {
				if strings.Contains(s, "#"+strconv.Itoa(i)) && i > o.Arity {
					t.Errorf("%s: the Metal text %q has an operand too many", o.Name, s)
				}
			}
			for _, f := range strings.FieldsFunc(s, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
				if strings.HasPrefix(f, "ingot_") && !strings.Contains(op.MetalPrelude, " "+f+"(") {
					t.Errorf("%s: %s is not in the prelude", o.Name, f)
				}
			}
		}
		for d := op.Bool; d < op.Complex64; d++ {
			in, out, ok := o.Types(d)
			if !ok {
				continue
			}
			v := make([]op.Value, o.Arity)
			for i := range v {
				v[i] = op.Cast(in, op.Int32, 1)
			}
			if got := o.Apply(in, v...); got != op.Cast(out, out, got) {
				t.Errorf("%s of %v gives %v, which is no %v", o.Name, in, got, out)
			}
		}
	}
}

// TestPromotion compares the table with MLX's.
func TestPromotion(t *testing.T) {
	f, err := os.Open("testdata/promotion.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	named := map[string]op.Dtype{}
	for d := op.Dtype(0); d < op.Dtypes; d++ {
		named[d.String()] = d
	}
	rows := 0
	for s := bufio.NewScanner(f); s.Scan(); rows++ {
		w := strings.Fields(s.Text())
		if got := op.Promote(named[w[0]], named[w[1]]); got.String() != w[2] {
			t.Errorf("%s with %s is %v, want %s", w[0], w[1], got, w[2])
		}
	}
	if rows != op.Dtypes*op.Dtypes {
		t.Errorf("%d rows", rows)
	}
}

// TestHalf converts every float16 and bfloat16 to float32 and back, and rounds
// numbers halfway between two of them to the even one.
func TestHalf(t *testing.T) {
	for _, c := range []struct {
		name string
		to   func(float32) uint16
		from func(uint16) float32
		inf  int
	}{{"float16", op.Half, op.FromHalf, 0x7c00}, {"bfloat16", op.Brain, op.FromBrain, 0x7f80}} {
		for h := range 1 << 16 {
			x := c.from(uint16(h))
			if x != x {
				if y := c.from(c.to(x)); y == y {
					t.Fatalf("%s: NaN %#x becomes %v", c.name, h, y)
				}
				continue
			}
			if got := c.to(x); got != uint16(h) {
				t.Fatalf("%s: %#x becomes %#x", c.name, h, got)
			}
			if h >= c.inf-1 {
				continue
			}
			mid := float32((float64(x) + float64(c.from(uint16(h+1)))) / 2)
			if got, want := c.to(mid), uint16(h+h&1); got != want {
				t.Fatalf("%s: halfway above %#x becomes %#x, want %#x", c.name, h, got, want)
			}
		}
	}
	for _, c := range []struct {
		x    float32
		want uint16
	}{{65504, 0x7bff}, {65519, 0x7bff}, {65520, 0x7c00}, {0x1p-24, 1}, {0x1p-26, 0}, {float32(math.Inf(-1)), 0xfc00}} {
		if got := op.Half(c.x); got != c.want {
			t.Errorf("float16 of %v is %#x, want %#x", c.x, got, c.want)
		}
	}
}

func TestCast(t *testing.T) {
	for _, c := range []struct {
		x    float64
		to   op.Dtype
		want int64
	}{{2.9, op.Int32, 2}, {-2.9, op.Int32, -2}, {math.Inf(1), op.Int32, math.MaxInt32}, {math.Inf(-1), op.Int32, math.MinInt32},
		{300, op.Uint8, 44}, {-1e30, op.Int64, math.MinInt64}, {math.NaN(), op.Int64, 0}, {0.5, op.Bool, 1}} {
		if got := int64(op.Cast(c.to, op.Float64, op.FloatValue(op.Float64, c.x))); got != c.want {
			t.Errorf("%v as %v is %d, want %d", c.x, c.to, got, c.want)
		}
	}
}

func ExampleExpr_LaTeX() {
	for _, name := range []string{"tanh", "divide", "exp"} {
		o, _ := op.Named(name)
		fmt.Println(o.Deriv[0].LaTeX())
	}
	// Output:
	// \bar{v} \cdot \left(1 - v^{2}\right)
	// \frac{\bar{v}}{y}
	// \bar{v} \cdot v
}

func ExamplePromote() {
	fmt.Println(op.Promote(op.Uint8, op.Int8), op.Promote(op.Int32, op.Float16), op.Promote(op.Float16, op.BFloat16))
	// Output: int16 float16 float32
}
