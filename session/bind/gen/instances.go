package main

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
)

// Functions with type parameters have no value that could be bound, but their
// instances do. Those for common types are bound so that sorting a slice of
// numbers, say, is not interpreted.

// instance is one instantiation of a generic function.
type instance struct {
	fn    *types.Func
	targs []types.Type
	name  string // in the table of symbols
}

// key is how the front end finds an instance: "Sort[[]int,int]".
func (i instance) key() string {
	return i.fn.Name() + typeArgs(i.targs, func(p *types.Package) string { return p.Path() })
}

func typeArgs(targs []types.Type, q types.Qualifier) string {
	var l []string
	for _, t := range targs {
		l = append(l, types.TypeString(t, q))
	}
	return "[" + strings.Join(l, ",") + "]"
}

// common are the types that keys and values have; elements may also be of the
// types in more. Some have two names.
var (
	common = []types.Type{types.Typ[types.Int], types.Typ[types.Float64], types.Typ[types.String]}
	more   = []types.Type{
		types.Typ[types.Int32], types.Typ[types.Int64], types.Typ[types.Uint8], types.Typ[types.Float32], types.Typ[types.Bool],
		types.Universe.Lookup("byte").Type(), types.Universe.Lookup("rune").Type(),
	}
)

// instances lists those of a package's generic functions that are bound.
func instances(p *pkg, list []*pkg) (l []instance) {
	if !p.instances {
		return nil
	}
	single := slices.Concat(common, more)
	for _, q := range list {
		if q.path == "hash" { // what the functions of package crypto's family make
			single = append(single, q.types.Scope().Lookup("Hash").Type())
		}
	}
	for _, name := range p.types.Scope().Names() {
		fn, ok := p.types.Scope().Lookup(name).(*types.Func)
		if !ok || !fn.Exported() || fn.Signature().TypeParams().Len() == 0 {
			continue
		}
		n := 0
		for _, targs := range assignments(fn.Signature().TypeParams(), single) {
			if _, err := types.Instantiate(nil, fn.Type(), targs, true); err == nil {
				n++
				l = append(l, instance{fn, targs, fmt.Sprintf("%s_%d", name, n)})
			}
		}
	}
	return l
}

// assignments gives values to type parameters: those that are no more than the
// name of a slice or map type follow from their elements. A single other one
// takes all types in turn; of several the first two take the common ones, and
// the rest is as the second.
func assignments(tps *types.TypeParamList, single []types.Type) (all [][]types.Type) {
	var free []*types.TypeParam
	for tp := range tps.TypeParams() {
		if core(tp) == nil {
			free = append(free, tp)
		}
	}
	candidates := single
	if len(free) > 1 {
		free, candidates = free[:2], common
	}
	var choose func(m map[*types.TypeParam]types.Type, left []*types.TypeParam)
	choose = func(m map[*types.TypeParam]types.Type, left []*types.TypeParam) {
		if len(left) > 0 {
			for _, c := range candidates {
				m[left[0]] = c
				choose(m, left[1:])
			}
			return
		}
		var targs []types.Type
		for tp := range tps.TypeParams() {
			targs = append(targs, value(tp, m, free))
		}
		all = append(all, targs)
	}
	choose(map[*types.TypeParam]types.Type{}, free)
	return all
}

func value(tp *types.TypeParam, m map[*types.TypeParam]types.Type, free []*types.TypeParam) types.Type {
	of := func(t types.Type) types.Type { return value(t.(*types.TypeParam), m, free) }
	switch t := core(tp).(type) {
	case *types.Slice:
		return types.NewSlice(of(t.Elem()))
	case *types.Map:
		return types.NewMap(of(t.Key()), of(t.Elem()))
	}
	if t := m[tp]; t != nil {
		return t
	}
	return m[free[len(free)-1]]
}

// core is the slice or map of type parameters that a constraint such as ~[]E
// demands, or nil.
func core(tp *types.TypeParam) types.Type {
	it := tp.Constraint().Underlying().(*types.Interface)
	if it.NumEmbeddeds() != 1 {
		return nil
	}
	u, ok := it.EmbeddedType(0).(*types.Union)
	if !ok || u.Len() != 1 {
		return nil
	}
	switch t := u.Term(0).Type().(type) {
	case *types.Slice:
		if _, ok := t.Elem().(*types.TypeParam); ok {
			return t
		}
	case *types.Map:
		return t
	}
	return nil
}
