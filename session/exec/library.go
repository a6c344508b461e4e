package exec

import (
	"maps"
	"path"
	"reflect"
	"sync"

	"github.com/traefik/yaegi/interp"
)

// library holds the tables of the compiled packages that have been needed. A
// table may be asked for while cells run.
type library struct {
	symbols  Symbols
	replaced map[string]map[string]reflect.Value // the session's own versions of functions
	mu       sync.Mutex
	tables   map[string]map[string]reflect.Value
	known    map[string]bool // to the interpreter
}

// table returns a package's values by name, nil if there is no such package.
func (l *library) table(p string) map[string]reflect.Value {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m, ok := l.tables[p]; ok {
		return m
	}
	if l.tables == nil {
		l.tables, l.known = map[string]map[string]reflect.Value{}, map[string]bool{}
	}
	fill := l.symbols[p]
	if fill == nil {
		return nil
	}
	m := fill()
	maps.Copy(m, l.replaced[p])
	l.tables[p] = m
	return m
}

// use makes a package known to the interpreter.
func (l *library) use(in *interp.Interpreter, p string) error {
	m := l.table(p)
	if m == nil || l.known[p] {
		return nil
	}
	l.known[p] = true
	return in.Use(interp.Exports{
		// With the usual key "fmt/fmt" the interpreter would replace functions
		// and compile generic packages of its own.
		p + "//" + path.Base(p): m,
	})
}
