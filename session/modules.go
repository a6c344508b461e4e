package session

import (
	"context"
	"strings"

	"github.com/ingot-go/ingot/session/front"
	"github.com/ingot-go/ingot/session/module"
)

// Third-party modules: what a cell imports is fetched before the cell is
// compiled, so that nothing waits for a network while the names are locked.

func (s *inProcess) bound(path string) bool {
	s.names.Lock()
	defer s.names.Unlock()
	return s.front.Has(path)
}

// source gives the front end a package that has been fetched.
func (s *inProcess) source(path string) *front.Package {
	if s.modules == nil {
		return nil
	}
	p := s.modules.Package(path)
	if p == nil {
		return nil
	}
	return &front.Package{Path: p.Path, Key: p.Key, Imports: p.Imports, Without: p.Without, Files: func() ([]front.File, error) {
		var l []front.File
		for _, f := range p.Files {
			l = append(l, front.File{Name: f.Name, Data: f.Data})
		}
		return l, nil
	}}
}

// cache is where the front end keeps what it finds out about packages.
func (s *inProcess) cache() front.Cache {
	if s.opts.Modules == nil || s.opts.Modules.Cache == "" {
		return nil
	}
	return module.Store{Dir: s.opts.Modules.Cache}
}

// fetch loads the packages that a cell imports. The cell can be interrupted
// meanwhile.
func (s *inProcess) fetch(ctx context.Context, c Cell) *Error {
	if s.modules == nil {
		return nil
	}
	s.names.Lock()
	imports := s.front.Imports(c.Code)
	s.names.Unlock()
	if len(imports) == 0 {
		return nil
	}
	ctx, done := s.fetching(ctx)
	defer done()
	for _, i := range imports {
		if err := s.modules.Load(ctx, i.Path); err != nil {
			e := fetchError(ctx, c.N, err)
			s.locate(e, c.N, i.Line, i.Col)
			return e
		}
	}
	return nil
}

// fetching makes a context that Interrupt cancels.
func (s *inProcess) fetching(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	s.download.Store(&cancel)
	return ctx, func() {
		s.download.Store(nil)
		cancel()
	}
}

func fetchError(ctx context.Context, cell int, err error) *Error {
	if ctx.Err() != nil {
		return &Error{Name: Interrupted, Message: "interrupted while fetching modules", Cell: cell}
	}
	return &Error{Name: ImportError, Message: err.Error(), Cell: cell}
}

var moduleCommands = []Command{
	{Name: "get", Usage: "MODULE[@VERSION]...", Help: "require versions of third-party modules", run: runGet},
}

// runGet pins versions of modules: ":get github.com/google/uuid@v1.6.0".
func runGet(x *invocation) Result {
	s := x.s
	if s.modules == nil {
		return commandError("this session has no modules", "")
	}
	ctx, done := s.fetching(x.ctx)
	defer done()
	for _, arg := range strings.Fields(x.args) {
		path, query, _ := strings.Cut(arg, "@")
		m, err := s.modules.Get(ctx, path, query)
		if err != nil {
			return Result{Err: fetchError(ctx, x.cell.N, err)}
		}
		x.printf("%s %s\n", m.Path, m.Version)
	}
	return Result{}
}
