//go:build !linux && !darwin

package worker

// defaultMemory is no limit where the size of the memory is not known.
func defaultMemory() int64 { return 0 }
