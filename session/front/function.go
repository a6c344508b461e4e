package front

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// funcLit lowers a function literal; deferVar names the Defers variable that
// recover() inside it refers to.
func (g *gen) funcLit(x *ast.FuncLit, deferVar string) string {
	sig := g.sub(g.info.Types[x].Type).(*types.Signature)
	save, saveFn := g.b, g.fn
	g.b = strings.Builder{}
	g.fn = &fctx{sig: sig, parent: saveFn, inDefer: deferVar}
	hdr := g.header(x.Type, sig)
	g.zeroResults(x.Type, x.Body)
	g.body(x.Body)
	body := g.b.String()
	g.b, g.fn = save, saveFn
	return "func" + hdr + " {\n" + body + "}"
}

// header prints parameters and results with lowered names and decides whether
// results must be named.
func (g *gen) header(ft *ast.FuncType, sig *types.Signature) string {
	var sb strings.Builder
	sb.WriteString("(")
	i := 0
	emit := func(id *ast.Ident) {
		if i > 0 {
			sb.WriteString(", ")
		}
		n := "_"
		if id != nil && id.Name != "_" {
			n = g.local(g.info.Defs[id])
		} else {
			n = g.tmp("p")
		}
		pt := sig.Params().At(i).Type()
		if sig.Variadic() && i == sig.Params().Len()-1 {
			sb.WriteString(n + " ..." + g.s.typ(pt.(*types.Slice).Elem()))
		} else {
			sb.WriteString(n + " " + g.s.typ(pt))
		}
		i++
	}
	for _, f := range ft.Params.List {
		if len(f.Names) == 0 {
			emit(nil)
		}
		for _, id := range f.Names {
			emit(id)
		}
	}
	sb.WriteString(")")
	if ft.Results == nil || sig.Results().Len() == 0 {
		return sb.String()
	}
	named := false
	i = 0
	var rs []string
	for _, f := range ft.Results.List {
		if len(f.Names) == 0 {
			rs = append(rs, "")
			i++
		}
		for _, id := range f.Names {
			named = true
			if id.Name == "_" {
				rs = append(rs, g.tmp("r"))
			} else {
				rs = append(rs, g.local(g.info.Defs[id]))
			}
			i++
		}
	}
	g.fn.results = rs
	if !named {
		for k := range rs {
			rs[k] = g.tmp("r")
		}
	}
	sb.WriteString(" (")
	for k, n := range rs {
		if k > 0 {
			sb.WriteString(", ")
		}
		sb.WriteString(n + " " + g.s.typ(sig.Results().At(k).Type()))
	}
	sb.WriteString(")")
	return sb.String()
}

// zeroResults sets results that the code may read before it sets them: in yaegi
// they begin with what the caller's variables hold.
func (g *gen) zeroResults(ft *ast.FuncType, b *ast.BlockStmt) {
	if ft.Results == nil || len(ft.Results.List) == 0 || len(ft.Results.List[0].Names) == 0 && !hasDefer(b) {
		return
	}
	for i, n := range g.fn.results {
		t := g.fn.sig.Results().At(i).Type()
		if u, ok := t.Underlying().(*types.Basic); ok && u.Kind() != types.UnsafePointer {
			zero := "0"
			switch {
			case u.Info()&types.IsString != 0:
				zero = `""`
			case u.Info()&types.IsBoolean != 0:
				zero = "false"
			}
			g.w("%s = %s(%s)\n", n, g.s.typ(t), zero)
			continue
		}
		z := g.tmp("z")
		g.w("var %s %s\n%s = %s\n", z, g.s.typ(t), n, z)
	}
}

// body lowers a function body, using Defers where needed.
func (g *gen) body(b *ast.BlockStmt) {
	if !hasDefer(b) {
		g.stmts(b.List)
		return
	}
	d := g.tmp("d")
	g.fn.defers = d
	g.fn.barriers++
	g.fn.bkind = append(g.fn.bkind, "defer")
	fmt.Fprintf(&g.b, "%s := rtᐧ.NewDefers()\n%s.Run(func() {\n", d, d)
	g.stmts(b.List)
	g.b.WriteString("})\n")
	g.fn.barriers--
	g.fn.bkind = g.fn.bkind[:len(g.fn.bkind)-1]
	g.b.WriteString("return")
	if len(g.fn.results) > 0 {
		g.b.WriteString(" " + strings.Join(g.fn.results, ", "))
	}
	g.b.WriteString("\n")
}

func hasDefer(b *ast.BlockStmt) bool {
	found := false
	ast.Inspect(b, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			found = true
		}
		return true
	})
	return found
}

func (s *Session) emitFunc(w work) string {
	seq := 0
	fd := w.fd
	s.at = fd.node.Pos()
	sig := fd.obj.Signature()
	tmap := map[*types.TypeParam]types.Type{}
	tps := sig.TypeParams()
	if sig.RecvTypeParams().Len() > 0 {
		tps = sig.RecvTypeParams()
	}
	for i := 0; i < tps.Len() && i < len(w.targs); i++ {
		tmap[tps.At(i)] = w.targs[i]
	}
	isig := subst(sig, tmap).(*types.Signature)
	g := &gen{s: s, info: fd.info, tmap: tmap, names: map[types.Object]string{}, used: map[string]bool{}, seq: &seq, fn: &fctx{sig: isig}, inst: w.key}
	ft := fd.fn.Type
	if fd.fn.Recv != nil { // shadow method: receiver becomes the first parameter
		r := sig.Recv()
		vs := []*types.Var{types.NewVar(r.Pos(), r.Pkg(), r.Name(), subst(r.Type(), tmap))}
		for i := 0; i < isig.Params().Len(); i++ {
			vs = append(vs, isig.Params().At(i))
		}
		isig = types.NewSignatureType(nil, nil, nil, types.NewTuple(vs...), isig.Results(), isig.Variadic())
		ft = &ast.FuncType{Params: &ast.FieldList{List: append(append([]*ast.Field{}, fd.fn.Recv.List...), fd.fn.Type.Params.List...)}, Results: fd.fn.Type.Results}
	}
	if fd.fn.Body == nil {
		panic(unsupported{msg: "function " + fd.key + " has no Go body"})
	}
	hdr := g.header(ft, isig)
	g.zeroResults(ft, fd.fn.Body)
	if callsSession(fd.fn.Body, fd.info) {
		g.w("%s", pollAt(g.line(fd.node.Name.Pos())))
	}
	g.body(fd.fn.Body)
	return g.line(fd.node.Pos()) + "func " + w.name + hdr + " {\n" + g.b.String() + "}\n"
}
