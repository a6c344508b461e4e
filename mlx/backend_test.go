package mlx_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/ingot-go/ingot/cpu"
	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/backend/reference"
	"github.com/ingot-go/ingot/mlx/internal/replay"
)

var recordTo = flag.String("record", "", "save every plan that the tests produce, with its inputs, to this folder")

// TestMain records every plan that the tests of this package run on the CPU,
// and compares each with the reference backend afterwards.
func TestMain(m *testing.M) {
	flag.Parse()
	rec := &backend.Recorder{Backend: cpu.Backend{}}
	mlx.SetBackend(rec)
	code := m.Run()
	records := rec.Records()
	bad := 0
	for _, r := range records {
		if err := r.Compare(cpu.Backend{}, reference.Backend{}, 2e-5, 2e-6); err != nil {
			if bad++; bad <= 5 {
				fmt.Printf("cpu differs from the reference: %v\n%v\n", err, r.Plan)
			}
		}
	}
	fmt.Printf("%d plans recorded, %d of them differ between cpu and reference\n", len(records), bad)
	if bad > 0 {
		code = 1
	}
	if *recordTo != "" {
		if err := backend.Save(*recordTo, records); err != nil {
			fmt.Println(err)
			code = 1
		}
	}
	os.Exit(code)
}

// grower builds a random expression over a few arrays.
type grower struct {
	pick func(n int) int
	pool []*mlx.Array
}

func newGrower(pick func(n int) int) *grower {
	g := &grower{pick: pick}
	r := rand.New(rand.NewPCG(uint64(pick(256)), 7))
	for _, shape := range [][]int{{4, 6}, {4, 6}, {6}, {4, 1}, {}, {2, 3, 4}} {
		n := 1
		for _, d := range shape {
			n *= d
		}
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(r.NormFloat64())
		}
		g.pool = append(g.pool, mlx.New(v).Reshape(shape...).Eval())
	}
	return g
}

var growOps = []func(g *grower, a, b *mlx.Array) *mlx.Array{
	func(_ *grower, a, b *mlx.Array) *mlx.Array { return a.Add(b) },
	func(_ *grower, a, b *mlx.Array) *mlx.Array { return a.Sub(b) },
	func(_ *grower, a, b *mlx.Array) *mlx.Array { return a.Mul(b) },
	func(_ *grower, a, b *mlx.Array) *mlx.Array { return mlx.Where(a.Greater(b), a, b.Mul(0.5)) },
	func(_ *grower, a, _ *mlx.Array) *mlx.Array { return a.Sin() },
	func(_ *grower, a, _ *mlx.Array) *mlx.Array { return a.Tanh() },
	func(_ *grower, a, _ *mlx.Array) *mlx.Array { return a.Sigmoid().Add(0.25) },
	func(_ *grower, a, _ *mlx.Array) *mlx.Array { return a.T() },
	func(_ *grower, a, _ *mlx.Array) *mlx.Array { return a.Reshape(-1) },
	func(g *grower, a, _ *mlx.Array) *mlx.Array { return a.Reshape(-1, 1+g.pick(2)) },
	func(_ *grower, a, _ *mlx.Array) *mlx.Array { return a.Sum(-1) },
	func(_ *grower, a, _ *mlx.Array) *mlx.Array { return a.MeanKeep(0) },
	func(_ *grower, a, _ *mlx.Array) *mlx.Array { return a.Max().Sub(a) },
	func(_ *grower, a, _ *mlx.Array) *mlx.Array { return a.Softmax(-1) },
	func(_ *grower, a, _ *mlx.Array) *mlx.Array { return a.Var(0).Add(a) },
	func(_ *grower, a, _ *mlx.Array) *mlx.Array { return a.LogSumExp(-1) },
	func(_ *grower, a, _ *mlx.Array) *mlx.Array { return a.At(mlx.S(nil, nil, -1)) },
	func(_ *grower, a, _ *mlx.Array) *mlx.Array { return a.At(mlx.S(1), mlx.Rest) },
	func(g *grower, a, _ *mlx.Array) *mlx.Array { return mlx.Pad(a, [][2]int{{g.pick(2), 1}}, 0.5) },
	func(_ *grower, a, b *mlx.Array) *mlx.Array { return mlx.Concatenate([]*mlx.Array{a, b}, -1) },
	func(_ *grower, a, b *mlx.Array) *mlx.Array { return a.MatMul(b).Mul(0.1) },
	func(_ *grower, a, _ *mlx.Array) *mlx.Array { return a.Take([]int{0, -1, 0}, -1) },
	func(_ *grower, a, _ *mlx.Array) *mlx.Array { return a.ArgMax(-1).AsType(mlx.Float32).Mul(0.1) },
	func(_ *grower, a, _ *mlx.Array) *mlx.Array { return a.AsType(mlx.Float16).Mul(0.5).AsType(mlx.Float32) },
	func(_ *grower, a, _ *mlx.Array) *mlx.Array { return a.AddAt(1, 0) },
}

// grow adds n nodes; what does not fit together is an error and left out.
func (g *grower) grow(n int) {
	for range n {
		f := growOps[g.pick(len(growOps))]
		a, b := g.pool[g.pick(len(g.pool))], g.pool[g.pick(len(g.pool))]
		var out *mlx.Array
		if mlx.Try(func() { out = f(g, a, b) }) == nil && out.Size() > 0 && out.Size() < 5000 {
			g.pool = append(g.pool, out)
		}
	}
}

// TestRandomGraphs evaluates random graphs; TestMain compares their plans.
// Besides, several results of one graph must be what each of them is alone.
func TestRandomGraphs(t *testing.T) {
	for seed := range uint64(150) {
		build := func() *grower {
			r := rand.New(rand.NewPCG(seed, 1))
			g := newGrower(r.IntN)
			g.grow(30)
			return g
		}
		together := build().pool
		mlx.Eval(together...)
		for i := len(together) - 4; i < len(together); i++ {
			alone := build().pool[i]
			if err := replay.Same(alone, together[i], false); err != nil {
				t.Fatalf("graph %d, result %d: %v", seed, i, err)
			}
		}
	}
}

// FuzzGraph compares the CPU with the reference on graphs made of bytes.
func FuzzGraph(f *testing.F) {
	f.Add([]byte("0123456789abcdefghijklmnopqrstuvwxyz"))
	f.Add([]byte{13, 0, 0, 9, 6, 1, 1, 22, 7, 3, 11, 8, 8, 2, 19, 9, 10, 14, 11, 3})
	f.Fuzz(func(t *testing.T, data []byte) {
		build := func() *mlx.Array {
			at := 0
			g := newGrower(func(n int) int {
				if at++; at > len(data) {
					return 0
				}
				return int(data[at-1]) % n
			})
			g.grow(min(len(data)/3, 60))
			return g.pool[len(g.pool)-1].Eval()
		}
		var want *mlx.Array
		onBackend(reference.Backend{}, func() { want = build() })
		if err := replay.Same(build(), want, true); err != nil {
			t.Error(err)
		}
	})
}

// onBackend runs f with another backend.
func onBackend(b backend.Backend, f func()) {
	old := mlx.SetBackend(b)
	defer mlx.SetBackend(old)
	f()
}
