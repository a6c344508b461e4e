package front

import (
	"go/ast"
	"go/types"
	"strings"
)

// work is a function instance whose body is still to be lowered.
type work struct {
	fd    *fdecl
	targs []types.Type
	name  string
	key   string
}

// funcRef lowers a reference to a declared function, instantiating generics.
func (g *gen) funcRef(e ast.Expr) string {
	var id *ast.Ident
	switch x := e.(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	case *ast.IndexExpr:
		return g.funcRef(x.X)
	case *ast.IndexListExpr:
		return g.funcRef(x.X)
	case *ast.ParenExpr:
		return g.funcRef(x.X)
	}
	o, ok := g.obj(id).(*types.Func)
	if !ok {
		return g.expr(e)
	}
	var targs []types.Type
	if in, ok := g.info.Instances[id]; ok {
		for i := 0; i < in.TypeArgs.Len(); i++ {
			targs = append(targs, g.sub(in.TypeArgs.At(i)))
		}
	}
	return g.funcName(o.Origin(), targs, e)
}

func (g *gen) funcName(o *types.Func, targs []types.Type, at ast.Node) string {
	s := g.s
	if fd := s.fobj[o]; fd != nil {
		return s.instance(fd, targs)
	}
	if o.Pkg() == nil {
		return o.Name()
	}
	path := o.Pkg().Path()
	if m := s.moduleOf(o.Pkg()); m != nil {
		return s.instance(s.moduleFunc(m, o.Name()), targs)
	}
	if name := s.bound(o, targs); name != "" {
		return name
	}
	if _, own := s.shadows[path]; len(targs) == 0 && (o.Exported() || !own) {
		return s.importName(path) + "." + o.Name()
	}
	sh, err := s.shadow(path)
	if err != nil {
		return g.fail(at, "%s.%s is generic and cannot be used in a session: %v", o.Pkg().Name(), o.Name(), err)
	}
	d := sh.funcs[o.Name()]
	if d == nil || d.Body == nil {
		return g.fail(at, "%s.%s cannot be used in a session: it has no Go body", o.Pkg().Name(), o.Name())
	}
	so, _ := sh.info.Defs[d.Name].(*types.Func)
	return s.instance(s.shadowDecl(sh, so, path+"."+o.Name(), d), targs)
}

func (s *Session) shadowDecl(sh *shadow, o *types.Func, key string, d *ast.FuncDecl) *fdecl {
	if fd := s.fobj[o]; fd != nil {
		return fd
	}
	fd := &fdecl{key: key, node: d, fn: d, obj: o, info: sh.info, insts: map[string]string{}}
	put(s, s.fobj, types.Object(o), fd)
	return fd
}

// instance returns the lowered name of a function for the given type arguments
// and queues its body.
func (s *Session) instance(fd *fdecl, targs []types.Type) string {
	k := ""
	for _, t := range targs {
		k += s.key(t) + ","
	}
	if n := fd.insts[k]; n != "" {
		return n
	}
	n := s.fresh(strings.ReplaceAll(fd.key, ".", "ᐧ"))
	put(s, fd.insts, k, n)
	s.queue = append(s.queue, work{fd, targs, n, k})
	return n
}

// method finds the declaration of a method of a type of the session, or of a
// generic type lowered from source.
func (s *Session) method(n *types.Named, name string) *fdecl {
	o := n.Origin().Obj()
	if fd := s.meths[methodKey{o, name}]; fd != nil {
		return fd
	}
	if o.Pkg() == nil {
		return nil
	}
	sh := s.shadows[o.Pkg().Path()]
	if m := s.moduleOf(o.Pkg()); m != nil {
		sh = s.syntaxOf(m)
	} else if sh == nil || sh.pkg != o.Pkg() {
		return nil
	}
	d := sh.meths[o.Name()][name]
	if d == nil {
		return nil
	}
	so := sh.info.Defs[d.Name].(*types.Func)
	return s.shadowDecl(sh, so, o.Name()+"."+name, d)
}
