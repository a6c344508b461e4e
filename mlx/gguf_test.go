package mlx_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/internal/replay"
)

// TestGGUF writes every dtype that the format has, and notes, and reads them again.
func TestGGUF(t *testing.T) {
	arrays := everyDtype()
	for _, d := range []mlx.Dtype{mlx.Bool, mlx.Uint8, mlx.Uint16, mlx.Uint32, mlx.Uint64, mlx.Complex64} {
		delete(arrays, d.String())
		if err := mlx.WriteGGUF(&bytes.Buffer{}, map[string]*mlx.Array{"x": mlx.Zeros(2).AsType(d)}, nil); err == nil {
			t.Errorf("%v was written", d)
		}
	}
	notes := map[string]any{"name": "m", "tokens": []string{"a", ""}, "n": mlx.New(3, mlx.Uint32), "list": mlx.New([]float32{1, 2})}
	var b bytes.Buffer
	if err := mlx.WriteGGUF(&b, arrays, notes); err != nil {
		t.Fatal(err)
	}
	got, gotNotes, err := mlx.ReadGGUF(b.Bytes())
	if err != nil || len(got) != len(arrays) {
		t.Fatalf("%d arrays, %v", len(got), err)
	}
	for name, w := range arrays {
		if err := replay.Same(got[name], w, false); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if fmt.Sprint(gotNotes) != fmt.Sprint(notes) {
		t.Errorf("notes %v, want %v", gotNotes, notes)
	}
}

// TestGGUFBlocks reads packed weights, of which the values are known.
func TestGGUFBlocks(t *testing.T) {
	half := func(b []byte, v uint16) []byte { return binary.LittleEndian.AppendUint16(b, v) }
	const one, two, minusThree = 0x3c00, 0x4000, 0xc200 // as float16
	blocks := map[uint32][]byte{2: half(nil, two), 3: half(half(nil, two), minusThree), 8: half(nil, one)}
	value := map[uint32]func(i int) float64{
		2: func(i int) float64 { return float64(i%16-8) * 2 },
		3: func(i int) float64 { return float64(i%16)*2 - 3 },
		8: func(i int) float64 { return float64(i - 20) },
	}
	for kind, data := range blocks {
		for i := range 32 {
			switch {
			case kind == 8:
				data = append(data, byte(i-20))
			case i < 16: // elements i and i+16 are the same number
				data = append(data, byte(i|i<<4))
			}
		}
		file := []byte("GGUF\x03\x00\x00\x00")
		u64 := func(v uint64) { file = binary.LittleEndian.AppendUint64(file, v) }
		u64(1)
		u64(0)
		u64(8)
		file = append(file, "w.weight"...)
		file = binary.LittleEndian.AppendUint32(file, 2)
		u64(32)
		u64(1)
		file = binary.LittleEndian.AppendUint32(file, kind)
		u64(0)
		for len(file)%32 != 0 {
			file = append(file, 0)
		}
		a, _, err := mlx.ReadGGUF(append(file, data...))
		if err != nil {
			t.Fatal(err)
		}
		bits := 4
		if kind == 8 {
			bits = 8
		}
		w := mlx.Dequantize(a["w.weight"], a["w.scales"], a["w.biases"], mlx.QuantOptions{GroupSize: 32, Bits: bits})
		for i, v := range w.Float64s() {
			if v != value[kind](i) {
				t.Errorf("type %d: element %d is %v, want %v", kind, i, v, value[kind](i))
			}
		}
		if _, _, err := mlx.ReadGGUF(append(file, data[:20]...)[:len(file)+10]); err == nil {
			t.Errorf("type %d: half a block was read", kind)
		}
	}
}
