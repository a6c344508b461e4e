//go:build amd64 && (unix || windows)

package jit

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/ingot-go/ingot/cpu/internal/vir"
)

// forms runs f for each kind of vector that this processor has, and says which
// it does not have.
func forms(t *testing.T, f func(t *testing.T, o Options)) {
	for _, wide := range []bool{false, true} {
		t.Run(map[bool]string{false: "avx2", true: "avx512"}[wide], func(t *testing.T) {
			if !Supported(wide) {
				t.Skip("this processor cannot run it")
			}
			f(t, Options{Wide: wide})
		})
	}
}

// random makes a program over three inputs and two scalars from any instructions.
func random(r *rand.Rand, length int) *vir.Program {
	p := vir.New(3, 2)
	values := []vir.Value{p.Input(0), p.Input(1), p.Input(2), p.Scalar(0), p.Scalar(1), p.Op1(vir.CvtF, p.Iota())}
	pick := func() vir.Value {
		if r.IntN(5) == 0 {
			return p.Float(r.Float64()*4 - 2)
		}
		return values[r.IntN(len(values))]
	}
	two := []vir.Op{vir.Add, vir.Sub, vir.Mul, vir.Div, vir.Min, vir.Max, vir.And, vir.Or, vir.Xor, vir.AddI, vir.SubI}
	for len(p.Code) < length {
		var v vir.Value
		switch r.IntN(8) {
		case 0:
			v = p.Fma(pick(), pick(), pick())
		case 1:
			v = p.Fnma(pick(), pick(), pick())
		case 2:
			v = p.Compare([]uint32{vir.EQ, vir.LT, vir.LE, vir.UNO, vir.NEQ, vir.NGE, vir.GE, vir.GT}[r.IntN(8)], pick(), pick())
		case 3:
			v = p.Select(pick(), pick(), pick())
		case 4:
			v = p.Shift([]vir.Op{vir.Shl, vir.Shr, vir.Sra}[r.IntN(3)], pick(), uint32(1+r.IntN(30)))
		case 5:
			if k := r.IntN(6); k < 4 {
				v = p.Round(uint32(vir.Nearest+k), pick())
			} else {
				v = p.Op1([]vir.Op{vir.Sqrt, vir.CvtF}[k-4], pick())
			}
		default:
			v = p.Op2(two[r.IntN(len(two))], pick(), pick())
		}
		values = append(values, v)
	}
	p.Outputs = []vir.Value{values[len(values)-1], values[len(values)-4]}
	p.Beyond(values[len(values)-2])
	return p
}

// sound reports whether no instruction met a NaN, whose bits are not specified.
func sound(p *vir.Program, args *Args, i int) bool {
	q := *p
	q.Outputs = nil
	for k, c := range p.Code {
		switch c.Op {
		case vir.Add, vir.Sub, vir.Mul, vir.Div, vir.Fma, vir.Fnma, vir.Sqrt, vir.Round, vir.Min, vir.Max:
			q.Outputs = append(q.Outputs, vir.Value(k))
		}
	}
	a := append([]unsafe.Pointer{}, args[:p.Inputs]...)
	out := make([][]float32, len(q.Outputs))
	for k := range out {
		out[k] = make([]float32, i+1)
		a = append(a, unsafe.Pointer(&out[k][0]))
	}
	a = append(a, args[p.Inputs+len(p.Outputs):p.Inputs+len(p.Outputs)+p.Scalars]...)
	var s vir.Scratch
	q.Run(a, i+1, &s)
	for _, v := range out {
		if v[i] != v[i] {
			return false
		}
	}
	return true
}

// TestRandomPrograms compares compiled programs with evaluated ones, bit by bit,
// with any number of copies and so with spills, for lengths that leave all tails.
func TestRandomPrograms(t *testing.T) {
	forms(t, func(t *testing.T, o Options) {
		r := rand.New(rand.NewPCG(7, 7))
		checked, spills, refused := 0, 0, 0
		for round := range 600 {
			p := random(r, 12+r.IntN(40))
			o.Copies = r.IntN(7)
			c, err := Compile(p, o)
			if err == errSpill {
				refused++
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			spills += c.Spills
			n := 1 + round%200
			var args Args
			for k := range 3 {
				in := make([]float32, n)
				for i := range in {
					in[i] = r.Float32()*8 - 4
				}
				args[k] = unsafe.Pointer(&in[0])
			}
			got, want := [2][]uint32{make([]uint32, n+1), make([]uint32, n+1)}, [2][]uint32{make([]uint32, n), make([]uint32, n)}
			scalars := [2]float32{r.Float32(), -r.Float32()}
			args[5], args[6] = unsafe.Pointer(&scalars[0]), unsafe.Pointer(&scalars[1])
			args[3], args[4] = unsafe.Pointer(&want[0][0]), unsafe.Pointer(&want[1][0])
			var s vir.Scratch
			p.Run(args[:], n, &s)
			args[3], args[4] = unsafe.Pointer(&got[0][0]), unsafe.Pointer(&got[1][0])
			c.Run(&args, n)
			for i := range n {
				if got[0][i] == want[0][i] && got[1][i] == want[1][i] {
					checked++
				} else if sound(p, &args, i) {
					t.Fatalf("round %d: element %d of %d is %x, want %x", round, i, n, [2]uint32{got[0][i], got[1][i]}, [2]uint32{want[0][i], want[1][i]})
				}
			}
			if got[0][n] != 0 || got[1][n] != 0 {
				t.Fatalf("round %d: wrote past the end", round)
			}
		}
		t.Logf("%d elements alike, %d spills, %d programs refused for want of registers", checked, spills, refused)
		if spills == 0 || checked < 20_000 || refused > 100 {
			t.Error("too little was tested")
		}
	})
}

// functions are the functions of vir, with what they compute and how far they may be off.
var functions = []struct {
	name string
	make func(p *vir.Program, x vir.Value) vir.Value
	want func(float64) float64
	ulp  float64
}{
	{"exp", (*vir.Program).Exp, math.Exp, 1},
	{"log", (*vir.Program).Log, math.Log, 1},
	{"sin", (*vir.Program).Sin, math.Sin, 2},
	{"cos", (*vir.Program).Cos, math.Cos, 2},
	{"tanh", (*vir.Program).Tanh, math.Tanh, 2.5},
	{"sigmoid", (*vir.Program).Sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, 2.5},
	{"erf", (*vir.Program).Erf, math.Erf, 2.5},
	{"rsqrt", (*vir.Program).Rsqrt, func(x float64) float64 { return 1 / math.Sqrt(x) }, 0.51},
	{"sqrt", func(p *vir.Program, x vir.Value) vir.Value { return p.Op1(vir.Sqrt, x) }, math.Sqrt, 0.51},
}

func ulps(got float32, want float64) float64 {
	w := float32(want)
	if got == w && math.Signbit(float64(got)) == math.Signbit(float64(w)) || got != got && w != w {
		return 0
	}
	if got != got || w != w || math.IsInf(float64(w), 0) || math.IsInf(float64(got), 0) || got == w {
		return math.Inf(1)
	}
	return math.Abs(float64(got)-want) / math.Max(math.Ldexp(1, math.Ilogb(math.Abs(want))-23), 0x1p-149)
}

// TestFunctions sweeps over all magnitudes. Compiled code has the evaluator's
// bits, and elements beyond its range set the guard.
func TestFunctions(t *testing.T) {
	var in []float32
	step := uint64(19997)
	for b := uint64(0); b < 1<<32; b += step {
		in = append(in, math.Float32frombits(uint32(b)))
	}
	in = append(in, 0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32,
		-math.MaxFloat32, 0x1p-149, -0x1p-149, 0x1p-126, 88.7, 88.8, -87.4, -103.9, -104.1, 1, -1, 0.5, 4, 30000, math.Float32frombits(0x7f800001), math.Float32frombits(0xffffffff))
	forms(t, func(t *testing.T, o Options) {
		for _, f := range functions {
			p := vir.New(1, 0)
			p.Outputs = []vir.Value{f.make(p, p.Input(0))}
			c, err := Compile(p, o)
			if err != nil {
				t.Fatal(f.name, err)
			}
			got, want := make([]float32, len(in)), make([]float32, len(in))
			var s vir.Scratch
			var args Args
			worst, at := 0.0, float32(0)
			for from := 0; from < len(in); from += 100 {
				n := min(100, len(in)-from)
				args[0], args[1] = unsafe.Pointer(&in[from]), unsafe.Pointer(&got[from])
				beyond := c.Run(&args, n)
				args[1] = unsafe.Pointer(&want[from])
				p.Run(args[:], n, &s)
				for i := from; i < from+n; i++ {
					if math.Float32bits(got[i]) != math.Float32bits(want[i]) && (got[i] == got[i] || want[i] == want[i]) {
						t.Fatalf("%s(%g) is %g compiled, %g evaluated", f.name, in[i], got[i], want[i])
					}
					far := math.Abs(float64(in[i])) > 30000 && p.Guard != vir.None
					if far && !beyond {
						t.Fatalf("%s(%g) does not set the guard", f.name, in[i])
					}
					if e := ulps(got[i], f.want(float64(in[i]))); !far && e > worst {
						worst, at = e, in[i]
					}
				}
			}
			t.Logf("%-8s %.2f ulp at %g", f.name, worst, at)
			if worst > f.ulp {
				t.Errorf("%s is off by %.2f ulp at %g, limit %.2f", f.name, worst, at, f.ulp)
			}
		}
	})
}

func chain() *vir.Program {
	p := vir.New(4, 0)
	p.Outputs = []vir.Value{p.Add(p.Mul(p.Input(0), p.Input(1)), p.Mul(p.Sin(p.Input(2)), p.Exp(p.Neg(p.Input(3)))))}
	return p
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := assemble(chain(), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkChain(b *testing.B) {
	for _, wide := range []bool{false, true} {
		for copies := range 5 {
			b.Run(fmt.Sprint("wide ", wide, " copies ", copies), func(b *testing.B) {
				c, err := Compile(chain(), Options{Wide: wide, Copies: copies})
				if err != nil || !Supported(wide) {
					b.Skip(err)
				}
				const n = 10_000
				var args Args
				for i := range 5 {
					args[i] = unsafe.Pointer(&make([]float32, n)[0])
				}
				for b.Loop() {
					c.Run(&args, n)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/element")
			})
		}
	}
}
