package mlx_test

import (
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/random"
)

func BenchmarkChain(b *testing.B) {
	x, one := random.Normal(10).Eval(), mlx.Ones(10).Add(0).Eval()
	b.ReportAllocs()
	for b.Loop() {
		y := x
		for range 1000 {
			y = y.Add(one)
		}
		y.Eval()
	}
}

func BenchmarkBuild(b *testing.B) {
	x, one := random.Normal(10).Eval(), mlx.Ones(10).Add(0).Eval()
	b.ReportAllocs()
	for b.Loop() {
		x.Add(one)
	}
}

func BenchmarkFused(b *testing.B) {
	const n = 1_000_000
	x, y, z, w := random.Normal(n).Eval(), random.Normal(n).Eval(), random.Normal(n).Eval(), random.Normal(n).Eval()
	for b.Loop() {
		x.Mul(y).Add(z.Sin().Mul(w.Neg().Exp())).Eval()
	}
}

func BenchmarkSoftmax(b *testing.B) {
	x := random.Normal(2048, 2048).Eval()
	for b.Loop() {
		x.Softmax(-1).Eval()
	}
}

func BenchmarkDispatch(b *testing.B) {
	x := random.Normal(1).Eval()
	b.ReportAllocs()
	for b.Loop() {
		x.Add(x).Eval()
	}
}
