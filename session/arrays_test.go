package session_test

import (
	"archive/zip"
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"testing"

	"golang.org/x/tools/go/gcexportdata"

	"github.com/ingot-go/ingot/session"
	"github.com/ingot-go/ingot/session/bind"
	"github.com/ingot-go/ingot/session/internal/arr"
)

const arrPath = "github.com/ingot-go/ingot/session/internal/arr"

// newArraySession has a package with arrays bound, and operators on them.
func newArraySession(t testing.TB) session.Session {
	t.Helper()
	b := bind.All()
	b.Data = withExport(t, b.Data)
	b.Symbols = maps.Clone(b.Symbols)
	b.Symbols[arrPath] = func() map[string]reflect.Value { return arrSymbols }
	arr.Where = session.Where
	s, err := session.New(session.Options{Bindings: b, Operators: session.ArrayOperators(arrPath, "Array")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

var arrSymbols = map[string]reflect.Value{
	"Array": reflect.ValueOf((*arr.Array)(nil)), "Error": reflect.ValueOf((*arr.Error)(nil)),
	"Of": reflect.ValueOf(arr.Of), "At": reflect.ValueOf(arr.At), "Grad": reflect.ValueOf(arr.Grad),
	"Add": reflect.ValueOf(arr.Add), "Sub": reflect.ValueOf(arr.Sub), "Mul": reflect.ValueOf(arr.Mul), "Div": reflect.ValueOf(arr.Div),
	"Equal": reflect.ValueOf(arr.Equal), "NotEqual": reflect.ValueOf(arr.NotEqual), "Less": reflect.ValueOf(arr.Less),
	"Greater": reflect.ValueOf(arr.Greater), "BitwiseAnd": reflect.ValueOf(arr.BitwiseAnd), "Neg": reflect.ValueOf(arr.Neg),
	"LogicalNot": reflect.ValueOf(arr.LogicalNot),
}

// withExport adds package arr's types to an archive of package bind.
func withExport(t testing.TB, data []byte) []byte {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "internal/arr/arr.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	p, err := new(types.Config).Check(arrPath, fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	for _, f := range zr.File {
		if err := zw.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	w, err := zw.Create("export/" + arrPath)
	if err != nil {
		t.Fatal(err)
	}
	if err := gcexportdata.Write(w, token.NewFileSet(), p); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
