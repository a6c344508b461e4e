package mlx

import (
	"archive/zip"
	"bytes"
	endian "encoding/binary"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ingot-go/ingot/mlx/op"
)

// npyTypes are NumPy's names of the dtypes; it has none for bfloat16, for which
// MLX writes two bytes of no type.
var npyTypes = [op.Dtypes]string{"b1", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8", "V2", "c8"}

const npyMagic = "\x93NUMPY"

// WriteNPY writes an array in NumPy's format.
func WriteNPY(w io.Writer, a *Array) error {
	data, err := bytesOf(a)
	if err != nil {
		return err
	}
	order := "<"
	if a.n.dtype.Size() == 1 || a.n.dtype == BFloat16 {
		order = "|"
	}
	dims := make([]string, len(a.n.shape))
	for i, d := range a.n.shape {
		dims[i] = strconv.Itoa(d)
	}
	shape := strings.Join(dims, ", ")
	if len(dims) == 1 {
		shape += ","
	}
	head := fmt.Sprintf("{'descr': '%s%s', 'fortran_order': False, 'shape': (%s), }", order, npyTypes[a.n.dtype], shape)
	for (len(npyMagic)+4+len(head)+1)%64 != 0 { // the elements begin at a multiple of 64
		head += " "
	}
	head += "\n"
	start := endian.LittleEndian.AppendUint16([]byte(npyMagic+"\x01\x00"), uint16(len(head)))
	for _, part := range [][]byte{start, []byte(head), data} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

var (
	npyDescr   = regexp.MustCompile(`'descr'\s*:\s*'([<>|=]?)([a-zA-Z])(\d+)'`)
	npyFortran = regexp.MustCompile(`'fortran_order'\s*:\s*(True|False)`)
	npyShape   = regexp.MustCompile(`'shape'\s*:\s*\(([\d,\s]*)\)`)
)

// ReadNPY reads an array in NumPy's format: in either byte order and either
// order of the elements. Double precision stays; structures are errors.
func ReadNPY(r io.Reader) (*Array, error) {
	a, err := readNPY(r)
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	return a, nil
}

func readNPY(r io.Reader) (*Array, error) {
	start := make([]byte, len(npyMagic)+2)
	if _, err := io.ReadFull(r, start); err != nil || string(start[:len(npyMagic)]) != npyMagic {
		return nil, fmt.Errorf("this is no array in NumPy's format")
	}
	length := make([]byte, 4)
	if start[len(npyMagic)] == 1 {
		length = length[:2]
	}
	if _, err := io.ReadFull(r, length); err != nil {
		return nil, err
	}
	size := int(endian.LittleEndian.Uint32(append(slices.Clone(length), 0, 0)))
	if size > 1<<20 {
		return nil, fmt.Errorf("a header of %d bytes is too long", size)
	}
	head := make([]byte, size)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	descr, fortran, dims := npyDescr.FindSubmatch(head), npyFortran.FindSubmatch(head), npyShape.FindSubmatch(head)
	if descr == nil || fortran == nil || dims == nil {
		return nil, fmt.Errorf("the header %q is not understood", head)
	}
	d := slices.Index(npyTypes[:], string(descr[2])+string(descr[3]))
	if d < 0 {
		return nil, fmt.Errorf("the type %q is not one of an array", descr[2:])
	}
	shape := []int{}
	for _, s := range strings.FieldsFunc(string(dims[1]), func(c rune) bool { return c == ',' || c == ' ' || c == '\n' || c == '\t' }) {
		n, err := strconv.Atoi(s)
		if err != nil {
			return nil, err
		}
		shape = append(shape, n)
	}
	return npyElements(r, Dtype(d), shape, string(descr[1]) == ">", string(fortran[1]) == "True")
}

// npyElements reads what follows the header.
func npyElements(r io.Reader, d Dtype, shape []int, swapped, fortran bool) (*Array, error) {
	n, err := volume(d, shape)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(n*d.Size())))
	if err != nil {
		return nil, err
	}
	if swapped {
		word := d.Size()
		if d == Complex64 {
			word = 4
		}
		for i := 0; i+word <= len(data); i += word {
			slices.Reverse(data[i : i+word])
		}
	}
	if !fortran || len(shape) < 2 {
		return fromBytes(d, shape, data)
	}
	turned := slices.Clone(shape)
	slices.Reverse(turned)
	a, err := fromBytes(d, turned, data)
	if err != nil {
		return nil, err
	}
	return Transpose(a).Eval(), nil
}

// WriteNPZ writes arrays by name in NumPy's format: a zip archive of .npy files.
func WriteNPZ(w io.Writer, arrays map[string]*Array) error {
	z := zip.NewWriter(w)
	for _, name := range slices.Sorted(maps.Keys(arrays)) {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Deflate})
		if err != nil {
			return err
		}
		if err := WriteNPY(f, arrays[name]); err != nil {
			return err
		}
	}
	return z.Close()
}

// ReadNPZ reads the arrays of a .npz file, by name.
func ReadNPZ(data []byte) (map[string]*Array, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("npz: %w", err)
	}
	out := map[string]*Array{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("npz: %s: %w", f.Name, err)
		}
		a, err := ReadNPY(r)
		r.Close()
		if err != nil {
			return nil, fmt.Errorf("npz: %s: %w", f.Name, err)
		}
		out[strings.TrimSuffix(f.Name, ".npy")] = a
	}
	return out, nil
}

// MarshalBinary is the array in NumPy's format, for gob and the like.
func (a *Array) MarshalBinary() ([]byte, error) {
	var b bytes.Buffer
	err := WriteNPY(&b, a)
	return b.Bytes(), err
}

// UnmarshalBinary makes the array what [Array.MarshalBinary] wrote.
func (a *Array) UnmarshalBinary(data []byte) error {
	b, err := ReadNPY(bytes.NewReader(data))
	if err == nil {
		a.n = b.n
	}
	return err
}
