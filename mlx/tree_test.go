package mlx_test

import (
	"fmt"
	"testing"

	"github.com/ingot-go/ingot/mlx"
)

// layer and model are trees as a user writes them.
type layer struct {
	Weight, Bias *mlx.Array
	Units        int
	hidden       int
}

type model struct {
	Name   string
	Layers []*layer
	Extra  map[string]any
	scale  float64
}

func smallModel() *model {
	return &model{Name: "m", scale: 2, Extra: map[string]any{"b": mlx.New(3.0), "a": nil, "list": []any{mlx.New(4.0), "text"}},
		Layers: []*layer{{mlx.New([]float32{1, 2}), mlx.New(0.5), 2, 7}, {Weight: mlx.New([]float32{3})}}}
}

func ExampleTreeFlatten() {
	tree := map[string]any{"w": mlx.New([]float32{1, 2}), "layers": []any{mlx.New(3.0)}}
	for _, leaf := range mlx.TreeFlatten(tree) {
		fmt.Println(leaf.Path, leaf.Value)
	}
	// Output:
	// layers.0 array(3, dtype=float32)
	// w array([1, 2], dtype=float32)
}

func ExampleTreeMap() {
	tree := map[string]*mlx.Array{"a": mlx.New(1.0), "b": mlx.New(2.0)}
	fmt.Println(mlx.TreeMap(func(x ...*mlx.Array) *mlx.Array { return x[0].Add(x[1]) }, tree, tree))
	// Output: map[a:array(2, dtype=float32) b:array(4, dtype=float32)]
}

func ExampleTreeUnflatten() {
	fmt.Println(mlx.TreeUnflatten([]mlx.Leaf{{"x.0", 1}, {"x.1", 2}, {"y", 3}}))
	// Output: map[x:[1 2] y:3]
}

func ExampleGradTree() {
	loss := func(p any) *mlx.Array {
		m := p.(map[string]*mlx.Array)
		return m["w"].Square().Sum().Mul(m["b"])
	}
	g := mlx.GradTree(loss)(map[string]*mlx.Array{"w": mlx.New([]float32{1, 2}), "b": mlx.New(3.0)})
	fmt.Println(g)
	// Output: map[b:array(5, dtype=float32) w:array([6, 12], dtype=float32)]
}

func TestTreeOfStructs(t *testing.T) {
	m := smallModel()
	var paths []string
	for _, l := range mlx.TreeFlatten(m) {
		paths = append(paths, l.Path)
	}
	want := "[Layers.0.Weight Layers.0.Bias Layers.1.Weight Layers.1.Bias Extra.a Extra.b Extra.list.0 Extra.list.1]"
	if got := fmt.Sprint(paths); got != want {
		t.Errorf("paths %v, want %v", got, want)
	}
	double := mlx.TreeMap(func(a ...*mlx.Array) *mlx.Array { return a[0].Mul(2) }, m).(*model)
	if double == m || double.Layers[0] == m.Layers[0] || double.scale != 2 || double.Layers[0].hidden != 7 || double.Layers[0].Units != 2 {
		t.Errorf("the copy is %+v", double)
	}
	if a, b := m.Extra["b"].(*mlx.Array).Float(), double.Extra["b"].(*mlx.Array).Float(); a != 3 || b != 6 {
		t.Errorf("%v became %v", a, b)
	}
	if sum := mlx.TreeReduce(func(acc, a *mlx.Array) *mlx.Array { return acc.Add(a.Sum()) }, m, mlx.New(0.0)).Float(); sum != 13.5 {
		t.Errorf("the sum is %v", sum)
	}
	type knot struct{ Next *knot }
	k := &knot{}
	k.Next = k
	if err := mlx.Try(func() { mlx.TreeFlatten(k) }); err == nil {
		t.Error("a tree that contains itself was walked")
	}
	if err := mlx.Try(func() { mlx.TreeMap(func(a ...*mlx.Array) *mlx.Array { return a[0] }, m, &model{}) }); err == nil {
		t.Error("a tree without the arrays of the first one was taken")
	}
}

// TestTreeTransforms takes derivatives, maps and compiles functions of structs.
func TestTreeTransforms(t *testing.T) {
	forward := func(p any) any {
		m := p.(*model)
		y := m.Layers[0].Weight.Mul(m.Layers[1].Weight).Add(m.Layers[0].Bias.Mul(m.Layers[0].Units))
		return map[string]*mlx.Array{"y": y, "square": y.Square()}
	}
	loss := func(p any) *mlx.Array { return forward(p).(map[string]*mlx.Array)["square"].Sum() }
	m := smallModel()
	m.Layers[1].Bias = mlx.New(0.0)
	v, grad := mlx.ValueAndGradTree(loss)(m)
	g := grad.(*model)
	if v.Float() != 65 || g.Layers[0].Bias.Float() != 44 || g.Layers[1].Bias.Float() != 0 || fmt.Sprint(g.Layers[0].Weight.ToList()) != "[24 42]" {
		t.Errorf("the value is %v, its derivative %v", v, mlx.TreeFlatten(g))
	}
	if g.Name != "m" || g.Layers[0].Units != 2 {
		t.Errorf("the derivative is %+v", g)
	}

	outs, grads := mlx.VJPTree(forward, m, map[string]*mlx.Array{"y": mlx.New([]float32{0, 0}), "square": mlx.New([]float32{1, 1})})
	if fmt.Sprint(mlx.TreeFlatten(grads)) != fmt.Sprint(mlx.TreeFlatten(g)) {
		t.Errorf("vjp gives %v", grads)
	}
	if fmt.Sprint(outs.(map[string]*mlx.Array)["y"].ToList()) != "[4 7]" {
		t.Errorf("outputs %v", outs)
	}
	ones := mlx.TreeMap(func(a ...*mlx.Array) *mlx.Array { return mlx.OnesLike(a[0]) }, m)
	_, tangents := mlx.JVPTree(forward, m, ones)
	if got := fmt.Sprint(tangents.(map[string]*mlx.Array)["y"].ToList()); got != "[6 7]" {
		t.Errorf("tangents %v", got)
	}

	calls := 0
	compiled := mlx.CompileTree(func(p any) any { calls++; return forward(p) }, mlx.CompileOptions{})
	for range 3 {
		got := compiled(m).(map[string]*mlx.Array)["y"].ToList()
		if fmt.Sprint(got) != "[4 7]" {
			t.Errorf("compiled: %v", got)
		}
	}
	m.Layers[0].Units = 3 // is part of the function
	if got := compiled(m).(map[string]*mlx.Array)["y"].ToList(); fmt.Sprint(got) != "[4.5 7.5]" || calls != 2 {
		t.Errorf("compiled for 3 units: %v after %d calls", got, calls)
	}

	batch := func(p any) any {
		l := p.(layer)
		return []*mlx.Array{l.Weight.Mul(l.Bias).Sum()}
	}
	rows := mlx.VMapTree(batch)(layer{Weight: mlx.New([][]float32{{1, 2}, {3, 4}}), Bias: mlx.New([]float32{10, 100})})
	if got := fmt.Sprint(rows.([]*mlx.Array)[0].ToList()); got != "[30 700]" {
		t.Errorf("mapped: %v", got)
	}
}
