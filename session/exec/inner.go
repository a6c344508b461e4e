package exec

import (
	"fmt"
	"reflect"
	"regexp"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/traefik/yaegi/interp"
)

// The interpreter keeps all that it has ever compiled: the syntax trees of every
// program, with the closures made from them, and the scopes of every function.
// A session would grow by some 40 KB with each cell. It also copies the table of
// all global variables for each program. inner reaches into it to let go of what
// nothing can come back to, and to grow the table as a slice grows.
//
// What a closure or a value still needs, it holds by itself: functions and
// interface values point to their own nodes.
type inner struct {
	roots    reflect.Value    // []*node, one for each program; only its debugger reads them
	children []reflect.Value  // []*scope of universe and main; only its debugger reads them
	symbols  reflect.Value    // map[string]*symbol of main
	basic    []reflect.Value  // *node, the place that mentioned a predeclared type last
	blank    reflect.Value    // *node
	types    *[]reflect.Type  // of the global variables
	data     *[]reflect.Value // their values
	mu       *sync.RWMutex    // of data
	vars     captures

	id      *uint64        // of the run; code of another one stops
	done    *chan struct{} // closed when the run is cancelled
	running *sync.RWMutex  // of done
}

// openInner finds the fields. They are private to the interpreter, whose version
// go.mod fixes.
func openInner(in *interp.Interpreter) (x *inner, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("exec: this version of yaegi is not the one that is known: %v", v)
		}
	}()
	x = &inner{vars: captures{count: map[string]int{}, forgotten: map[string]int{}}}
	i := reflect.ValueOf(in).Elem()
	x.roots = field(i, "roots")
	x.id = (*uint64)(pointer[uint64](i, "id"))
	x.done = (*chan struct{})(pointer[chan struct{}](i, "done"))
	x.running = (*sync.RWMutex)(pointer[sync.RWMutex](i, "mutex"))
	universe, frame := field(i, "universe").Elem(), field(i, "frame").Elem()
	main := field(i, "scopes").MapIndex(reflect.ValueOf("main")).Elem()
	x.children = []reflect.Value{field(universe, "child"), field(main, "child")}
	x.symbols = field(main, "sym")
	for _, sym := range field(universe, "sym").Seq2() {
		if t := field(sym.Elem(), "typ"); !t.IsNil() {
			x.basic = append(x.basic, field(t.Elem(), "node"))
		}
	}
	x.blank = reflect.New(x.basic[0].Type().Elem())
	x.types = (*[]reflect.Type)(pointer[[]reflect.Type](universe, "types"))
	x.data = (*[]reflect.Value)(pointer[[]reflect.Value](frame, "data"))
	x.mu = (*sync.RWMutex)(pointer[sync.RWMutex](frame, "mutex"))
	return x, nil
}

// field is a private field that can be read and set.
func field(v reflect.Value, name string) reflect.Value {
	f := v.FieldByName(name)
	return reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem()
}

// pointer is the address of a private field of type T.
func pointer[T any](v reflect.Value, name string) unsafe.Pointer {
	f := field(v, name)
	if f.Type() != reflect.TypeFor[T]() {
		panic(fmt.Sprintf("%s is %v", name, f.Type()))
	}
	return f.Addr().UnsafePointer()
}

// grow makes room for the global variables of the programs compiled since.
func (x *inner) grow() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, t := range (*x.types)[len(*x.data):] {
		*x.data = append(*x.data, reflect.New(t).Elem())
	}
}

// cancellable gives the next program a channel of its own for its end, and
// returns what stops all interpreted code.
func (x *inner) cancellable() (stop func()) {
	done := make(chan struct{})
	x.running.Lock()
	*x.done = done
	x.running.Unlock()
	return func() {
		atomic.AddUint64(x.id, 1)
		close(done)
	}
}

// release forgets the syntax tree of a program that has run. Its functions keep
// their own part of the tree, and with it the root. When that is collected, no
// code of the program is left. The tree of a program that may still run in
// goroutines stays, for the interpreter walks it when one panics.
func (x *inner) release(p *interp.Program, captured []string, runs bool) {
	x.roots.SetZero()
	for _, c := range x.children {
		c.SetZero()
	}
	for _, n := range x.basic {
		n.Set(x.blank)
	}
	root := field(reflect.ValueOf(p).Elem(), "root")
	if !runs {
		x.sever(field(root.Elem(), "child"))
	}
	if len(captured) > 0 {
		x.vars.capture(captured)
		runtime.AddCleanup((*byte)(root.UnsafePointer()), x.drop, captured)
	}
}

// sever takes the declarations of a program apart.
func (x *inner) sever(child reflect.Value) {
	for i := range child.Len() {
		c := child.Index(i)
		field(c.Elem(), "tnext").SetZero() // they are chained, too
		if kind := field(c.Elem(), "kind").Interface().(fmt.Stringer).String(); kind != "funcDecl" {
			field(c.Elem(), "anc").SetZero() // the name of a variable is not code
		}
		c.Set(x.blank) // one word each: who walks them meanwhile sees the old or the new
	}
}

// forget takes a global name away.
func (x *inner) forget(name string) {
	if i, ok := x.index(name); ok && x.vars.forget(name, i) {
		x.vacate(i)
	}
	x.symbols.SetMapIndex(reflect.ValueOf(name), reflect.Value{})
}

// imported finds the name of each import of a program.
var imported = regexp.MustCompile(`(?m)^import (\S+) "`)

// disown takes away the names of imports of a program that was refused: the
// interpreter would not take the next one with the same import.
func (x *inner) disown(program string) {
	for _, m := range imported.FindAllStringSubmatch(program, -1) {
		x.symbols.SetMapIndex(reflect.ValueOf(m[1]+"/_.go"), reflect.Value{})
	}
}

// drop notes that a program with functions that mention variables is gone.
func (x *inner) drop(captured []string) {
	for _, i := range x.vars.drop(captured) {
		x.vacate(i)
	}
}

// vacate gives a variable a new place, so that whoever has the address of the
// old one keeps its value.
func (x *inner) vacate(i int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	(*x.data)[i] = reflect.New((*x.types)[i]).Elem()
}

// index is the place of a global variable.
func (x *inner) index(name string) (int, bool) {
	sym := x.symbols.MapIndex(reflect.ValueOf(name))
	if !sym.IsValid() {
		return 0, false
	}
	i := int(field(sym.Elem(), "index").Int())
	return i, i >= 0 && i < len(*x.data)
}

// get returns a global variable.
func (x *inner) get(name string) (reflect.Value, bool) {
	i, ok := x.index(name)
	if !ok {
		return reflect.Value{}, false
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	return (*x.data)[i], true
}
