package module

import (
	"archive/zip"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// List is what a notebook requires, and the packages it has loaded. Its methods
// may be called at the same time.
type List struct {
	c     *Client
	bound func(path string) bool

	mu       sync.Mutex
	roots    map[string]string // required versions by path
	selected map[string]string // by minimal version selection
	opened   map[module.Version]*zip.Reader
	packages map[string]*Package
	used     map[string]bool // modules that packages come from: their versions stay
}

// NewList returns an empty list. The packages for which bound says so come from
// elsewhere, and so does the whole standard library.
func NewList(c *Client, bound func(path string) bool) *List {
	return &List{c: c, bound: bound, roots: map[string]string{}, selected: map[string]string{}, opened: map[module.Version]*zip.Reader{},
		packages: map[string]*Package{}, used: map[string]bool{}}
}

// Get requires a version of a module; see [Client.Query] for what query may be.
// The path may also be that of a package in it. It returns what is selected.
func (l *List) Get(ctx context.Context, path, query string) (module.Version, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m := module.Version{Path: path}
	var err error
	if m.Version, err = l.c.Query(ctx, path, query); isNotFound(err) {
		if inner, _, err2 := l.search(ctx, path, query); err2 == nil || !isNotFound(err2) {
			m, err = inner, err2
		}
	}
	if err != nil {
		return module.Version{}, err
	}
	if err := l.require(ctx, m); err != nil {
		return module.Version{}, err
	}
	l.c.choose(path, m)
	if v := l.selected[m.Path]; v != m.Version {
		return module.Version{}, fmt.Errorf("%s is not possible: another module requires %s", m, v)
	}
	return m, nil
}

// Versions are the required modules and what they need, sorted.
func (l *List) Versions() (all []module.Version) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range slices.Sorted(maps.Keys(l.selected)) {
		all = append(all, module.Version{Path: p, Version: l.selected[p]})
	}
	return all
}

// require adds a root; if that is not possible nothing changes.
func (l *List) require(ctx context.Context, m module.Version) error {
	roots := maps.Clone(l.roots)
	roots[m.Path] = m.Version
	selected, err := l.c.selectVersions(ctx, roots)
	if err != nil {
		return err
	}
	for p := range l.used {
		if old, now := l.selected[p], selected[p]; old != now {
			return fmt.Errorf("%s would need %s %s, but this session already uses %s; reset it first", m, p, now, old)
		}
	}
	l.roots, l.selected = roots, selected
	return nil
}

// selectVersions is minimal version selection: of each module the highest
// version that any other requires. What a module since Go 1.17 requires is all
// listed in its own go.mod, so that those of its dependencies are not read.
func (c *Client) selectVersions(ctx context.Context, roots map[string]string) (map[string]string, error) {
	selected := map[string]string{}
	seen := map[module.Version]bool{}
	var visit func(m module.Version, deep bool) error
	visit = func(m module.Version, deep bool) error {
		if semver.Compare(m.Version, selected[m.Path]) > 0 {
			selected[m.Path] = m.Version
		}
		if !deep || seen[m] {
			return nil
		}
		seen[m] = true
		f, err := c.parse(ctx, m)
		if err != nil {
			return err
		}
		pruned := f.Go != nil && semver.Compare("v"+f.Go.Version, "v1.17") >= 0
		for _, r := range f.Require {
			if err := visit(r.Mod, !pruned); err != nil {
				return fmt.Errorf("%s requires %w", m, err)
			}
		}
		return nil
	}
	for _, p := range slices.Sorted(maps.Keys(roots)) {
		if err := visit(module.Version{Path: p, Version: roots[p]}, true); err != nil {
			return nil, err
		}
	}
	return selected, nil
}

// find returns the module that has a package: one that is selected, or else the
// version that was the newest when the package was first imported on this
// machine, which is then required. So the same notebook gets the same version,
// without asking anybody, until it names another one.
func (l *List) find(ctx context.Context, path string) (module.Version, *zip.Reader, error) {
	for p := path; p != ""; p = parent(p) {
		v, ok := l.selected[p]
		if !ok {
			continue
		}
		m := module.Version{Path: p, Version: v}
		z, err := l.open(ctx, m)
		if err != nil {
			return m, nil, err
		}
		if hasPackage(z, m, path) {
			return m, z, nil
		}
	}
	if m, ok := l.c.chosen(path); ok {
		if z, err := l.open(ctx, m); err == nil && hasPackage(z, m, path) {
			return m, z, l.require(ctx, m)
		}
	}
	m, z, err := l.search(ctx, path, "latest")
	if err != nil {
		return m, nil, err
	}
	l.c.choose(path, m)
	return m, z, l.require(ctx, m)
}

// search asks the proxies which module has a package, longest path first.
func (l *List) search(ctx context.Context, path, query string) (module.Version, *zip.Reader, error) {
	if err := module.CheckImportPath(path); err != nil {
		return module.Version{}, nil, err
	}
	var first error
	for p := path; p != ""; p = parent(p) {
		if module.CheckPath(p) != nil {
			continue
		}
		v, err := l.c.Query(ctx, p, query)
		if err != nil {
			if first == nil {
				first = err
			}
			if !isNotFound(err) {
				break
			}
			continue
		}
		m := module.Version{Path: p, Version: v}
		z, err := l.open(ctx, m)
		if err != nil {
			return m, nil, err
		}
		if hasPackage(z, m, path) {
			return m, z, nil
		}
		first = fmt.Errorf("module %s has no package %s", m, path)
	}
	if first == nil {
		first = fmt.Errorf("%s is not the path of a module", path)
	}
	return module.Version{}, nil, first
}

func (l *List) open(ctx context.Context, m module.Version) (*zip.Reader, error) {
	if z := l.opened[m]; z != nil {
		return z, nil
	}
	z, err := l.c.zip(ctx, m)
	if err == nil {
		l.opened[m] = z
	}
	return z, err
}

// parent cuts the last element off a path.
func parent(p string) string { return p[:max(0, strings.LastIndexByte(p, '/'))] }

// hasPackage reports whether a module has Go files in the folder of a package.
func hasPackage(z *zip.Reader, m module.Version, path string) bool {
	dir := folder(m, path)
	for _, f := range z.File {
		if rest, ok := strings.CutPrefix(f.Name, dir); ok && strings.HasSuffix(rest, ".go") && !strings.Contains(rest, "/") {
			return true
		}
	}
	return false
}

// folder is where the zip of a module has a package.
func folder(m module.Version, path string) string {
	return m.String() + strings.TrimPrefix(path, m.Path) + "/"
}
