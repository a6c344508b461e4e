package mlx_test

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/random"
)

// settled collects what nothing refers to, until no more goes away.
func settled() int {
	last, same := -1, 0
	for range 100 {
		runtime.GC()
		time.Sleep(3 * time.Millisecond)
		if now := mlx.ActiveMemory(); now != last {
			last, same = now, 0
		} else if same++; same == 3 {
			break
		}
	}
	return last
}

// bytesOf is how many bytes evaluating an array takes, besides what is there already.
func bytesOf(a *mlx.Array) (n int) {
	p := mlx.PlanOf(a)
	for _, s := range slices.Concat(p.Outputs, p.Temps) {
		n += s.Size * s.Dtype.Size()
	}
	return n
}

// TestPeak: what an evaluation takes is counted.
func TestPeak(t *testing.T) {
	x := mlx.Ones(64, 64).Eval()
	y := x.MatMul(x)
	mlx.ResetPeakMemory()
	before := mlx.PeakMemory()
	y.Eval()
	if n := mlx.PeakMemory() - before; n > 1<<14 || n < 0 {
		t.Errorf("a product of 16 KiB raises the peak by %d bytes", n)
	}
	if mlx.ActiveMemory() < 2<<14 || mlx.PeakMemory() < 2<<14 {
		t.Errorf("%d bytes are in use, at most %d", mlx.ActiveMemory(), mlx.PeakMemory())
	}
	runtime.KeepAlive(x)
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
	grads := map[string]*mlx.Array{
		"plain": mlx.Grad(plainLoss)(x), "saving": mlx.Grad(savingLoss)(x),
		"compiled": mlx.Compile(mlx.Grad(plainLoss))(x), "compiled saving": mlx.Compile(mlx.Grad(savingLoss))(x),
	}
	size := map[string]int{}
	for name, g := range grads {
		size[name] = bytesOf(g)
	}
	for name, g := range grads {
		near(t, name, g, grads["plain"], 1e-6)
	}
	t.Logf("bytes: %v", size)
	if size["saving"]*3 > size["plain"] || size["compiled saving"]*3 > size["compiled"]*2 {
		t.Errorf("bytes: %v", size)
	}
}

// TestDepends: what depends on a product is not computed before it, together
// with what does not.
func TestDepends(t *testing.T) {
	x := mlx.Ones(4, 4).Eval()
	product := x.MatMul(x)
	plan := mlx.PlanOf(x.Exp(), mlx.Depends(x, product).Sin())
	if len(plan.Steps) != 3 || plan.Steps[1].Primitive == nil || plan.Steps[2].Region == nil {
		t.Errorf("the plan is\n%v", plan)
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
	plain, compiled := bytesOf(f(w)[0]), bytesOf(mlx.CompileN(f)(w)[0])
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
	for range 20 { // collections may lag behind
		if settled() <= before+1<<16 {
			return
		}
	}
	t.Errorf("%d bytes became %d", before, settled())
}

// TestMemoryLimit: beyond the limit is an error, and after it all goes on.
func TestMemoryLimit(t *testing.T) {
	x := mlx.Ones(256, 256).Eval()
	old := mlx.SetMemoryLimit(settled() + 1<<19)
	defer mlx.SetMemoryLimit(old)
	for range 20 { // what is dropped does not count
		mlx.Exp(x).Eval()
	}
	err := mlx.Try(func() { mlx.Concatenate(mlx.Split(mlx.Ones(16*256, 256), 16)).Eval() })
	if err == nil || !strings.Contains(err.Error(), "with a limit of") {
		t.Errorf("four megabytes beyond a limit of half of one: %v", err)
	}
	if err := mlx.Try(func() { x.Add(1).Eval() }); err != nil {
		t.Error(err)
	}
	runtime.KeepAlive(x)
}
