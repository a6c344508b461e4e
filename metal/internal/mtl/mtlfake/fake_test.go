//go:build linux

package mtlfake_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/metal/internal/mtl"
	"github.com/ingot-go/ingot/metal/internal/mtl/mtlfake"
)

const double = `#include <metal_stdlib>
using namespace metal;
kernel void twice(device const uchar* x [[buffer(0)]], device uchar* y [[buffer(1)]], constant uchar& add [[buffer(2)]],
                  uint i [[thread_position_in_grid]]) {
  y[i] = uchar(2 * x[i] + add);
}
`

// bench is a device with a compiled kernel and two buffers.
type bench struct {
	fake    *mtlfake.Fake
	device  *mtl.Device
	library *mtl.Library
	twice   *mtl.Pipeline
	x, y    *mtl.Buffer
}

func newBench(t testing.TB) *bench {
	t.Helper()
	b := &bench{fake: mtlfake.New()}
	var err error
	check := func() {
		if err != nil {
			t.Fatal(err)
		}
	}
	b.device, err = mtl.Open(b.fake.Runtime())
	check()
	b.library, err = b.device.Compile(double)
	check()
	b.twice, err = b.device.Pipeline(b.library, "twice")
	check()
	b.x, err = b.device.NewBuffer(8)
	check()
	b.y, err = b.device.NewBuffer(8)
	check()
	return b
}

func (b *bench) run(from, to *mtl.Buffer, k *mtl.Commands) {
	k.SetPipeline(b.twice)
	k.SetBuffer(from, 0)
	k.SetBuffer(to, 1)
	k.SetBytes([]byte{1}, 2)
	k.DispatchThreads(8, 8)
}

func (b *bench) close() {
	b.x.Close()
	b.y.Close()
	b.twice.Close()
	b.library.Close()
	b.device.Close()
}

func TestRightUseHasNoFaults(t *testing.T) {
	b := newBench(t)
	copy(b.x.Bytes, []byte{0, 1, 2, 3, 4, 5, 6, 7})
	k := b.device.Begin()
	b.run(b.x, b.y, k)
	k.Barrier()
	b.run(b.y, b.x, k)
	if err := k.Finish(); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(b.x.Bytes); got != "[3 7 11 15 19 23 27 31]" {
		t.Errorf("got %s", got)
	}
	if got := b.device.Name(); got != "Fake GPU" {
		t.Errorf("name %q", got)
	}
	b.device.Begin().Abandon()
	b.close()
	if f, l := b.fake.Faults(), b.fake.Leaks(); len(f)+len(l) > 0 {
		t.Errorf("faults %q, leaks %q", f, l)
	}
}

// Each misuse is found.
func TestFaults(t *testing.T) {
	for want, misuse := range map[string]func(b *bench){
		"no barrier between twice and twice": func(b *bench) {
			k := b.device.Begin()
			b.run(b.x, b.y, k)
			b.run(b.y, b.x, k)
			finish(k)
		},
		"argument 1 (y) is not bound": func(b *bench) {
			k := b.device.Begin()
			k.SetPipeline(b.twice)
			k.SetBuffer(b.x, 0)
			k.SetBytes([]byte{0}, 2)
			k.DispatchThreads(8, 8)
			finish(k)
		},
		"write beside buffer 1": func(b *bench) {
			k := b.device.Begin()
			k.SetPipeline(b.twice)
			k.SetBuffer(b.x, 0)
			k.SetBuffer(b.y, 1)
			k.SetBytes([]byte{0}, 2)
			k.DispatchThreads(17, 8)
			finish(k)
		},
		"dispatch without a pipeline": func(b *bench) {
			k := b.device.Begin()
			k.DispatchGroups(1, 8)
			finish(k)
		},
		"setBytes: 5000 bytes": func(b *bench) {
			k := b.device.Begin()
			k.SetBytes(make([]byte, 5000), 0)
			finish(k)
		},
		"a grid of 0,1,1": func(b *bench) {
			k := b.device.Begin()
			k.SetPipeline(b.twice)
			k.DispatchThreads(0, 8)
			finish(k)
		},
		"use of a released MTLBuffer": func(b *bench) {
			k := b.device.Begin()
			x, _ := b.device.NewBuffer(8)
			x.Close()
			k.SetBuffer(x, 0)
			finish(k)
		},
		"leak: MTLCommandBuffer": func(b *bench) { b.device.Begin() },
		"use of a released MTLLibrary": func(b *bench) {
			lib, _ := b.device.Compile(double)
			lib.Close()
			lib.Close()
		},
	} {
		b := newBench(t)
		misuse(b)
		b.close()
		found := b.fake.Faults()
		for _, l := range b.fake.Leaks() {
			found = append(found, "leak: "+l)
		}
		if s := strings.Join(found, "; "); !strings.Contains(s, want) {
			t.Errorf("found %q, want %s", s, want)
		}
	}
}

// Releasing memory before it was used is an error of the command buffer.
func TestReleasedBeforeRun(t *testing.T) {
	b := newBench(t)
	k := b.device.Begin()
	b.run(b.x, b.y, k)
	b.x.Close()
	if err := k.Finish(); err == nil || !strings.Contains(err.Error(), "running on the Metal device: twice: buffer 0 was released") {
		t.Errorf("got %v", err)
	}
	b.close()
}

func finish(k *mtl.Commands) {
	if err := k.Finish(); err != nil {
		panic(err)
	}
}
