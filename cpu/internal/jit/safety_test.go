//go:build amd64 && unix

package jit

import (
	"errors"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ingot-go/ingot/cpu/internal/vir"
)

// TestEdges runs programs over 0 to 70 elements that end right before a page
// that cannot be touched, and begin at any address.
func TestEdges(t *testing.T) {
	const page = 4096
	m, err := unix.Mmap(-1, 0, 6*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(m)
	for k := range 3 {
		if err := unix.Mprotect(m[(2*k+1)*page:(2*k+2)*page], unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	p := vir.New(2, 0)
	p.Outputs = []vir.Value{p.Sin(p.Fma(p.Input(0), p.Input(1), p.Input(0)))}
	forms(t, func(t *testing.T, o Options) {
		for o.Copies = 1; o.Copies <= 4; o.Copies++ {
			c, err := Compile(p, o)
			if err != nil {
				t.Fatal(err)
			}
			for n := range 71 {
				var args Args
				var ends [3][]float32
				for k := range 3 {
					s := unsafe.Slice((*float32)(unsafe.Pointer(&m[2*k*page])), page/4)
					ends[k] = s[len(s)-n:]
					if n > 0 {
						args[k] = unsafe.Pointer(&ends[k][0])
					} else {
						args[k] = unsafe.Pointer(&s[0])
					}
				}
				before := unsafe.Slice((*float32)(unsafe.Pointer(&m[4*page])), page/4-n)
				for i := range before {
					before[i] = 7
				}
				for i := range n {
					ends[0][i], ends[1][i] = float32(i)/8, float32(n-i)/4
				}
				c.Run(&args, n)
				for i := range n {
					x := float64(i)/8*float64(n-i)/4 + float64(i)/8
					if math.Abs(float64(ends[2][i])-math.Sin(x)) > 1e-4 {
						t.Fatalf("element %d of %d is %g, not sin %g", i, n, ends[2][i], x)
					}
				}
				for i, v := range before {
					if v != 7 {
						t.Fatalf("%d elements: wrote %d before the first", n, len(before)-i)
					}
				}
			}
		}
	})
}

// deep calls f below a stack that has just grown.
func deep(levels int, f func()) byte {
	var pad [512]byte
	pad[levels] = 1
	if levels == 0 {
		f()
		return pad[0]
	}
	return deep(levels-1, f) + pad[levels]
}

// TestStorm runs code on stacks that grow, from arguments on these stacks, while
// the collector runs all the time and programs are compiled and forgotten.
func TestStorm(t *testing.T) {
	forms(t, func(t *testing.T, o Options) {
		const enough = 30
		var collections atomic.Int32
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for collections.Load() < enough {
					c, err := Compile(chain(), o)
					if err != nil {
						t.Error(err)
						return
					}
					if t.Failed() {
						return
					}
					deep(60, func() {
						var in [4][100]float32
						var out [100]float32
						for i := range out {
							in[0][i], in[1][i], in[2][i], in[3][i] = 1, 2, 0.5, 1
						}
						args := Args{unsafe.Pointer(&in[0]), unsafe.Pointer(&in[1]), unsafe.Pointer(&in[2]), unsafe.Pointer(&in[3]), unsafe.Pointer(&out)}
						for range 300 {
							c.Run(&args, 100)
						}
						for _, v := range out {
							if math.Abs(float64(v)-(2+math.Sin(0.5)*math.Exp(-1))) > 1e-6 {
								t.Errorf("result is %g", v)
								return
							}
						}
					})
				}
			})
		}
		for range enough {
			runtime.GC()
			collections.Add(1)
		}
		wg.Wait()
	})
}

// TestPauses: a loop of calls lets the collector stop it soon.
func TestPauses(t *testing.T) {
	c, err := Compile(chain(), Options{})
	if err != nil {
		t.Skip(err)
	}
	var stop atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		var args Args
		for i := range 5 {
			args[i] = unsafe.Pointer(&make([]float32, Most)[0])
		}
		for !stop.Load() {
			c.Run(&args, Most)
		}
	})
	time.Sleep(5 * time.Millisecond)
	var quickest time.Duration = time.Hour
	for range 10 {
		start := time.Now()
		runtime.GC()
		quickest = min(quickest, time.Since(start))
	}
	stop.Store(true)
	wg.Wait()
	if quickest > 100*time.Millisecond {
		t.Errorf("a collection takes %v beside running code", quickest)
	}
}

// TestRefused: where memory must not be executable, Compile says so.
func TestRefused(t *testing.T) {
	defer func(p func([]byte, int) error) { protect = p }(protect)
	protect = func([]byte, int) error { return unix.EACCES }
	if _, err := Compile(chain(), Options{}); !errors.Is(err, unix.EACCES) {
		t.Errorf("error is %v", err)
	}
}
