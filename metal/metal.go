// Package metal runs plans on Apple GPUs.
//
// A plan of package backend is printed as Metal Shading Language, one kernel
// for each region, and runs in one command buffer. Matrix products become
// regions too. What the GPU cannot do — float64, and primitives without
// a kernel — is interpreted on the host, in the memory that both share; such
// a step ends a command buffer.
//
// On computers without Metal, New fails. The package is tested there through
// [NewWith]: the same messages go to a runtime that runs the kernels on the CPU.
// What that cannot show is that Apple's compiler accepts the kernels, and speed.
package metal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/ingot-go/ingot/metal/internal/mtl"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// Backend is a GPU. It implements [backend.Backend] and [backend.Allocator].
type Backend struct {
	device *mtl.Device

	mu        sync.Mutex
	pipelines map[string]*mtl.Pipeline // by name of the kernel, which is made of its text
}

// New opens the GPU of this computer. Without one the error says so.
func New() (*Backend, error) {
	rt, err := mtl.System()
	if err != nil {
		return nil, fmt.Errorf("metal: %w", err)
	}
	return NewWith(rt)
}

// NewWith opens the default GPU of an Objective-C runtime.
func NewWith(rt mtl.Runtime) (*Backend, error) {
	d, err := mtl.Open(rt)
	if err != nil {
		return nil, fmt.Errorf("metal: %w", err)
	}
	return &Backend{device: d, pipelines: map[string]*mtl.Pipeline{}}, nil
}

// Name is "metal".
func (b *Backend) Name() string { return "metal" }

// DeviceName is the name of the GPU, such as "Apple M1".
func (b *Backend) DeviceName() string { return b.device.Name() }

// Close releases the GPU. No plan of the backend may run afterwards.
func (b *Backend) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, p := range b.pipelines {
		p.Close()
		delete(b.pipelines, name)
	}
	b.device.Close()
}

// Alloc makes a zeroed buffer in memory that the GPU reads without a copy.
func (b *Backend) Alloc(d op.Dtype, size int) (*backend.Buffer, error) {
	if size < 0 || size > backend.MaxBytes/d.Size() {
		return nil, fmt.Errorf("metal: cannot allocate %d elements of %v", size, d)
	}
	mem, err := b.device.NewBuffer(size * d.Size())
	if err != nil {
		return nil, fmt.Errorf("metal: %w", err)
	}
	clear(mem.Bytes)
	buf := &backend.Buffer{Dtype: d, Size: size, Bytes: mem.Bytes, Device: mem}
	runtime.AddCleanup(buf, func(m *mtl.Buffer) { m.Close() }, mem)
	return buf, nil
}

// Compile prepares a plan.
func (b *Backend) Compile(p *backend.Plan) (backend.Exec, error) {
	execs, err := b.CompileAll(p)
	if err != nil {
		return nil, err
	}
	return execs[0], nil
}

// CompileAll prepares several plans with one run of the Metal compiler.
func (b *Backend) CompileAll(plans ...*backend.Plan) ([]backend.Exec, error) {
	var kernels []*kernel
	execs := make([]backend.Exec, len(plans))
	for i, p := range plans {
		x, err := newExec(b, p)
		if err != nil {
			return nil, fmt.Errorf("metal: %w", err)
		}
		for _, s := range x.steps {
			if s.kernel != nil {
				kernels = append(kernels, s.kernel)
			}
		}
		execs[i] = x
	}
	if err := b.prepare(kernels); err != nil {
		return nil, fmt.Errorf("metal: %w", err)
	}
	return execs, nil
}

// prepare compiles the kernels that are new, and gives each its pipeline.
func (b *Backend) prepare(kernels []*kernel) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var source strings.Builder
	fresh := map[string]bool{}
	for _, k := range kernels {
		if b.pipelines[k.name] == nil && !fresh[k.name] {
			fresh[k.name] = true
			source.WriteString(k.source())
		}
	}
	if len(fresh) > 0 {
		lib, err := b.device.Compile(header + op.MetalPrelude + castPrelude + source.String())
		if err != nil {
			return err
		}
		defer lib.Close()
		for name := range fresh {
			if b.pipelines[name], err = b.device.Pipeline(lib, name); err != nil {
				delete(b.pipelines, name)
				return err
			}
		}
	}
	for _, k := range kernels {
		k.pipeline = b.pipelines[k.name]
	}
	return nil
}

// Source is the Metal Shading Language of a plan, for people to read.
func Source(p *backend.Plan) (string, error) {
	x, err := newExec(nil, p)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for i, s := range x.steps {
		if s.kernel == nil {
			fmt.Fprintf(&b, "// step %d runs on the host: %s\n", i, s.why)
			continue
		}
		b.WriteString(s.kernel.source())
	}
	return b.String(), nil
}

const header = "#include <metal_stdlib>\nusing namespace metal;\n"

// kernelName is made of the text, so that equal kernels are compiled once.
func kernelName(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "ingot_" + hex.EncodeToString(sum[:10])
}
