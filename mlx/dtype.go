package mlx

import "github.com/ingot-go/ingot/mlx/op"

// Dtype is the type of an array's elements.
type Dtype = op.Dtype

// The dtypes.
const (
	Bool      = op.Bool
	Uint8     = op.Uint8
	Uint16    = op.Uint16
	Uint32    = op.Uint32
	Uint64    = op.Uint64
	Int8      = op.Int8
	Int16     = op.Int16
	Int32     = op.Int32
	Int64     = op.Int64
	Float16   = op.Float16
	Float32   = op.Float32
	Float64   = op.Float64
	BFloat16  = op.BFloat16
	Complex64 = op.Complex64
)

// ResultType is the dtype in which operands of the given dtypes meet.
func ResultType(dtypes ...Dtype) Dtype {
	d := Bool
	for _, e := range dtypes {
		d = op.Promote(d, e)
	}
	return d
}
