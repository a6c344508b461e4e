package front

import "go/types"

// substitute type parameters.
func subst(t types.Type, m map[*types.TypeParam]types.Type) types.Type {
	if len(m) == 0 || t == nil {
		return t
	}
	sub := func(t types.Type) types.Type { return subst(t, m) }
	tuple := func(tp *types.Tuple) *types.Tuple {
		var vs []*types.Var
		for i := 0; i < tp.Len(); i++ {
			v := tp.At(i)
			vs = append(vs, types.NewVar(v.Pos(), v.Pkg(), v.Name(), sub(v.Type())))
		}
		return types.NewTuple(vs...)
	}
	switch t := t.(type) {
	case *types.TypeParam:
		if r := m[t]; r != nil {
			return r
		}
		return t
	case *types.Alias:
		return sub(types.Unalias(t))
	case *types.Named:
		n := t.TypeArgs().Len()
		if n == 0 {
			return t
		}
		var args []types.Type
		for i := 0; i < n; i++ {
			args = append(args, sub(t.TypeArgs().At(i)))
		}
		r, err := types.Instantiate(ctxt, t.Origin(), args, false)
		if err != nil {
			return t
		}
		return r
	case *types.Pointer:
		return types.NewPointer(sub(t.Elem()))
	case *types.Slice:
		return types.NewSlice(sub(t.Elem()))
	case *types.Array:
		return types.NewArray(sub(t.Elem()), t.Len())
	case *types.Map:
		return types.NewMap(sub(t.Key()), sub(t.Elem()))
	case *types.Chan:
		return types.NewChan(t.Dir(), sub(t.Elem()))
	case *types.Signature:
		return types.NewSignatureType(nil, nil, nil, tuple(t.Params()), tuple(t.Results()), t.Variadic())
	case *types.Tuple:
		return tuple(t)
	case *types.Struct:
		var fs []*types.Var
		var tags []string
		for i := 0; i < t.NumFields(); i++ {
			f := t.Field(i)
			fs = append(fs, types.NewField(f.Pos(), f.Pkg(), f.Name(), sub(f.Type()), f.Embedded()))
			tags = append(tags, t.Tag(i))
		}
		return types.NewStruct(fs, tags)
	case *types.Interface:
		var ms []*types.Func
		for i := 0; i < t.NumMethods(); i++ {
			f := t.Method(i)
			ms = append(ms, types.NewFunc(f.Pos(), f.Pkg(), f.Name(), sub(f.Type()).(*types.Signature)))
		}
		it := types.NewInterfaceType(ms, nil)
		it.Complete()
		return it
	}
	return t
}

var ctxt = types.NewContext()
