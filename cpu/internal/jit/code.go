//go:build amd64 && (unix || windows)

package jit

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/cpu"

	"github.com/ingot-go/ingot/cpu/internal/vir"
)

// Code is a compiled program. It may be run from several goroutines at once.
type Code struct {
	entry  uintptr
	Size   int // bytes, with constants
	Spills int // values that did not find a register
}

// Args are the addresses of a program's inputs, outputs and scalars. They are
// pointers, so that they stay right when the stack moves.
type Args [MaxArgs]unsafe.Pointer

// Supported reports whether this processor runs the code.
func Supported(wide bool) bool {
	if wide {
		return cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512BW && cpu.X86.HasBMI2
	}
	return cpu.X86.HasAVX2 && cpu.X86.HasFMA
}

// Compile compiles a program.
func Compile(p *vir.Program, o Options) (*Code, error) {
	b, spills, err := assemble(p, o)
	if err != nil {
		return nil, err
	}
	page, err := executable(b)
	if err != nil {
		return nil, err
	}
	c := &Code{entry: uintptr(unsafe.Pointer(unsafe.SliceData(page))), Size: len(b), Spills: spills}
	runtime.AddCleanup(c, discard, page)
	return c, nil
}

// Most is how many elements one call of Run may take: while it runs, the garbage
// collector has to wait.
const Most = 1 << 15

// Run runs the program for n elements, and reports whether its guard was set for
// one of them: what it has then written for those is not to be used.
func (c *Code) Run(args *Args, n int) bool {
	set := call(c.entry, args, n)
	runtime.KeepAlive(c)
	return set != 0
}

//go:noescape
func call(code uintptr, args *Args, n int) uint32
