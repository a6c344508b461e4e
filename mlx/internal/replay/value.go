package replay

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/op"
)

type dtypeValue mlx.Dtype

// tuple is a list in round brackets, which matters for indices.
type tuple []any

// decode reads a value of a record: an array, int, float64, bool, nil, string,
// dtypeValue, []any or an index.
func decode(raw json.RawMessage) any {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		panic(err)
	}
	return value(v)
}

func value(v any) any {
	switch v := v.(type) {
	case json.Number:
		n, err := strconv.ParseInt(v.String(), 10, 64)
		if err != nil {
			u, err := strconv.ParseUint(v.String(), 10, 64)
			if err != nil {
				panic(unsupported("number " + v.String()))
			}
			return u
		}
		return int(n)
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = value(x)
		}
		return out
	case map[string]any:
		return object(v)
	}
	return v
}

func object(m map[string]any) any {
	switch {
	case m["data"] != nil && m["shape"] != nil:
		return arrayOf(m)
	case m["dtype"] != nil:
		return dtypeValue(dtype(m["dtype"].(string)))
	case m["float"] != nil:
		return number(m["float"])
	case m["base64"] != nil:
		b, err := base64.StdEncoding.DecodeString(m["base64"].(string))
		if err != nil {
			panic(err)
		}
		return b
	case m["dict"] != nil:
		d := map[string]any{}
		for _, pair := range m["dict"].([]any) {
			kv := pair.([]any)
			d[fmt.Sprint(kv[0])] = value(kv[1])
		}
		return d
	case m["info"] != nil:
		info := map[string]any{}
		for k, v := range m["info"].(map[string]any) {
			info[k] = value(v)
		}
		return info
	case m["complex"] != nil:
		return complexNumber(m["complex"])
	case m["category"] != nil:
		return mlx.Category(m["category"].(string))
	case m["numpy"] != nil:
		return fromNumpy(m["numpy"].(map[string]any))
	case m["npscalar"] != nil:
		return fromNumpy(m["npscalar"].(map[string]any))
	case m["tuple"] != nil:
		return tuple(value(m["tuple"]).([]any))
	case m["slice"] != nil:
		s := value(m["slice"]).([]any)
		return mlx.S(s...)
	case m["ellipsis"] != nil:
		return mlx.Rest
	}
	panic(unsupported(fmt.Sprint("value ", m)))
}

func number(v any) float64 {
	switch v := v.(type) {
	case json.Number:
		f, _ := v.Float64()
		return f
	case string:
		f, err := strconv.ParseFloat(v, 64)
		if err != nil {
			panic(err)
		}
		return f
	}
	panic(unsupported(fmt.Sprintf("%T", v)))
}

func dtype(name string) mlx.Dtype {
	for d := mlx.Dtype(0); d < op.Dtypes; d++ {
		if d.String() == strings.TrimSuffix(name, "_") {
			return d
		}
	}
	panic(unsupported("dtype " + name))
}

// array makes an array out of its recorded form. Its layout is a matter of how
// it was made, which the engine does not see once it is evaluated.
func arrayOf(m map[string]any) *mlx.Array {
	d := dtype(m["dtype"].(string))
	var shape []int
	for _, x := range m["shape"].([]any) {
		n, _ := x.(json.Number).Int64()
		shape = append(shape, int(n))
	}
	data := m["data"].([]any)
	if d == mlx.Complex64 {
		z := make([]complex128, len(data))
		for i, x := range data {
			z[i] = complexNumber(x)
		}
		return mlx.New(z, d).Reshape(shape...)
	}
	if d.IsFloat() {
		f := make([]float64, len(data))
		for i, x := range data {
			f[i] = number(x)
		}
		return mlx.New(f, d).Reshape(shape...)
	}
	if d == mlx.Uint64 {
		u := make([]uint64, len(data))
		for i, x := range data {
			u[i], _ = strconv.ParseUint(x.(json.Number).String(), 10, 64)
		}
		return mlx.New(u, d).Reshape(shape...)
	}
	n := make([]int64, len(data))
	for i, x := range data {
		n[i], _ = x.(json.Number).Int64()
	}
	return mlx.New(n, d).Reshape(shape...)
}

func complexNumber(v any) complex128 {
	pair := v.([]any)
	return complex(number(pair[0]), number(pair[1]))
}

// fromNumpy makes an array as MLX makes it of one of numpy's: double precision
// becomes single.
func fromNumpy(m map[string]any) *mlx.Array {
	switch m["dtype"] {
	case "float64":
		m["dtype"] = "float32"
	case "complex128":
		m["dtype"] = "complex64"
	}
	if m["shape"] == nil {
		m["shape"], m["data"] = []any{}, []any{m["data"]}
	}
	return arrayOf(m)
}
