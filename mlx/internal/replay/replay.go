package replay

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/random"
)

// Deliberate says why a record is not what this API does.
type Deliberate string

func (d Deliberate) Error() string { return string(d) }

// missing and unsupported are panicked with when a record uses a function, or
// something else, that this API does not have.
type (
	missing     string
	unsupported string
	deliberate  string // what is not meant to agree
)

// Replay makes the recorded call and compares. It returns nil where the results
// agree, a [Deliberate] where they are not meant to, and otherwise how they differ.
func (r *Record) Replay() error {
	if why := ours[r.ID]; why != "" {
		return Deliberate(why)
	}
	err := r.replay()
	if err != nil && !errors.As(err, new(Deliberate)) {
		err = r.deliberately(err)
	}
	if err != nil && r.Oddity != "" && !errors.As(err, new(Deliberate)) {
		return Deliberate("not copied: " + r.Oddity)
	}
	return err
}

func (r *Record) replay() error {
	switch r.Kind {
	case "":
		return guarded(r.Err != nil || len(r.Out) == 0, r.replayCall)
	case "grad":
		return guarded(false, r.replayGrad)
	case "vmap":
		return guarded(r.Err != nil || len(r.Out) == 0, r.replayMap)
	case "expr":
		return guarded(false, r.replayExpr)
	}
	return fmt.Errorf("records of kind %q are not replayed", r.Kind)
}

// guarded turns panics into errors; where MLX failed, an array error is what is wanted.
func guarded(fails bool, f func() error) (err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case missing:
			err = fmt.Errorf("no function for %s", string(e))
		case deliberate:
			err = Deliberate(e)
		case unsupported:
			err = fmt.Errorf("not expressible: %s", string(e))
			if fails {
				err = Deliberate("an error there and not expressible here: " + string(e))
			}
		case *mlx.Error:
			if !fails {
				err = e
			}
		default:
			err = fmt.Errorf("panic: %v", e)
		}
	}()
	return f()
}

func (r *Record) decoded() *call {
	c := &call{named: map[string]any{}, seed: r.Seed}
	if len(r.InitInput) > 0 {
		c.initInput = arr(decode(r.InitInput))
		random.Seed(*r.Seed)
	}
	for _, a := range r.Args {
		c.args = append(c.args, decode(a))
	}
	for k, a := range r.Kwargs {
		if k == "stream" {
			continue
		}
		c.named[k] = decode(a)
	}
	return c
}

func (r *Record) replayCall() error {
	if r.Err != nil && strings.Contains(r.Err.Text, "supported range") {
		return Deliberate("lengths may have more than 32 bits") // and are not tried out
	}
	c := r.decoded()
	got := c.run(r.Op)
	if r.Err == nil && len(c.named) > 0 {
		return fmt.Errorf("options %v are not known", slices.Sorted(maps.Keys(c.named)))
	}
	if r.Err != nil {
		for _, a := range flatten(got) {
			a.Eval()
		}
		return fmt.Errorf("no error, want %q", r.Err.Text)
	}
	if len(r.Out) == 0 {
		for _, a := range flatten(got) {
			a.Eval()
		}
		return nil // MLX crashes or reads foreign memory; this library has survived
	}
	return r.compareResult(got, decode(r.Out))
}

// flatten lists the arrays in a result.
func flatten(v any) []*mlx.Array {
	switch v := v.(type) {
	case *mlx.Array:
		return []*mlx.Array{v}
	case []*mlx.Array:
		return v
	case []any:
		var out []*mlx.Array
		for _, x := range v {
			out = append(out, flatten(x)...)
		}
		return out
	}
	return nil
}

// function is the recorded call as a function of the arrays at r.Wrt.
func (r *Record) function(x ...*mlx.Array) []*mlx.Array {
	c := r.decoded()
	for i, path := range r.Wrt {
		r.put(c, path, x[i])
	}
	out := flatten(c.run(r.Op))
	if out == nil {
		panic(unsupported("the result is no array"))
	}
	return out
}

// slot is where in a call the value at a recorded path is.
func (r *Record) slot(c *call, path []any) *any {
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

func (r *Record) put(c *call, path []any, v any) {
	if path[0] == "kwargs" {
		c.named[path[1].(string)] = v
		return
	}
	*r.slot(c, path) = v
}

func list(raw []json.RawMessage) (out []*mlx.Array) {
	for _, x := range raw {
		out = append(out, arr(decode(x)))
	}
	return out
}

// compareList compares arrays with a recorded list.
func compareList(what string, got []*mlx.Array, want []json.RawMessage) error {
	if len(got) < len(want) {
		return fmt.Errorf("%s: %d arrays, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		if err := same(got[i], decode(w), true); err != nil {
			return fmt.Errorf("%s %d: %w", what, i, err)
		}
	}
	return nil
}

// replayGrad compares the vector-Jacobian product and, where they were
// recorded, the other products.
func (r *Record) replayGrad() error {
	c := r.decoded()
	primals := make([]*mlx.Array, len(r.Wrt))
	for i, path := range r.Wrt {
		primals[i] = arr(*r.slot(c, path))
	}
	cotangents := list(r.Cotangents)
	if r.Compare == "unordered" {
		return Deliberate("the cotangents follow an order of the results that is free")
	}
	if len(r.Vjp) > 0 {
		_, vjps := mlx.VJP(r.function, primals, cotangents)
		if err := compareList("vjp", vjps, r.Vjp); err != nil {
			return err
		}
	}
	if len(r.Tangents) == 0 {
		return nil
	}
	var tangents, jvp, hvp []json.RawMessage
	if err := json.Unmarshal(r.Tangents, &tangents); err != nil {
		return err
	}
	if len(r.Jvp) > 0 {
		if err := json.Unmarshal(r.Jvp, &jvp); err != nil {
			return err
		}
		_, jvps := mlx.JVP(r.function, primals, list(tangents))
		if err := compareList("jvp", jvps, jvp); err != nil && r.Oddity != "jvp-differs-from-vjp" {
			return err
		}
	}
	if len(r.Hvp) == 0 {
		return nil
	}
	if err := json.Unmarshal(r.Hvp, &hvp); err != nil {
		return err
	}
	g := func(x ...*mlx.Array) *mlx.Array {
		_, gs := mlx.VJP(r.function, x, cotangents)
		return along(gs, list(tangents))
	}
	return compareList("second derivative", mlx.GradN(g, all(len(primals))...)(primals...), hvp)
}

// replayMap compares the call with mapped arrays in place of some.
func (r *Record) replayMap() error {
	got := mlx.VMapN(r.function, nil, nil)(list(r.Mapped)...)
	if r.Err != nil {
		mlx.Eval(got...)
		return Deliberate("vmap of what MLX cannot map")
	}
	if len(r.Out) == 0 {
		return nil
	}
	var want []json.RawMessage
	if err := json.Unmarshal(r.Out, &want); err != nil {
		return err
	}
	if r.Compare == "decomposition" {
		return Deliberate("factors differ by signs, which the calls check")
	}
	if r.Compare == "unordered" {
		for i, w := range want {
			if err := sameUnordered(got[i], decode(w)); err != nil {
				return err
			}
		}
		return nil
	}
	return compareList("result", got, want)
}

// along is the sum of the products of arrays.
func along(a, b []*mlx.Array) *mlx.Array {
	total := mlx.New(0.0)
	for i := range a {
		total = total.Add(a[i].Mul(b[i]).Sum())
	}
	return total
}

func all(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// replayExpr compares the value and the gradients of an expression.
func (r *Record) replayExpr() error {
	names := slices.Sorted(maps.Keys(r.Inputs))
	x := make([]*mlx.Array, len(names))
	for i, n := range names {
		x[i] = arr(decode(r.Inputs[n]))
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
	grads := mlx.GradN(scalar, all(len(x))...)
	for i, g := range grads(x...) {
		if err := same(g, decode(r.Grads[names[i]]), true); err != nil {
			return fmt.Errorf("gradient of %s: %w", names[i], err)
		}
	}
	var tangents, hvp map[string]json.RawMessage
	if len(r.Hvp) == 0 {
		return nil
	}
	if err := errors.Join(json.Unmarshal(r.Tangents, &tangents), json.Unmarshal(r.Hvp, &hvp)); err != nil {
		return err
	}
	second := mlx.GradN(func(x ...*mlx.Array) *mlx.Array {
		var ts []*mlx.Array
		for _, n := range names {
			ts = append(ts, arr(decode(tangents[n])))
		}
		return along(grads(x...), ts)
	}, all(len(x))...)
	for i, g := range second(x...) {
		if err := same(g, decode(hvp[names[i]]), true); err != nil {
			return fmt.Errorf("second derivative by %s: %w", names[i], err)
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
		return c.treeNode(e[0].(string))
	}
	panic(unsupported(fmt.Sprintf("%T in a tree", e)))
}

func treeOption(v any) any {
	switch v := v.(type) {
	case float64:
		if v == float64(int(v)) {
			return int(v)
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = treeOption(v[i])
		}
		return out
	}
	return v
}

// treeNode makes the call of one node of a tree, whose names are partly its own.
func (c *call) treeNode(name string) any {
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
	case "norm", "det":
		name = "linalg." + name
	case "rms_norm", "layer_norm":
		name = "fast." + name
	}
	return c.run(name)
}
