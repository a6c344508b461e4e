package module

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/build"
	"go/parser"
	"go/token"
	"io"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/module"
)

// Package is the source of a package, as build constraints select it here.
type Package struct {
	Path    string
	Module  module.Version
	Files   []File   // sorted by name
	Imports []string // sorted
	Key     string   // is another one when this package or one that it imports is

	// Without says what had to be left out: files that need cgo or that are
	// written in assembly.
	Without []string
}

// File is one Go file.
type File struct {
	Name string // "github.com/google/uuid@v1.6.0/uuid.go"
	Data []byte
}

// Load finds a package and all that it imports, fetching what is missing.
// Nothing of it runs.
func (l *List) Load(ctx context.Context, path string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if strings.Contains(path+"/", "/internal/") {
		return fmt.Errorf("package %s is internal to its module", path)
	}
	return l.load(ctx, path)
}

// Forget forgets which packages have been loaded, so that versions can change;
// what is required stays.
func (l *List) Forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.packages)
	clear(l.used)
}

// Package returns a package that has been loaded, or nil.
func (l *List) Package(path string) *Package {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.packages[path]
}

func (l *List) load(ctx context.Context, path string) error {
	if path == "unsafe" || l.packages[path] != nil || l.bound(path) {
		return nil
	}
	if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
		return fmt.Errorf("package %s is not available in a session", path)
	}
	m, z, err := l.find(ctx, path)
	if err != nil {
		return fmt.Errorf("package %s: %w", path, err)
	}
	p, err := read(z, m, path)
	if err != nil {
		return fmt.Errorf("package %s: %w", path, err)
	}
	l.packages[path] = p // before its imports: cycles are the type checker's to report
	key := sha256.New()
	fmt.Fprintln(key, runtime.GOOS, runtime.GOARCH, path, m, l.c.hash(m))
	for _, i := range p.Imports {
		if err := l.load(ctx, i); err != nil {
			delete(l.packages, path)
			return fmt.Errorf("package %s imports %w", path, err)
		}
		if q := l.packages[i]; q != nil {
			fmt.Fprintln(key, q.Key)
		}
	}
	p.Key = hex.EncodeToString(key.Sum(nil))
	l.used[m.Path] = true
	return nil
}

// tags choose Go code over assembly and unsafe tricks, by the names in use.
var tags = []string{"noasm", "purego", "appengine", "safe", "nounsafe", "math_big_pure_go", "generic"}

// portable is an architecture for which nobody writes assembly. Its integers
// and their order of bytes are those of the usual ones.
const portable = "mips64le"

// read selects the files of a package. Where those for this machine need
// assembly, it takes those for a machine that has none.
func read(z *zip.Reader, m module.Version, p string) (*Package, error) {
	pkg, asm, err := readFor(runtime.GOARCH, z, m, p)
	if err == nil && asm {
		pkg, _, err = readFor(portable, z, m, p)
	}
	return pkg, err
}

func readFor(arch string, z *zip.Reader, m module.Version, p string) (pkg *Package, asm bool, err error) {
	dir := folder(m, p)
	files := map[string]*zip.File{}
	for _, f := range z.File {
		if rest, ok := strings.CutPrefix(f.Name, dir); ok && !strings.Contains(rest, "/") {
			files[f.Name] = f
		}
	}
	bc := build.Default
	bc.GOARCH, bc.CgoEnabled, bc.BuildTags = arch, false, tags
	bc.JoinPath = path.Join
	bc.OpenFile = func(name string) (io.ReadCloser, error) { return files[name].Open() }
	pkg = &Package{Path: p, Module: m}
	for name, f := range files {
		ext := path.Ext(name)
		if ext != ".go" && ext != ".s" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		if ok, err := bc.MatchFile(path.Dir(name), path.Base(name)); err != nil {
			return nil, false, err
		} else if !ok {
			continue
		}
		if ext == ".s" {
			asm = true
			pkg.Without = append(pkg.Without, path.Base(name)+" is assembly")
			continue
		}
		b, err := contents(f)
		if err != nil {
			return nil, false, err
		}
		if err := pkg.add(name, b); err != nil {
			return nil, false, err
		}
	}
	slices.Sort(pkg.Without)
	if len(pkg.Files) == 0 {
		if len(pkg.Without) > 0 {
			return nil, false, fmt.Errorf("a session cannot use it: %s", strings.Join(pkg.Without, ", "))
		}
		return nil, false, fmt.Errorf("no Go files for %s/%s", bc.GOOS, runtime.GOARCH)
	}
	slices.SortFunc(pkg.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	slices.Sort(pkg.Imports)
	pkg.Imports = slices.Compact(pkg.Imports)
	return pkg, asm, nil
}

// add takes a file in, unless it needs cgo.
func (p *Package) add(name string, b []byte) error {
	f, err := parser.ParseFile(token.NewFileSet(), name, b, parser.ImportsOnly)
	if err != nil {
		return err
	}
	var imports []string
	for _, i := range f.Imports {
		s, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return err
		}
		if s == "C" {
			p.Without = append(p.Without, path.Base(name)+" needs cgo")
			return nil
		}
		imports = append(imports, s)
	}
	p.Imports = append(p.Imports, imports...)
	p.Files = append(p.Files, File{name, b})
	return nil
}

func contents(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
