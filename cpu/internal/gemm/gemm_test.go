package gemm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"
)

var kinds = map[string]Kind{"go": Go, "avx2": AVX2, "avx512": AVX512}

// lay puts a random matrix in memory: rows or columns contiguous, or neither,
// with gaps that are NaN and so must not be read.
func lay[T Float](r *rand.Rand, rows, cols, way int) Matrix[T] {
	gap := r.IntN(3)
	m := Matrix[T]{Row: cols + gap, Col: 1}
	switch way {
	case 1:
		m.Row, m.Col = 1, rows+gap
	case 2:
		m.Row, m.Col = 2*(cols+gap), 2
	}
	data := make([]T, max(1, m.Row*rows+m.Col*cols))
	for i := range data {
		data[i] = T(math.NaN())
	}
	m.Data = &data[0]
	for i := range rows {
		for j := range cols {
			data[i*m.Row+j*m.Col] = T(r.NormFloat64())
		}
	}
	return m
}

func check[T Float](t *testing.T, r *rand.Rand, m, n, k, ways int, eps float64) {
	a, b := lay[T](r, m, k, ways%3), lay[T](r, k, n, ways/3)
	var first []T
	for _, name := range []string{"go", "avx2", "avx512"} {
		if _, ok := assembly(name == "avx512", 4); !ok && name != "go" {
			continue
		}
		c := make([]T, m*n+1)
		for i := range c {
			c[i] = 77
		}
		Multiply(kinds[name], m, n, k, a, b, &c[0])
		if c[m*n] != 77 {
			t.Fatalf("%s %d×%d×%d: wrote past the end", name, m, n, k)
		}
		for i := range m {
			for j := range n {
				want, size := 0.0, 0.0
				for z := range k {
					x := float64(*(*T)(a.at(i, z))) * float64(*(*T)(b.at(z, j)))
					want += x
					size += math.Abs(x)
				}
				if d := math.Abs(float64(c[i*n+j]) - want); !(d <= eps*(size+1e-30)*math.Sqrt(float64(k+1))) {
					t.Fatalf("%s %d×%d×%d ways %d: element (%d,%d) is %g, want %g", name, m, n, k, ways, i, j, c[i*n+j], want)
				}
			}
		}
		if name == "avx2" {
			first = c
		}
		if name == "avx512" {
			for i := range c {
				if c[i] != first[i] {
					t.Fatalf("%d×%d×%d ways %d: element %d is %g with AVX-512, %g with AVX2", m, n, k, ways, i, c[i], first[i])
				}
			}
		}
	}
}

// TestMultiply compares products of all kinds of shapes and layouts with float64
// sums, and demands the same bits from all vectors.
func TestMultiply(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	shapes := [][3]int{{1, 1, 1}, {0, 3, 2}, {2, 2, 0}, {1, 300, 37}, {300, 1, 290}, {1, 3, 500}, {2, 1, 129}, {1, 2100, 19}, {6, 16, 8}, {12, 32, 353},
		{13, 33, 5}, {5, 64, 705}, {23, 200, 64}, {64, 64, 64}, {7, 5, 360}, {37, 2100, 9}, {130, 67, 400}}
	for _, s := range shapes {
		for ways := range 9 {
			if s[0]*s[1]*s[2] > 1e6 && ways%4 != 1 { // rows by rows, and columns by columns
				continue
			}
			check[float32](t, r, s[0], s[1], s[2], ways, 1e-7)
			if ways%2 == 0 {
				check[float64](t, r, s[0], s[1], s[2], ways, 1e-15)
			}
		}
	}
	for range 40 {
		check[float32](t, r, 1+r.IntN(50), 1+r.IntN(50), 1+r.IntN(50), r.IntN(9), 1e-7)
	}
}

func BenchmarkMultiply(b *testing.B) {
	for _, n := range []int{64, 128, 256, 384, 512, 1024} {
		for name, kind := range kinds {
			if name == "go" {
				continue
			}
			b.Run(fmt.Sprint(name, " ", n), func(b *testing.B) {
				x, y, z := make([]float32, n*n), make([]float32, n*n), make([]float32, n*n)
				for b.Loop() {
					Multiply(kind, n, n, n, Matrix[float32]{&x[0], n, 1}, Matrix[float32]{&y[0], n, 1}, &z[0])
				}
				b.ReportMetric(2*float64(n*n*n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GF")
			})
		}
	}
}

// BenchmarkTile runs the kernel alone, from the first cache.
func BenchmarkTile(b *testing.B) {
	for name, kind := range kinds {
		b.Run(name, func(b *testing.B) {
			ks := choose[float32](kind)
			const k = 256
			x, y, z := make([]float32, k*ks.rows), make([]float32, k*ks.cols), make([]float32, ks.rows*ks.cols)
			for b.Loop() {
				ks.tiles[0].run(k, unsafe.Pointer(&x[0]), 4, 4*ks.rows, unsafe.Pointer(&y[0]), 4*ks.cols, unsafe.Pointer(&z[0]), 4*ks.cols, 0)
			}
			b.ReportMetric(2*float64(k*ks.rows*ks.cols)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GF")
		})
	}
}

func ExampleMultiply() {
	a := []float32{1, 2, 3, 4} // rows (1 2) and (3 4)
	c := make([]float32, 4)
	rows := Matrix[float32]{Data: &a[0], Row: 2, Col: 1}
	transposed := Matrix[float32]{Data: &a[0], Row: 1, Col: 2}
	Multiply(Fastest, 2, 2, 2, rows, transposed, &c[0])
	fmt.Println(c)
	// Output: [5 11 11 25]
}
