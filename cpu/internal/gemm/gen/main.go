// Command gen writes the kernels of package gemm to the file that it is given.
package main

import (
	"fmt"
	"os"
	"strings"
)

// form is one kind of vector and element.
type form struct {
	suffix  string // of the names
	reg     string // of the registers: Y or Z
	size    int    // bytes of a vector
	element int    // bytes of an element
	rows    []int  // of the tiles, which are two vectors wide
}

var forms = []form{
	{"F32AVX2", "Y", 32, 4, []int{6, 4, 2}},
	{"F64AVX2", "Y", 32, 8, []int{6, 4, 2}},
	{"F32AVX512", "Z", 64, 4, []int{12, 8, 4}},
	{"F64AVX512", "Z", 64, 8, []int{12, 8, 4}},
}

type writer struct {
	strings.Builder
	form
}

func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(w, "\t"+format+"\n", args...)
}

func (w *writer) label(name string) { fmt.Fprintf(w, "%s:\n", name) }

// op completes the name of an instruction: S or D for single or double.
func (w *writer) op(name string) string {
	if w.element == 8 {
		return name + "D"
	}
	return name + "S"
}

func (w *writer) vector(i int) string { return fmt.Sprint(w.reg, i) }

func (w *writer) begin(name string, args int) {
	fmt.Fprintf(w, "\nTEXT ·%s%s(SB), NOSPLIT, $0-%d\n", name, w.suffix, args)
}

func (w *writer) clear(n int) {
	for i := range n {
		if w.reg == "Z" {
			w.line("VPXORQ Z%d, Z%d, Z%d", i, i, i)
		} else {
			w.line("VXORPS Y%d, Y%d, Y%d", i, i, i)
		}
	}
}

// strided is the address of row i, where each of the registers in bases stands
// three rows after the one before, and rows are DI bytes apart.
func strided(bases []string, i, disp int) string {
	at := fmt.Sprintf("(%s)", bases[i/3])
	if i%3 > 0 {
		at += fmt.Sprintf("(DI*%d)", i%3)
	}
	if disp > 0 {
		return fmt.Sprint(disp, at)
	}
	return at
}

// spread sets the bases for strided, from the first on.
func (w *writer) spread(bases []string) {
	for i := 1; i < len(bases); i++ {
		w.line("LEAQ (%s)(DI*2), %s", bases[i-1], bases[i])
		w.line("ADDQ DI, %s", bases[i])
	}
}

// tile multiplies rows of A by two vectors of columns of B.
//
//	func(k int, a unsafe.Pointer, rowA, colA int, b unsafe.Pointer, rowB int, c unsafe.Pointer, rowC, add int)
//
// The strides are in bytes. The tile of C is overwritten, or added to.
func (w *writer) tile(rows int) {
	w.begin(fmt.Sprint("tile", rows), 72)
	bases := []string{"BX", "CX", "DX", "SI"}[:(rows+2)/3]
	w.line("MOVQ k+0(FP), AX")
	w.line("MOVQ a+8(FP), BX")
	w.line("MOVQ rowA+16(FP), DI")
	w.line("MOVQ colA+24(FP), R8")
	w.line("MOVQ b+32(FP), R9")
	w.line("MOVQ rowB+40(FP), R10")
	w.line("MOVQ c+48(FP), R11")
	w.line("MOVQ rowC+56(FP), R12")
	w.spread(bases)
	w.line("MOVQ R11, R13")
	for range rows {
		w.line("PREFETCHT0 (R13)")
		w.line("PREFETCHT0 %d(R13)", 2*w.size-1)
		w.line("ADDQ R12, R13")
	}
	sums := 2 * rows
	w.clear(sums)
	b0, b1 := w.vector(sums), w.vector(sums+1)
	step := func() {
		w.line("VMOVUPS (R9), %s", b0)
		w.line("VMOVUPS %d(R9), %s", w.size, b1)
		w.line("ADDQ R10, R9")
		for i := range rows {
			x := w.vector(sums + 2 + i%2)
			w.line("%s %s, %s", w.op("VBROADCASTS"), strided(bases, i, 0), x)
			w.line("%s %s, %s, %s", w.op("VFMADD231P"), b0, x, w.vector(2*i))
			w.line("%s %s, %s, %s", w.op("VFMADD231P"), b1, x, w.vector(2*i+1))
		}
		for _, r := range bases {
			w.line("ADDQ R8, %s", r)
		}
	}
	const unroll = 4
	w.line("SUBQ $%d, AX", unroll)
	w.line("JL rest")
	w.label("loop")
	for range unroll {
		step()
	}
	w.line("SUBQ $%d, AX", unroll)
	w.line("JGE loop")
	w.label("rest")
	w.line("ADDQ $%d, AX", unroll)
	w.line("JZ done")
	w.label("one")
	step()
	w.line("DECQ AX")
	w.line("JNZ one")
	w.label("done")
	w.line("MOVQ add+64(FP), AX")
	w.line("TESTQ AX, AX")
	w.line("JZ store")
	w.line("MOVQ R11, R13")
	for i := range rows {
		w.line("%s (R13), %s, %s", w.op("VADDP"), w.vector(2*i), w.vector(2*i))
		w.line("%s %d(R13), %s, %s", w.op("VADDP"), w.size, w.vector(2*i+1), w.vector(2*i+1))
		w.line("ADDQ R12, R13")
	}
	w.label("store")
	for i := range rows {
		w.line("VMOVUPS %s, (R11)", w.vector(2*i))
		w.line("VMOVUPS %s, %d(R11)", w.vector(2*i+1), w.size)
		w.line("ADDQ R12, R11")
	}
	w.line("VZEROUPPER")
	w.line("RET")
}

// axpy adds eight rows of B, each times its number of x, to y.
//
//	func(n int, x, b unsafe.Pointer, rowB int, y unsafe.Pointer)
//
// n is a multiple of two vectors.
func (w *writer) axpy() {
	w.begin("axpy", 40)
	bases := []string{"BX", "CX", "DX"}
	w.line("MOVQ n+0(FP), AX")
	w.line("MOVQ x+8(FP), SI")
	w.line("MOVQ b+16(FP), BX")
	w.line("MOVQ rowB+24(FP), DI")
	w.line("MOVQ y+32(FP), R8")
	w.spread(bases)
	for i := range 8 {
		w.line("%s %d(SI), %s", w.op("VBROADCASTS"), i*w.element, w.vector(i))
	}
	w.label("loop")
	for i := range 8 {
		for d := 0; d < 2*w.size; d += 64 {
			w.line("PREFETCHT0 %s", strided(bases, i, 1024+d))
		}
	}
	w.line("VMOVUPS (R8), %s", w.vector(8))
	w.line("VMOVUPS %d(R8), %s", w.size, w.vector(9))
	for i := range 8 {
		for u := range 2 {
			w.line("%s %s, %s, %s", w.op("VFMADD231P"), strided(bases, i, u*w.size), w.vector(i), w.vector(8+u))
		}
	}
	w.line("VMOVUPS %s, (R8)", w.vector(8))
	w.line("VMOVUPS %s, %d(R8)", w.vector(9), w.size)
	for _, r := range append(bases, "R8") {
		w.line("ADDQ $%d, %s", 2*w.size, r)
	}
	w.line("SUBQ $%d, AX", 2*w.size/w.element)
	w.line("JG loop")
	w.line("VZEROUPPER")
	w.line("RET")
}

// dots multiplies four rows of A by x, and leaves for each 64 bytes of partial sums.
//
//	func(n int, a unsafe.Pointer, rowA int, x, y unsafe.Pointer)
//
// n is a multiple of 128 bytes of elements.
func (w *writer) dots() {
	w.begin("dots", 40)
	bases := []string{"BX", "CX"}
	w.line("MOVQ n+0(FP), AX")
	w.line("MOVQ a+8(FP), BX")
	w.line("MOVQ rowA+16(FP), DI")
	w.line("MOVQ x+24(FP), R8")
	w.line("MOVQ y+32(FP), R9")
	w.spread(bases)
	per := 64 / w.size // vectors that make up the 64 bytes of a row
	w.clear(4 * per)
	w.label("loop")
	for d := 0; d < 128; d += 64 {
		for u := range per {
			w.line("VMOVUPS %d(R8), %s", d+u*w.size, w.vector(4*per+u))
		}
		for i := range 4 {
			w.line("PREFETCHT0 %s", strided(bases, i, 1024+d))
			for u := range per {
				w.line("%s %s, %s, %s", w.op("VFMADD231P"), strided(bases, i, d+u*w.size), w.vector(4*per+u), w.vector(i*per+u))
			}
		}
	}
	for _, r := range append(bases, "R8") {
		w.line("ADDQ $128, %s", r)
	}
	w.line("SUBQ $%d, AX", 128/w.element)
	w.line("JG loop")
	for i := range 4 * per {
		w.line("VMOVUPS %s, %d(R9)", w.vector(i), i*w.size)
	}
	w.line("VZEROUPPER")
	w.line("RET")
}

// text is the whole file.
func text() string {
	w := &writer{}
	w.WriteString("// Code generated by gen. DO NOT EDIT.\n\n#include \"textflag.h\"\n")
	for _, w.form = range forms {
		for _, rows := range w.rows {
			w.tile(rows)
		}
		w.axpy()
		w.dots()
	}
	return w.String()
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gen FILE")
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], []byte(text()), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
