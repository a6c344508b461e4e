package mlx_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/backend/reference"
)

func ExampleArray_Format() {
	x := mlx.New([][]float32{{1, 2}, {3, 4.5}})
	fmt.Printf("%.1f %5.2f %d|%8v|\n", x, x.At(1, 1), mlx.New([]int{1, 2}), mlx.New(true))
	// Output: [[1.0 2.0] [3.0 4.5]]  4.50 [1 2]|array(True, dtype=bool)|
}

func ExampleAsyncEval() {
	x := mlx.Ones(3).Mul(2)
	mlx.AsyncEval(x)
	mlx.Synchronize()
	fmt.Println(x, mlx.DefaultDevice())
	// Output: array([2, 2, 2], dtype=float32) Device(cpu, 0)
}

// TestStreams evaluates in the background from several goroutines, and hands
// errors to who waits.
func TestStreams(t *testing.T) {
	s := mlx.NewStream()
	shared := mlx.Arange(100).Sin()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			y := shared.Mul(i)
			s.Eval(y)
			if i%2 == 0 {
				s.Synchronize()
			}
			if got, want := y.At(3).Float(), shared.At(3).Float()*float64(i); got-want > 1e-5 || want-got > 1e-5 {
				t.Errorf("goroutine %d: %v, want %v", i, got, want)
			}
		})
	}
	wg.Wait()
	s.Eval(shared.Take([]int{100}))
	err := mlx.Try(s.Synchronize)
	if err == nil || !strings.Contains(err.Error(), "out of bounds") {
		t.Errorf("the error is %v", err)
	}
	if err := mlx.Try(s.Synchronize); err != nil {
		t.Errorf("the error came again: %v", err)
	}
	if err := mlx.Try(func() { mlx.VMap(func(x *mlx.Array) *mlx.Array { mlx.AsyncEval(x); return x })(shared) }); err == nil {
		t.Error("an array was computed while its function was traced")
	}
	mlx.WithStream(s, func() {
		if mlx.DefaultStream() != s {
			t.Error("the stream is not the default")
		}
		y := shared.Mul(9)
		mlx.AsyncEval(y)
		s.Synchronize()
		if g := mlx.GraphOf(y); g.Pending() != 0 {
			t.Error("nothing was computed")
		}
	})
	if before := mlx.SetDefaultStream(mlx.DefaultStream()); before == s {
		t.Error("the stream stayed the default")
	}
	mlx.ClearStreams()
}

// TestDevices chooses another device.
func TestDevices(t *testing.T) {
	if !mlx.IsAvailable(mlx.CPU) || mlx.DeviceCount(mlx.CPU) != 1 || mlx.IsAvailable(mlx.GPU) {
		t.Error("there is one processor, and nothing else")
	}
	d := mlx.Device{Type: mlx.GPU}
	if err := mlx.Try(func() { mlx.SetDefaultDevice(d) }); err == nil || !strings.Contains(err.Error(), "Device(gpu, 0) is not here") {
		t.Errorf("got %v", err)
	}
	other := mlx.Device{Index: 1}
	mlx.AddDevice(other, reference.Backend{})
	recorder := mlx.SetBackend(reference.Backend{})
	before := mlx.SetDefaultDevice(other)
	defer func() {
		mlx.SetDefaultDevice(before)
		mlx.SetBackend(recorder)
	}()
	if mlx.DefaultDevice() != other || mlx.Ones(2).Add(1).Sum().Float() != 4 {
		t.Error("the other device does not evaluate")
	}
	if info := mlx.DeviceInfo(); info["device_name"] != "Device(cpu, 1)" {
		t.Errorf("info %v", info)
	}
}

// TestCompileOff calls the function each time.
func TestCompileOff(t *testing.T) {
	calls := 0
	f := mlx.Compile(func(x *mlx.Array) *mlx.Array { calls++; return x })
	mlx.DisableCompile()
	defer mlx.EnableCompile()
	f(mlx.New(1.0))
	f(mlx.New(1.0))
	if calls != 2 {
		t.Errorf("called %d times", calls)
	}
}
