package mlx

import (
	"bytes"
	endian "encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/ingot-go/ingot/mlx/op"
)

// tensorTypes are the names of the dtypes in safetensors files.
var tensorTypes = [op.Dtypes]string{"BOOL", "U8", "U16", "U32", "U64", "I8", "I16", "I32", "I64", "F16", "F32", "F64", "BF16", "C64"}

// tensor describes one array of a safetensors file.
type tensor struct {
	Dtype   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

// WriteSafetensors writes arrays by name, and notes, in the safetensors format.
func WriteSafetensors(w io.Writer, arrays map[string]*Array, notes map[string]string) error {
	head := map[string]any{}
	if notes != nil {
		head["__metadata__"] = notes
	}
	var data [][]byte
	at := 0
	for _, name := range slices.Sorted(maps.Keys(arrays)) {
		b, err := bytesOf(arrays[name])
		if err != nil {
			return fmt.Errorf("safetensors: %s: %w", name, err)
		}
		n := arrays[name].n
		head[name] = tensor{tensorTypes[n.dtype], append([]int{}, n.shape...), [2]int{at, at + len(b)}}
		data, at = append(data, b), at+len(b)
	}
	text, err := json.Marshal(head)
	if err != nil {
		return err
	}
	text = append(text, bytes.Repeat([]byte(" "), (8-len(text)%8)%8)...)
	out := append([][]byte{endian.LittleEndian.AppendUint64(nil, uint64(len(text))), text}, data...)
	for _, b := range out {
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// ReadSafetensors reads the arrays of a safetensors file, by name, and its notes.
// Eight-bit floats are read as uint8.
func ReadSafetensors(data []byte) (arrays map[string]*Array, notes map[string]string, err error) {
	if len(data) < 8 {
		return nil, nil, fmt.Errorf("safetensors: the file has %d bytes only", len(data))
	}
	size := endian.LittleEndian.Uint64(data)
	data = data[8:]
	if size > uint64(len(data)) {
		return nil, nil, fmt.Errorf("safetensors: a header of %d bytes in a file of %d", size, len(data)+8)
	}
	var head map[string]json.RawMessage
	if err := json.Unmarshal(data[:size], &head); err != nil {
		return nil, nil, fmt.Errorf("safetensors: %w", err)
	}
	data = data[size:]
	arrays = map[string]*Array{}
	for name, raw := range head {
		if name == "__metadata__" {
			if err := json.Unmarshal(raw, &notes); err != nil {
				return nil, nil, fmt.Errorf("safetensors: %w", err)
			}
			continue
		}
		if arrays[name], err = oneTensor(raw, data); err != nil {
			return nil, nil, fmt.Errorf("safetensors: %s: %w", name, err)
		}
	}
	return arrays, notes, nil
}

func oneTensor(raw json.RawMessage, data []byte) (*Array, error) {
	var t tensor
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, err
	}
	d := Dtype(Uint8)
	if t.Dtype != "F8_E4M3" && t.Dtype != "F8_E5M2" {
		k := slices.Index(tensorTypes[:], t.Dtype)
		if k < 0 {
			return nil, fmt.Errorf("the dtype %q is not known", t.Dtype)
		}
		d = Dtype(k)
	}
	from, to := t.Offsets[0], t.Offsets[1]
	if from < 0 || to < from || to > len(data) {
		return nil, fmt.Errorf("bytes %d to %d of %d", from, to, len(data))
	}
	return fromBytes(d, append([]int{}, t.Shape...), data[from:to])
}
