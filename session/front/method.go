package front

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// methodFunc turns a method declaration into a function with an explicit
// receiver; the receiver's type parameters become the function's.
func (s *Session) methodFunc(d *ast.FuncDecl, base string, tps []string, newT map[string]*ast.TypeSpec) (*ast.FuncDecl, error) {
	ts := newT[base]
	if ts == nil && s.tdecls[base] != nil {
		ts = s.tdecls[base].spec
	}
	ft := &ast.FuncType{Func: d.Type.Func, Results: d.Type.Results, Params: &ast.FieldList{}}
	for _, p := range append([]*ast.Field{d.Recv.List[0]}, d.Type.Params.List...) {
		if len(p.Names) == 0 {
			p = &ast.Field{Names: []*ast.Ident{{NamePos: p.Pos(), Name: "_"}}, Type: p.Type}
		}
		ft.Params.List = append(ft.Params.List, p)
	}
	if len(tps) > 0 {
		if ts == nil || ts.TypeParams == nil {
			return nil, diagnose(Type, s.fset.Position(d.Pos()).String(), base+" is not a generic type")
		}
		ft.TypeParams = receiverParams(d, tps, ts)
	}
	name := &ast.Ident{NamePos: d.Name.NamePos, Name: base + "ᐧ" + d.Name.Name}
	return &ast.FuncDecl{Doc: d.Doc, Name: name, Type: ft, Body: d.Body}, nil
}

// receiverParams gives the constraints of the type's declaration to the names
// in the receiver.
func receiverParams(d *ast.FuncDecl, tps []string, ts *ast.TypeSpec) *ast.FieldList {
	fl := &ast.FieldList{Opening: d.Type.Func}
	i := 0
	for _, f := range ts.TypeParams.List {
		nf := &ast.Field{Type: f.Type}
		for range f.Names {
			if i < len(tps) {
				nm := tps[i]
				if nm == "_" {
					nm = fmt.Sprintf("_ᐧ%d", i)
				}
				nf.Names = append(nf.Names, &ast.Ident{NamePos: d.Recv.Pos(), Name: nm})
			}
			i++
		}
		fl.List = append(fl.List, nf)
	}
	return fl
}

// addMethod adds to named the method that sig describes as a function with an
// explicit receiver.
func addMethod(named *types.Named, name string, sig *types.Signature, pkg *types.Package, pos token.Pos) error {
	var ps []*types.Var
	for i := 1; i < sig.Params().Len(); i++ {
		ps = append(ps, sig.Params().At(i))
	}
	recv := sig.Params().At(0)
	var m *types.Func
	if sig.TypeParams().Len() > 0 {
		// rebuild over fresh receiver type parameters
		var tps []*types.TypeParam
		var args []types.Type
		for i := 0; i < sig.TypeParams().Len(); i++ {
			o := sig.TypeParams().At(i)
			tp := types.NewTypeParam(types.NewTypeName(pos, pkg, o.Obj().Name(), nil), o.Constraint())
			tps = append(tps, tp)
			args = append(args, tp)
		}
		inst, err := types.Instantiate(nil, sig, args, false)
		if err != nil {
			return err
		}
		isig := inst.(*types.Signature)
		ps = nil
		for i := 1; i < isig.Params().Len(); i++ {
			ps = append(ps, isig.Params().At(i))
		}
		m = types.NewFunc(pos, pkg, name, types.NewSignatureType(isig.Params().At(0), tps, nil, types.NewTuple(ps...), isig.Results(), isig.Variadic()))
	} else {
		m = types.NewFunc(pos, pkg, name, types.NewSignatureType(recv, nil, nil, types.NewTuple(ps...), sig.Results(), sig.Variadic()))
	}
	for i := 0; i < named.NumMethods(); i++ {
		if o := named.Method(i); o.Name() == name {
			if !types.Identical(o.Type(), m.Type()) {
				return fmt.Errorf("method %s redefined with another signature; run the cell that declares the type again", name)
			}
			return nil
		}
	}
	named.AddMethod(m)
	return nil
}

// recvBase returns the receiver's base type name and its type parameter names.
func recvBase(d *ast.FuncDecl) (string, []string) {
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			var n []string
			if id, ok := x.Index.(*ast.Ident); ok {
				n = []string{id.Name}
			}
			if id, ok := x.X.(*ast.Ident); ok {
				return id.Name, n
			}
			return "", nil
		case *ast.IndexListExpr:
			var n []string
			for _, i := range x.Indices {
				if id, ok := i.(*ast.Ident); ok {
					n = append(n, id.Name)
				}
			}
			if id, ok := x.X.(*ast.Ident); ok {
				return id.Name, n
			}
			return "", nil
		case *ast.Ident:
			return x.Name, nil
		default:
			return "", nil
		}
	}
}
