package mlx

import (
	"math"

	"github.com/ingot-go/ingot/mlx/op"
)

// Category is a set of dtypes, such as the integers.
type Category string

// The categories, each with those that it contains.
const (
	Generic         Category = "generic"         // every dtype
	Number          Category = "number"          // all but bool
	Integer         Category = "integer"         // signed and unsigned
	SignedInteger   Category = "signedinteger"   // int8 to int64
	UnsignedInteger Category = "unsignedinteger" // uint8 to uint64
	Inexact         Category = "inexact"         // floating and complex
	Floating        Category = "floating"        // float16 to float64, bfloat16
	ComplexFloating Category = "complexfloating" // complex64
)

var above = map[Category]Category{Number: Generic, Integer: Number, SignedInteger: Integer, UnsignedInteger: Integer,
	Inexact: Number, Floating: Inexact, ComplexFloating: Inexact}

// IsIn reports whether the category c is other or lies within it.
func (c Category) IsIn(other Category) bool {
	for ; c != ""; c = above[c] {
		if c == other {
			return true
		}
	}
	return false
}

// CategoryOf is the smallest category that the dtype is in.
func CategoryOf(d Dtype) Category {
	switch {
	case d.IsSigned():
		return SignedInteger
	case d.IsUnsigned():
		return UnsignedInteger
	case d.IsFloat():
		return Floating
	case d == op.Complex64:
		return ComplexFloating
	}
	return Generic
}

// CanCast reports whether every value of the dtype from has a counterpart in
// to, by the rules of promotion: from never loses its kind.
func CanCast(from, to Dtype) bool { return op.Promote(from, to) == to }

// FloatInfo is the limits of a floating dtype.
type FloatInfo struct {
	Bits                          int
	Min, Max, Eps, SmallestNormal float64
}

// FInfo is the limits of a floating dtype; of a complex one, those of its parts.
func FInfo(d Dtype) FloatInfo {
	info := map[Dtype]FloatInfo{
		Float16:   {16, -65504, 65504, 0x1p-10, 0x1p-14},
		BFloat16:  {16, -0x1.FEp127, 0x1.FEp127, 0x1p-7, 0x1p-126},
		Float32:   {32, -math.MaxFloat32, math.MaxFloat32, 0x1p-23, 0x1p-126},
		Complex64: {32, -math.MaxFloat32, math.MaxFloat32, 0x1p-23, 0x1p-126},
		Float64:   {64, -math.MaxFloat64, math.MaxFloat64, 0x1p-52, 0x1p-1022},
	}
	x, ok := info[d]
	if !ok {
		fail("finfo", "dtype", "%v is no float", d)
	}
	return x
}

// IntInfo is the limits of an integer dtype.
type IntInfo struct {
	Bits int
	Min  int64
	Max  uint64
}

// IInfo is the limits of an integer dtype.
func IInfo(d Dtype) IntInfo {
	if !d.IsInteger() {
		fail("iinfo", "dtype", "%v is no integer", d)
	}
	return IntInfo{8 * d.Size(), int64(op.Least(d)), uint64(op.Greatest(d))}
}
