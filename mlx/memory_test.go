package mlx_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/random"
)

// settled collects what nothing refers to.
func settled() int {
	for range 3 {
		runtime.GC()
		time.Sleep(2 * time.Millisecond)
	}
	return mlx.ActiveMemory()
}

// peakOf is how many bytes more than before are in use while f runs.
func peakOf(f func()) int {
	before := settled()
	mlx.ResetPeakMemory()
	f()
	return mlx.PeakMemory() - before
}

// deep is many layers, of which a derivative keeps something each.
func deep(layers int, w *mlx.Array) func(...*mlx.Array) []*mlx.Array {
	return func(a ...*mlx.Array) []*mlx.Array {
		x := a[0]
		for range layers {
			x = x.MatMul(w).Sin().MatMul(w).Tanh()
		}
		return []*mlx.Array{x}
	}
}

// TestCheckpointMemory: a derivative through checkpoints is the same, and takes
// much less memory.
func TestCheckpointMemory(t *testing.T) {
	const n, blocks, layers = 48, 6, 4
	w := random.NormalKey(random.Key(1), n, n).Div(7).Eval()
	x := random.NormalKey(random.Key(2), n, n).Eval()
	loss := func(wrap func(func(...*mlx.Array) []*mlx.Array) func(...*mlx.Array) []*mlx.Array) func(*mlx.Array) *mlx.Array {
		return func(x *mlx.Array) *mlx.Array {
			for range blocks {
				x = wrap(deep(layers, w))(x)[0]
			}
			return x.Square().Mean()
		}
	}
	plainLoss := loss(func(f func(...*mlx.Array) []*mlx.Array) func(...*mlx.Array) []*mlx.Array { return f })
	savingLoss := loss(mlx.Checkpoint)
	var want, got *mlx.Array
	plain := peakOf(func() { want = mlx.Grad(plainLoss)(x).Eval() })
	saving := peakOf(func() { got = mlx.Grad(savingLoss)(x).Eval() })
	near(t, "gradient", got, want, 1e-6)
	t.Logf("%d KiB, with checkpoints %d KiB", plain>>10, saving>>10)
	if saving*2 > plain {
		t.Errorf("with checkpoints %d bytes, without %d", saving, plain)
	}
	small := peakOf(func() { got = mlx.Compile(mlx.Grad(savingLoss))(x).Eval() })
	near(t, "compiled gradient", got, want, 1e-6)
	if small > saving {
		t.Errorf("compiled %d bytes, without %d", small, saving)
	}
}

// TestCheckpointRandom: what is computed again is computed of the same numbers.
func TestCheckpointRandom(t *testing.T) {
	x := mlx.New([]float32{1, 2, 3})
	var y *mlx.Array
	g := mlx.Grad(func(x *mlx.Array) *mlx.Array {
		y = mlx.Checkpoint(one(func(x *mlx.Array) *mlx.Array { return x.Mul(random.Normal(3)) }))(x)[0]
		return y.Sum()
	})(x)
	near(t, "gradient", g, y.Div(x), 1e-6)
}

// TestTemporaries: what is inside of a compiled function shares its memory.
func TestTemporaries(t *testing.T) {
	const n = 48
	w := random.NormalKey(random.Key(1), n, n).Div(7).Eval()
	f := deep(20, w)
	plain := peakOf(func() { f(w)[0].Eval() })
	g := mlx.CompileN(f)
	compiled := peakOf(func() { g(w)[0].Eval() })
	if compiled*5 > plain {
		t.Errorf("compiled %d bytes, plain %d", compiled, plain)
	}
	// Several results of one call are computed together, each once.
	two := mlx.CompileN(func(a ...*mlx.Array) []*mlx.Array {
		y := deep(20, w)(a[0])[0]
		return []*mlx.Array{y.Sum(), y.Mul(2)}
	})(w)
	two[0].Eval()
	if p := mlx.GraphOf(two[1]); p.Pending() != 0 {
		t.Errorf("%d operations are left for the other result", p.Pending())
	}
}

// TestFlat evaluates many times; the memory does not grow.
func TestFlat(t *testing.T) {
	x := mlx.Ones(48, 48).Eval()
	step := func() { x = x.MatMul(x).Div(48).Eval() }
	step()
	before := settled()
	for range 1000 {
		step()
	}
	if after := settled(); after > before+1<<16 {
		t.Errorf("%d bytes became %d", before, after)
	}
}

// TestMemoryLimit: beyond the limit is an error, and after it all goes on.
func TestMemoryLimit(t *testing.T) {
	x := mlx.Ones(256, 256).Eval()
	old := mlx.SetMemoryLimit(settled() + 1<<19)
	defer mlx.SetMemoryLimit(old)
	for range 20 { // what is dropped does not count
		mlx.Exp(x).Eval()
	}
	err := mlx.Try(func() { mlx.Concatenate([]*mlx.Array{x, x, x, x}).Eval() })
	if err == nil || !strings.Contains(err.Error(), "with a limit of") {
		t.Errorf("a megabyte beyond a limit of half of one: %v", err)
	}
	if err := mlx.Try(func() { x.Add(1).Eval() }); err != nil {
		t.Error(err)
	}
	runtime.KeepAlive(x)
}
