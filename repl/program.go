package repl

import (
	"go/ast"
	"go/parser"
	"go/token"
)

// isProgram reports whether code is a whole file with package main and func main.
func isProgram(code string) bool {
	f, err := parser.ParseFile(token.NewFileSet(), "", code, parser.SkipObjectResolution)
	if err != nil || f.Name.Name != "main" {
		return false
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "main" {
			return true
		}
	}
	return false
}
