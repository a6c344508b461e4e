package mlx

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/ingot-go/ingot/mlx/backend"
)

// Arrays in files: .npy holds one, .npz several by name, .safetensors and .gguf
// several with notes. What is read is checked: a damaged file gives an error.

// Save writes an array to a .npy file.
func Save(path string, a *Array) error {
	if filepath.Ext(path) == "" {
		path += ".npy"
	}
	return writeFile(path, func(b *bytes.Buffer) error { return WriteNPY(b, a) })
}

// SaveAll writes arrays by name to a .npz, .safetensors or .gguf file.
func SaveAll(path string, arrays map[string]*Array) error {
	switch ext := filepath.Ext(path); ext {
	case ".npz":
		return writeFile(path, func(b *bytes.Buffer) error { return WriteNPZ(b, arrays) })
	case ".safetensors":
		return writeFile(path, func(b *bytes.Buffer) error { return WriteSafetensors(b, arrays, nil) })
	case ".gguf":
		return writeFile(path, func(b *bytes.Buffer) error { return WriteGGUF(b, arrays, nil) })
	default:
		return fmt.Errorf("save: %q is not a format for several arrays; use .npz, .safetensors or .gguf", ext)
	}
}

// writeFile replaces the file only when all of it could be made.
func writeFile(path string, write func(*bytes.Buffer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o666)
}

// Load reads the array of a .npy file.
func Load(path string) (*Array, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadNPY(f)
}

// LoadAll reads the arrays of a .npz, .safetensors or .gguf file, by name.
func LoadAll(path string) (map[string]*Array, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".npz":
		return ReadNPZ(data)
	case ".safetensors":
		arrays, _, err := ReadSafetensors(data)
		return arrays, err
	case ".gguf":
		arrays, _, err := ReadGGUF(data)
		return arrays, err
	default:
		return nil, fmt.Errorf("load: %q is not a format for several arrays; use .npz, .safetensors or .gguf", ext)
	}
}

// bytesOf evaluates and gives the elements as bytes, least significant first.
func bytesOf(a *Array) (data []byte, err error) {
	err = Try(func() { data = a.elements("save").Bytes })
	return data, err
}

// volume is the number of elements of a shape out of a file, and whether they
// are few enough for the memory.
func volume(d Dtype, shape []int) (int, error) {
	n := 1
	for _, s := range shape {
		if s < 0 || s > 0 && n > backend.MaxBytes/s {
			return 0, fmt.Errorf("the shape %s is not possible", shapeText(shape))
		}
		n *= s
	}
	if n > math.MaxInt/d.Size() {
		return 0, fmt.Errorf("the shape %s is not possible", shapeText(shape))
	}
	return n, nil
}

// fromBytes makes an array of elements as bytes, least significant first.
func fromBytes(d Dtype, shape []int, data []byte) (*Array, error) {
	n, err := volume(d, shape)
	if err != nil {
		return nil, err
	}
	if len(data) != n*d.Size() {
		return nil, fmt.Errorf("%d bytes for an array of shape %s and dtype %v", len(data), shapeText(shape), d)
	}
	b, err := backend.Alloc(d, n)
	if err != nil {
		return nil, err
	}
	copy(b.Bytes, data)
	if d == Bool {
		for i, v := range b.Bytes {
			if v > 1 {
				b.Bytes[i] = 1
			}
		}
	}
	return wrap(dataNode(shape, b)), nil
}
