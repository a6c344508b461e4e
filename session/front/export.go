package front

import (
	"go/ast"
	"go/types"
	"path"
	"strconv"
	"strings"
)

// Exporter turns the cells of a session into a Go program that does the same.
// It compiles them one after the other, as a session does, and writes down what
// the type checker has seen: operators and indices of arrays are calls, names
// are declared once. A name that cells declare again, with another meaning, gets
// a number.
type Exporter struct {
	s     *Session
	cells []*exported
	names map[any]string  // of what an object stands for, see identity
	taken map[string]bool // names that the program has at its top level
	words map[string]bool // identifiers of all cells
	seen  map[string]bool // variables that are declared
}

// exported is one cell.
type exported struct {
	n   int
	c   *cell
	low map[types.Object]string // storage of the variables that it mentions
}

// NewExporter starts an empty program.
func NewExporter(opts Options) (*Exporter, error) {
	s, err := New(opts)
	if err != nil {
		return nil, err
	}
	s.keepAll = true
	return &Exporter{s: s, names: map[any]string{}, taken: map[string]bool{}, words: map[string]bool{}, seen: map[string]bool{}}, nil
}

// Add compiles a cell. The error is an *Error.
func (x *Exporter) Add(n int, code string) error {
	p, err := x.s.Compile(n, code, CellOptions{Keep: true})
	if err != nil {
		return err
	}
	e := &exported{n: n, c: p.c, low: map[types.Object]string{}}
	for _, m := range []map[*ast.Ident]types.Object{p.c.info.Uses, p.c.info.Defs, p.c.info1.Uses, p.c.info1.Defs} {
		for id, o := range m {
			x.words[id.Name] = true
			if o != nil && x.s.low[o] != "" {
				e.low[o] = x.s.low[o]
			}
		}
	}
	if r := p.c.result; r != nil {
		e.low[r] = x.s.low[r]
	}
	p.Commit()
	x.cells = append(x.cells, e)
	return nil
}

// identity is what has one name in the program: the storage of a variable, a
// type, a function, a constant. It is nil for what is not declared at top level.
func (e *exported) identity(o types.Object) any {
	switch o := o.(type) {
	case *types.Var:
		if low := e.low[o]; low != "" {
			return low
		}
	case *types.TypeName, *types.Const:
		if isMain(o) && isPkgLevel(o) {
			return o
		}
	case *types.Func:
		if isMain(o) && isPkgLevel(o) {
			return o
		}
	case *types.PkgName:
		return packagePath(o.Imported().Path())
	}
	return nil
}

// packagePath tells the name of a package from that of a variable's storage.
type packagePath string

// nameAll chooses the names: packages first, then what the cells declare.
func (x *Exporter) nameAll() {
	for _, reserved := range []string{"main", "init", "show"} {
		x.taken[reserved] = true
	}
	for _, e := range x.cells {
		for _, o := range e.c.info.Uses {
			if p, ok := o.(*types.PkgName); ok {
				x.name(e.identity(p), packageBase(p))
			}
		}
	}
	for _, e := range x.cells {
		for _, vs := range e.c.vars {
			for _, id := range vs.Names {
				if o := e.c.info.Defs[id]; o != nil && id.Name != "_" {
					base, _, _ := strings.Cut(id.Name, "ᐧᐧ")
					x.name(e.identity(o), base)
				}
			}
		}
		for _, t := range e.c.types {
			x.name(types.Object(e.c.newTypes[t.Name.Name]), t.Name.Name)
		}
		for n, o := range e.c.consts1 {
			x.name(o, n)
		}
		for _, fd := range e.c.fdecls {
			if fd.node.Recv == nil {
				base, _, _ := strings.Cut(fd.key, "ᐧ")
				x.name(types.Object(fd.obj), base)
			}
		}
		if r := e.c.result; r != nil {
			x.name(e.low[r], strings.Replace(r.Name(), "_", "out", 1))
		}
	}
}

// packageBase is the name that the program gives to a package: its own, unless a
// cell uses operators of it where that name means something else.
func packageBase(p *types.PkgName) string {
	if strings.HasPrefix(p.Name(), "ᐧᐧ") {
		return path.Base(p.Imported().Path())
	}
	return p.Name()
}

// name gives a name to what has none yet.
func (x *Exporter) name(id any, base string) {
	if id == nil || x.names[id] != "" {
		return
	}
	name := base
	for n := 2; x.taken[name] || name != base && x.words[name]; n++ {
		name = base + "_" + strconv.Itoa(n)
	}
	x.taken[name] = true
	x.names[id] = name
}

// nameOf is how the program calls an object in a cell; "" leaves its name alone.
func (x *Exporter) nameOf(e *exported, o types.Object) string {
	if v, ok := o.(*types.Var); ok && v.Embedded() { // is called as its type
		t := v.Type()
		if p, ok := types.Unalias(t).(*types.Pointer); ok {
			t = p.Elem()
		}
		if n, ok := types.Unalias(t).(*types.Named); ok && isMain(n.Obj()) {
			return x.names[types.Object(n.Origin().Obj())]
		}
		return ""
	}
	if f, ok := o.(*types.Func); ok && f.Origin() != f {
		o = f.Origin()
	}
	if id := e.identity(o); id != nil {
		return x.names[id]
	}
	return ""
}

// qualified is the name of an object of another package.
func (x *Exporter) qualified(o types.Object) string {
	id := packagePath(o.Pkg().Path())
	x.name(id, packageName(o.Pkg().Path()))
	return x.names[id] + "." + o.Name()
}

// renamed runs f while the identifiers in a node have the program's names.
func (x *Exporter) renamed(e *exported, n ast.Node, f func()) {
	was := map[*ast.Ident]string{}
	selected := map[*ast.Ident]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			selected[sel.Sel] = true
		}
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		for _, m := range []map[*ast.Ident]types.Object{e.c.info.Uses, e.c.info.Defs, e.c.info1.Uses, e.c.info1.Defs} {
			if o := m[id]; o != nil {
				name := x.nameOf(e, o)
				if !selected[id] && o.Pkg() != nil && !isMain(o) && isPkgLevel(o) { // of a dot import
					name = x.qualified(o)
				}
				if name != "" && name != id.Name {
					was[id] = id.Name
					id.Name = name
				}
				break
			}
		}
		return true
	})
	f()
	for id, name := range was {
		id.Name = name
	}
}
