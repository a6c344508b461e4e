package front

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// check type-checks a cell in two phases, each in a package of its own into
// which the older objects are inserted. The first phase sees types, constants
// and method signatures; the second one bodies, variables and statements, with
// methods as functions that have an explicit receiver, because go/types cannot
// add a method with a body to a type of another package.
func (s *Session) check(c *cell) error {
	for range 20 { // each round drops a relinked declaration that no longer fits
		err := s.checkOnce(c)
		if err == errAgain {
			continue
		}
		return err
	}
	return fmt.Errorf("the declarations that depend on this cell do not settle")
}

// errAgain asks check for another round.
var errAgain = fmt.Errorf("again")

func (s *Session) checkOnce(c *cell) error {
	s.relink(c)
	s.collectUses(c)
	k := &checker{s: s, c: c, imports: s.importDecls(c), newT: map[string]*ast.TypeSpec{}}
	for _, t := range c.types {
		k.newT[t.Name.Name] = t
	}
	if err := k.signatures(); err != nil {
		return err
	}
	extra := k.declared()
	if len(k.added) > 0 {
		if err := k.tryMethods(extra); err != nil {
			return err
		}
	}
	return k.bodies(extra)
}

// checker holds what the two phases share.
type checker struct {
	s       *Session
	c       *cell
	imports []ast.Decl
	newT    map[string]*ast.TypeSpec
	added   []addedMethod // methods on types of earlier cells
	errs    typeErrors
}

type addedMethod struct {
	decl *ast.FuncDecl
	base string
	fn   *ast.FuncDecl
}

func (s *Session) collectUses(c *cell) {
	used, qualifiers := map[string]bool{}, map[string]bool{}
	visit := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				used[n.Name] = true
			case *ast.SelectorExpr:
				if id, ok := n.X.(*ast.Ident); ok {
					qualifiers[id.Name] = true
				}
			}
			return true
		})
	}
	for _, t := range c.types {
		visit(t)
	}
	for _, d := range c.consts {
		visit(d)
	}
	for _, f := range c.funcs {
		visit(f)
	}
	for _, v := range c.vars {
		visit(v)
	}
	for _, st := range c.body {
		visit(st)
	}
	c.used = used
	for q := range qualifiers {
		if paths := s.imp.byName[q]; len(paths) == 1 && s.objs[q] == nil && !c.names[q] && c.imports[q] == "" && s.imports[q] == "" && !s.dotted(c, q) {
			c.autos[q] = paths[0]
		}
	}
}

// dotted reports whether a dot import provides the name.
func (s *Session) dotted(c *cell, name string) bool {
	for _, path := range slices.Concat(c.dots, s.dots) {
		if p, err := s.Import(path); err == nil && p.Scope().Lookup(name) != nil {
			return true
		}
	}
	return false
}

// importDecls makes an import of each package name that the cell uses.
func (s *Session) importDecls(c *cell) []ast.Decl {
	all := map[string]string{}
	for n, p := range c.autos {
		all[n] = p
	}
	for n, p := range s.imports {
		if !c.names[n] {
			all[n] = p
		}
	}
	for n, p := range c.imports {
		all[n] = p
	}
	for _, o := range s.opts.Operators {
		all[opAlias(o.Package)] = o.Package
	}
	var ds []ast.Decl
	for _, n := range sortedKeys(all) {
		if c.used[n] && !c.names[n] {
			sp := &ast.ImportSpec{Name: ast.NewIdent(n), Path: &ast.BasicLit{Kind: token.STRING, Value: fmt.Sprintf("%q", all[n])}}
			ds = append(ds, &ast.GenDecl{Tok: token.IMPORT, Specs: []ast.Spec{sp}})
		}
	}
	return ds
}

// emptyScope takes the names out of a package's scope. Objects keep their parent.
func emptyScope(p *types.Package) {
	*p.Scope() = *types.NewScope(types.Universe, token.NoPos, token.NoPos, "cells")
}

// scope fills the package of the session with the earlier objects whose names
// occur in the cell. All cells are of one package, or unkeyed literals of
// earlier structs would not be allowed; its scope is new for each check.
func (s *Session) scope(c *cell, extra map[string]types.Object) *types.Package {
	p := s.pkg
	emptyScope(p)
	for n := range c.used {
		if o := s.objs[n]; o != nil && !c.names[n] && extra[n] == nil && c.imports[n] == "" {
			if n == lastName || strings.HasPrefix(n, "_") {
				o = s.renamed(o, n)
			}
			p.Scope().Insert(o)
		}
	}
	for _, o := range extra {
		p.Scope().Insert(o)
	}
	for _, v := range c.prev {
		p.Scope().Insert(v)
	}
	for _, path := range slices.Concat(c.dots, s.dots) {
		d, err := s.Import(path)
		if err != nil {
			continue
		}
		for n := range c.used {
			if o := d.Scope().Lookup(n); o != nil && o.Exported() && !c.names[n] && extra[n] == nil {
				p.Scope().Insert(o) // names of the session win: Insert keeps the first
			}
		}
	}
	return p
}

// renamed is o under another name, for the two names of a shown value.
func (s *Session) renamed(o types.Object, name string) types.Object {
	v, ok := o.(*types.Var)
	if !ok || o.Name() == name {
		return o
	}
	r := types.NewVar(v.Pos(), v.Pkg(), name, v.Type())
	put(s, s.low, types.Object(r), s.low[v])
	return r
}

// config is the type checker's configuration; errors that do not matter in a
// session are dropped.
func (k *checker) config(filter func(types.Error) bool) *types.Config {
	return &types.Config{Importer: k.s, Sizes: sizes, Error: func(err error) {
		te := err.(types.Error)
		switch {
		case strings.Contains(te.Msg, "imported and not used"),
			strings.HasPrefix(te.Msg, "initialization cycle"), // statements run in order
			strings.HasPrefix(te.Msg, "\t"):
			return
		}
		te, ok := bracketError(te)
		if ok && (filter == nil || filter(te)) {
			k.errs = append(k.errs, te)
		}
	}}
}

var sizes = types.SizesFor("gc", "amd64")

// failed sorts out the errors found: those in relinked declarations cost only
// these, those in the cell's own text fail it.
func (k *checker) failed() error {
	if len(k.errs) == 0 {
		return nil
	}
	if k.drop() {
		return errAgain
	}
	var own typeErrors
	for _, e := range k.errs {
		if !k.relinked(e.Pos) {
			own = append(own, e)
		}
	}
	if len(own) > 0 {
		return own
	}
	return k.errs
}

// relinked reports whether a position lies outside of the cell's own text.
func (k *checker) relinked(p token.Pos) bool {
	return !(k.c.file.FileStart <= p && p <= k.c.file.FileEnd)
}

// drop removes relinked declarations that no longer type-check; they keep their
// old meaning.
func (k *checker) drop() (dropped bool) {
	c := k.c
	for _, e := range k.errs {
		if !k.relinked(e.Pos) {
			continue
		}
		covers := func(n ast.Node) bool { return n.Pos() <= e.Pos && e.Pos < n.End() }
		if i := slices.IndexFunc(c.funcs, func(d *ast.FuncDecl) bool { return covers(d) }); i >= 0 {
			d := c.funcs[i]
			c.warn("%s still uses the previous definitions: %s", d.Name.Name, e.Msg)
			if d.Recv == nil {
				delete(c.names, d.Name.Name)
			}
			c.dropped = append(c.dropped, declKey(d))
			c.funcs = slices.Delete(slices.Clone(c.funcs), i, i+1)
			dropped = true
		}
		if i := slices.IndexFunc(c.types, func(d *ast.TypeSpec) bool { return covers(d) }); i >= 0 {
			d := c.types[i]
			c.warn("type %s still uses the previous definitions: %s", d.Name.Name, e.Msg)
			delete(c.names, d.Name.Name)
			c.types = slices.Delete(slices.Clone(c.types), i, i+1)
			c.dropped = append(c.dropped, d.Name.Name)
			dropped = true
		}
	}
	return dropped
}
