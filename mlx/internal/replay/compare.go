package replay

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/ingot-go/ingot/mlx"
)

// compareResult compares a result with the recorded one, in the way that the
// record asks for.
func (r *Record) compareResult(got, want any) error {
	switch g := got.(type) {
	case *mlx.Array:
		if r.Compare == "unordered" {
			return sameUnordered(g, want)
		}
		return same(g, want, strings.HasPrefix(r.Op, "core.fft."))
	case []*mlx.Array:
		if r.Compare == "decomposition" {
			return sameDecomposition(r.Op, arr(decode(r.Args[0])), g, want)
		}
		l, ok := untuple(want).([]any)
		if !ok || len(g) != len(l) {
			return fmt.Errorf("%d arrays, want %v", len(g), want)
		}
		for i := range g {
			if err := r.compareResult(g[i], l[i]); err != nil {
				return fmt.Errorf("array %d: %w", i, err)
			}
		}
		return nil
	case written, loaded:
		return sameFile(g, want)
	case map[string]*mlx.Array:
		w, err := wantArrays(want)
		if err != nil {
			return err
		}
		return sameArrays(g, w)
	case []any:
		l, ok := untuple(want).([]any)
		if !ok || len(l) != len(g) {
			break
		}
		for i := range g {
			if err := r.compareResult(g[i], l[i]); err != nil {
				return fmt.Errorf("part %d: %w", i, err)
			}
		}
		return nil
	case map[string]any:
		w, ok := want.(map[string]any)
		if !ok || len(w) != len(g) {
			break
		}
		for k := range g {
			if err := r.compareResult(g[k], w[k]); err != nil {
				return fmt.Errorf("%q: %w", k, err)
			}
		}
		return nil
	case []mlx.Leaf:
		return r.compareLeaves(g, want)
	case string:
		if w := fmt.Sprint(want); w != g {
			return fmt.Errorf("got %q, want %q", g, w)
		}
		return nil
	}
	if g, w := plain(got), plain(want); g != w {
		return fmt.Errorf("got %s, want %s", g, w)
	}
	return nil
}

// compareLeaves compares in the order of the paths: maps have no order of their own.
func (r *Record) compareLeaves(got []mlx.Leaf, want any) error {
	list, _ := untuple(want).([]any)
	if len(list) != len(got) {
		return fmt.Errorf("%d leaves, want %v", len(got), want)
	}
	wanted := map[string]any{}
	for _, pair := range list {
		p := untuple(pair).([]any)
		wanted[p[0].(string)] = p[1]
	}
	for _, l := range got {
		w, ok := wanted[l.Path]
		if !ok {
			return fmt.Errorf("a leaf %q that is not wanted", l.Path)
		}
		if err := r.compareResult(l.Value, w); err != nil {
			return fmt.Errorf("%q: %w", l.Path, err)
		}
	}
	return nil
}

// plain writes a value without the differences between Go's and Python's types.
func plain(v any) string {
	switch v := untuple(v).(type) {
	case map[string]string:
		all := map[string]any{}
		for k, s := range v {
			all[k] = s
		}
		return plain(all)
	case []int:
		return fmt.Sprint(v)
	case map[string]any:
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, k+": "+plain(v[k]))
		}
		return strings.Join(parts, ", ")
	case complex128:
		return fmt.Sprintf("%.5g", v)
	case float64:
		return fmt.Sprintf("%.5g", v)
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = plain(x)
		}
		return "[" + strings.Join(parts, " ") + "]"
	default:
		return fmt.Sprint(v)
	}
}

// sameUnordered compares the sorted rows of both.
func sameUnordered(got *mlx.Array, want any) error {
	w, ok := want.(*mlx.Array)
	if !ok || got.Dtype() != w.Dtype() || !slices.Equal(got.Shape(), w.Shape()) {
		return same(got, want, false)
	}
	return same(got.Flatten().Sort(), w.Flatten().Sort(), false)
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

// Same reports how an array differs from another one, within the tolerances of
// its dtype; loose ones are ten times as wide.
func Same(got, want *mlx.Array, loose bool) error { return same(got, want, loose) }

// same reports how a result differs from the recorded one.
func same(got *mlx.Array, want any, loose bool) error {
	w, ok := want.(*mlx.Array)
	if !ok {
		return fmt.Errorf("the record is a %T", want)
	}
	if got.Dtype() != w.Dtype() || fmt.Sprint(got.Shape()) != fmt.Sprint(w.Shape()) {
		return fmt.Errorf("got %v %v, want %v %v", got.Dtype(), got.Shape(), w.Dtype(), w.Shape())
	}
	if w.Dtype() == mlx.Complex64 && got.Dtype() == w.Dtype() {
		if err := same(got.Real(), w.Real(), loose); err != nil {
			return fmt.Errorf("real part: %w", err)
		}
		return same(got.Imag(), w.Imag(), loose)
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
