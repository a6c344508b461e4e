package mlx_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// The files testdata/*.jsonl.gz hold calls that were made with MLX, one JSON
// object a line: the op, its arguments, and what came out.

type record struct {
	ID     string                     `json:"id"`
	Op     string                     `json:"op"`
	Args   []json.RawMessage          `json:"args"`
	Kwargs map[string]json.RawMessage `json:"kwargs"`
	Out    json.RawMessage            `json:"out"`
	Err    *struct{ Type, Text string }
	Seed   *uint64 `json:"seed"`

	Wrt        [][]any           `json:"wrt"`
	Cotangents []json.RawMessage `json:"cotangents"`
	Vjp        []json.RawMessage `json:"vjp"`
	Tangents   json.RawMessage   `json:"tangents"` // a list, in an expression an object
	Hvp        json.RawMessage   `json:"hvp"`

	Expr      json.RawMessage            `json:"expr"`
	Inputs    map[string]json.RawMessage `json:"inputs"`
	Value     json.RawMessage            `json:"value"`
	Cotangent json.RawMessage            `json:"cotangent"`
	Grads     map[string]json.RawMessage `json:"grads"`
}

func readRecords(t *testing.T, name string, f func(r *record)) {
	file, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	s := bufio.NewScanner(z)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		r := &record{}
		if err := json.Unmarshal(s.Bytes(), r); err != nil {
			t.Fatalf("%s: %v", s.Text()[:60], err)
		}
		f(r)
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
}

// unsupported is panicked with when a record uses something outside this API.
type unsupported string

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
		return array(m)
	case m["dtype"] != nil:
		return dtypeValue(dtype(m["dtype"].(string)))
	case m["float"] != nil:
		return number(m["float"])
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
func array(m map[string]any) *mlx.Array {
	d := dtype(m["dtype"].(string))
	if d == mlx.Complex64 {
		panic(unsupported("complex64"))
	}
	var shape []int
	for _, x := range m["shape"].([]any) {
		n, _ := x.(json.Number).Int64()
		shape = append(shape, int(n))
	}
	data := m["data"].([]any)
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

// tolerance is how far floats may be from MLX's.
type tolerance struct{ rel, abs float64 }

func toleranceFor(d mlx.Dtype, loose bool) tolerance {
	t := map[mlx.Dtype]tolerance{
		mlx.Float32:  {1e-5, 1e-6},
		mlx.Float64:  {5e-6, 1e-9}, // many of MLX's float64 functions are computed in float32
		mlx.Float16:  {4e-3, 2e-3},
		mlx.BFloat16: {3e-2, 1e-2},
	}[d]
	if loose {
		t.rel, t.abs = t.rel*10, t.abs*10
	}
	return t
}

// same reports how a result differs from the recorded one.
func same(got *mlx.Array, want any, loose bool) error {
	w, ok := want.(*mlx.Array)
	if !ok {
		return fmt.Errorf("the record is a %T", want)
	}
	if got.Dtype() != w.Dtype() || fmt.Sprint(got.Shape()) != fmt.Sprint(w.Shape()) {
		return fmt.Errorf("got %v %v, want %v %v", got.Dtype(), got.Shape(), w.Dtype(), w.Shape())
	}
	if !w.Dtype().IsFloat() {
		if g, w := got.ToList(), w.ToList(); fmt.Sprint(g) != fmt.Sprint(w) {
			return fmt.Errorf("got %v, want %v", g, w)
		}
		return nil
	}
	tol := toleranceFor(w.Dtype(), loose)
	g, ws := got.Float64s(), w.Float64s()
	for i := range ws {
		if g[i] == ws[i] || g[i] != g[i] && ws[i] != ws[i] {
			continue
		}
		if !(math.Abs(g[i]-ws[i]) <= tol.rel*math.Abs(ws[i])+tol.abs) {
			return fmt.Errorf("element %d is %v, want %v", i, g[i], ws[i])
		}
	}
	return nil
}

// onBackend runs f with another backend.
func onBackend(b backend.Backend, f func()) {
	old := mlx.SetBackend(b)
	defer mlx.SetBackend(old)
	f()
}
