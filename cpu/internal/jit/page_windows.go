//go:build amd64

package jit

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/windows"
)

// executable copies code to pages of its own, which cannot be written to any more.
func executable(code []byte) ([]byte, error) {
	at, err := windows.VirtualAlloc(0, uintptr(len(code)), windows.MEM_COMMIT|windows.MEM_RESERVE, windows.PAGE_READWRITE)
	if err != nil {
		return nil, fmt.Errorf("jit: memory for code: %w", err)
	}
	page := unsafe.Slice(*(**byte)(unsafe.Pointer(&at)), len(code))
	copy(page, code)
	var before uint32
	if err := windows.VirtualProtect(at, uintptr(len(code)), windows.PAGE_EXECUTE_READ, &before); err != nil {
		discard(page)
		return nil, fmt.Errorf("jit: executable memory: %w", err)
	}
	return page, nil
}

// discard gives the pages back. It cannot fail for what executable returned.
func discard(page []byte) {
	_ = windows.VirtualFree(uintptr(unsafe.Pointer(unsafe.SliceData(page))), 0, windows.MEM_RELEASE)
}
