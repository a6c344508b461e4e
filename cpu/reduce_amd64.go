package cpu

import "golang.org/x/sys/cpu"

// In reduce_amd64.s.

//go:noescape
func sumColumnsAVX2(acc *float64, tile *float32, rows, cols, n int)

//go:noescape
func largestAVX2(row *float32, n int) float32

//go:noescape
func smallestAVX2(row *float32, n int) float32

//go:noescape
func indexAVX2(row *float32, n int, v float32) int

//go:noescape
func sumBlocksAVX2(row *float32, sums *[4][8]float32)

func init() {
	if cpu.X86.HasAVX2 {
		sumBlocks32 = sumBlocksAVX2
		sumColumns32, largest32, smallest32, index32 = sumColumnsAVX2, largestAVX2, smallestAVX2, indexAVX2
	}
}
