package gemm

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

//go:generate go run ./gen kernels_amd64.s

//go:noescape
func tile6F32AVX2(k int, a unsafe.Pointer, rowA, colA int, b unsafe.Pointer, rowB int, c unsafe.Pointer, rowC, add int)

//go:noescape
func tile4F32AVX2(k int, a unsafe.Pointer, rowA, colA int, b unsafe.Pointer, rowB int, c unsafe.Pointer, rowC, add int)

//go:noescape
func tile2F32AVX2(k int, a unsafe.Pointer, rowA, colA int, b unsafe.Pointer, rowB int, c unsafe.Pointer, rowC, add int)

//go:noescape
func tile6F64AVX2(k int, a unsafe.Pointer, rowA, colA int, b unsafe.Pointer, rowB int, c unsafe.Pointer, rowC, add int)

//go:noescape
func tile4F64AVX2(k int, a unsafe.Pointer, rowA, colA int, b unsafe.Pointer, rowB int, c unsafe.Pointer, rowC, add int)

//go:noescape
func tile2F64AVX2(k int, a unsafe.Pointer, rowA, colA int, b unsafe.Pointer, rowB int, c unsafe.Pointer, rowC, add int)

//go:noescape
func tile12F32AVX512(k int, a unsafe.Pointer, rowA, colA int, b unsafe.Pointer, rowB int, c unsafe.Pointer, rowC, add int)

//go:noescape
func tile8F32AVX512(k int, a unsafe.Pointer, rowA, colA int, b unsafe.Pointer, rowB int, c unsafe.Pointer, rowC, add int)

//go:noescape
func tile4F32AVX512(k int, a unsafe.Pointer, rowA, colA int, b unsafe.Pointer, rowB int, c unsafe.Pointer, rowC, add int)

//go:noescape
func tile12F64AVX512(k int, a unsafe.Pointer, rowA, colA int, b unsafe.Pointer, rowB int, c unsafe.Pointer, rowC, add int)

//go:noescape
func tile8F64AVX512(k int, a unsafe.Pointer, rowA, colA int, b unsafe.Pointer, rowB int, c unsafe.Pointer, rowC, add int)

//go:noescape
func tile4F64AVX512(k int, a unsafe.Pointer, rowA, colA int, b unsafe.Pointer, rowB int, c unsafe.Pointer, rowC, add int)

//go:noescape
func axpyF32AVX2(n int, x, b unsafe.Pointer, rowB int, y unsafe.Pointer)

//go:noescape
func axpyF64AVX2(n int, x, b unsafe.Pointer, rowB int, y unsafe.Pointer)

//go:noescape
func axpyF32AVX512(n int, x, b unsafe.Pointer, rowB int, y unsafe.Pointer)

//go:noescape
func axpyF64AVX512(n int, x, b unsafe.Pointer, rowB int, y unsafe.Pointer)

//go:noescape
func dotsF32AVX2(n int, a unsafe.Pointer, rowA int, x, y unsafe.Pointer)

//go:noescape
func dotsF64AVX2(n int, a unsafe.Pointer, rowA int, x, y unsafe.Pointer)

//go:noescape
func dotsF32AVX512(n int, a unsafe.Pointer, rowA int, x, y unsafe.Pointer)

//go:noescape
func dotsF64AVX512(n int, a unsafe.Pointer, rowA int, x, y unsafe.Pointer)

// assembly gives the kernels in machine code for elements of that size.
func assembly(wide bool, size int) (kernels, bool) {
	if wide && !cpu.X86.HasAVX512F || !wide && !(cpu.X86.HasAVX2 && cpu.X86.HasFMA) {
		return kernels{}, false
	}
	switch {
	case wide && size == 4:
		return kernels{12, 32, [3]tile{{12, tile12F32AVX512}, {8, tile8F32AVX512}, {4, tile4F32AVX512}}, axpyF32AVX512, dotsF32AVX512}, true
	case wide:
		return kernels{12, 16, [3]tile{{12, tile12F64AVX512}, {8, tile8F64AVX512}, {4, tile4F64AVX512}}, axpyF64AVX512, dotsF64AVX512}, true
	case size == 4:
		return kernels{6, 16, [3]tile{{6, tile6F32AVX2}, {4, tile4F32AVX2}, {2, tile2F32AVX2}}, axpyF32AVX2, dotsF32AVX2}, true
	}
	return kernels{6, 8, [3]tile{{6, tile6F64AVX2}, {4, tile4F64AVX2}, {2, tile2F64AVX2}}, axpyF64AVX2, dotsF64AVX2}, true
}
