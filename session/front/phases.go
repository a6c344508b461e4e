package front

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"strings"
)

// signatures is the first phase: types, constants, method signatures.
func (k *checker) signatures() error {
	s, c := k.s, k.c
	f := &ast.File{Name: ast.NewIdent("main"), Package: c.file.Package, Decls: k.imports}
	for _, t := range c.types {
		f.Decls = append(f.Decls, &ast.GenDecl{Tok: token.TYPE, TokPos: t.Pos(), Specs: []ast.Spec{t}})
	}
	for _, d := range c.consts {
		f.Decls = append(f.Decls, d)
	}
	for _, d := range c.funcs {
		if d.Recv == nil {
			continue
		}
		base, tps := recvBase(d)
		if k.newT[base] != nil {
			f.Decls = append(f.Decls, d)
			continue
		}
		fn, err := s.methodFunc(d, base, tps, k.newT)
		if err != nil {
			return err
		}
		k.added = append(k.added, addedMethod{d, base, fn})
		f.Decls = append(f.Decls, fn)
	}
	c.info1 = newInfo()
	p := s.scope(c, nil)
	conf := k.config(nil)
	conf.IgnoreFuncBodies = true
	types.NewChecker(conf, s.fset, p, c.info1).Files([]*ast.File{f})
	if err := k.failed(); err != nil {
		return err
	}
	if err := k.hugeArrays(c.info1); err != nil {
		return err
	}
	for n := range k.newT {
		c.newTypes[n] = p.Scope().Lookup(n).(*types.TypeName)
	}
	c.consts1 = map[string]types.Object{}
	for _, d := range c.consts {
		for _, id := range constNames(d) {
			c.consts1[id.Name] = p.Scope().Lookup(id.Name)
		}
	}
	return nil
}

// declared are the objects that the first phase hands to the second.
func (k *checker) declared() map[string]types.Object {
	extra := map[string]types.Object{}
	for n := range k.newT {
		extra[n] = k.c.newTypes[n]
	}
	maps.Copy(extra, k.c.consts1)
	return extra
}

// tryMethods adds the cell's methods to types of earlier cells. That cannot be
// undone, so the bodies are checked first without them, minding only errors
// that the methods could not have caused.
func (k *checker) tryMethods(extra map[string]types.Object) error {
	missing := func(msg string) bool {
		return strings.Contains(msg, "has no field or method") || strings.Contains(msg, "missing method") || strings.Contains(msg, "undefined (type")
	}
	if err := k.pass(extra, func(e types.Error) bool { return !missing(e.Msg) }); err != nil {
		return err
	}
	for _, m := range k.added {
		tn, _ := k.s.objs[m.base].(*types.TypeName)
		pos := k.s.fset.Position(m.decl.Name.Pos()).String()
		if tn == nil {
			return diagnose(Type, pos, "undefined receiver type "+m.base)
		}
		named, ok := tn.Type().(*types.Named)
		if !ok {
			return diagnose(Type, pos, "cannot define methods on "+tn.Type().String())
		}
		sig := k.c.info1.Defs[m.fn.Name].Type().(*types.Signature)
		if err := addMethod(named, m.decl.Name.Name, sig, k.s.pkg, m.decl.Name.Pos()); err != nil {
			return diagnose(Type, pos, err.Error())
		}
		k.s.ghost(tn, m.decl.Name.Name, true)
		k.s.undo = append(k.s.undo, func() { k.s.ghost(tn, m.decl.Name.Name, k.s.meths[methodKey{tn, m.decl.Name.Name}] == nil) })
	}
	return nil
}

// ghost notes that a type has a method whose cell failed, so that it exists
// for the type checker only.
func (s *Session) ghost(tn *types.TypeName, name string, is bool) {
	if s.ghosts[tn] == nil {
		s.ghosts[tn] = map[string]bool{}
	}
	s.ghosts[tn][name] = is
}

// bodies is the second phase.
func (k *checker) bodies(extra map[string]types.Object) error {
	if err := k.pass(extra, nil); err != nil {
		return err
	}
	return k.hugeArrays(k.c.info)
}

// maxRounds bounds how often a cell is checked again after rewriting.
const maxRounds = 16

// pass checks bodies, variables and statements, rewriting operators on arrays
// as it learns the types of more expressions.
func (k *checker) pass(extra map[string]types.Object, filter func(types.Error) bool) error {
	s, c := k.s, k.c
	for round := 0; ; round++ {
		k.errs = nil
		conf := k.config(func(e types.Error) bool {
			if c.last != nil && c.last.Pos() <= e.Pos && e.Pos < c.last.End() && strings.Contains(e.Msg, "is not used") {
				return false // the last expression is shown
			}
			return filter == nil || filter(e)
		})
		c.info = newInfo()
		p := s.scope(c, extra)
		f, err := k.bodyFile()
		if err != nil {
			return err
		}
		types.NewChecker(conf, s.fset, p, c.info).Files([]*ast.File{f})
		if round >= maxRounds || !s.rewriteOps(c) {
			break
		}
		k.imports = s.importDecls(c)
	}
	if len(k.errs) == 0 {
		k.selfReferences()
	}
	return k.failed()
}

// selfReferences finds variables that have no type because their definition
// uses them; the type checker's word for it also covers harmless cycles.
func (k *checker) selfReferences() {
	for _, vs := range k.c.vars {
		for _, id := range vs.Names {
			if o := k.c.info.Defs[id]; o != nil && o.Type() == types.Typ[types.Invalid] {
				k.errs = append(k.errs, types.Error{Fset: k.s.fset, Pos: id.Pos(), Msg: "the definition of " + id.Name + " refers to itself"})
			}
		}
	}
}

func (k *checker) bodyFile() (*ast.File, error) {
	c := k.c
	f := &ast.File{Name: ast.NewIdent("main"), Package: c.file.Package, Decls: append([]ast.Decl{}, k.imports...)}
	c.fdecls = nil
	for _, d := range c.funcs {
		fn := d
		if d.Recv != nil {
			base, tps := recvBase(d)
			var err error
			if fn, err = k.s.methodFunc(d, base, tps, k.newT); err != nil {
				return nil, err
			}
		}
		node := d
		if o := c.original[d]; o != nil {
			node = o
		}
		c.fdecls = append(c.fdecls, &fdecl{key: declKey(d), node: node, fn: fn, insts: map[string]string{}, cell: c.n})
		f.Decls = append(f.Decls, fn)
	}
	for _, v := range c.vars {
		f.Decls = append(f.Decls, &ast.GenDecl{Tok: token.VAR, TokPos: v.Pos(), Specs: []ast.Spec{v}})
	}
	f.Decls = append(f.Decls, &ast.FuncDecl{Name: ast.NewIdent(cellFunc), Type: &ast.FuncType{Params: &ast.FieldList{}}, Body: &ast.BlockStmt{List: c.body}})
	return f, nil
}

// maxArray bounds the size of an array type. A larger variable would take the
// process's memory before anything could stop it.
const maxArray = 1 << 28

func (k *checker) hugeArrays(info *types.Info) error {
	for e, tv := range info.Types {
		if _, ok := e.(*ast.ArrayType); !ok || !tv.IsType() {
			continue
		}
		a, ok := tv.Type.(*types.Array)
		if !ok {
			continue
		}
		if _, param := a.Elem().Underlying().(*types.Interface); param && types.IsInterface(a.Elem()) && a.Len() <= maxArray/16 {
			continue
		}
		if size := sizes.Sizeof(a); size < 0 || size > maxArray {
			return diagnose(Type, k.s.fset.Position(e.Pos()).String(), "array type "+a.String()+" is larger than 256 MiB; use make for a slice")
		}
	}
	return nil
}
