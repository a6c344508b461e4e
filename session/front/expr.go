package front

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

func (g *gen) exprs(l []ast.Expr) string {
	var s []string
	for _, e := range l {
		s = append(s, g.plain(e))
	}
	return strings.Join(s, ", ")
}

// plain lowers e for a place where nothing binds it: the interpreter takes a
// step for every pair of parentheses.
func (g *gen) plain(e ast.Expr) string {
	s := g.expr(e)
	if g.enclosed(e, s) {
		return s[1 : len(s)-1]
	}
	return s
}

// operand lowers an operand of a binary operation.
func (g *gen) operand(x *ast.BinaryExpr, e ast.Expr) string {
	s := g.under(e)
	if in, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && g.enclosed(e, s) {
		p, q := x.Op.Precedence(), in.Op.Precedence()
		if q > p || q == p && e == x.X {
			return s[1 : len(s)-1]
		}
	}
	return s
}

// enclosed reports whether s, which e has been lowered to, is a binary operation
// in parentheses.
func (g *gen) enclosed(e ast.Expr, s string) bool {
	e = ast.Unparen(e)
	_, ok := e.(*ast.BinaryExpr)
	return ok && g.info.Types[e].Value == nil && strings.HasPrefix(s, "(")
}

func isIface(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Interface)
	return ok
}

func isNil(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Kind() == types.UntypedNil
}

func (g *gen) expr(e ast.Expr) string {
	if tv, ok := g.info.Types[e]; ok && tv.Value != nil {
		return g.constant(tv.Value, tv.Type)
	}
	switch x := e.(type) {
	case *ast.ParenExpr:
		if s := g.expr(x.X); g.enclosed(x.X, s) {
			return s
		}
		return "(" + g.expr(x.X) + ")"
	case *ast.Ident:
		return g.ident(x)
	case *ast.BasicLit:
		return x.Value
	case *ast.FuncLit:
		return g.funcLit(x, "")
	case *ast.CompositeLit:
		return g.compLit(x, g.typeOf(x))
	case *ast.SelectorExpr:
		return g.selector(x)
	case *ast.IndexExpr:
		if tv := g.info.Types[x.X]; tv.IsType() {
			return g.typ(g.info.Types[e].Type)
		}
		if isGenericRef(g.info, x.X) { // generic function value
			return g.funcRef(x)
		}
		if m, ok := g.typeOf(x.X).Underlying().(*types.Map); ok {
			return g.under(x.X) + "[" + g.exprTo(x.Index, m.Key()) + "]"
		}
		return g.under(x.X) + "[" + g.plain(x.Index) + "]"
	case *ast.IndexListExpr:
		return g.funcRef(x)
	case *ast.SliceExpr:
		s := g.under(x.X) + "["
		if x.Low != nil {
			s += g.plain(x.Low)
		}
		s += ":"
		if x.High != nil {
			s += g.plain(x.High)
		}
		if x.Slice3 {
			s += ":" + g.plain(x.Max)
		}
		return g.s.refill(s+"]", g.typeOf(x.X).Underlying(), g.typeOf(x))
	case *ast.StarExpr:
		if g.info.Types[e].IsType() {
			return g.typ(g.info.Types[e].Type)
		}
		return "(*" + g.expr(x.X) + ")"
	case *ast.TypeAssertExpr:
		return g.s.assert(g.expr(x.X), g.typeOf(x.X), g.sub(g.info.Types[x.Type].Type), g.tuple(x) != nil)
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			if _, er := g.erasedLHS(x.X); er {
				return g.fail(x, "cannot take the address of a field in a recursive type cycle")
			}
			s := g.expr(x.X)
			if strings.HasPrefix(s, "(*") && strings.Count(s, "(") == 1 { // boxed variable
				return strings.TrimSuffix(s[2:], ")")
			}
			return "&" + s
		}
		if b, ok := g.typeOf(x.X).Underlying().(*types.Basic); ok && x.Op == token.SUB && b.Info()&types.IsFloat != 0 {
			return "(-1 * " + g.under(x.X) + ")" // yaegi's negative zero is zero
		}
		return x.Op.String() + g.under(x.X)
	case *ast.BinaryExpr:
		return g.binary(x)
	case *ast.CallExpr:
		return g.call(x)
	case *ast.ArrayType, *ast.StructType, *ast.FuncType, *ast.InterfaceType, *ast.MapType, *ast.ChanType:
		return g.typ(g.info.Types[e].Type)
	case *ast.KeyValueExpr:
		return g.expr(x.Key) + ": " + g.expr(x.Value)
	}
	return g.fail(e, "cannot lower %T", e)
}

func isGenericRef(info *types.Info, e ast.Expr) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		_, ok := info.Instances[x]
		return ok
	case *ast.SelectorExpr:
		_, ok := info.Instances[x.Sel]
		return ok
	}
	return false
}

func (g *gen) binary(x *ast.BinaryExpr) string {
	if x.Op == token.EQL || x.Op == token.NEQ {
		tx, ty := g.typeOf(x.X), g.typeOf(x.Y)
		if (isIface(tx) || isIface(ty)) && !isNil(tx) && !isNil(ty) {
			s := "rtᐧ.Eq(" + g.interfaceOf(x.X) + ", " + g.interfaceOf(x.Y) + ")"
			if x.Op == token.NEQ {
				s = "!" + s
			}
			return s
		}
	}
	if x.Op == token.EQL || x.Op == token.NEQ {
		for _, e := range [][2]ast.Expr{{x.X, x.Y}, {x.Y, x.X}} {
			if _, isCall := ast.Unparen(e[0]).(*ast.CallExpr); isCall && isNil(g.typeOf(e[1])) && isIface(g.typeOf(e[0])) {
				// yaegi looks through a conversion at the pointer
				return map[token.Token]string{token.EQL: "", token.NEQ: "!"}[x.Op] + "rtᐧ.IsNil(" + g.expr(e[0]) + ")"
			}
		}
	}
	y := g.operand(x, x.Y)
	if x.Op == token.SHL || x.Op == token.SHR {
		y = g.count(x.Y, y)
	}
	return "(" + g.operand(x, x.X) + " " + x.Op.String() + " " + y + ")"
}

// count is the right side of a shift. yaegi gives an operation there the type of
// what is shifted, and does not do so in a conversion.
func (g *gen) count(e ast.Expr, code string) string {
	switch ast.Unparen(e).(type) {
	case *ast.BinaryExpr, *ast.UnaryExpr:
		if g.info.Types[e].Value == nil {
			return g.s.typ(g.typeOf(e)) + "(" + code + ")"
		}
	}
	return code
}

func (g *gen) ident(x *ast.Ident) string {
	o := g.obj(x)
	switch o := o.(type) {
	case nil:
		if x.Name == "_" {
			return "_"
		}
		return g.fail(x, "no object for %s", x.Name)
	case *types.Nil:
		return "nil"
	case *types.TypeName:
		return g.typ(o.Type())
	case *types.Func:
		return g.funcRef(x)
	case *types.Const:
		return g.constant(o.Val(), o.Type())
	case *types.Var:
		if n, ok := g.global(o); ok {
			return n
		}
		if isPkgLevel(o) {
			if isMain(o) {
				return g.fail(x, "unknown variable %s", x.Name)
			}
			return g.pkgVar(o)
		}
		return g.local(o)
	}
	return x.Name
}

func (g *gen) pkgVar(o *types.Var) string {
	if n, ok := g.global(o); ok {
		return n
	}
	if g.s.isSession(o) {
		return g.s.moduleVar(o)
	}
	return g.s.importName(o.Pkg().Path()) + "." + o.Name()
}
