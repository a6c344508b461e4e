//go:build !amd64 || !(unix || windows)

package jit

import (
	"errors"
	"unsafe"

	"github.com/ingot-go/ingot/cpu/internal/vir"
)

// Code is a compiled program; here there are none.
type Code struct{ Size, Spills int }

// Args are the addresses of a program's inputs, outputs and scalars.
type Args [MaxArgs]unsafe.Pointer

// Most is how many elements one call of Run may take.
const Most = 1 << 15

// Supported reports whether this processor runs the code.
func Supported(wide bool) bool { return false }

// Compile compiles a program.
func Compile(*vir.Program, Options) (*Code, error) {
	return nil, errors.New("jit: no code for this processor")
}

// Run is never called.
func (c *Code) Run(*Args, int) bool { panic("jit: no code for this processor") }
