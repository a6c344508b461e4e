package gemm

import "unsafe"

// portable are the kernels in Go.
func portable[T Float]() kernels {
	return kernels{4, 4, [3]tile{{4, tileGo[T]}, {4, tileGo[T]}, {4, tileGo[T]}}, axpyGo[T], dotsGo[T]}
}

func tileGo[T Float](k int, a unsafe.Pointer, rowA, colA int, b unsafe.Pointer, rowB int, c unsafe.Pointer, rowC, add int) {
	var s [4][4]T
	for z := range k {
		y := (*[4]T)(unsafe.Add(b, z*rowB))
		for i := range s {
			x := *(*T)(unsafe.Add(a, i*rowA+z*colA))
			r := &s[i]
			r[0] += x * y[0]
			r[1] += x * y[1]
			r[2] += x * y[2]
			r[3] += x * y[3]
		}
	}
	for i := range s {
		to := (*[4]T)(unsafe.Add(c, i*rowC))
		for j, v := range s[i] {
			if add != 0 {
				v += to[j]
			}
			to[j] = v
		}
	}
}

func axpyGo[T Float](n int, x, b unsafe.Pointer, rowB int, y unsafe.Pointer) {
	out := unsafe.Slice((*T)(y), n)
	for i, u := range (*[8]T)(x) {
		for j, v := range unsafe.Slice((*T)(unsafe.Add(b, i*rowB)), n) {
			out[j] += u * v
		}
	}
}

func dotsGo[T Float](n int, a unsafe.Pointer, rowA int, x, y unsafe.Pointer) {
	lanes := 64 / int(unsafe.Sizeof(*new(T)))
	v := unsafe.Slice((*T)(x), n)
	out := unsafe.Slice((*T)(y), 4*lanes)
	clear(out)
	for r := range 4 {
		row := unsafe.Slice((*T)(unsafe.Add(a, r*rowA)), n)
		for i, u := range v {
			out[r*lanes+i%lanes] += u * row[i]
		}
	}
}
