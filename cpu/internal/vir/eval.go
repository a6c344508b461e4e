package vir

import (
	"math"
	"unsafe"
)

// block is how many elements an instruction is evaluated for at a time.
const block = 64

// Scratch is the memory that Run needs.
type Scratch struct{ values [][block]uint32 }

// Run evaluates the program for n elements, as compiled code does: args point to
// the inputs, the outputs, and the scalars, in this order.
func (p *Program) Run(args []unsafe.Pointer, n int, s *Scratch) {
	if len(s.values) < len(p.Code) {
		s.values = make([][block]uint32, len(p.Code))
	}
	for from := 0; from < n; from += block {
		m := min(block, n-from)
		for i := range p.Code {
			p.step(i, args, from, m, s.values)
		}
		for k, v := range p.Outputs {
			copy(words(args[p.Inputs+k], from, m), s.values[v][:m])
		}
	}
}

func words(p unsafe.Pointer, from, n int) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Add(p, 4*from)), n)
}

// step evaluates instruction i for elements from to from+m.
func (p *Program) step(i int, args []unsafe.Pointer, from, m int, values [][block]uint32) {
	q := &p.Code[i]
	dst := values[i][:m]
	a, b, c := values[q.A][:m], values[q.B][:m], values[q.C][:m]
	switch q.Op {
	case In:
		copy(dst, words(args[q.Imm], from, m))
	case Iota:
		for k := range dst {
			dst[k] = uint32(from + k)
		}
	case Const:
		fill(dst, q.Imm)
	case Scalar:
		fill(dst, *(*uint32)(args[p.Inputs+len(p.Outputs)+int(q.Imm)]))
	case Add:
		floats2(dst, a, b, func(x, y float32) float32 { return x + y })
	case Sub:
		floats2(dst, a, b, func(x, y float32) float32 { return x - y })
	case Mul:
		floats2(dst, a, b, func(x, y float32) float32 { return x * y })
	case Div:
		floats2(dst, a, b, func(x, y float32) float32 { return x / y })
	case Min:
		for k := range dst {
			dst[k] = b[k]
			if float(a[k]) < float(b[k]) {
				dst[k] = a[k]
			}
		}
	case Max:
		for k := range dst {
			dst[k] = b[k]
			if float(a[k]) > float(b[k]) {
				dst[k] = a[k]
			}
		}
	case Fma:
		for k := range dst {
			dst[k] = math.Float32bits(fma(float(a[k]), float(b[k]), float(c[k])))
		}
	case Fnma:
		for k := range dst {
			dst[k] = math.Float32bits(fma(-float(a[k]), float(b[k]), float(c[k])))
		}
	case Sqrt:
		floats1(dst, a, math.Sqrt)
	case Round:
		floats1(dst, a, rounding[q.Imm])
	case Call:
		floats1(dst, a, calls[q.Imm])
	case CvtF:
		for k := range dst {
			dst[k] = math.Float32bits(float32(int32(a[k])))
		}
	case Cmp:
		for k := range dst {
			dst[k] = 0
			if compare(q.Imm, float(a[k]), float(b[k])) {
				dst[k] = ^uint32(0)
			}
		}
	case Sel:
		for k := range dst {
			dst[k] = c[k]
			if a[k]>>31 != 0 {
				dst[k] = b[k]
			}
		}
	default:
		integers(q, dst, a, b)
	}
}

func integers(q *Instr, dst, a, b []uint32) {
	for k := range dst {
		switch q.Op {
		case And:
			dst[k] = a[k] & b[k]
		case Or:
			dst[k] = a[k] | b[k]
		case Xor:
			dst[k] = a[k] ^ b[k]
		case AddI:
			dst[k] = a[k] + b[k]
		case SubI:
			dst[k] = a[k] - b[k]
		case Shl:
			dst[k] = a[k] << q.Imm
		case Shr:
			dst[k] = a[k] >> q.Imm
		case Sra:
			dst[k] = uint32(int32(a[k]) >> q.Imm)
		}
	}
}

var rounding = map[uint32]func(float64) float64{Nearest: math.RoundToEven, Down: math.Floor, Up: math.Ceil, ToZero: math.Trunc}

// The functions of Call.
const (
	callSin = iota
	callCos
)

var calls = [...]func(float64) float64{callSin: math.Sin, callCos: math.Cos}

func float(u uint32) float32 { return math.Float32frombits(u) }

func fill(dst []uint32, u uint32) {
	for i := range dst {
		dst[i] = u
	}
}

// floats1 rounds twice, which for a square root gives the same as once.
func floats1(dst, a []uint32, f func(float64) float64) {
	for k := range dst {
		dst[k] = math.Float32bits(float32(f(float64(float(a[k])))))
	}
}

func floats2(dst, a, b []uint32, f func(x, y float32) float32) {
	for k := range dst {
		dst[k] = math.Float32bits(f(float(a[k]), float(b[k])))
	}
}

func compare(how uint32, x, y float32) bool {
	switch how {
	case EQ:
		return x == y
	case LT:
		return x < y
	case LE:
		return x <= y
	case UNO:
		return x != x || y != y
	case NEQ:
		return x != y
	case NGE:
		return !(x >= y)
	case GE:
		return x >= y
	}
	return x > y
}

// fma is a·b + c, rounded once: the product is exact in float64, and the sum is
// rounded to odd there, so that rounding it to float32 gives what one rounding would.
func fma(a, b, c float32) float32 {
	x, y := float64(a)*float64(b), float64(c)
	s := x + y
	t := s - x
	e := (x - (s - t)) + (y - t) // what the sum lost
	if e != 0 && !math.IsInf(s, 0) && s == s {
		u := math.Float64bits(s)
		if u&1 == 0 {
			if (e > 0) == (s > 0) {
				u++
			} else {
				u--
			}
			s = math.Float64frombits(u)
		}
	}
	return float32(s)
}
