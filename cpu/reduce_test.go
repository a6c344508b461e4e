package cpu

import (
	"math/rand/v2"
	"testing"
)

// TestSum: sums in assembly have the bits of those in Go.
func TestSum(t *testing.T) {
	if sumBlocks32 == nil {
		t.Skip("this processor has none in assembly")
	}
	r := rand.New(rand.NewPCG(1, 2))
	row := make([]float32, 9000)
	for i := range row {
		row[i] = float32(r.NormFloat64() * 1e3)
	}
	assembly := sumBlocks32
	defer func() { sumBlocks32 = assembly }()
	for n := 0; n < len(row); n += 1 + n/3 {
		sumBlocks32 = assembly
		got := sum(row[:n])
		sumBlocks32 = nil
		if want := sum(row[:n]); got != want {
			t.Errorf("the sum of %d is %v in assembly, %v in Go", n, got, want)
		}
	}
}
