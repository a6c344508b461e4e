package op

import "math"

// The scalar functions of the table that need more than an expression.

func same(x int64) int64 { return x }

func absInt(x int64) int64 {
	if x < 0 {
		return -x
	}
	return x
}

// signFloat takes NaN to 0, as a chain of comparisons does.
func signFloat(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// Integer division by zero gives 0 and the remainder the dividend, so that
// quotient*divisor + remainder is always the dividend.
func floorDivInt(x, y int64) int64 {
	switch {
	case y == 0:
		return 0
	case y == -1:
		return -x
	}
	q := x / y
	if x%y != 0 && (x < 0) != (y < 0) {
		q--
	}
	return q
}

func divUint(x, y uint64) uint64 {
	if y == 0 {
		return 0
	}
	return x / y
}

// The remainder has the sign of the divisor.
func remInt(x, y int64) int64 {
	if y == 0 || y == -1 {
		return x - floorDivInt(x, y)*y
	}
	r := x % y
	if r != 0 && (r < 0) != (y < 0) {
		r += y
	}
	return r
}

func remUint(x, y uint64) uint64 {
	if y == 0 {
		return x
	}
	return x % y
}

func remFloat(x, y float64) float64 {
	r := math.Mod(x, y)
	if r != 0 && (r < 0) != (y < 0) {
		r += y
	}
	return r
}

// A negative exponent gives 0, whatever the base.
func powInt(x, y int64) int64 {
	if y < 0 {
		return 0
	}
	return int64(powUint(uint64(x), uint64(y)))
}

func powUint(x, y uint64) uint64 {
	r := uint64(1)
	for ; y > 0; y >>= 1 {
		if y&1 != 0 {
			r *= x
		}
		x *= x
	}
	return r
}

func shiftLeft(x, y int64) int64  { return x << uint64(y) }
func shiftRight(x, y int64) int64 { return x >> uint64(y) }

func maxFloat(x, y float64) float64 {
	if x > y || x != x {
		return x
	}
	return y
}

func minFloat(x, y float64) float64 {
	if x < y || x != x {
		return x
	}
	return y
}

func logAddExp(x, y float64) float64 {
	hi, lo := maxFloat(x, y), minFloat(x, y)
	if math.IsInf(lo, -1) || math.IsInf(hi, 1) || x != x || y != y {
		return hi
	}
	return hi + math.Log1p(math.Exp(lo-hi))
}

// Erfinv32 is the inverse error function by Giles's method as MLX computes it:
// two polynomials in log(1-x²), in float32. Normal random numbers go through
// it, so that they agree with MLX's to the last bits.
func Erfinv32(x float32) float32 {
	t := float32(math.Log(float64(float32(math.FMA(float64(x), float64(-x), 1)))))
	c := erfinvCentre[:]
	if t < -6.125 || t > 6.125 {
		c = erfinvTail[:]
	}
	p := c[0]
	for _, k := range c[1:] {
		p = float32(math.FMA(float64(p), float64(t), float64(k)))
	}
	return x * p
}

var (
	erfinvTail = [...]float32{3.03697567e-10, 2.93243101e-8, 1.22150334e-6, 2.84108955e-5, 3.93552968e-4,
		3.02698812e-3, 4.83185798e-3, -2.64646143e-1, 8.40016484e-1}
	erfinvCentre = [...]float32{5.43877832e-9, 1.43285448e-7, 1.22774793e-6, 1.12963626e-7, -5.61530760e-5,
		-1.47697632e-4, 2.31468678e-3, 1.15392581e-2, -2.32015476e-1, 8.86226892e-1}
)
