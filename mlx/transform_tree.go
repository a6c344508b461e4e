package mlx

import (
	"fmt"
	"reflect"
	"strings"
)

// The transformations for functions of trees: the arrays of a tree are the
// arguments, and a result has the shape of a tree too. See [TreeFlatten] for
// what a tree is.

// GradTree is the derivative of a function of a tree that returns a single
// number: a tree of the same type, in which each array is the derivative by it.
func GradTree(f func(tree any) *Array) func(tree any) any {
	vg := valueAndGradTree("grad", f)
	return func(tree any) any {
		_, g := vg(tree)
		return g
	}
}

// ValueAndGradTree gives the value of f together with its derivative.
func ValueAndGradTree(f func(tree any) *Array) func(tree any) (value *Array, grad any) {
	return valueAndGradTree("value_and_grad", f)
}

func valueAndGradTree(name string, f func(tree any) *Array) func(tree any) (*Array, any) {
	return func(tree any) (*Array, any) {
		args, rebuild := splitTree(name, tree)
		v, g := derive(name, func(a ...*Array) *Array { return f(rebuild(a)) }, args, identity(len(args)))
		return v, rebuild(g)
	}
}

// onArrays makes a function of trees one of the arrays in them. Once it was
// called, results makes a tree of what it returned.
func onArrays(name string, f func(any) any, rebuild func([]*Array) any) (g func(...*Array) []*Array, results *func([]*Array) any) {
	results = new(func([]*Array) any)
	return func(a ...*Array) []*Array {
		outs, again := splitTree(name, f(rebuild(a)))
		*results = again
		return outs
	}, results
}

// VJPTree is [VJP] of a function between trees.
func VJPTree(f func(any) any, primals, cotangents any) (outputs, vjps any) {
	const name = "vjp"
	args, rebuild := splitTree(name, primals)
	cots, _ := splitTree(name, cotangents)
	g, results := onArrays(name, f, rebuild)
	outs, grads := VJP(g, args, cots)
	return (*results)(outs), rebuild(grads)
}

// JVPTree is [JVP] of a function between trees.
func JVPTree(f func(any) any, primals, tangents any) (outputs, jvps any) {
	const name = "jvp"
	args, rebuild := splitTree(name, primals)
	ts, _ := splitTree(name, tangents)
	g, results := onArrays(name, f, rebuild)
	outs, js := JVP(g, args, ts)
	return (*results)(outs), (*results)(js)
}

// VMapTree is [VMap] for functions between trees: along the first axis of each array.
func VMapTree(f func(any) any) func(any) any {
	const name = "vmap"
	return func(tree any) any {
		args, rebuild := splitTree(name, tree)
		g, results := onArrays(name, f, rebuild)
		outs := VMapN(g, nil, nil)(args...)
		return (*results)(outs)
	}
}

// CompileTree is [CompileWith] for functions between trees. A call with other
// numbers or strings in the tree, or another structure, is compiled anew.
func CompileTree(f func(any) any, o CompileOptions) func(any) any {
	const name = "compile"
	c := &compiler{o: o, programs: map[string]*program{}}
	type shape struct{ results func([]*Array) any }
	shapes := map[string]*shape{}
	return func(tree any) any {
		args, rebuild := splitTree(name, tree)
		key := treeKey(name, tree)
		g, results := onArrays(name, f, rebuild)
		outs := c.call(key, g, args)
		c.mu.Lock()
		defer c.mu.Unlock()
		if *results != nil {
			shapes[key] = &shape{*results}
		}
		return shapes[key].results(outs)
	}
}

// treeKey tells trees apart that a function may treat in another way.
func treeKey(name string, tree any) string {
	var b strings.Builder
	static := func(path string, v reflect.Value) {
		switch v.Kind() {
		case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		default:
			fmt.Fprintf(&b, "%s=%v;", path, v)
		}
	}
	w := walker{name: name, other: static, leaf: func(path string, v reflect.Value) reflect.Value {
		switch {
		case arrayLeaf(v) != nil:
			fmt.Fprintf(&b, "%s;", path)
		case v.IsValid():
			static(path, v)
		default:
			fmt.Fprintf(&b, "%s=nil;", path)
		}
		return v
	}}
	w.walk("", reflect.ValueOf(tree), 0)
	return fmt.Sprintf("%T;", tree) + b.String()
}
