package op

import "math"

// Half is the float16 nearest to x, ties to even, as its bits.
func Half(x float32) uint16 {
	b := math.Float32bits(x)
	sign := uint16(b>>16) & 0x8000
	b &= 0x7fffffff
	switch {
	case b > 0x7f800000: // NaN stays a quiet NaN
		return sign | 0x7e00
	case b >= 0x477ff000: // rounds to infinity
		return sign | 0x7c00
	case b < 0x38800000: // subnormal: adding 1/2 puts the bits at the end of the mantissa, rounded
		s := math.Float32frombits(b) + 0.5
		return sign | uint16(math.Float32bits(s)-0x3f000000)
	}
	b += 0xfff + b>>13&1 - 0x38000000
	return sign | uint16(b>>13)
}

// FromHalf is the value of a float16 given by its bits.
func FromHalf(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	exp, man := uint32(h>>10&31), uint32(h&0x3ff)
	switch exp {
	case 0:
		f := float32(man) * (1.0 / (1 << 24))
		return math.Float32frombits(math.Float32bits(f) | sign)
	case 31:
		return math.Float32frombits(sign | 0x7f800000 | man<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | man<<13)
}

// Brain is the bfloat16 nearest to x, ties to even, as its bits.
func Brain(x float32) uint16 {
	b := math.Float32bits(x)
	if x != x {
		return uint16(b>>16) | 0x40
	}
	return uint16((b + 0x7fff + b>>16&1) >> 16)
}

// FromBrain is the value of a bfloat16 given by its bits.
func FromBrain(h uint16) float32 { return math.Float32frombits(uint32(h) << 16) }
