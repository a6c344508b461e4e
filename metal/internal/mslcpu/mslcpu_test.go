//go:build linux

package mslcpu

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"unsafe"

	"github.com/ingot-go/ingot/mlx/op"
)

const sumSource = `#include <metal_stdlib>
using namespace metal;
struct Size { uint n; };
kernel void sum(device const float* x [[buffer(0)]], device float* y [[buffer(1)]], constant Size& size [[buffer(2)]],
                uint lane [[thread_position_in_threadgroup]], uint group [[threadgroup_position_in_grid]]) {
  threadgroup float part[64];
  float acc = 0.0f;
  for (uint i = lane; i < size.n; i += 64u) acc += x[group * size.n + i];
  part[lane] = acc;
  threadgroup_barrier(mem_flags::mem_threadgroup);
  for (uint s = 32u; s > 0u; s /= 2u) {
    if (lane < s) part[lane] += part[lane + s];
    threadgroup_barrier(mem_flags::mem_threadgroup);
  }
  if (lane == 0u) y[group] = part[0];
}
`

func Example() {
	lib, err := Compile(sumSource)
	if err != nil {
		fmt.Println(err)
		return
	}
	x, y, n := []float32{1, 2, 3, 10, 20, 30}, []float32{0, 0}, uint32(3)
	err = lib.Run("sum", 2*64, 64, Descending, []unsafe.Pointer{unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0]), unsafe.Pointer(&n)})
	fmt.Println(y, err)
	// Output: [6 60] <nil>
}

// A missing barrier shows as a result that depends on the order.
func TestMissingBarrierIsFound(t *testing.T) {
	racy := strings.Replace(sumSource, "    threadgroup_barrier(mem_flags::mem_threadgroup);\n", "", 1)
	for name, src := range map[string]string{"right": sumSource, "racy": racy} {
		lib, err := Compile(src)
		if err != nil {
			t.Fatal(err)
		}
		x, n := make([]float32, 640), uint32(640)
		for i := range x {
			x[i] = 1
		}
		wrong := 0
		for order := range uint32(4) {
			y := []float32{0}
			if err := lib.Run("sum", 64, 64, order, []unsafe.Pointer{unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0]), unsafe.Pointer(&n)}); err != nil {
				t.Fatal(err)
			}
			if y[0] != 640 {
				wrong++
			}
		}
		if (wrong > 0) != (name == "racy") {
			t.Errorf("%s: %d of 4 orders give a wrong sum", name, wrong)
		}
	}
}

func TestErrors(t *testing.T) {
	head := "#include <metal_stdlib>\nusing namespace metal;\n"
	for want, src := range map[string]string{
		"kernel.metal:3":               head + "kernel void f(device float* x [[buffer(0)]]) { x[0] = y; }",
		"parameter i has no attribute": head + "kernel void f(uint i) { }",
		"no attribute thread_colour":   head + "kernel void f(uint i [[thread_colour]]) { }",
		"kernel is not followed":       head + "kernel int f() { }",
	} {
		if _, err := Compile(src); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	lib, err := Compile(head + `kernel void f(device float* x [[buffer(0)]], uint i [[thread_position_in_threadgroup]]) {
		if (i < 3u) threadgroup_barrier(mem_flags::mem_none);
		x[i] = 1;
	}`)
	if err != nil {
		t.Fatal(err)
	}
	var x [8]float32
	err = lib.Run("f", 8, 8, Ascending, []unsafe.Pointer{unsafe.Pointer(&x[0])})
	if err == nil || !strings.Contains(err.Error(), "divergent control flow: 3 of 8 threads wait, 5 have returned") {
		t.Errorf("divergent barrier: %v", err)
	}
}

// Conversions to and from half and bfloat agree with those of package op for
// all 16-bit patterns, and for floats around them.
func TestHalfFloats(t *testing.T) {
	lib, err := Compile(`#include <metal_stdlib>
using namespace metal;
kernel void widen(device const half* h [[buffer(0)]], device const bfloat* b [[buffer(1)]], device float* x [[buffer(2)]], device float* y [[buffer(3)]], uint i [[thread_position_in_grid]]) {
  x[i] = float(h[i]);
  y[i] = float(b[i]);
}
kernel void narrow(device const float* x [[buffer(0)]], device half* h [[buffer(1)]], device bfloat* b [[buffer(2)]], uint i [[thread_position_in_grid]]) {
  h[i] = half(x[i]);
  b[i] = bfloat(x[i]);
}
`)
	if err != nil {
		t.Fatal(err)
	}
	const n = 1 << 16
	bits, x, y := make([]uint16, n), make([]float32, n), make([]float32, n)
	for i := range bits {
		bits[i] = uint16(i)
	}
	at := func(p any) unsafe.Pointer {
		switch p := p.(type) {
		case []uint16:
			return unsafe.Pointer(&p[0])
		case []float32:
			return unsafe.Pointer(&p[0])
		}
		panic("no address")
	}
	if err := lib.Run("widen", n, 256, Ascending, []unsafe.Pointer{at(bits), at(bits), at(x), at(y)}); err != nil {
		t.Fatal(err)
	}
	for i := range bits {
		if h, b := op.FromHalf(bits[i]), op.FromBrain(bits[i]); !same(x[i], h) || !same(y[i], b) {
			t.Fatalf("%#x widens to %v and %v, want %v and %v", i, x[i], y[i], h, b)
		}
	}
	for i := range x { // between and beside the halves
		x[i] = math.Float32frombits(uint32(i)<<16 | uint32(i*40503)&0xffff)
	}
	h, b := make([]uint16, n), make([]uint16, n)
	if err := lib.Run("narrow", n, 256, Descending, []unsafe.Pointer{at(x), at(h), at(b)}); err != nil {
		t.Fatal(err)
	}
	for i, v := range x {
		if h[i] != op.Half(v) || b[i] != op.Brain(v) {
			t.Fatalf("%v narrows to %#x and %#x, want %#x and %#x", v, h[i], b[i], op.Half(v), op.Brain(v))
		}
	}
}

func same(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) || a != a && b != b }
