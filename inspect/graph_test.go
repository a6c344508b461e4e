package inspect

import (
	"context"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/hook"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (-update writes it); got\n%s", path, got)
	}
}

// at makes the cell line that is said to be running.
func at(t *testing.T, where *string) {
	before := hook.Where
	hook.Where = func() string { return *where }
	t.Cleanup(func() { hook.Where = before })
}

func wellFormed(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		_, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
}

func mime(t *testing.T, v interface {
	DisplayMIME(context.Context) (map[string]any, error)
}, kind string) string {
	t.Helper()
	m, err := v.DisplayMIME(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	s, ok := m[kind].(string)
	if !ok {
		t.Fatalf("no %s in the bundle", kind)
	}
	return s
}

func TestGraphGolden(t *testing.T) {
	line := "In[1]:1"
	at(t, &line)
	x := mlx.New([][]float32{{1, 2, 3}, {4, 5, 6}})
	line = "In[2]:1"
	y := x.Mul(2).Add(1)
	line = "In[2]:2"
	z := mlx.Sub(1, y).Maximum(mlx.Full([]int{3}, 7)).Sum()
	d := Graph(z, y)
	golden(t, "graph.txt", mime(t, d, "text/plain")+"\n")
	svg := mime(t, d, "image/svg+xml")
	wellFormed(t, svg)
	golden(t, "graph.svg", svg+"\n")
}

func TestGraphDoesNotEvaluate(t *testing.T) {
	y := mlx.New([]float32{1, 2}).Mul(3).Sum()
	plans := mlx.CompiledPlans()
	before := Graph(y)
	mime(t, before, "image/svg+xml")
	if n := mlx.CompiledPlans() - plans; n != 0 {
		t.Errorf("%d plans were compiled", n)
	}
	if g := mlx.GraphOf(y); g.Pending() != 2 || g.Plan.Regions != 1 {
		t.Errorf("after drawing %d ops are pending in %d regions, want 2 in 1", g.Pending(), g.Plan.Regions)
	}
	y.Eval()
	if got := Graph(y).String(); !strings.Contains(got, "nothing is pending") || !strings.Contains(got, "evaluated") {
		t.Errorf("evaluated: %s", got)
	}
	if !strings.Contains(before.String(), "2 ops pending") {
		t.Errorf("the drawing changed with the arrays: %s", before)
	}
}

func TestLargeGraphIsCut(t *testing.T) {
	x := mlx.New([]float32{1})
	y := x
	for range 400 {
		y = y.Mul(2).Add(x)
	}
	d := Graph(y)
	note := "the last 150 of 801 nodes; 651 earlier ones are not shown"
	text := d.String()
	if !strings.Contains(text, note) || strings.Count(text, "\n%") != 149 || !strings.Contains(text, "(…, ") {
		t.Errorf("cut text: %s", text)
	}
	svg := d.SVG()
	wellFormed(t, svg)
	if !strings.Contains(svg, note) || !strings.Contains(svg, ">… 651 more<") {
		t.Error("the picture does not say that it is cut")
	}
}

func TestUserTextIsEscaped(t *testing.T) {
	line := `<script>alert("&")</script>`
	at(t, &line)
	x := mlx.New([]float32{1, 2})
	sum := func(x *mlx.Array) *mlx.Array { return x.Square().Sum() }
	r := Gradients(sum, x)
	for _, text := range []string{Graph(sum(x)).SVG(), r.SVG(), mime(t, r, "text/html")} {
		wellFormed(t, text)
		if strings.Contains(text, "<script") || !strings.Contains(text, "&lt;script&gt;alert(&#34;&amp;&#34;)") {
			t.Errorf("not escaped: %s", text)
		}
	}
}

func TestTitles(t *testing.T) {
	x := mlx.New([]float32{1, 2})
	for _, c := range []struct {
		y    *mlx.Array
		want string
	}{
		{x.Add(1), "add + 1"},
		{mlx.Sub(1, x), "subtract(1, ·)"},
		{x.Maximum(0), "maximum(·, 0)"},
		{x.Exp(), "exp"},
		{mlx.Where(x.Greater(1), x, 0.5), "select(·, ·, 0.5)"},
		{mlx.Full([]int{2}, 3.5), "full 3.5"},
		{x.AsType(mlx.Int32), "astype"},
		{x.Reshape(2, 1).T(), "transpose"},
		{mlx.MatMul(x.Reshape(1, 2), x.Reshape(2, 1)), "matmul"},
		{mlx.Concatenate([]*mlx.Array{x, x}), "concatenate"},
		{x.StopGradient(), "stop_gradient"},
		{x.ArgMax(), "argmax"},
		{mlx.Arange(3), "arange"},
	} {
		g := mlx.GraphOf(c.y)
		if got := title(&g, &g.Nodes[g.Results[0]]); got != c.want {
			t.Errorf("title %q, want %q", got, c.want)
		}
	}
}

func TestNothingToDraw(t *testing.T) {
	for _, c := range []struct {
		call func()
		want string
	}{
		{func() { Graph() }, "graph: no array is given"},
		{func() { Graph(mlx.New(1), nil) }, "graph: the array is nil"},
	} {
		wantError(t, c.call, c.want)
	}
}

func wantError(t *testing.T, call func(), want string) {
	t.Helper()
	err := mlx.Try(call)
	var e *mlx.Error
	if !errors.As(err, &e) || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestOneScalarSharedBySeveralIsDrawnInEach(t *testing.T) {
	two := mlx.Full(nil, 2.0)
	x := mlx.New([]float32{1})
	got := Graph(x.Mul(two), x.Div(two)).String()
	for _, want := range []string{"multiply(%1, 2)", "divide(%1, 2)", "result: %2, %3"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	if got := fmt.Sprint(Graph(two)); !strings.Contains(got, "%1 = full(2)") {
		t.Errorf("a result that is a scalar is missing: %s", got)
	}
}
