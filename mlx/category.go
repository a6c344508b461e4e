package mlx

import "github.com/ingot-go/ingot/mlx/op"

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
