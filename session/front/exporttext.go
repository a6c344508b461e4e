package front

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/printer"
	"go/token"
	"go/types"
	"strings"
)

// showText is the function of the program that shows a cell's last expression.
const showText = `
// show prints values as a session does, without a final nil error.
func show(values ...any) {
	if n := len(values); n > 1 && values[n-1] == nil {
		values = values[:n-1]
	}
	for i, v := range values {
		if i > 0 {
			fmt.Print(" ")
		}
		fmt.Print(v)
	}
	fmt.Println()
}
`

// Program returns the text of main.go and the packages it imports.
func (x *Exporter) Program() (text string, imports []string, err error) {
	x.nameAll()
	for _, comments := range []bool{true, false} { // a comment may end up where it does not parse
		w := &exportWriter{x: x, comments: comments, kept: x.keptResults()}
		var out []byte
		if out, err = format.Source([]byte(w.program())); err == nil {
			return string(out), w.imported(), nil
		}
	}
	return "", nil, fmt.Errorf("export: %w", err)
}

// keptResults are the shown values that other cells use.
func (x *Exporter) keptResults() map[string]bool {
	kept := map[string]bool{}
	for _, e := range x.cells {
		for _, o := range e.c.info.Uses {
			kept[e.low[o]] = true
		}
	}
	return kept
}

// exportWriter writes the program once.
type exportWriter struct {
	x        *Exporter
	comments bool
	kept     map[string]bool
	b        strings.Builder
	shows    bool
	declared map[string]bool
	methods  map[string]int // the cell that declared a method last
}

func (w *exportWriter) program() string {
	w.declared, w.methods = map[string]bool{}, map[string]int{}
	for i, e := range w.x.cells {
		for _, fd := range e.c.fdecls {
			if fd.node.Recv != nil {
				w.methods[w.method(e, fd)] = i
			}
		}
	}
	var calls strings.Builder
	for i, e := range w.x.cells {
		w.declarations(i, e)
		calls.WriteString(w.statements(e))
	}
	main := "\nfunc main() {\n" + calls.String() + "}\n"
	if w.shows {
		main += showText
		w.x.name(packagePath("fmt"), "fmt")
	}
	var head strings.Builder
	head.WriteString("// A program made from the cells of a session.\npackage main\n\nimport (\n")
	for _, p := range w.imported() {
		if name := w.x.names[packagePath(p)]; name != packageName(p) {
			fmt.Fprintf(&head, "%s ", name)
		}
		fmt.Fprintf(&head, "%q\n", p)
	}
	return head.String() + ")\n" + w.b.String() + main
}

// imported lists the packages of the program, sorted.
func (w *exportWriter) imported() []string {
	m := map[string]bool{}
	for id := range w.x.names {
		if p, ok := id.(packagePath); ok {
			m[string(p)] = true
		}
	}
	return sortedKeys(m)
}

// method is what a method is called in the program: "T.M".
func (w *exportWriter) method(e *exported, fd *fdecl) string {
	name := ""
	w.x.renamed(e, fd.fn.Type.Params.List[0].Type, func() {
		name = types.ExprString(fd.fn.Type.Params.List[0].Type)
	})
	return strings.TrimPrefix(name, "*") + "." + fd.node.Name.Name
}

// declarations writes the types, constants, functions and variables of a cell.
func (w *exportWriter) declarations(i int, e *exported) {
	for _, t := range e.c.types {
		w.print(e, &ast.GenDecl{Doc: t.Doc, Tok: token.TYPE, TokPos: t.Pos(), Specs: []ast.Spec{t}})
	}
	for _, d := range e.c.consts {
		w.print(e, d)
	}
	for _, fd := range e.c.fdecls {
		f := *fd.fn
		if fd.node.Recv != nil {
			if w.methods[w.method(e, fd)] != i {
				continue // a later cell has another
			}
			ps := f.Type.Params.List
			f.Recv = &ast.FieldList{List: ps[:1]}
			f.Name = fd.node.Name
			f.Type = &ast.FuncType{Func: f.Type.Func, Params: &ast.FieldList{List: ps[1:]}, Results: f.Type.Results}
		}
		w.print(e, &f)
	}
	for _, vs := range e.c.vars {
		for _, id := range vs.Names {
			o := e.c.info.Defs[id]
			if o == nil || w.declared[e.low[o]] || id.Name == "_" {
				continue
			}
			w.declared[e.low[o]] = true
			fmt.Fprintf(&w.b, "var %s %s\n", w.x.nameOf(e, o), w.typ(o.Type()))
		}
	}
	if r := e.c.result; r != nil && w.kept[e.low[r]] {
		fmt.Fprintf(&w.b, "var %s %s\n", w.x.nameOf(e, r), w.typ(r.Type()))
	}
}

// print writes a declaration with the names of the program.
func (w *exportWriter) print(e *exported, d ast.Decl) {
	w.x.renamed(e, d, func() {
		w.b.WriteString("\n" + w.format(e, d) + "\n")
	})
}

func (w *exportWriter) format(e *exported, n ast.Node) string {
	var b bytes.Buffer
	node := any(n)
	if w.comments {
		c := &printer.CommentedNode{Node: n}
		for _, g := range e.c.file.Comments {
			if !strings.HasPrefix(g.List[0].Text, "/*line ") && n.Pos() <= g.Pos() && g.End() <= n.End() {
				c.Comments = append(c.Comments, g)
			}
		}
		node = c
	}
	if err := format.Node(&b, w.x.s.fset, node); err != nil {
		return "// " + err.Error()
	}
	return b.String()
}

// statements writes the statements of a cell as a function and returns its call.
func (w *exportWriter) statements(e *exported) string {
	var list []ast.Stmt
	again := map[string]bool{}
	g := &gen{s: w.x.s, cell: e.c, info: e.c.info}
	for _, st := range g.initOrder(e.c.body) {
		vs := e.c.marks[st]
		switch {
		case vs != nil && len(vs.Values) == 0:
			for _, id := range vs.Names {
				if o := e.c.info.Defs[id]; o != nil && again[e.low[o]] {
					list = append(list, assignment([]ast.Expr{id}, id.Pos(), &ast.StarExpr{X: &ast.CallExpr{Fun: ast.NewIdent("new"), Args: []ast.Expr{ast.NewIdent(w.typ(o.Type()))}}}))
				}
			}
		case vs != nil:
			var names []ast.Expr
			for _, id := range vs.Names {
				names = append(names, id)
			}
			list = append(list, assignment(names, vs.Pos(), vs.Values...))
		case e.c.last != nil && st == ast.Stmt(e.c.last):
			list = append(list, w.show(e, e.c.last)...)
		default:
			list = append(list, st)
		}
	}
	calls := ""
	for _, fd := range e.c.fdecls {
		if strings.HasPrefix(fd.key, "initᐧ") && !e.c.relinked[fd.key] || fd.key == "main" && len(e.c.body) == 0 && !e.c.relinked["main"] {
			calls += w.x.nameOf(e, fd.obj) + "()\n"
		}
	}
	if len(list) == 0 {
		return calls
	}
	name := fmt.Sprintf("cell%d", e.n)
	for w.x.taken[name] || w.x.words[name] {
		name += "_"
	}
	w.x.taken[name] = true
	pos := list[0].Pos()
	f := &ast.FuncDecl{Name: &ast.Ident{Name: name, NamePos: pos}, Type: &ast.FuncType{Func: pos, Params: &ast.FieldList{}},
		Body: &ast.BlockStmt{Lbrace: pos, List: list, Rbrace: e.c.file.End() - 1}}
	w.print(e, f)
	delete(w.x.taken, name)
	return calls + name + "()\n"
}

func assignment(names []ast.Expr, pos token.Pos, values ...ast.Expr) ast.Stmt {
	return &ast.AssignStmt{Lhs: names, TokPos: pos, Tok: token.ASSIGN, Rhs: values}
}

// show turns a cell's last expression into statements.
func (w *exportWriter) show(e *exported, last *ast.ExprStmt) []ast.Stmt {
	tv := e.c.info.Types[last.X]
	_, call := ast.Unparen(last.X).(*ast.CallExpr)
	tuple, _ := tv.Type.(*types.Tuple)
	switch {
	case tv.Type == nil || tv.IsVoid() || tuple != nil && isCount(tuple) || call && e.c.quiet():
		return []ast.Stmt{last}
	case e.c.quiet():
		return []ast.Stmt{assignment([]ast.Expr{ast.NewIdent("_")}, last.Pos(), last.X)}
	}
	w.shows = true
	show := func(x ast.Expr) ast.Stmt {
		return &ast.ExprStmt{X: &ast.CallExpr{Fun: &ast.Ident{Name: "show", NamePos: last.Pos()}, Args: []ast.Expr{x}}}
	}
	if r := e.c.result; r != nil && w.kept[e.low[r]] {
		id := ast.NewIdent(w.x.nameOf(e, r))
		return []ast.Stmt{assignment([]ast.Expr{id}, last.Pos(), last.X), show(id)}
	}
	return []ast.Stmt{show(last.X)}
}

// typ writes a type with the names of the program.
func (w *exportWriter) typ(t types.Type) string {
	return exportType(t, func(o *types.TypeName) string {
		if name := w.x.names[types.Object(o)]; name != "" {
			return name
		}
		if o.Pkg() == nil || isMain(o) {
			return o.Name()
		}
		return w.x.qualified(o)
	})
}
