package mlx_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/random"
)

func ExampleCategoryOf() {
	for _, d := range []mlx.Dtype{mlx.Int8, mlx.Int16, mlx.Int32, mlx.Int64, mlx.BFloat16, mlx.Complex64} {
		fmt.Println(d, mlx.CategoryOf(d), mlx.CategoryOf(d).IsIn(mlx.Inexact), mlx.CategoryOf(d).IsIn(mlx.Number))
	}
	// Output:
	// int8 signedinteger false true
	// int16 signedinteger false true
	// int32 signedinteger false true
	// int64 signedinteger false true
	// bfloat16 floating true true
	// complex64 complexfloating true true
}

// TestCategories goes through the lattice.
func TestCategories(t *testing.T) {
	for _, c := range []struct {
		of, in mlx.Category
		want   bool
	}{
		{mlx.SignedInteger, mlx.Integer, true}, {mlx.UnsignedInteger, mlx.Integer, true}, {mlx.Integer, mlx.Number, true},
		{mlx.Floating, mlx.Inexact, true}, {mlx.ComplexFloating, mlx.Inexact, true}, {mlx.Inexact, mlx.Generic, true},
		{mlx.Integer, mlx.Inexact, false}, {mlx.Number, mlx.Floating, false},
	} {
		if got := c.of.IsIn(c.in); got != c.want {
			t.Errorf("%v in %v: %v", c.of, c.in, got)
		}
	}
}

func ExampleFInfo() {
	f, i := mlx.FInfo(mlx.Float16), mlx.IInfo(mlx.Int8)
	fmt.Println(f.Max, f.Bits, i.Min, i.Max)
	// Output: 65504 16 -128 127
}

func ExampleWithPrecision() {
	x := mlx.New([]float64{mlx.Pi, mlx.E}, mlx.Float32)
	mlx.WithPrecision(2, func() { fmt.Println(x, mlx.Precision()) })
	fmt.Println(x, mlx.Precision())
	before := mlx.SetPrecision(1)
	fmt.Println(x)
	mlx.SetPrecision(before)
	// Output:
	// array([3.14, 2.72], dtype=float32) 2
	// array([3.14159, 2.71828], dtype=float32) -1
	// array([3.1, 2.7], dtype=float32)
}

func ExampleTreeMapWithPath() {
	tree := map[string]*mlx.Array{"bias": mlx.New(1.0), "weight": mlx.New(2.0)}
	fmt.Println(mlx.TreeMapWithPath(func(path string, a ...*mlx.Array) *mlx.Array {
		if path == "bias" {
			return mlx.ZerosLike(a[0])
		}
		return a[0]
	}, tree))
	// Output: map[bias:array(0, dtype=float32) weight:array(2, dtype=float32)]
}

// TestConstants also holds the version against the file of the project.
func TestConstants(t *testing.T) {
	if mlx.E != math.E || mlx.Pi != math.Pi || mlx.EulerGamma < 0.5772 || mlx.EulerGamma > 0.5773 {
		t.Error("a constant is wrong")
	}
	x := mlx.New([]float64{mlx.Inf, mlx.NaN})
	if !x.IsInf().At(0).Bool() || !x.IsNaN().At(1).Bool() {
		t.Errorf("infinity and NaN are %v", x)
	}
	if got := x.At(mlx.NewAxis, mlx.All).Shape(); fmt.Sprint(got) != "[1 2]" {
		t.Errorf("with a new axis: %v", got)
	}
	text, err := os.ReadFile("../VERSION")
	if err != nil || strings.TrimSpace(string(text)) != mlx.Version {
		t.Errorf("the version is %s, in the file %s (%v)", mlx.Version, text, err)
	}
	var o mlx.Operand = 2
	var d mlx.DeviceType = mlx.CPU
	var s *mlx.Stream = mlx.DefaultStream()
	if x.Mul(o).Size() != 2 || d.String() != "cpu" || s.String() != "Stream(Device(cpu, 0), 0)" {
		t.Errorf("%v %v %v", o, d, s)
	}
	rows := mlx.Unstack(mlx.Arange(6).Reshape(2, 3))
	if len(rows) != 2 || rows[1].At(0).Int() != 3 {
		t.Errorf("rows %v", rows)
	}
}

// TestRandomState goes back to where the numbers were.
func TestRandomState(t *testing.T) {
	state := random.State()
	a := random.Uniform(3).ToList()
	random.SetState(state)
	if b := random.Uniform(3).ToList(); fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("%v, then %v", a, b)
	}
	if err := mlx.Try(func() { random.SetState(mlx.New(1.0)) }); err == nil {
		t.Error("a float was taken for a key")
	}
}

// TestBinary goes through the form for gob.
func TestBinary(t *testing.T) {
	data, err := mlx.New([]float32{1, 2}).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	a := mlx.Zeros(1)
	if err := a.UnmarshalBinary(data); err != nil || fmt.Sprint(a) != "array([1, 2], dtype=float32)" {
		t.Errorf("got %v, %v", a, err)
	}
	if err := a.UnmarshalBinary(data[:20]); err == nil || a.Size() != 2 {
		t.Errorf("damaged bytes gave %v, %v", a, err)
	}
}

// TestCache only asks for what the system keeps; how much that is, is Go's matter.
func TestCache(t *testing.T) {
	old := mlx.SetCacheLimit(1 << 20)
	if mlx.SetCacheLimit(old) != 1<<20 {
		t.Error("the limit was not kept")
	}
	mlx.ClearCache()
	if n := mlx.CacheMemory(); n < 0 || n > 1<<40 {
		t.Errorf("%d bytes", n)
	}
	if err := mlx.Try(func() { mlx.SetCacheLimit(-1) }); err == nil {
		t.Error("a negative limit was taken")
	}
}
