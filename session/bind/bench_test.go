package bind_test

import (
	"slices"
	"testing"
)

// Sorting is compiled for common types, interpreted for others.

func numbers(n int) []int {
	xs := make([]int, n)
	for i := range xs {
		xs[i] = i * 7919 % 10007
	}
	return xs
}

func BenchmarkSort(b *testing.B) {
	run := func(name, elem string) {
		b.Run(name, func(b *testing.B) {
			eval := newSession(b)
			if _, err := eval("xs, ys := make([]" + elem + ", 10000), make([]" + elem + ", 10000)\nfor i := range xs { xs[i] = " + elem + "(i * 7919 % 10007) }"); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := eval("copy(ys, xs); slices.Sort(ys)"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("Cell", "int")
	run("CellInt16", "int16")
	b.Run("Go", func(b *testing.B) {
		xs := numbers(10000)
		ys := make([]int, len(xs))
		for b.Loop() {
			copy(ys, xs)
			slices.Sort(ys)
		}
	})
}

// First uses: in a new session, the start of which is not counted.
func BenchmarkFirstUse(b *testing.B) {
	for _, code := range []string{"slices.Sort([]int{3, 1, 2})", "slices.Sort([]int16{3, 1, 2})", "strings.ToUpper(`a`)", "http.StatusText(404)", "mat.NewDense(1, 1, nil)"} {
		b.Run(code, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				eval := newSession(b)
				if _, err := eval("1"); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if _, err := eval(code); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
