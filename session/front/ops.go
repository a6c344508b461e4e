package front

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"regexp"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
)

// Operators on arrays are rewritten to calls of the functions in the operator
// table, on the syntax tree, with the types that the type checker found. An
// operator that go/types refuses leaves its result untyped, so an expression
// or a chain of definitions may take several rounds.

// opAlias is how rewritten code names an operator package: no cell can write it.
func opAlias(pkg string) string { return "ᐧᐧ" + path.Base(pkg) }

// operators returns the table for a type of the operator table, or nil.
func (s *Session) operators(t types.Type) *Operators {
	p, ok := types.Unalias(t).(*types.Pointer)
	name := ""
	if ok {
		name, t = "*", p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return nil
	}
	if o, ok := s.opts.Operators[name+n.Obj().Pkg().Path()+"."+n.Obj().Name()]; ok {
		return &o
	}
	return nil
}

// usesArrays reports whether any package of the operator table has been loaded.
func (s *Session) usesArrays() bool {
	for _, o := range s.opts.Operators {
		if s.imp.pkgs[o.Package] != nil {
			return true
		}
	}
	return false
}

// rewriter turns operators into calls.
type rewriter struct {
	s       *Session
	c       *cell
	exprs   map[ast.Expr]*Operators     // results of earlier rewrites
	objs    map[types.Object]*Operators // variables defined by them
	changed bool
	dry     bool // only find out whether something would change

	elements map[ast.Expr]element // calls that read an element of an array
}

func newRewriter(s *Session, c *cell) *rewriter {
	return &rewriter{s: s, c: c, exprs: map[ast.Expr]*Operators{}, objs: map[types.Object]*Operators{}, elements: map[ast.Expr]element{}}
}

// rewriteOps rewrites the cell and reports whether it changed anything. The
// functions are cloned first, for the original must be at hand when a variable
// they use gets another type.
func (s *Session) rewriteOps(c *cell) bool {
	if !s.usesArrays() {
		return false
	}
	if c.original == nil {
		probe := newRewriter(s, c)
		probe.dry = true
		if probe.cell(); !probe.changed {
			return false
		}
		c.original = map[*ast.FuncDecl]*ast.FuncDecl{}
		for i, f := range c.funcs {
			c.funcs[i] = cloneNode(f)
			c.original[c.funcs[i]] = f
		}
		return true
	}
	r := newRewriter(s, c)
	r.cell()
	return r.changed
}

func (r *rewriter) cell() {
	for _, v := range r.c.vars {
		astutil.Apply(v, nil, r.node)
	}
	for _, f := range r.c.funcs {
		if f.Body != nil {
			astutil.Apply(f.Body, nil, r.node)
		}
	}
	b := &ast.BlockStmt{List: r.c.body}
	astutil.Apply(b, nil, r.node)
	if !r.dry {
		r.c.body = b.List
		if r.c.last != nil {
			r.c.last, _ = b.List[len(b.List)-1].(*ast.ExprStmt)
		}
	}
}

func (r *rewriter) replace(cu *astutil.Cursor, n ast.Node) {
	if !r.dry {
		cu.Replace(n)
	}
}

// node rewrites one node whose children are done.
func (r *rewriter) node(cu *astutil.Cursor) bool {
	switch x := cu.Node().(type) {
	case *ast.BinaryExpr:
		if e := r.binary(x.X, x.Op, x.OpPos, x.Y); e != nil {
			r.replace(cu, e)
		}
	case *ast.UnaryExpr:
		if o := r.array(x.X); o != nil && o.Unary[x.Op] != "" {
			r.replace(cu, r.call(o, o.Unary[x.Op], x.OpPos, x.X))
		}
	case *ast.IndexExpr, *ast.IndexListExpr, *ast.SliceExpr:
		if e := r.index(x); e != nil {
			r.replace(cu, e)
		}
	case *ast.IncDecStmt:
		op := token.ADD
		if x.Tok == token.DEC {
			op = token.SUB
		}
		one := &ast.BasicLit{ValuePos: x.TokPos, Kind: token.INT, Value: "1"}
		if e, ok := r.elements[x.X]; ok {
			r.replace(cu, r.update(e, op, x.TokPos, one))
			break
		}
		if e := r.binary(x.X, op, x.TokPos, one); e != nil {
			r.replace(cu, &ast.AssignStmt{Lhs: []ast.Expr{x.X}, TokPos: x.TokPos, Tok: token.ASSIGN, Rhs: []ast.Expr{e}})
		}
	case *ast.AssignStmt:
		r.assign(cu, x)
	case *ast.ValueSpec:
		if len(x.Names) == len(x.Values) {
			for i, id := range x.Names {
				r.define(id, x.Values[i])
			}
		}
	}
	return true
}

func (r *rewriter) assign(cu *astutil.Cursor, x *ast.AssignStmt) {
	if st := r.assignElements(x); st != nil {
		r.replace(cu, st)
		return
	}
	switch {
	case x.Tok == token.DEFINE && len(x.Lhs) == len(x.Rhs):
		for i, l := range x.Lhs {
			if id, ok := l.(*ast.Ident); ok {
				r.define(id, x.Rhs[i])
			}
		}
	case binaryOf(x.Tok) != token.ILLEGAL && len(x.Lhs) == 1 && len(x.Rhs) == 1:
		if e := r.binary(x.Lhs[0], binaryOf(x.Tok), x.TokPos, x.Rhs[0]); e != nil {
			r.replace(cu, &ast.AssignStmt{Lhs: x.Lhs, TokPos: x.TokPos, Tok: token.ASSIGN, Rhs: []ast.Expr{e}})
		}
	}
}

// binaryOf is the operator of an assignment such as +=.
func binaryOf(tok token.Token) token.Token {
	if tok >= token.ADD_ASSIGN && tok <= token.AND_NOT_ASSIGN {
		return tok - token.ADD_ASSIGN + token.ADD
	}
	return token.ILLEGAL
}

// define notes that a variable will hold an array once the cell is rewritten.
func (r *rewriter) define(id *ast.Ident, value ast.Expr) {
	if o := r.array(value); o != nil && r.c.info.Defs[id] != nil {
		r.objs[r.c.info.Defs[id]] = o
	}
}

// array returns the operator table of e's type, or nil.
func (r *rewriter) array(e ast.Expr) *Operators {
	if o := r.exprs[e]; o != nil {
		return o
	}
	switch x := e.(type) {
	case *ast.ParenExpr:
		return r.array(x.X)
	case *ast.Ident:
		if o := r.objs[r.c.info.Uses[x]]; o != nil && r.c.info.Uses[x] != nil {
			return o
		}
	}
	if tv, ok := r.c.info.Types[e]; ok && tv.Type != nil && !tv.IsType() {
		return r.s.operators(tv.Type)
	}
	if id, ok := e.(*ast.Ident); ok {
		if o := r.c.info.Uses[id]; o != nil && o.Type() != nil {
			if _, isVar := o.(*types.Var); isVar {
				return r.s.operators(o.Type())
			}
		}
	}
	return nil
}

func (r *rewriter) binary(x ast.Expr, op token.Token, pos token.Pos, y ast.Expr) ast.Expr {
	o := r.array(x)
	if o == nil {
		o = r.array(y)
	}
	if o == nil || o.Binary[op] == "" || r.isNil(x) || r.isNil(y) {
		return nil
	}
	return r.call(o, o.Binary[op], pos, x, y)
}

func (r *rewriter) isNil(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && id.Name == "nil"
}

func (r *rewriter) call(o *Operators, fn string, pos token.Pos, args ...ast.Expr) ast.Expr {
	alias := opAlias(o.Package)
	e := &ast.CallExpr{
		Fun:    &ast.SelectorExpr{X: &ast.Ident{NamePos: args[0].Pos(), Name: alias}, Sel: &ast.Ident{NamePos: pos, Name: fn}},
		Lparen: pos, Args: args, Rparen: args[len(args)-1].End(),
	}
	r.changed = true
	if r.dry {
		return e
	}
	r.exprs[e] = o
	r.c.used[alias] = true
	return e
}

// plain removes the front end's own marks from a message.
func plain(msg string) string {
	return ownPackage.ReplaceAllString(strings.ReplaceAll(msg, "ᐧᐧ", ""), "$1")
}

// ownPackage finds the package name that types of earlier cells carry.
var ownPackage = regexp.MustCompile(`\bmain\.(\pL)`)
