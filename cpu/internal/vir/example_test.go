package vir_test

import (
	"fmt"
	"unsafe"

	"github.com/ingot-go/ingot/cpu/internal/vir"
)

func Example() {
	p := vir.New(1, 1) // one array and one scalar
	x, s := p.Input(0), p.Scalar(0)
	p.Outputs = []vir.Value{p.Fma(x, x, p.Exp(s))} // x² + e^s

	in, out, scalar := []float32{1, 2, 3}, make([]float32, 3), float32(0)
	var scratch vir.Scratch
	p.Run([]unsafe.Pointer{unsafe.Pointer(&in[0]), unsafe.Pointer(&out[0]), unsafe.Pointer(&scalar)}, 3, &scratch)
	fmt.Println(out)
	// Output: [2 5 10]
}
