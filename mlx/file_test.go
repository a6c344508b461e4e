package mlx_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/internal/replay"
)

// everyDtype is an array of each dtype, and of no and of zero axes.
func everyDtype() map[string]*mlx.Array {
	all := map[string]*mlx.Array{"zero axes": mlx.New(2.5), "empty": mlx.Zeros(2, 0, 3)}
	for d := mlx.Bool; d <= mlx.Complex64; d++ {
		all[d.String()] = mlx.New([][]float64{{0, 1, 2}, {3, 0, 5}}, d).T()
	}
	return all
}

func ExampleWriteNPY() {
	var file bytes.Buffer
	if err := mlx.WriteNPY(&file, mlx.New([]int32{1, 2, 3})); err != nil {
		fmt.Println(err)
	}
	a, err := mlx.ReadNPY(&file)
	fmt.Println(a, err)
	// Output: array([1, 2, 3], dtype=int32) <nil>
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	for _, ext := range []string{"npz", "safetensors"} {
		path := filepath.Join(dir, "all."+ext)
		if err := mlx.SaveAll(path, everyDtype()); err != nil {
			t.Fatal(err)
		}
		got, err := mlx.LoadAll(path)
		if err != nil {
			t.Fatal(err)
		}
		for name, w := range everyDtype() {
			if got[name] == nil {
				t.Errorf("%s: %s is missing", ext, name)
			} else if err := replay.Same(got[name], w, false); err != nil {
				t.Errorf("%s: %s: %v", ext, name, err)
			}
		}
	}
	path := filepath.Join(dir, "one")
	if err := mlx.Save(path, mlx.New([]float32{1, 2})); err != nil {
		t.Fatal(err)
	}
	if a, err := mlx.Load(path + ".npy"); err != nil || a.At(1).Float() != 2 {
		t.Errorf("got %v, %v", a, err)
	}
	if _, err := mlx.LoadAll(path + ".npy"); err == nil {
		t.Error("a .npy file was read as several arrays")
	}
}

// TestForeignNPY reads what NumPy writes and this package does not: big-endian
// numbers in column order.
func TestForeignNPY(t *testing.T) {
	head := "{'descr': '>f4', 'fortran_order': True, 'shape': (2, 3), }\n"
	data := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(head)))
	data = append(data, head...)
	for _, v := range []float32{1, 4, 2, 5, 3, 6} {
		data, _ = binary.Append(data, binary.BigEndian, v)
	}
	a, err := mlx.ReadNPY(bytes.NewReader(data))
	if err != nil || fmt.Sprint(a.ToList()) != "[[1 2 3] [4 5 6]]" {
		t.Errorf("got %v, %v", a, err)
	}
}

// FuzzFiles reads damaged files: an error or an array, nothing else.
func FuzzFiles(f *testing.F) {
	var npy, npz, tensors, gguf bytes.Buffer
	a := map[string]*mlx.Array{"x": mlx.New([]float32{1, 2}), "b": mlx.New(true)}
	notes := map[string]any{"s": "text", "list": []string{"a", "b"}, "n": mlx.New([]int32{1, 2})}
	if mlx.WriteGGUF(&gguf, map[string]*mlx.Array{"x": a["x"]}, notes) != nil || mlx.WriteNPY(&npy, a["x"]) != nil || mlx.WriteNPZ(&npz, a) != nil || mlx.WriteSafetensors(&tensors, a, map[string]string{"k": "v"}) != nil {
		f.Fatal("the seeds cannot be written")
	}
	for _, b := range [][]byte{npy.Bytes(), npz.Bytes(), tensors.Bytes(), gguf.Bytes()} {
		f.Add(b)
		f.Add(b[:len(b)-3])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if a, err := mlx.ReadNPY(bytes.NewReader(data)); err == nil && a.Size() < 100 {
			_ = a.String()
		}
		for _, read := range []func([]byte) (map[string]*mlx.Array, error){mlx.ReadNPZ, func(b []byte) (map[string]*mlx.Array, error) {
			arrays, _, err := mlx.ReadSafetensors(b)
			return arrays, err
		}, func(b []byte) (map[string]*mlx.Array, error) {
			arrays, _, err := mlx.ReadGGUF(b)
			return arrays, err
		}} {
			arrays, err := read(data)
			if err == nil {
				for _, a := range arrays {
					_ = a.Shape()
				}
			}
		}
	})
}
