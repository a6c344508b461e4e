//go:build !amd64

package gemm

// assembly has no kernels for this processor.
func assembly(bool, int) (kernels, bool) { return kernels{}, false }
