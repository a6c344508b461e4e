package cpu

import (
	"math"

	"github.com/ingot-go/ingot/mlx/op"
)

// The float32 kernels, by op. An op without one goes through its scalar
// function. Products are converted to their own type before they are added, so
// that no compiler fuses the two and every processor gives the same bits.
var kernels1 = map[op.Code]func(dst, a []float32){
	op.Negative: func(dst, a []float32) {
		for i, x := range a[:len(dst)] {
			dst[i] = -x
		}
	},
	op.Abs: func(dst, a []float32) {
		for i, x := range a[:len(dst)] {
			dst[i] = math.Float32frombits(math.Float32bits(x) &^ (1 << 31))
		}
	},
	op.Square: func(dst, a []float32) {
		for i, x := range a[:len(dst)] {
			dst[i] = x * x
		}
	},
	op.Sqrt: func(dst, a []float32) {
		for i, x := range a[:len(dst)] {
			dst[i] = float32(math.Sqrt(float64(x)))
		}
	},
	op.Rsqrt: func(dst, a []float32) {
		for i, x := range a[:len(dst)] {
			dst[i] = float32(1 / math.Sqrt(float64(x)))
		}
	},
	op.Reciprocal: func(dst, a []float32) {
		for i, x := range a[:len(dst)] {
			dst[i] = 1 / x
		}
	},
	op.Exp:     expKernel,
	op.Log:     logKernel,
	op.Sin:     sinKernel,
	op.Cos:     cosKernel,
	op.Tanh:    func(dst, a []float32) { map1(dst, a, tanh) },
	op.Sigmoid: sigmoidKernel,
	op.Erf:     func(dst, a []float32) { map1(dst, a, erf) },
}

var kernels2 = map[op.Code]func(dst, a, b []float32){
	op.Add: func(dst, a, b []float32) {
		a, b = a[:len(dst)], b[:len(dst)]
		for i := range dst {
			dst[i] = a[i] + b[i]
		}
	},
	op.Subtract: func(dst, a, b []float32) {
		a, b = a[:len(dst)], b[:len(dst)]
		for i := range dst {
			dst[i] = a[i] - b[i]
		}
	},
	op.Multiply: func(dst, a, b []float32) {
		a, b = a[:len(dst)], b[:len(dst)]
		for i := range dst {
			dst[i] = a[i] * b[i]
		}
	},
	op.Divide: func(dst, a, b []float32) {
		a, b = a[:len(dst)], b[:len(dst)]
		for i := range dst {
			dst[i] = a[i] / b[i]
		}
	},
	op.Maximum: func(dst, a, b []float32) {
		a, b = a[:len(dst)], b[:len(dst)]
		for i, x := range a {
			y := b[i]
			if x > y || x != x {
				y = x
			}
			dst[i] = y
		}
	},
	op.Minimum: func(dst, a, b []float32) {
		a, b = a[:len(dst)], b[:len(dst)]
		for i, x := range a {
			y := b[i]
			if x < y || x != x {
				y = x
			}
			dst[i] = y
		}
	},
}

type comparison = func(dst []op.Value, a, b []float32)

var compare32 = map[op.Code]comparison{
	op.Equal: func(dst []op.Value, a, b []float32) {
		map2(dst, a, b, func(x, y float32) op.Value { return truth(x == y) })
	},
	op.NotEqual: func(dst []op.Value, a, b []float32) {
		map2(dst, a, b, func(x, y float32) op.Value { return truth(x != y) })
	},
	op.Less: func(dst []op.Value, a, b []float32) {
		map2(dst, a, b, func(x, y float32) op.Value { return truth(x < y) })
	},
	op.LessEqual: func(dst []op.Value, a, b []float32) {
		map2(dst, a, b, func(x, y float32) op.Value { return truth(x <= y) })
	},
	op.Greater: func(dst []op.Value, a, b []float32) {
		map2(dst, a, b, func(x, y float32) op.Value { return truth(x > y) })
	},
	op.GreaterEqual: func(dst []op.Value, a, b []float32) {
		map2(dst, a, b, func(x, y float32) op.Value { return truth(x >= y) })
	},
}

// roundMagic, added to a small float32, leaves the nearest integer in its low bits.
const (
	roundMagic = 12582912 // 1.5·2²³
	roundBits  = 0x4B400000
)

// expParts reduces x to n·ln2 + r and gives e^r and n, for x from -104 to 89.
func expParts(x float32) (y float32, n int32) {
	t := float32(x*math.Log2E) + roundMagic
	k := t - roundMagic
	n = int32(math.Float32bits(t) - roundBits)
	r := x - float32(k*0.693359375) // the product is exact
	r -= float32(k * -2.12194440e-4)
	p := float32(r*0.0013814536581771293) + 0.0083687459565247521
	p = float32(p*r) + 0.04166839089295872
	p = float32(p*r) + 0.16666520391521661
	p = float32(p*r) + 0.49999993431538048
	return float32(float32(p*r)*r) + r + 1, n
}

func power2(n int32) float32 { return math.Float32frombits(uint32(n+127) << 23) }

func expKernel(dst, a []float32) {
	for i, x := range a[:len(dst)] {
		if x > 89 {
			x = 89
		} else if x < -104 {
			x = -104
		}
		y, n := expParts(x)
		h := n >> 1
		dst[i] = float32(y*power2(h)) * power2(n-h)
	}
}

// exp is e^x for x from -87 to 88.
func exp(x float32) float32 {
	y, n := expParts(x)
	return y * power2(n)
}

// sigmoidKernel divides by 1 + e^-|x|, which neither overflows nor cancels.
func sigmoidKernel(dst, a []float32) {
	for i, x := range a[:len(dst)] {
		y, n := expParts(max(-math.Float32frombits(math.Float32bits(x)&^(1<<31)), -104)) // max passes NaN on
		h := n >> 1
		z := float32(y*power2(h)) * power2(n-h)
		top := float32(1)
		if x < 0 {
			top = z
		}
		dst[i] = top / (1 + z)
	}
}

func tanh(x float32) float32 {
	a := math.Float32frombits(math.Float32bits(x) &^ (1 << 31))
	if a < 0.6 {
		z := x * x
		p := float32(z*-0.0058190794367307466) + 0.020734747769835422
		p = float32(p*z) - 0.053767044482660863
		p = float32(p*z) + 0.13331745422591251
		p = float32(p*z) - 0.33333292201475229
		return float32(float32(p*z)*x) + x
	}
	y := 1 - 2/(exp(min(a+a, 20))+1)
	if x < 0 {
		return -y
	}
	return y
}

var logTerms = [...]float32{0.037672463130497415, -0.09116141891484203, 0.11700653698949798, -0.12727785090089017,
	0.14276240283878422, -0.16655296308033657, 0.19999604796283979, -0.25000165274468467, 0.33333339862415529}

func logKernel(dst, a []float32) {
	for i, x := range a[:len(dst)] {
		if !(x >= 0x1p-126 && x <= math.MaxFloat32) {
			dst[i] = float32(math.Log(float64(x)))
			continue
		}
		b := math.Float32bits(x) - 0x3f400000 // the mantissa from 0.75 to 1.5
		e := int32(b) >> 23
		z := math.Float32frombits(math.Float32bits(x)-uint32(e)<<23) - 1
		p := logTerms[0]
		for _, c := range logTerms[1:] {
			p = float32(p*z) + c
		}
		z2 := z * z
		k := float32(e)
		y := float32(float32(z2*z)*p) + float32(k*-2.12194440e-4)
		y -= float32(0.5 * z2)
		dst[i] = float32(k*0.693359375) + (z + y)
	}
}

const (
	roundMagic64 = 6755399441055744 // 1.5·2⁵²
	wide         = 1e6              // beyond it, reduction by one float64 loses digits
)

// sine is sin of r·(-1)^n for r from -π/2 to π/2.
func sine(r float32, n uint64) float32 {
	z := r * r
	p := float32(z*2.6054816527483399e-06) - 0.00019809475007772276
	p = float32(p*z) + 0.0083330646129788685
	p = float32(p*z) - 0.16666659491885932
	y := float32(float32(p*z)*r) + r
	return math.Float32frombits(math.Float32bits(y) ^ uint32(n)<<31)
}

func sinKernel(dst, a []float32) {
	for i, x := range a[:len(dst)] {
		d := float64(x)
		if !(d < wide && d > -wide) {
			dst[i] = float32(math.Sin(d))
			continue
		}
		t := float64(d*(1/math.Pi)) + roundMagic64
		k := t - roundMagic64
		dst[i] = sine(float32(d-float64(k*math.Pi)), math.Float64bits(t))
	}
}

func cosKernel(dst, a []float32) {
	for i, x := range a[:len(dst)] {
		d := float64(x)
		if !(d < wide && d > -wide) {
			dst[i] = float32(math.Cos(d))
			continue
		}
		t := float64(d*(1/math.Pi)) - 0.5 + roundMagic64
		k := t - roundMagic64 + 0.5
		dst[i] = sine(float32(d-float64(k*math.Pi)), math.Float64bits(t)+1)
	}
}

func erf(x float32) float32 {
	a := math.Float32frombits(math.Float32bits(x) &^ (1 << 31))
	if a < 1 {
		z := x * x
		p := float32(z*7.8540198334196739e-05) - 0.00080102458629150559
		p = float32(p*z) + 0.0051883343174146061
		p = float32(p*z) - 0.026853815983607907
		p = float32(p*z) + 0.11283585269013945
		p = float32(p*z) - 0.37612625839618419
		return float32(float32(p*z)*x) + float32(1.1283791657323352*x)
	}
	return float32(math.Erf(float64(x)))
}
