package mlx_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/random"
)

// TestCalls replays calls of MLX. What uses an option that this API does not
// have is counted by its name, and the counts are part of the test.
func TestCalls(t *testing.T) {
	passed, failed, skipped := 0, map[string]int{}, map[string]int{}
	readRecords(t, "calls.jsonl.gz", func(r *record) {
		switch err := replay(r); {
		case err == nil:
			passed++
		case errors.As(err, new(skip)):
			skipped[err.Error()]++
		default:
			if failed[r.Op]++; failed[r.Op] <= 3 {
				t.Errorf("%s %s: %v", r.ID, r.Op, err)
			}
		}
	})
	t.Logf("%d calls agree; outside this API: %v", passed, skipped)
	if len(failed) > 0 {
		t.Errorf("calls that differ: %v", failed)
	}
	if passed < minCalls {
		t.Errorf("%d calls were replayed, want at least %d", passed, minCalls)
	}
}

// elsewhere matches errors of MLX about what this API allows: lists beside
// arrays, and lengths beyond 32 bits.
var elsewhere = regexp.MustCompile("array and (list|tuple)|supported range|Received 0 axes")

// ours are the calls on which this API differs by intent.
var ours = map[string]string{
	"3238f0027ebd4ae7": "a mask may cover all axes of an array without axes",
	"7e063b4febc66eb3": "a slice of numbers may be set",
	"68b4ebd3ccfe53e1": "a masked place takes a value of its own size only",
	"0c1795f796f5d8a5": "a masked place takes a value of its own size only",
	"a54f349f23b96bff": "log(4e+2) is 2.555",
	"3b6b4a0d30613f2e": "an axis named twice is an error",
	"54408ee668da9204": "full casts an array to the dtype asked for",
	"7a3acb19e1fed0c7": "full casts an array to the dtype asked for",
	"aa982932f3aa709d": "full casts a number to the dtype asked for",
	"1c4bfdd52f7e73d3": "the second derivative is 0 where it is not NaN",
	"d242a9f401b6cccc": "a probability may be a whole number",
	"9c0c7aa55137f4d5": "a probability may be a whole number",
	"21cc9c141b9c259b": "a comparison with a list is element by element",
	"45ee9ebb2e987984": "log_softmax of nothing is nothing",
	"d6715d1c58a1c676": "concatenate always has an axis",
	"771a7b1dd09f5c35": "a single negative index may be taken",
	"cf3005dd9f29f9a4": "a single negative index may be taken",
	"de1e8af60c2f908b": "a single negative index may be taken",
}

type skip string

func (s skip) Error() string { return string(s) }

func (r *record) decoded() *call {
	c := &call{named: map[string]any{}}
	for _, a := range r.Args {
		c.args = append(c.args, decode(a))
	}
	for k, a := range r.Kwargs {
		if k == "stream" {
			continue
		}
		c.named[k] = decode(a)
	}
	if r.Seed != nil {
		c.named["seeded"] = random.Split(random.Key(*r.Seed)).At(1)
	}
	return c
}

// replay makes the recorded call and compares.
func replay(r *record) (err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case unsupported:
			err = skip(e)
		case *mlx.Error:
			err = e
			if r.Err != nil {
				err = nil
			}
		default:
			panic(fmt.Sprintf("%s %s: %v", r.ID, r.Op, e))
		}
	}()
	if why := ours[r.ID]; why != "" {
		return skip("ours: " + why)
	}
	c := r.decoded()
	name := r.Op
	if name == "core.random.split" {
		name = "core.random.split_key"
	}
	got := c.run(name)
	if len(c.named) > 0 {
		return skip(fmt.Sprint("options ", slices.Sorted(maps.Keys(c.named))))
	}
	if r.Err != nil && elsewhere.MatchString(r.Err.Text) {
		return skip("an error that is none here")
	}
	if r.Err != nil {
		if a, ok := got.(*mlx.Array); ok {
			a.Eval()
		}
		return fmt.Errorf("no error, want %q", r.Err.Text)
	}
	return compareResult(got, r.Out, false)
}

func compareResult(got any, raw json.RawMessage, loose bool) error {
	switch g := got.(type) {
	case *mlx.Array:
		return same(g, decode(raw), loose)
	case []*mlx.Array:
		want := decode(raw).([]any)
		if len(g) != len(want) {
			return fmt.Errorf("%d results, want %d", len(g), len(want))
		}
		for i := range g {
			if err := same(g[i], want[i], loose); err != nil {
				return err
			}
		}
		return nil
	}
	want := decode(raw)
	if a, ok := got.(string); ok {
		if fmt.Sprint(want) != a {
			return fmt.Errorf("got %q, want %q", a, want)
		}
		return nil
	}
	g, w := plain(got), plain(want)
	if g != w {
		return fmt.Errorf("got %s, want %s", g, w)
	}
	return nil
}

// plain writes a value without the differences between Go's and Python's types.
func plain(v any) string {
	s := fmt.Sprint(v)
	if f, ok := v.(float64); ok {
		s = fmt.Sprintf("%.5g", f)
	}
	if l, ok := v.([]any); ok {
		var parts []string
		for _, x := range l {
			parts = append(parts, plain(x))
		}
		s = "[" + strings.Join(parts, " ") + "]"
	}
	return s
}

// TestGrads replays derivatives: of each recorded call, the vector-Jacobian
// product and, where it was recorded, the second-order one.
func TestGrads(t *testing.T) {
	first, second, failed, skipped := 0, 0, map[string]int{}, map[string]int{}
	readRecords(t, "grads.jsonl.gz", func(r *record) {
		n, err := replayGrad(r)
		if n > 0 {
			first++
		}
		if n > 1 {
			second++
		}
		switch {
		case err == nil:
		case errors.As(err, new(skip)):
			skipped[err.Error()]++
		default:
			if failed[r.Op]++; failed[r.Op] <= 3 {
				t.Errorf("%s %s: %v", r.ID, r.Op, err)
			}
		}
	})
	t.Logf("%d first and %d second derivatives agree; outside this API: %v", first, second, skipped)
	if len(failed) > 0 {
		t.Errorf("derivatives that differ: %v", failed)
	}
	if first < minFirst || second < minSecond {
		t.Errorf("%d first and %d second derivatives were replayed, want at least %d and %d", first, second, minFirst, minSecond)
	}
}

// replayGrad returns how many orders of derivative agree.
func replayGrad(r *record) (orders int, err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case unsupported:
			err = skip(e)
		case *mlx.Error:
			err = e
		default:
			panic(fmt.Sprintf("%s %s: %v", r.ID, r.Op, e))
		}
	}()
	if why := ours[r.ID]; why != "" {
		return 0, skip("ours: " + why)
	}
	c := r.decoded()
	primals := make([]*mlx.Array, len(r.Wrt))
	for i, path := range r.Wrt {
		primals[i] = arr(*r.slot(c, path))
	}
	f := func(x ...*mlx.Array) []*mlx.Array {
		c := r.decoded()
		for i, path := range r.Wrt {
			*r.slot(c, path) = x[i]
			if path[0] == "kwargs" {
				c.named[path[1].(string)] = x[i]
			}
		}
		switch out := c.run(r.Op).(type) {
		case *mlx.Array:
			return []*mlx.Array{out}
		case []*mlx.Array:
			return out
		}
		panic(unsupported("not an array"))
	}
	list := func(raw []json.RawMessage) (out []*mlx.Array) {
		for _, x := range raw {
			out = append(out, arr(decode(x)))
		}
		return out
	}
	cotangents := list(r.Cotangents)
	_, vjps := mlx.VJP(f, primals, cotangents)
	for i, w := range r.Vjp {
		if err := same(vjps[i], decode(w), true); err != nil {
			return 0, fmt.Errorf("vjp %d: %w", i, err)
		}
	}
	if len(r.Hvp) == 0 {
		return 1, nil
	}
	var tangents, want []json.RawMessage
	if err := errors.Join(json.Unmarshal(r.Tangents, &tangents), json.Unmarshal(r.Hvp, &want)); err != nil {
		return 1, err
	}
	along := list(tangents)
	g := func(x ...*mlx.Array) *mlx.Array {
		_, gs := mlx.VJP(f, x, cotangents)
		total := mlx.New(0.0)
		for i, g := range gs {
			total = total.Add(g.Mul(along[i]).Sum())
		}
		return total
	}
	all := make([]int, len(primals))
	for i := range all {
		all[i] = i
	}
	hvp := mlx.GradN(g, all...)(primals...)
	for i, w := range want {
		if err := same(hvp[i], decode(w), true); err != nil {
			return 1, fmt.Errorf("second derivative %d: %w", i, err)
		}
	}
	return 2, nil
}

// slot is where in a call the value at a recorded path is.
func (r *record) slot(c *call, path []any) *any {
	if path[0] == "kwargs" {
		v := c.named[path[1].(string)]
		return &v
	}
	s := &c.args[int(path[1].(float64))]
	for _, k := range path[2:] {
		s = &untuple(*s).([]any)[int(k.(float64))]
	}
	return s
}

// TestExpressions replays trees of ops with value, gradients and products of
// the Hessian.
func TestExpressions(t *testing.T) {
	passed, skipped := 0, map[string]int{}
	readRecords(t, "exprs.jsonl.gz", func(r *record) {
		err := replayExpr(r)
		switch {
		case err == nil:
			passed++
		case errors.As(err, new(skip)):
			skipped[err.Error()]++
		default:
			t.Errorf("%s %s: %v", r.ID, r.Expr, err)
		}
	})
	t.Logf("%d expressions agree; outside this API: %v", passed, skipped)
	if passed < minExprs {
		t.Errorf("%d expressions were replayed, want at least %d", passed, minExprs)
	}
}

func replayExpr(r *record) (err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case unsupported:
			err = skip(e)
		case *mlx.Error:
			err = e
		default:
			panic(fmt.Sprintf("%s: %v", r.ID, e))
		}
	}()
	names := slices.Sorted(maps.Keys(r.Inputs))
	x, all := make([]*mlx.Array, len(names)), make([]int, len(names))
	for i, n := range names {
		x[i], all[i] = arr(decode(r.Inputs[n])), i
	}
	var tree []any
	if err := json.Unmarshal(r.Expr, &tree); err != nil {
		return err
	}
	value := func(x ...*mlx.Array) *mlx.Array { return arr(evalTree(tree, names, x)) }
	if err := same(value(x...), decode(r.Value), true); err != nil {
		return fmt.Errorf("value: %w", err)
	}
	scalar := func(x ...*mlx.Array) *mlx.Array {
		v := value(x...)
		if len(r.Cotangent) > 0 {
			v = v.Mul(arr(decode(r.Cotangent)))
		}
		return v.Sum()
	}
	grads := mlx.GradN(scalar, all...)
	for i, g := range grads(x...) {
		if err := same(g, decode(r.Grads[names[i]]), true); err != nil {
			return fmt.Errorf("gradient of %s: %w", names[i], err)
		}
	}
	return nil
}

// evalTree computes an expression: a list of an op and its arguments, the name
// of an input, or a number.
func evalTree(e any, names []string, x []*mlx.Array) any {
	switch e := e.(type) {
	case string:
		return x[slices.Index(names, e)]
	case float64:
		if e == float64(int(e)) {
			return int(e)
		}
		return e
	case []any:
		c := &call{named: map[string]any{}}
		for _, a := range e[1:] {
			if m, ok := a.(map[string]any); ok {
				for k, v := range m {
					c.named[k] = treeOption(v)
				}
				continue
			}
			c.args = append(c.args, evalTree(a, names, x))
		}
		return c.node(e[0].(string))
	}
	panic(unsupported(fmt.Sprintf("%T in a tree", e)))
}

func treeOption(v any) any {
	switch v := v.(type) {
	case float64:
		return int(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = treeOption(v[i])
		}
		return out
	}
	return v
}

// node makes the call of one node of a tree, whose names are partly its own.
func (c *call) node(name string) any {
	switch name {
	case "sub", "mul", "div", "pow", "neg":
		name = map[string]string{"sub": "subtract", "mul": "multiply", "div": "divide", "pow": "power", "neg": "negative"}[name]
	case "gt0":
		return mlx.Greater(c.args[0], 0)
	case "slice":
		step := c.or(-1, "step", 1)
		return c.array(0).At(mlx.S(c.named["start"], c.named["stop"], step))
	case "take":
		return mlx.Take(c.array(0), ints(c.named["indices"]), c.axes(-1, "axis")...)
	case "concatenate", "stack":
		c.args = []any{append([]any{}, c.args...)}
	}
	return c.run(name)
}
