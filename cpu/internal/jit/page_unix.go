//go:build amd64 && unix

package jit

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// protect is a variable for the test of systems that refuse executable memory.
var protect = unix.Mprotect

// executable copies code to pages of its own, which cannot be written to any more.
func executable(code []byte) ([]byte, error) {
	page, err := unix.Mmap(-1, 0, len(code), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("jit: memory for code: %w", err)
	}
	copy(page, code)
	if err := protect(page, unix.PROT_READ|unix.PROT_EXEC); err != nil {
		discard(page)
		return nil, fmt.Errorf("jit: executable memory: %w", err)
	}
	return page, nil
}

// discard gives the pages back. It cannot fail for what executable returned.
func discard(page []byte) { _ = unix.Munmap(page) }
