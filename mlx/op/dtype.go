package op

import "fmt"

// Dtype is the type of an array's elements. The fourteen values, their order
// and their names are MLX's.
type Dtype uint8

// The dtypes. Complex64 has a name and promotes, but cannot be computed with yet.
const (
	Bool Dtype = iota
	Uint8
	Uint16
	Uint32
	Uint64
	Int8
	Int16
	Int32
	Int64
	Float16
	Float32
	Float64
	BFloat16
	Complex64

	// Dtypes is the number of dtypes.
	Dtypes = 14
)

var dtypeNames = [Dtypes]string{"bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32",
	"int64", "float16", "float32", "float64", "bfloat16", "complex64"}

var dtypeSizes = [Dtypes]int{1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 4, 8, 2, 8}

// String is the name as MLX prints it in an array, such as "float32".
func (d Dtype) String() string {
	if d < Dtypes {
		return dtypeNames[d]
	}
	return fmt.Sprintf("dtype(%d)", uint8(d))
}

// Size is the number of bytes of one element.
func (d Dtype) Size() int { return dtypeSizes[d] }

// IsUnsigned reports whether d is one of the unsigned integers.
func (d Dtype) IsUnsigned() bool { return d >= Uint8 && d <= Uint64 }

// IsSigned reports whether d is one of the signed integers.
func (d Dtype) IsSigned() bool { return d >= Int8 && d <= Int64 }

// IsInteger reports whether d is an integer; bool is not one.
func (d Dtype) IsInteger() bool { return d >= Uint8 && d <= Int64 }

// IsFloat reports whether d is a real floating type.
func (d Dtype) IsFloat() bool { return d >= Float16 && d <= BFloat16 }

// IsInexact reports whether d is floating or complex.
func (d Dtype) IsInexact() bool { return d >= Float16 }

// AtLeastFloat is d where it is inexact, and float32 otherwise: the type in
// which quotients, means and the mathematical functions are computed.
func AtLeastFloat(d Dtype) Dtype {
	if d.IsInexact() {
		return d
	}
	return Float32
}

// SumType is the type of a sum or product of elements of type d: small
// integers widen to 32 bits.
func SumType(d Dtype) Dtype {
	switch d {
	case Bool, Int8, Int16:
		return Int32
	case Uint8, Uint16:
		return Uint32
	}
	return d
}

// promotion[a][b] for b >= a; Promote makes it symmetric.
var promotion = [Dtypes][Dtypes]Dtype{
	Bool:   {Bool, Uint8, Uint16, Uint32, Uint64, Int8, Int16, Int32, Int64, Float16, Float32, Float64, BFloat16, Complex64},
	Uint8:  {0, Uint8, Uint16, Uint32, Uint64, Int16, Int16, Int32, Int64, Float16, Float32, Float64, BFloat16, Complex64},
	Uint16: {0, 0, Uint16, Uint32, Uint64, Int32, Int32, Int32, Int64, Float16, Float32, Float64, BFloat16, Complex64},
	Uint32: {0, 0, 0, Uint32, Uint64, Int64, Int64, Int64, Int64, Float16, Float32, Float64, BFloat16, Complex64},
	// MLX has no integer that holds both, and takes a float.
	Uint64:    {0, 0, 0, 0, Uint64, Float32, Float32, Float32, Float32, Float16, Float32, Float64, BFloat16, Complex64},
	Int8:      {0, 0, 0, 0, 0, Int8, Int16, Int32, Int64, Float16, Float32, Float64, BFloat16, Complex64},
	Int16:     {0, 0, 0, 0, 0, 0, Int16, Int32, Int64, Float16, Float32, Float64, BFloat16, Complex64},
	Int32:     {0, 0, 0, 0, 0, 0, 0, Int32, Int64, Float16, Float32, Float64, BFloat16, Complex64},
	Int64:     {0, 0, 0, 0, 0, 0, 0, 0, Int64, Float16, Float32, Float64, BFloat16, Complex64},
	Float16:   {0, 0, 0, 0, 0, 0, 0, 0, 0, Float16, Float32, Float64, Float32, Complex64},
	Float32:   {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Float32, Float64, Float32, Complex64},
	Float64:   {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Float64, Float64, Complex64},
	BFloat16:  {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, BFloat16, Complex64},
	Complex64: {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Complex64},
}

// Promote is the type in which elements of types a and b meet.
func Promote(a, b Dtype) Dtype {
	if a > b {
		a, b = b, a
	}
	return promotion[a][b]
}
