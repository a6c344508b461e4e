package front

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// Text is the syntax of a cell's text, to find places in it after a panic.
type Text struct {
	fset *token.FileSet
	file *ast.File
}

// ParseText parses the text of cell n, as far as that can be done.
func ParseText(n int, src string) *Text {
	text, err := newCell(n, src).program()
	if err != nil {
		return &Text{}
	}
	t := &Text{fset: token.NewFileSet()}
	t.file, _ = parser.ParseFile(t.fset, "_.go", text, parser.SkipObjectResolution)
	return t
}

// function yields the declaration of "f" or "T.M"; "" is the statements.
func (t *Text) function(name string) *ast.FuncDecl {
	if t.file == nil {
		return nil
	}
	for _, d := range t.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil && functionName(f) == name {
			return f
		}
	}
	return nil
}

func functionName(f *ast.FuncDecl) string {
	if f.Recv == nil && f.Name.Name == cellFunc {
		return ""
	}
	return declKey(f)
}

// FuncAt names the function that a line is in.
func (t *Text) FuncAt(line int) string {
	if t.file == nil {
		return ""
	}
	for _, d := range t.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && functionName(f) != "" && t.fset.Position(f.Pos()).Line <= line && line <= t.fset.Position(f.End()).Line {
			return functionName(f)
		}
	}
	return ""
}

// CallSite is the only statement of a function that calls another, "g" or "T.M".
func (t *Text) CallSite(in, callee string) (line, col int, ok bool) {
	f := t.function(in)
	if f == nil {
		return 0, 0, false
	}
	name := callee[strings.LastIndexByte(callee, '.')+1:]
	sites := map[ast.Stmt]bool{}
	var within []ast.Stmt // the statements around a node, of which blocks are none
	var stack []ast.Node
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if n == nil {
			if top := stack[len(stack)-1]; len(within) > 0 && top == ast.Node(within[len(within)-1]) {
				within = within[:len(within)-1]
			}
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.BlockStmt:
		case ast.Stmt:
			within = append(within, n)
		case *ast.CallExpr:
			if called(n) == name && len(within) > 0 {
				sites[within[len(within)-1]] = true
			}
		}
		return true
	})
	if len(sites) != 1 {
		return 0, 0, false
	}
	for st := range sites {
		p := t.fset.Position(st.Pos())
		line, col = p.Line, p.Column
	}
	return line, col, true
}

// called is the last part of the name of what is called, if it has one.
func called(x *ast.CallExpr) string {
	switch f := ast.Unparen(x.Fun).(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}
