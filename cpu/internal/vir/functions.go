package vir

import "math"

// The functions follow Cody and Waite: the argument is reduced to a small
// interval, where a polynomial that was fitted to the relative error does the
// rest. The errors given are the largest found over every 97th float32.

const (
	signBit = 0x80000000
	// magic, added to a small number, leaves the nearest integer in the low bits.
	magic  = 12582912    // 1.5·2²³
	ln2hi  = 0.693359375 // few bits: its product with an integer is exact
	ln2lo  = -2.12194440e-4
	infBit = 0x7f800000
)

var (
	expTerms = []float64{1, 1, 0.49999993431538048, 0.16666520391521661, 0.04166839089295872, 0.0083687459565247521, 0.0013814536581771293}
	logTerms = []float64{0.33333339862415529, -0.25000165274468467, 0.19999604796283979, -0.16655296308033657, 0.14276240283878422, -0.12727785090089017, 0.11700653698949798, -0.09116141891484203, 0.037672463130497415}
	sinTerms = []float64{-0.16666659491885932, 0.0083330646129788685, -0.00019809475007772276, 2.6054816527483399e-06}
	erfTerms = []float64{1.1283791657323352, -0.37612625839618419, 0.11283585269013945, -0.026853815983607907, 0.0051883343174146061, -0.00080102458629150559, 7.8540198334196739e-05}
	// erfcTerms give the logarithm, to base two, of 1 - erf from 1 to 4.
	erfcTerms = []float64{-0.00049269849893772292, -1.6260460482991643, -0.92064827782720549, -0.14875170001606278, 0.03150571026986444, -0.0042525842881884542, 0.00026888962523774853}
	exp2Terms = []float64{1.0000000716543649, 0.69314696705491063, 0.24022119724873017, 0.055507132895846273, 0.0096755412929571509, 0.0013276466792101623}
)

// poly is c[0] + c[1]x + …, by Horner's rule.
func (p *Program) poly(x Value, c []float64) Value {
	r := p.Float(c[len(c)-1])
	for i := len(c) - 2; i >= 0; i-- {
		r = p.Fma(r, x, p.Float(c[i]))
	}
	return r
}

func (p *Program) sign(x Value) Value { return p.Op2(And, x, p.Bits(signBit)) }

// Abs is |x|.
func (p *Program) Abs(x Value) Value { return p.Op2(And, x, p.Bits(^uint32(signBit))) }

// Neg is -x.
func (p *Program) Neg(x Value) Value { return p.Op2(Xor, x, p.Bits(signBit)) }

// Maximum is the greater, or NaN where one of them is.
func (p *Program) Maximum(x, y Value) Value {
	return p.Select(p.Compare(UNO, x, x), x, p.Op2(Max, x, y))
}

// Minimum is the lesser, or NaN where one of them is.
func (p *Program) Minimum(x, y Value) Value {
	return p.Select(p.Compare(UNO, x, x), x, p.Op2(Min, x, y))
}

// Sign is -1, 0 or 1; of NaN it is 0.
func (p *Program) Sign(x Value) Value {
	up := p.Op2(And, p.Compare(GT, x, p.Float(0)), p.Float(1))
	return p.Op2(Or, up, p.Op2(And, p.Compare(LT, x, p.Float(0)), p.Float(-1)))
}

// expReduced takes x apart into n·ln2 + r, with n in the low bits of t.
func (p *Program) expReduced(x Value) (t, r Value) {
	t = p.Fma(x, p.Float(math.Log2E), p.Float(magic))
	n := p.Sub(t, p.Float(magic))
	r = p.Fnma(n, p.Float(ln2hi), x)
	return t, p.Fnma(n, p.Float(ln2lo), r)
}

// power2 is 2^n, for n from -126 to 127 in the low bits of t.
func (p *Program) power2(t Value) Value { return p.Op2(AddI, p.Shift(Shl, t, 23), p.Float(1)) }

// Exp is e^x: 0.9 ulp, also where the result is subnormal.
func (p *Program) Exp(x Value) Value {
	x = p.Op2(Min, p.Float(89), p.Op2(Max, p.Float(-104), x)) // the second operand, so that NaN passes
	t, r := p.expReduced(x)
	h := p.Shift(Sra, t, 1)
	l := p.Op2(SubI, t, h)
	return p.Mul(p.Mul(p.poly(r, expTerms), p.power2(h)), p.power2(l))
}

// Sigmoid is 1/(1+e^-x): 2.5 ulp.
func (p *Program) Sigmoid(x Value) Value {
	e := p.Exp(p.Op2(Or, x, p.Bits(signBit)))
	return p.Div(p.Select(x, e, p.Float(1)), p.Add(p.Float(1), e))
}

// Log is the natural logarithm: 0.9 ulp.
func (p *Program) Log(x Value) Value {
	tiny := p.Compare(LT, x, p.Bits(0x00800000))
	y := p.Select(tiny, p.Mul(x, p.Float(1<<23)), x)
	k := p.Shift(Sra, p.Op2(SubI, y, p.Float(0.75)), 23)
	f := p.Sub(p.Op2(SubI, y, p.Shift(Shl, k, 23)), p.Float(1)) // from -0.25 to 0.5
	e := p.Sub(p.Op1(CvtF, k), p.Op2(And, tiny, p.Float(23)))
	f2 := p.Mul(f, f)
	r := p.Mul(p.Mul(f2, f), p.poly(f, logTerms))
	r = p.Fma(e, p.Float(ln2lo), r)
	r = p.Fnma(p.Float(0.5), f2, r)
	r = p.Fma(e, p.Float(ln2hi), p.Add(f, r))
	r = p.Op2(Or, r, p.Compare(NGE, x, p.Float(0))) // all ones is a NaN
	r = p.Select(p.Compare(EQ, x, p.Float(0)), p.Float(math.Inf(-1)), r)
	return p.Select(p.Compare(EQ, x, p.Bits(infBit)), x, r)
}

// π in parts of 24 bits, all of them positive, so that -0 stays what it is.
const (
	piHi  = 0xc90fdap-22
	piMid = 0xa22168p-46
)

// farthest is where the reduction by π in three parts begins to lose digits.
const farthest = 30000

// sine is sin x, or cos x: 2 ulp. Arguments beyond farthest are marked.
func (p *Program) sine(x Value, cos bool) Value {
	if p.Exact {
		f := uint32(callSin)
		if cos {
			f = callCos
		}
		return p.emit(Instr{Op: Call, A: x, Imm: f})
	}
	p.Beyond(p.Compare(GT, p.Abs(x), p.Float(farthest)))
	inv := p.Float(1 / math.Pi)
	var t, n Value
	if cos { // an odd multiple of π/2
		t = p.Add(p.Fma(x, inv, p.Float(-0.5)), p.Float(magic))
		n = p.Add(p.Sub(t, p.Float(magic)), p.Float(0.5))
	} else {
		t = p.Fma(x, inv, p.Float(magic))
		n = p.Sub(t, p.Float(magic))
	}
	r := p.Fnma(n, p.Float(piHi), x)
	r = p.Fnma(n, p.Float(piMid), r)
	r = p.Fnma(n, p.Float(math.Pi-piHi-piMid), r)
	r2 := p.Mul(r, r)
	y := p.Fma(p.Mul(p.poly(r2, sinTerms), r2), r, r)
	flip := p.Shift(Shl, t, 31)
	if cos {
		return p.Op2(Xor, y, p.Op2(Xor, flip, p.Bits(signBit)))
	}
	return p.Op2(Xor, p.Op2(Or, y, p.sign(r)), flip) // the sum has lost the sign of a zero
}

// Sin is sin x.
func (p *Program) Sin(x Value) Value { return p.sine(x, false) }

// Cos is cos x.
func (p *Program) Cos(x Value) Value { return p.sine(x, true) }

// Tanh is tanh x: 2.5 ulp, from t = e^2|x| - 1 as t/(t+2).
func (p *Program) Tanh(x Value) Value {
	sign := p.sign(x)
	a := p.Op2(Xor, x, sign)
	t, r := p.expReduced(p.Op2(Min, p.Float(18.5), p.Add(a, a)))
	q := p.Fma(p.Mul(r, r), p.poly(r, expTerms[2:]), r) // e^r - 1
	s := p.power2(t)
	e := p.Fma(q, s, p.Sub(s, p.Float(1)))
	return p.Op2(Or, p.Div(e, p.Add(e, p.Float(2))), sign)
}

// Erf is the error function: 2.5 ulp.
func (p *Program) Erf(x Value) Value {
	sign := p.sign(x)
	a := p.Op2(Xor, x, sign)
	near := p.Mul(p.poly(p.Mul(x, x), erfTerms), x)
	u := p.poly(p.Op2(Min, p.Float(4), a), erfcTerms)
	k := p.Add(u, p.Float(magic))
	r := p.Sub(u, p.Sub(k, p.Float(magic)))
	e := p.Op2(AddI, p.poly(r, exp2Terms), p.Shift(Shl, k, 23))
	far := p.Op2(Or, p.Sub(p.Float(1), e), sign)
	return p.Select(p.Compare(NGE, a, p.Float(1)), near, far) // NaN, too, is near
}

// Rsqrt is 1/√x, correctly rounded but for rare cases: one step of Newton's on
// 1 - x·y², with x·y in two parts.
func (p *Program) Rsqrt(x Value) Value {
	y := p.Div(p.Float(1), p.Op1(Sqrt, x))
	h := p.Mul(x, y)
	r := p.Fma(p.Fnma(x, y, h), y, p.Fnma(h, y, p.Float(1)))
	z := p.Fma(p.Mul(p.Float(0.5), y), r, y)
	return p.Select(p.Compare(UNO, z, z), y, z) // of 0 and infinity y is right
}
