package mlx

import (
	"bytes"
	endian "encoding/binary"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/ingot-go/ingot/mlx/op"
)

// The types of tensors in GGUF files that hold numbers as they are.
var ggufTypes = map[uint32]Dtype{0: Float32, 1: Float16, 24: Int8, 25: Int16, 26: Int32, 27: Int64, 28: Float64, 30: BFloat16}

// The types of notes; an array is followed by the type of its elements.
var ggufNotes = map[uint32]Dtype{0: Uint8, 1: Int8, 2: Uint16, 3: Int16, 4: Uint32, 5: Int32, 6: Float32, 7: Bool, 10: Uint64, 11: Int64, 12: Float64}

const (
	ggufString, ggufArray = 8, 9
	ggufAlign             = 32
	ggufMagic             = "GGUF"
)

// ggufBlock is a type of tensor that packs blocks of 32 elements: the scale and,
// with two halves, the least value as float16, then the elements in a few bits.
// Elements less zero, times the scale, are the values.
type ggufBlock struct {
	halves, bits int
	zero         float64
}

var ggufBlocks = map[uint32]ggufBlock{2: {1, 4, 8}, 3: {2, 4, 0}, 8: {1, 8, 128}}

// ggufWriter appends numbers and strings to a file.
type ggufWriter struct{ bytes.Buffer }

func (w *ggufWriter) u32(v uint32) { w.Write(endian.LittleEndian.AppendUint32(nil, v)) }
func (w *ggufWriter) u64(v int)    { w.Write(endian.LittleEndian.AppendUint64(nil, uint64(v))) }
func (w *ggufWriter) text(s string) {
	w.u64(len(s))
	w.WriteString(s)
}

func keyOf[V comparable](m map[uint32]V, v V) (uint32, bool) {
	for k, x := range m {
		if x == v {
			return k, true
		}
	}
	return 0, false
}

// WriteGGUF writes arrays by name in the GGUF format, version 3, with notes:
// strings, lists of strings ([]string), and arrays without axes or with one.
func WriteGGUF(out io.Writer, arrays map[string]*Array, notes map[string]any) error {
	w := &ggufWriter{}
	w.WriteString(ggufMagic)
	w.u32(3)
	w.u64(len(arrays))
	w.u64(len(notes))
	for _, name := range slices.Sorted(maps.Keys(notes)) {
		w.text(name)
		if err := w.note(notes[name]); err != nil {
			return fmt.Errorf("gguf: %s: %w", name, err)
		}
	}
	var data bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(arrays)) {
		b, err := bytesOf(arrays[name])
		if err != nil {
			return fmt.Errorf("gguf: %s: %w", name, err)
		}
		n := arrays[name].n
		kind, ok := keyOf(ggufTypes, n.dtype)
		if !ok {
			return fmt.Errorf("gguf: %s: the format has no %v", name, n.dtype)
		}
		w.text(name)
		w.u32(uint32(len(n.shape)))
		for _, d := range slices.Backward(n.shape) {
			w.u64(d)
		}
		w.u32(kind)
		w.u64(data.Len())
		data.Write(b)
		data.Write(make([]byte, padding(data.Len())))
	}
	w.Write(make([]byte, padding(w.Len())))
	if _, err := out.Write(w.Bytes()); err != nil {
		return err
	}
	_, err := out.Write(data.Bytes())
	return err
}

func padding(n int) int { return (ggufAlign - n%ggufAlign) % ggufAlign }

func (w *ggufWriter) note(v any) error {
	switch v := v.(type) {
	case string:
		w.u32(ggufString)
		w.text(v)
		return nil
	case []string:
		w.u32(ggufArray)
		w.u32(ggufString)
		w.u64(len(v))
		for _, s := range v {
			w.text(s)
		}
		return nil
	case *Array:
		b, err := bytesOf(v)
		if err != nil {
			return err
		}
		kind, ok := keyOf(ggufNotes, v.n.dtype)
		if !ok || len(v.n.shape) > 1 {
			return fmt.Errorf("a note cannot be an array of shape %s and dtype %v", shapeText(v.n.shape), v.n.dtype)
		}
		if len(v.n.shape) == 1 {
			w.u32(ggufArray)
			w.u32(kind)
			w.u64(v.n.size)
		} else {
			w.u32(kind)
		}
		w.Write(b)
		return nil
	}
	return fmt.Errorf("a note is a string, a list of strings or an array, not a %T", v)
}

// ggufReader takes a file apart. After an error everything is zero.
type ggufReader struct {
	data []byte
	at   int
	err  error
}

func (r *ggufReader) take(n uint64) []byte {
	if r.err == nil && n > uint64(len(r.data)-r.at) {
		r.err = fmt.Errorf("%d bytes at %d of %d", n, r.at, len(r.data))
	}
	if r.err != nil {
		return nil
	}
	r.at += int(n)
	return r.data[r.at-int(n) : r.at]
}

func (r *ggufReader) u32() uint32 {
	if b := r.take(4); b != nil {
		return endian.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *ggufReader) u64() uint64 {
	if b := r.take(8); b != nil {
		return endian.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *ggufReader) text() string { return string(r.take(r.u64())) }

// count is a number of things that take at least size bytes each.
func (r *ggufReader) count(size int) int {
	n := r.u64()
	if r.err == nil && n > uint64(len(r.data)/size) {
		r.err = fmt.Errorf("%d items in a file of %d bytes", n, len(r.data))
		return 0
	}
	return int(n)
}

// ReadGGUF reads the arrays of a GGUF file, by name, and its notes: strings,
// lists of strings and arrays. A tensor "x.weight" of type Q4_0, Q4_1 or Q8_0
// becomes what [Dequantize] takes, in groups of 32: words "x.weight", "x.scales"
// and "x.biases".
func ReadGGUF(data []byte) (arrays map[string]*Array, notes map[string]any, err error) {
	r := &ggufReader{data: data}
	if string(r.take(4)) != ggufMagic {
		return nil, nil, fmt.Errorf("gguf: the file does not begin with %s", ggufMagic)
	}
	if v := r.u32(); v < 2 || v > 3 {
		return nil, nil, fmt.Errorf("gguf: version %d is not known", v)
	}
	tensors, count := r.count(24), r.count(12)
	notes = map[string]any{}
	for range count {
		name := r.text()
		if notes[name] = r.note(r.u32()); r.err != nil {
			return nil, nil, fmt.Errorf("gguf: note %q: %w", name, r.err)
		}
	}
	type tensor struct {
		name  string
		shape []int
		kind  uint32
		from  uint64
	}
	var list []tensor
	for range tensors {
		t := tensor{name: r.text(), shape: []int{}}
		axes := r.u32()
		if axes > 8 {
			return nil, nil, fmt.Errorf("gguf: %q has %d axes", t.name, axes)
		}
		for range axes {
			t.shape = append(t.shape, int(min(r.u64(), math.MaxInt)))
		}
		slices.Reverse(t.shape)
		t.kind, t.from = r.u32(), r.u64()
		list = append(list, t)
	}
	r.take(uint64(padding(r.at)))
	if r.err != nil {
		return nil, nil, fmt.Errorf("gguf: %w", r.err)
	}
	arrays = map[string]*Array{}
	for _, t := range list {
		if t.from > uint64(len(data)-r.at) {
			return nil, nil, fmt.Errorf("gguf: %q begins at %d of %d", t.name, t.from, len(data)-r.at)
		}
		if err := readTensor(arrays, t.name, t.kind, t.shape, data[r.at+int(t.from):]); err != nil {
			return nil, nil, fmt.Errorf("gguf: %q: %w", t.name, err)
		}
	}
	return arrays, notes, nil
}

func (r *ggufReader) note(kind uint32) any {
	switch kind {
	case ggufString:
		return r.text()
	case ggufArray:
		of := r.u32()
		if of == ggufString {
			list := make([]string, r.count(8))
			for i := range list {
				list[i] = r.text()
			}
			return list
		}
		n := r.count(1)
		return r.array(of, n, []int{n})
	}
	return r.array(kind, 1, []int{})
}

func (r *ggufReader) array(kind uint32, n int, shape []int) any {
	d, ok := ggufNotes[kind]
	if !ok && r.err == nil {
		r.err = fmt.Errorf("the type %d is not known", kind)
	}
	b := r.take(uint64(n * d.Size()))
	if r.err != nil {
		return nil
	}
	a, err := fromBytes(d, shape, b)
	r.err = err
	return a
}

func readTensor(arrays map[string]*Array, name string, kind uint32, shape []int, data []byte) error {
	if d, ok := ggufTypes[kind]; ok {
		n, err := volume(d, shape)
		if err != nil {
			return err
		}
		if n*d.Size() > len(data) {
			return fmt.Errorf("%d of %d bytes are there", len(data), n*d.Size())
		}
		arrays[name], err = fromBytes(d, shape, data[:n*d.Size()])
		return err
	}
	b, ok := ggufBlocks[kind]
	if !ok {
		return fmt.Errorf("tensors of type %d are not known", kind)
	}
	n, err := volume(Float32, shape)
	if err != nil {
		return err
	}
	size := 2*b.halves + 32*b.bits/8
	if len(shape) == 0 || shape[len(shape)-1]%32 != 0 || n/32*size > len(data) {
		return fmt.Errorf("a shape of %s in %d bytes of blocks", shapeText(shape), len(data))
	}
	words, scales, biases := b.unpack(data[:n/32*size], size)
	last := len(shape) - 1
	with := func(length int) []int { return append(slices.Clone(shape[:last]), length) }
	base := strings.TrimSuffix(name, ".weight")
	arrays[name] = New(words, Uint32).Reshape(with(shape[last] * b.bits / 32)...)
	arrays[base+".scales"] = New(scales, Float16).Reshape(with(shape[last] / 32)...)
	arrays[base+".biases"] = New(biases, Float16).Reshape(with(shape[last] / 32)...)
	return nil
}

// unpack gives words of the elements, the first one in the lowest bits, and for
// each block the scale and what is added.
func (b ggufBlock) unpack(data []byte, size int) (words []uint32, scales, biases []float32) {
	for at := 0; at < len(data); at += size {
		half := func(i int) float32 { return op.FromHalf(endian.LittleEndian.Uint16(data[at+2*i:])) }
		scale := half(0)
		bias := -float32(b.zero) * scale
		if b.halves == 2 {
			bias = half(1)
		}
		scales, biases = append(scales, scale), append(biases, bias)
		q := data[at+2*b.halves : at+size]
		word := uint32(0)
		for i := range 32 {
			v := uint32(0)
			switch {
			case b.bits == 8:
				v = uint32(q[i] + 128) // signed in the file
			case i < 16: // low halves of the bytes first, then high ones
				v = uint32(q[i] & 15)
			default:
				v = uint32(q[i-16] >> 4)
			}
			word |= v << (i * b.bits % 32)
			if (i+1)*b.bits%32 == 0 {
				words, word = append(words, word), 0
			}
		}
	}
	return words, scales, biases
}
