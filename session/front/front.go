package front

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"runtime/debug"
	"strings"
)

// Options say what a session's cells may use.
type Options struct {
	// Data is the archive that package bind generates: type export data,
	// documentation and generic source of the packages cells can import.
	Data []byte

	// Operators gives meaning to operators on types of compiled packages, by
	// the type's name with its full path: "*example.org/mlx.Array".
	Operators map[string]Operators

	// NoteByCall makes running code tell its position by a call, which the
	// race detector accepts, instead of a store.
	NoteByCall bool

	// Source gives the source of packages that are not in Data, nil if there is
	// none. It must not take long.
	Source func(path string) *Package

	Cache Cache // nil: nothing is kept

	// Stdio maps package-level variables such as "os.Stdout" to the runtime's
	// replacement, used where a cell passes them as an interface.
	Stdio map[string]string
}

// Operators names, in Package, the function that stands for each operator.
type Operators struct {
	Package string
	Binary  map[token.Token]string
	Unary   map[token.Token]string
	Index   *Indexing // nil: values cannot be indexed
}

// Indexing names what Python's index forms become: the methods that read and
// write a place, the function that makes a range of an axis from its bounds,
// and the values for ... and newaxis.
type Indexing struct{ At, Set, Span, Rest, NewAxis string }

// Session is the growing program that the cells of a notebook make up. Its
// methods must not be called at the same time.
type Session struct {
	opts Options
	fset *token.FileSet
	imp  *archive
	pkg  *types.Package
	seq  int       // numbers lowered names
	at   token.Pos // what is being lowered
	undo []func()

	files []*token.File // of the cell

	// what the cells have declared, by name
	objs    map[string]types.Object
	imports map[string]string // name → path
	dots    []string          // dot imports
	funcs   map[string]*fdecl // "f" or "T.M"
	tdecls  map[string]*tdecl
	cells   map[string]int // name → cell that declared it last
	ghosts  map[*types.TypeName]map[string]bool

	// how objects are lowered
	low     map[types.Object]string
	fobj    map[types.Object]*fdecl
	meths   map[methodKey]*fdecl
	shadows map[string]*shadow
	named   map[string]*namedEmit
	namedL  []*namedEmit
	tnID    map[*types.TypeName]int
	typeSeq int
	aliases map[string]string // path → name of the import in Core Go
	helpers map[string]string
	erase   map[string]bool
	busy    map[string]bool // packages being imported
	started map[string]bool // packages lowered from source whose initialisation has begun

	// what the initialisation of packages lowered from source does
	modules  map[string]*module
	vars     map[string]string   // "path.Name" → name in Core Go
	effects  map[string]*effects // of functions, by full name
	totals   map[string]*effects
	changers map[string]bool      // functions that write through their parameters
	waiting  map[initKey]bool     // parts that have not run
	writers  map[string][]initKey // parts that give a variable its value
	mutable  map[string]bool      // variables that change later

	// what may be forgotten, see Sweep
	keepAll bool     // nothing
	results []string // names of shown values, oldest first
	commits int      // since the last sweep

	out   output
	queue []work

	initQueue []initKey
}

// output collects the Core Go text of one cell.
type output struct {
	types, imports, funcs, vars, init []string
	inits                             []initChunk // of packages lowered from source
	paths                             []string    // of compiled packages that the imports need
	named                             int         // types declared by this cell
	captured                          map[string]bool
}

type methodKey struct {
	recv *types.TypeName
	name string
}

// fdecl is a function or method of a cell, with its syntax.
type fdecl struct {
	key   string            // "f" or "T.M"
	node  *ast.FuncDecl     // as written
	fn    *ast.FuncDecl     // as checked: a method is a function with an explicit receiver
	obj   *types.Func       // of fn
	info  *types.Info       // of fn
	deps  map[string]bool   // names it uses
	insts map[string]string // type arguments → lowered name
	cell  int
}

// tdecl is a type declared by a cell.
type tdecl struct {
	spec *ast.TypeSpec
	text string
	deps map[string]bool
}

// New starts an empty session.
func New(opts Options) (*Session, error) {
	fset := token.NewFileSet()
	imp, err := newArchive(fset, opts.Data)
	if err != nil {
		return nil, fmt.Errorf("front: package data: %w", err)
	}
	return &Session{
		opts: opts, fset: fset, imp: imp, pkg: types.NewPackage("main", "main"),
		objs: map[string]types.Object{}, imports: map[string]string{}, funcs: map[string]*fdecl{}, tdecls: map[string]*tdecl{}, cells: map[string]int{},
		ghosts: map[*types.TypeName]map[string]bool{},
		low:    map[types.Object]string{}, fobj: map[types.Object]*fdecl{}, meths: map[methodKey]*fdecl{}, shadows: map[string]*shadow{}, busy: map[string]bool{}, started: map[string]bool{},
		modules: map[string]*module{}, vars: map[string]string{}, effects: map[string]*effects{}, totals: map[string]*effects{}, changers: map[string]bool{},
		waiting: map[initKey]bool{}, writers: map[string][]initKey{}, mutable: map[string]bool{},
		named: map[string]*namedEmit{}, tnID: map[*types.TypeName]int{}, aliases: map[string]string{}, helpers: map[string]string{}, erase: map[string]bool{},
	}, nil
}

// Program is a compiled cell. Once an executor has accepted Text, Commit makes
// its names visible to later cells; otherwise Rollback forgets it.
type Program struct {
	Text     string   // Core Go: declarations, and a function init with the statements
	Imports  []string // paths of the compiled packages that Text needs and earlier cells may not have needed
	Captured []string // variables that functions and closures in it mention
	Warnings []string

	s *Session
	c *cell
}

// Compile checks and lowers a cell. The error is always an *Error. Nothing of
// the session changes before Commit.
func (s *Session) Compile(n int, code string, opt CellOptions) (p *Program, err error) {
	s.begin()
	defer func() {
		if r := recover(); r != nil {
			err = s.recovered(r)
		}
		if err != nil {
			p = nil
			s.rollback()
		}
	}()
	c, err := s.parse(n, code)
	if err != nil {
		return nil, s.asError(err)
	}
	c.opts = opt
	if err := s.check(c); err != nil {
		e := s.asError(err)
		s.hint(c, e)
		return nil, e
	}
	text := s.lower(c)
	return &Program{Text: text, Imports: s.out.paths, Captured: sortedKeys(s.out.captured), Warnings: c.warnings, s: s, c: c}, nil
}

// CellOptions vary how one cell is compiled.
type CellOptions struct {
	Quiet bool // do not show the last expression
	Timed bool // run the statements many times, and time them
	Keep  bool // keep the last expression as _ and _N
}

func (s *Session) recovered(r any) *Error {
	if u, ok := r.(unsupported); ok {
		if u.pos == "" {
			u.pos = s.fset.Position(s.at).String()
		}
		if _, _, _, ok := ParsePos(u.pos); !ok && u.pos != "-" { // in a package lowered from source
			u.msg = u.pos + ": " + u.msg
		}
		return diagnose(Unsupported, u.pos, u.msg)
	}
	return &Error{Kind: Internal, List: []Diagnostic{{Msg: fmt.Sprintf("front end: %v\n%s", r, firstFrames(debug.Stack()))}}}
}

// firstFrames keeps the part of a stack trace that names the fault.
func firstFrames(stack []byte) string {
	l := strings.Split(string(stack), "\n")
	for i, s := range l {
		if strings.HasPrefix(s, "panic(") && i+6 <= len(l) {
			return strings.Join(l[i+2:i+6], "\n")
		}
	}
	return ""
}

// Commit makes what the cell declares visible to later cells.
func (p *Program) Commit() {
	p.s.commit(p.c)
	p.s.undo = nil
}

// Rollback forgets the cell.
func (p *Program) Rollback() { p.s.rollback() }
