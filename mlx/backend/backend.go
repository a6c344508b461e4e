// Package backend is the door between package mlx and the devices: a device
// implements [Backend]. What crosses the door is neither an array nor an op but
// a [Plan]: a list of steps over numbered buffers, fused and ordered. A device
// compiles a plan once and runs it as often as its structure comes up again.
//
// A step is a [Region], a loop nest with everything pointwise and every
// reduction fused into it, or a [Primitive] such as a matrix product.
// Package reference interprets plans plainly; the other devices are tested
// against it.
package backend

import (
	"context"
	"fmt"
	"unsafe"

	"github.com/ingot-go/ingot/mlx/op"
)

// Backend is a device. Its methods may be called from any goroutine.
type Backend interface {
	Name() string
	Compile(*Plan) (Exec, error)
}

// Exec is a compiled plan. Run may be called any number of times, also at once
// from several goroutines. params holds the value of each of the plan's
// parameters, bufs one buffer for each of the plan's inputs, then one for each
// of its outputs, which Run fills; temporaries are its own affair. When Run
// fails, the contents of the outputs are undefined.
//
// Run asks ctx.Err between steps, and fails with what it reports.
type Exec interface {
	Run(ctx context.Context, params []op.Value, bufs []*Buffer) error
}

// Allocator is implemented by a backend whose buffers are not plain Go memory.
type Allocator interface {
	Alloc(d op.Dtype, size int) (*Buffer, error)
}

// Buffer is the memory of one array: Size elements, row-major and contiguous,
// in the byte order of the machine. float16 and bfloat16 are their bits, a bool
// is a byte 0 or 1, a complex64 its real and its imaginary part.
type Buffer struct {
	Dtype  op.Dtype
	Size   int
	Bytes  []byte // visible to the host, aligned for the dtype
	Device any    // what else the device needs to know of the memory
}

// MaxBytes is the most that one array may take; asking for more is an error,
// not the death of the process.
const MaxBytes = 1 << 36

// Alloc makes a zeroed buffer in Go memory.
func Alloc(d op.Dtype, size int) (b *Buffer, err error) {
	if size < 0 || size > MaxBytes/d.Size() {
		return nil, fmt.Errorf("cannot allocate %d elements of %v", size, d)
	}
	words := make([]uint64, (size*d.Size()+7)/8)
	return &Buffer{Dtype: d, Size: size, Bytes: asBytes(words)[:size*d.Size()]}, nil
}

func asBytes(w []uint64) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(w))), len(w)*8)
}

// Elem is a Go type that holds the elements of a dtype.
type Elem interface {
	~uint8 | ~uint16 | ~uint32 | ~uint64 | ~int8 | ~int16 | ~int32 | ~int64 | ~float32 | ~float64
}

// Slice views the buffer as a slice of T, which must have the size of its
// elements.
func Slice[T Elem](b *Buffer) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b.Bytes))), b.Size)
}

// From makes a buffer that holds the elements of s, without copying them.
func From[T Elem](d op.Dtype, s []T) *Buffer {
	n := len(s) * d.Size()
	return &Buffer{Dtype: d, Size: len(s), Bytes: unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), n)}
}

// Get reads element i.
func (b *Buffer) Get(i int) op.Value {
	switch b.Dtype {
	case op.Bool, op.Uint8:
		return op.Value(b.Bytes[i])
	case op.Uint16:
		return op.Value(Slice[uint16](b)[i])
	case op.Uint32:
		return op.Value(Slice[uint32](b)[i])
	case op.Uint64, op.Int64, op.Complex64:
		return op.Value(Slice[uint64](b)[i])
	case op.Int8:
		return op.Value(Slice[int8](b)[i])
	case op.Int16:
		return op.Value(Slice[int16](b)[i])
	case op.Int32:
		return op.Value(Slice[int32](b)[i])
	case op.Float16:
		return op.FloatValue(op.Float64, float64(op.FromHalf(Slice[uint16](b)[i])))
	case op.BFloat16:
		return op.FloatValue(op.Float64, float64(op.FromBrain(Slice[uint16](b)[i])))
	case op.Float32:
		return op.FloatValue(op.Float64, float64(Slice[float32](b)[i]))
	case op.Float64:
		return op.FloatValue(op.Float64, Slice[float64](b)[i])
	}
	panic("backend: no elements of " + b.Dtype.String())
}

// Put writes element i, which v holds in the buffer's dtype.
func (b *Buffer) Put(i int, v op.Value) {
	switch b.Dtype {
	case op.Bool, op.Uint8, op.Int8:
		b.Bytes[i] = byte(v)
	case op.Uint16, op.Int16:
		Slice[uint16](b)[i] = uint16(v)
	case op.Uint32, op.Int32:
		Slice[uint32](b)[i] = uint32(v)
	case op.Uint64, op.Int64, op.Complex64:
		Slice[uint64](b)[i] = uint64(v)
	case op.Float16:
		Slice[uint16](b)[i] = op.Half(float32(v.Float(op.Float64)))
	case op.BFloat16:
		Slice[uint16](b)[i] = op.Brain(float32(v.Float(op.Float64)))
	case op.Float32:
		Slice[float32](b)[i] = float32(v.Float(op.Float64))
	case op.Float64:
		Slice[float64](b)[i] = v.Float(op.Float64)
	default:
		panic("backend: no elements of " + b.Dtype.String())
	}
}
