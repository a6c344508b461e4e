package vir

func (p *Program) rotate(x Value, n uint32) Value {
	return p.Op2(Or, p.Shift(Shl, x, n), p.Shift(Shr, x, 32-n))
}

// threefry is the block function Threefry-2x32 with 20 rounds, of the key (k0, k1)
// and the counter (c0, c1).
func (p *Program) threefry(k0, k1, c0, c1 Value) (a, b Value) {
	k := [3]Value{k0, k1, p.Op2(Xor, p.Op2(Xor, k0, k1), p.Bits(0x1BD11BDA))}
	a, b = p.Op2(AddI, c0, k0), p.Op2(AddI, c1, k1)
	for i, n := range [20]uint32{13, 15, 26, 6, 17, 29, 16, 24, 13, 15, 26, 6, 17, 29, 16, 24, 13, 15, 26, 6} {
		a = p.Op2(AddI, a, b)
		b = p.Op2(Xor, p.rotate(b, n), a)
		if i%4 == 3 {
			s := i/4 + 1
			a = p.Op2(AddI, a, k[s%3])
			b = p.Op2(AddI, p.Op2(AddI, b, k[(s+1)%3]), p.Bits(uint32(s)))
		}
	}
	return a, b
}

// RandomWord is word i of the n random words of a key, of which the two halves
// come from the same blocks; of an odd number, the one in the middle has a block
// of its own. It is op.RandomWord.
func (p *Program) RandomWord(k0, k1, i Value, n uint32) Value {
	half := n / 2
	step := half + n%2
	second := p.below(p.Bits(step-1), i)
	back := p.Op2(SubI, i, p.Op2(And, second, p.Bits(step)))
	ahead := p.Op2(AddI, back, p.Bits(step))
	if n%2 == 1 {
		middle := p.Op2(Xor, p.Op2(Or, second, p.below(i, p.Bits(half))), p.Bits(^uint32(0)))
		ahead = p.Select(middle, p.Bits(0), ahead)
	}
	a, b := p.threefry(k0, k1, back, ahead)
	return p.Select(second, b, a)
}

// below is all ones where x < y, both below 2³¹.
func (p *Program) below(x, y Value) Value { return p.Shift(Sra, p.Op2(SubI, x, y), 31) }

// FromUint is an unsigned integer as a float: two halves, which are exact, and
// one rounding.
func (p *Program) FromUint(x Value) Value {
	high := p.Op1(CvtF, p.Shift(Shr, x, 16))
	return p.Fma(high, p.Float(65536), p.Op1(CvtF, p.Op2(And, x, p.Bits(0xffff))))
}

// erfinvTail and erfinvCentre are Giles's polynomials, as in op.Erfinv32.
var (
	erfinvTail = []float64{8.40016484e-1, -2.64646143e-1, 4.83185798e-3, 3.02698812e-3, 3.93552968e-4, 2.84108955e-5,
		1.22150334e-6, 2.93243101e-8, 3.03697567e-10}
	erfinvCentre = []float64{8.86226892e-1, -2.32015476e-1, 1.15392581e-2, 2.31468678e-3, -1.47697632e-4, -5.61530760e-5,
		1.12963626e-7, 1.22774793e-6, 1.43285448e-7, 5.43877832e-9}
)

// Erfinv is the inverse error function by Giles's method, as op.Erfinv32 computes
// it but for the last bit of the logarithm.
func (p *Program) Erfinv(x Value) Value {
	t := p.Log(p.Fnma(x, x, p.Float(1)))
	far := p.Compare(GT, p.Abs(t), p.Float(6.125))
	return p.Mul(x, p.Select(far, p.poly(t, erfinvTail), p.poly(t, erfinvCentre)))
}
