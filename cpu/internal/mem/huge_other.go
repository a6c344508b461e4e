//go:build !linux

package mem

// hugePages does nothing: other systems choose the size of pages by themselves.
func hugePages([]byte) {}
