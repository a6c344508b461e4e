package op

import "math/bits"

// Threefry is the block function of the random numbers: Threefry-2x32 with 20
// rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
func Threefry(k0, k1, c0, c1 uint32) (uint32, uint32) {
	k2 := k0 ^ k1 ^ 0x1BD11BDA
	a, b := c0+k0, c1+k1
	a, b = rounds(a, b, 13, 15, 26, 6)
	a, b = rounds(a+k1, b+k2+1, 17, 29, 16, 24)
	a, b = rounds(a+k2, b+k0+2, 13, 15, 26, 6)
	a, b = rounds(a+k0, b+k1+3, 17, 29, 16, 24)
	a, b = rounds(a+k1, b+k2+4, 13, 15, 26, 6)
	return a + k2, b + k0 + 5
}

func rounds(a, b uint32, r0, r1, r2, r3 int) (uint32, uint32) {
	a += b
	b = bits.RotateLeft32(b, r0) ^ a
	a += b
	b = bits.RotateLeft32(b, r1) ^ a
	a += b
	b = bits.RotateLeft32(b, r2) ^ a
	a += b
	b = bits.RotateLeft32(b, r3) ^ a
	return a, b
}

// RandomWord is word i of the n random words that belong to the key (k0, k1).
// The two halves of the sequence come from the same blocks.
func RandomWord(k0, k1 uint32, i, n int) uint32 {
	half := n / 2
	step := half + n%2
	switch {
	case i < half:
		w, _ := Threefry(k0, k1, uint32(i), uint32(i+step))
		return w
	case i < step:
		w, _ := Threefry(k0, k1, uint32(half), 0)
		return w
	}
	_, w := Threefry(k0, k1, uint32(i-step), uint32(i))
	return w
}
