// Package bind makes compiled packages usable in cells. Most of it is
// generated from packages.txt: to bind another package add a line there and
// run
//
//	go generate ./session/bind
//
// Only programs that put a session together import this package.
package bind

import (
	_ "embed"
	"reflect"

	"github.com/ingot-go/ingot/session"
)

//go:generate go run ./gen

// symbols is filled by the generated files: import path → what makes the table
// of the package's values. Most sessions need few of the tables.
var symbols = map[string]func() map[string]reflect.Value{}

//go:embed data.zip
var data []byte

// All returns every package of packages.txt.
func All() session.Bindings {
	return session.Bindings{Symbols: symbols, Data: data}
}
