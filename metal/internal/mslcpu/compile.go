//go:build linux

// Package mslcpu runs kernels written in the Metal Shading Language on the CPU,
// so that they can be tested where there is no Apple hardware.
//
// A source text is turned into C++ by a few edits, compiled by clang against
// a look-alike of <metal_stdlib> into a shared library, and loaded. An engine
// written in C runs its threads as fibers, one threadgroup after the other.
//
// It knows the part of the language that package metal writes: kernels of
// pointers and constant references, one-dimensional grids, threadgroup arrays,
// barriers, scalar types and functions.
package mslcpu

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

//go:embed shim
var shim embed.FS

// engine is the C code that runs threads; it holds one grid at a time.
var engine struct {
	sync.Mutex
	once    sync.Once
	err     error
	clang   string
	run     func(launcher uintptr, args *unsafe.Pointer, threads, size, how uint32, barriers int32, low, high uintptr) int32
	message func() string
}

// start finds the compiler, and compiles and loads the engine, once.
func start() error {
	engine.once.Do(func() { engine.err = load() })
	return engine.err
}

func load() (err error) {
	if engine.clang, err = findClang(); err != nil {
		return err
	}
	h, err := build("engine.c", "", "-std=gnu11")
	if err != nil {
		return err
	}
	purego.RegisterLibFunc(&engine.run, h, "msl_run")
	purego.RegisterLibFunc(&engine.message, h, "msl_message")
	return nil
}

// findClang looks for clang on the path, the newest version first.
func findClang() (string, error) {
	names := []string{"clang"}
	for v := 22; v >= 14; v-- {
		names = append(names, fmt.Sprintf("clang-%d", v))
	}
	for _, n := range names {
		if p, err := exec.LookPath(n); err == nil {
			return p, nil
		}
	}
	return "", fmt.Errorf("mslcpu: clang is not on the path; on Debian: apt-get install clang")
}

// build compiles one file, which is text or a file of the shim, to a shared
// library and loads it. Nothing stays on the disk.
func build(file, text string, flags ...string) (uintptr, error) {
	dir, err := os.MkdirTemp("", "ingot-msl")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	files, err := fs.Sub(shim, "shim")
	if err != nil {
		return 0, err
	}
	if err := os.CopyFS(dir, files); err != nil {
		return 0, err
	}
	if text != "" {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			return 0, err
		}
	}
	lib := filepath.Join(dir, "kernel.so")
	args := append([]string{"-O1", "-fPIC", "-shared", "-w", "-fwrapv", "-ffp-contract=off",
		"-I", dir, "-o", lib, filepath.Join(dir, file), "-lm"}, flags...)
	if out, err := exec.Command(engine.clang, args...).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("mslcpu: %w\n%s", err, bytes.ReplaceAll(out, []byte(dir+"/"), nil))
	}
	h, err := purego.Dlopen(lib, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return 0, fmt.Errorf("mslcpu: %w", err)
	}
	return h, nil
}

// Library is a compiled source text. It stays loaded until the process ends.
type Library struct {
	kernels   map[string]*Kernel
	launchers map[string]uintptr
	low, high uintptr // threadgroup memory
}

// Compile compiles a source text. Errors of the compiler name its lines.
func Compile(src string) (*Library, error) {
	kernels, text, err := translate(src)
	if err != nil {
		return nil, err
	}
	if err := start(); err != nil {
		return nil, err
	}
	h, err := build("kernel.cpp", text, "-std=c++17", "-fno-exceptions", "-fno-rtti")
	if err != nil {
		return nil, err
	}
	l := &Library{kernels: map[string]*Kernel{}, launchers: map[string]uintptr{}}
	for _, k := range kernels {
		if l.launchers[k.Name], err = purego.Dlsym(h, "msl_launch_"+k.Name); err != nil {
			return nil, fmt.Errorf("mslcpu: %w", err)
		}
		l.kernels[k.Name] = k
	}
	for name, to := range map[string]*uintptr{"msl_shared_low": &l.low, "msl_shared_high": &l.high} {
		f, err := purego.Dlsym(h, name)
		if err != nil {
			return nil, fmt.Errorf("mslcpu: %w", err)
		}
		*to, _, _ = purego.SyscallN(f)
	}
	return l, nil
}

// Kernel is the kernel called name, or nil.
func (l *Library) Kernel(name string) *Kernel { return l.kernels[name] }

// Orders in which the threads of a grid run; every other number is a seed for
// a random order.
const (
	Ascending  = 0
	Descending = 1
)

// Run runs a kernel for the given number of threads, in threadgroups of size.
// bufs holds the address of each buffer argument by index.
func (l *Library) Run(name string, threads, size int, order uint32, bufs []unsafe.Pointer) error {
	k := l.kernels[name]
	switch {
	case k == nil:
		return fmt.Errorf("mslcpu: no kernel %s", name)
	case len(bufs) < k.Buffers():
		return fmt.Errorf("mslcpu: kernel %s takes %d buffers, got %d", name, k.Buffers(), len(bufs))
	case threads < 0 || threads > 1<<32-1:
		return fmt.Errorf("mslcpu: a grid of %d threads", threads)
	}
	barriers := int32(0)
	if k.Barriers {
		barriers = 1
	}
	args := append(bufs[:len(bufs):len(bufs)], nil) // one at least, for its address
	engine.Lock()
	defer engine.Unlock()
	if engine.run(l.launchers[name], &args[0], uint32(threads), uint32(size), order, barriers, l.low, l.high) != 0 {
		return fmt.Errorf("mslcpu: kernel %s: %s", name, engine.message())
	}
	return nil
}
