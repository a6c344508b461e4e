package front

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Indices of arrays are rewritten to calls in the same rounds as operators:
//
//	a[i, 1:]        a.At(i, mlx.S(1))
//	a[i, 1:] = v    a.Set(v, i, mlx.S(1))
//	a[i] += v       a.Set(mlx.Add(a.At(i), v), i)

// element is an index of an array that has been rewritten to a call.
type element struct {
	ops *Operators
	x   ast.Expr   // the array
	idx []ast.Expr // as At and Set take it
	pos token.Pos  // of the bracket
}

// index returns the call for an index of an array, or nil.
func (r *rewriter) index(n ast.Node) ast.Expr {
	var x ast.Expr
	var idx []ast.Expr
	var pos token.Pos
	switch n := n.(type) {
	case *ast.IndexExpr:
		x, idx, pos = n.X, []ast.Expr{n.Index}, n.Lbrack
		if call, ok := n.Index.(*ast.CallExpr); ok && isMark(call.Fun, indexAt) {
			idx = call.Args
		}
	case *ast.IndexListExpr:
		x, idx, pos = n.X, n.Indices, n.Lbrack
	case *ast.SliceExpr:
		x, pos = n.X, n.Lbrack
		s := &ast.CallExpr{Fun: mark(n.Lbrack+1, indexSpan), Lparen: n.Lbrack + 1, Rparen: n.Rbrack}
		for _, b := range []ast.Expr{n.Low, n.High, n.Max} {
			if b == nil {
				b = mark(n.Rbrack, indexNone)
			}
			s.Args = append(s.Args, b)
		}
		idx = []ast.Expr{s}
	}
	o := r.array(x)
	if o == nil || o.Index == nil {
		return nil
	}
	e := element{ops: o, x: x, pos: pos}
	for _, i := range idx {
		e.idx = append(e.idx, r.indexValue(o, i))
	}
	call := r.at(e)
	r.elements[call] = e
	return call
}

func mark(pos token.Pos, name string) *ast.Ident { return &ast.Ident{NamePos: pos, Name: name} }

func isMark(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// indexValue is one index, as an argument of At.
func (r *rewriter) indexValue(o *Operators, e ast.Expr) ast.Expr {
	named := func(name string) ast.Expr {
		alias := opAlias(o.Package)
		r.c.used[alias] = true
		return &ast.SelectorExpr{X: mark(e.Pos(), alias), Sel: mark(e.Pos(), name)}
	}
	switch x := e.(type) {
	case *ast.Ident:
		switch {
		case x.Name == indexRest:
			return named(o.Index.Rest)
		case x.Name == "nil", x.Name == "newaxis" && r.c.info.Uses[x] == nil:
			return named(o.Index.NewAxis)
		}
	case *ast.CallExpr:
		if !isMark(x.Fun, indexSpan) {
			break
		}
		var bounds []ast.Expr
		for _, b := range x.Args {
			if isMark(b, indexNone) {
				b = mark(b.Pos(), "nil")
			}
			bounds = append(bounds, b)
		}
		for len(bounds) > 0 && isMark(bounds[len(bounds)-1], "nil") {
			bounds = bounds[:len(bounds)-1]
		}
		return &ast.CallExpr{Fun: named(o.Index.Span), Lparen: x.Lparen, Args: bounds, Rparen: x.Rparen}
	}
	return e
}

// at is the call that reads an element.
func (r *rewriter) at(e element) *ast.CallExpr { return r.method(e, e.ops.Index.At, e.idx) }

// set is the call that writes an element.
func (r *rewriter) set(e element, value ast.Expr) *ast.ExprStmt {
	return &ast.ExprStmt{X: r.method(e, e.ops.Index.Set, append([]ast.Expr{value}, e.idx...))}
}

func (r *rewriter) method(e element, name string, args []ast.Expr) *ast.CallExpr {
	call := &ast.CallExpr{Fun: &ast.SelectorExpr{X: e.x, Sel: mark(e.pos, name)}, Lparen: e.pos, Args: args, Rparen: args[len(args)-1].End()}
	r.changed = true
	if !r.dry {
		r.exprs[call] = e.ops
	}
	return call
}

// assignElements rewrites an assignment to elements of arrays; nil if it is none.
func (r *rewriter) assignElements(x *ast.AssignStmt) ast.Stmt {
	if !slices.ContainsFunc(x.Lhs, func(l ast.Expr) bool { _, ok := r.elements[l]; return ok }) {
		return nil
	}
	if len(x.Lhs) == 1 && len(x.Rhs) == 1 {
		e := r.elements[x.Lhs[0]]
		if op := binaryOf(x.Tok); op != token.ILLEGAL {
			return r.update(e, op, x.TokPos, x.Rhs[0])
		}
		return r.set(e, x.Rhs[0])
	}
	// a[0], y = y, a[0]: all values first, then one assignment after the other.
	first := &ast.AssignStmt{TokPos: x.TokPos, Tok: token.DEFINE, Rhs: x.Rhs}
	var then []ast.Stmt
	for i, l := range x.Lhs {
		t := fmt.Sprintf("ᐧᐧv%d", i)
		first.Lhs = append(first.Lhs, mark(l.Pos(), t))
		if e, ok := r.elements[l]; ok {
			then = append(then, r.set(e, mark(l.Pos(), t)))
		} else {
			then = append(then, &ast.AssignStmt{Lhs: []ast.Expr{l}, TokPos: x.TokPos, Tok: token.ASSIGN, Rhs: []ast.Expr{mark(l.Pos(), t)}})
		}
	}
	return r.block(append([]ast.Stmt{first}, then...))
}

// update is e op= value. What has to be computed for e is computed once.
func (r *rewriter) update(e element, op token.Token, pos token.Pos, value ast.Expr) ast.Stmt {
	var before []ast.Stmt
	once := func(x ast.Expr) ast.Expr {
		if steady(x) {
			return x
		}
		t := fmt.Sprintf("ᐧᐧk%d", len(before))
		before = append(before, &ast.AssignStmt{Lhs: []ast.Expr{mark(x.Pos(), t)}, TokPos: x.Pos(), Tok: token.DEFINE, Rhs: []ast.Expr{x}})
		return mark(x.Pos(), t)
	}
	e.x = once(e.x)
	for i, x := range e.idx {
		e.idx[i] = once(x)
	}
	old := e
	old.x = cloneNode(e.x)
	old.idx = nil
	for _, x := range e.idx {
		old.idx = append(old.idx, cloneNode(x))
	}
	st := r.set(e, r.call(e.ops, e.ops.Binary[op], pos, r.at(old), value))
	if len(before) == 0 {
		return st
	}
	return r.block(append(before, st))
}

// block runs statements where one statement is wanted, even in the head of a for.
func (r *rewriter) block(l []ast.Stmt) ast.Stmt {
	pos, end := l[0].Pos(), l[len(l)-1].End()
	lit := &ast.FuncLit{Type: &ast.FuncType{Func: pos, Params: &ast.FieldList{Opening: pos, Closing: pos}}, Body: &ast.BlockStmt{Lbrace: pos, List: l, Rbrace: end}}
	return &ast.ExprStmt{X: &ast.CallExpr{Fun: lit, Lparen: end, Rparen: end}}
}

// steady reports whether e may be evaluated twice: it does nothing and costs
// next to nothing.
func steady(e ast.Expr) bool {
	steady := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr, *ast.FuncLit:
			steady = false
		case *ast.UnaryExpr:
			steady = steady && n.Op != token.ARROW
		}
		return steady
	})
	return steady
}

// bracketError rewords what the type checker says of an index form on
// something that is not an array; ok is false for what has been said already.
func bracketError(e types.Error) (_ types.Error, ok bool) {
	name, found := strings.CutPrefix(e.Msg, "undefined: ")
	switch {
	case !found:
	case name == indexAt:
		e.Msg = "this form of index is for arrays"
	case name == indexSpan, name == indexNone, name == indexRest:
		return e, false
	}
	return e, true
}
