package mlx

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// A tree is arrays in the containers of Go: an array itself, slices, maps, and
// structs or pointers to them, in any depth. Of a struct the exported fields
// count that can hold arrays; maps go in the order of their keys. What else is
// found in a tree, such as a number or nil, is a leaf that stays as it is.

// Leaf is what is at the end of one path through a tree. The path names fields,
// keys and numbers, joined by dots, such as "layers.0.weight".
type Leaf struct {
	Path  string
	Value any
}

// deepest bounds trees, since pointers may go round in a circle.
const deepest = 200

// walker goes through a tree and makes a copy of it, with other leaves.
type walker struct {
	name string
	leaf func(path string, v reflect.Value) reflect.Value
	// other, where it is not nil, sees the numbers and strings of structs.
	other func(path string, v reflect.Value)
}

func under(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func (w *walker) walk(path string, v reflect.Value, depth int) reflect.Value {
	if depth > deepest {
		fail(w.name, "value", "the tree is deeper than %d at %q; does it contain itself?", deepest, path[:min(len(path), 40)])
	}
	if !v.IsValid() || v.Type() == arrayType {
		return w.leaf(path, v)
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() || v.Kind() == reflect.Pointer && v.Elem().Kind() != reflect.Struct {
			return w.leaf(path, v)
		}
		in := w.walk(path, v.Elem(), depth+1)
		out := reflect.New(v.Type()).Elem()
		if v.Kind() == reflect.Pointer {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(in)
		} else if in.IsValid() {
			out.Set(in)
		}
		return out
	case reflect.Slice, reflect.Array:
		if !holdsArrays(v.Type().Elem()) {
			return w.leaf(path, v)
		}
		out := reflect.New(v.Type()).Elem()
		if v.Kind() == reflect.Slice {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		}
		for i := range v.Len() {
			set(out.Index(i), w.walk(under(path, strconv.Itoa(i)), v.Index(i), depth+1))
		}
		return out
	case reflect.Map:
		if !holdsArrays(v.Type().Elem()) {
			return w.leaf(path, v)
		}
		out := reflect.MakeMapWithSize(v.Type(), v.Len())
		for _, k := range sortedKeys(v) {
			e := reflect.New(v.Type().Elem()).Elem()
			set(e, w.walk(under(path, fmt.Sprint(k.Interface())), v.MapIndex(k), depth+1))
			out.SetMapIndex(k, e)
		}
		return out
	case reflect.Struct:
		return w.fields(path, v, depth)
	}
	return w.leaf(path, v)
}

func (w *walker) fields(path string, v reflect.Value, depth int) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		switch {
		case !f.IsExported():
		case holdsArrays(f.Type):
			set(out.Field(i), w.walk(under(path, f.Name), v.Field(i), depth+1))
		case w.other != nil:
			w.other(under(path, f.Name), v.Field(i))
		}
	}
	return out
}

// set assigns a leaf, of which nil has no type.
func set(to, v reflect.Value) {
	if v.IsValid() {
		to.Set(v)
	}
}

// holdsArrays reports whether a value of the type may be or contain an array.
func holdsArrays(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface, reflect.Struct, reflect.Slice, reflect.Array, reflect.Map, reflect.Pointer:
		return true
	}
	return false
}

// sortedKeys is the keys of a map, numbers by size and others by their text.
func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		if a.CanInt() && b.CanInt() {
			return cmp.Compare(a.Int(), b.Int())
		}
		return strings.Compare(fmt.Sprint(a.Interface()), fmt.Sprint(b.Interface()))
	})
	return keys
}

func mapTree(name string, tree any, leaf func(path string, v reflect.Value) reflect.Value) any {
	w := walker{name: name, leaf: leaf}
	return plainOf(w.walk("", reflect.ValueOf(tree), 0))
}

func plainOf(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	return v.Interface()
}

// TreeFlatten lists the leaves of a tree with their paths: arrays and whatever
// else is at the end of one. A slice of numbers or strings is one leaf.
func TreeFlatten(tree any) []Leaf {
	var out []Leaf
	mapTree("tree_flatten", tree, func(path string, v reflect.Value) reflect.Value {
		out = append(out, Leaf{path, plainOf(v)})
		return v
	})
	return out
}

// TreeArrays lists the arrays of a tree.
func TreeArrays(tree any) []*Array {
	arrays, _ := splitTree("tree_arrays", tree)
	return arrays
}

// splitTree takes the arrays out of a tree; rebuild makes the tree again, with
// other arrays in their places.
func splitTree(name string, tree any) (arrays []*Array, rebuild func([]*Array) any) {
	mapTree(name, tree, func(_ string, v reflect.Value) reflect.Value {
		if a := arrayLeaf(v); a != nil {
			arrays = append(arrays, a)
		}
		return v
	})
	return arrays, func(other []*Array) any {
		return mapTree(name, tree, func(_ string, v reflect.Value) reflect.Value {
			if arrayLeaf(v) == nil {
				return v
			}
			a := other[0]
			other = other[1:]
			return reflect.ValueOf(a)
		})
	}
}

func arrayLeaf(v reflect.Value) *Array {
	if !v.IsValid() || v.Type() != arrayType {
		return nil
	}
	return v.Interface().(*Array)
}

// TreeMap is a tree like the first one, with f of its arrays in their places; f
// gets the arrays at that place of all trees, which must have the same arrays.
func TreeMap(f func(arrays ...*Array) *Array, tree any, rest ...any) any {
	return TreeMapWithPath(func(_ string, a ...*Array) *Array { return f(a...) }, tree, rest...)
}

// TreeMapWithPath is [TreeMap] for a function that is told the path of its arrays.
func TreeMapWithPath(f func(path string, arrays ...*Array) *Array, tree any, rest ...any) any {
	const name = "tree_map"
	beside := make([]map[string]*Array, len(rest))
	for i, t := range rest {
		beside[i] = map[string]*Array{}
		for _, l := range TreeFlatten(t) {
			if a, ok := l.Value.(*Array); ok {
				beside[i][l.Path] = a
			}
		}
	}
	return mapTree(name, tree, func(path string, v reflect.Value) reflect.Value {
		a := arrayLeaf(v)
		if a == nil {
			return v
		}
		args := []*Array{a}
		for i, m := range beside {
			if m[path] == nil {
				fail(name, "value", "tree %d has no array at %q", i+2, path)
			}
			args = append(args, m[path])
		}
		return reflect.ValueOf(f(path, args...))
	})
}

// TreeReduce combines the arrays of a tree, one after the other, beginning with
// the initial one, or with the first where that is nil.
func TreeReduce(f func(acc, a *Array) *Array, tree any, initial *Array) *Array {
	acc := initial
	for _, a := range TreeArrays(tree) {
		if acc == nil {
			acc = a
		} else {
			acc = f(acc, a)
		}
	}
	return acc
}

// TreeUnflatten makes a tree of leaves: a map of type map[string]any for each
// level of the paths, or a []any where all keys are whole numbers; an empty map
// fills the numbers that are missing.
func TreeUnflatten(leaves []Leaf) any {
	const name = "tree_unflatten"
	if len(leaves) == 1 && leaves[0].Path == "" {
		return leaves[0].Value
	}
	children := map[string][]Leaf{}
	largest := -1
	numbers := true
	for _, l := range leaves {
		key, rest, _ := strings.Cut(l.Path, ".")
		children[key] = append(children[key], Leaf{rest, l.Value})
		i, err := strconv.Atoi(key)
		numbers = numbers && err == nil && i >= 0 && strconv.Itoa(i) == key
		largest = max(largest, i)
	}
	if numbers && largest >= 0 {
		if largest > 1<<20+100*len(leaves) {
			fail(name, "value", "number %d among %d leaves", largest, len(leaves))
		}
		list := make([]any, largest+1)
		for i := range list {
			list[i] = map[string]any{}
		}
		for key, in := range children {
			i, _ := strconv.Atoi(key)
			list[i] = TreeUnflatten(in)
		}
		return list
	}
	out := map[string]any{}
	for key, in := range children {
		out[key] = TreeUnflatten(in)
	}
	return out
}

// TreeMerge puts two trees of maps (map[string]any) and slices ([]any) together.
// Where both have a leaf, merge is asked for the one to take; without it that is
// an error.
func TreeMerge(a, b any, merge func(a, b any) any) any {
	const name = "tree_merge"
	ma, isMapA := a.(map[string]any)
	mb, isMapB := b.(map[string]any)
	la, isListA := a.([]any)
	lb, isListB := b.([]any)
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case isMapA && isMapB:
		out := map[string]any{}
		for k, v := range ma {
			out[k] = v
		}
		for k, v := range mb {
			out[k] = TreeMerge(out[k], v, merge)
		}
		return out
	case isListA && isListB:
		out := make([]any, max(len(la), len(lb)))
		copy(out, la)
		for i, v := range lb {
			out[i] = TreeMerge(out[i], v, merge)
		}
		return out
	case isMapA || isMapB || isListA || isListB:
		fail(name, "value", "%T and %T do not merge", a, b)
	case merge == nil:
		fail(name, "value", "both trees have a leaf at the same place")
	}
	return merge(a, b)
}
