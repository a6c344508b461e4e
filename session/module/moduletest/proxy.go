// Package moduletest makes module proxies out of text, for tests.
package moduletest

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	modzip "golang.org/x/mod/zip"
	"golang.org/x/tools/txtar"
)

// Proxy writes the files that a module proxy serves into a temporary folder, and
// returns it. The files of the archive are called "example.org/mod@v1.0.0/a.go".
func Proxy(t testing.TB, ar *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	mods := map[module.Version][]modzip.File{}
	for _, f := range ar.Files {
		path, rest, ok := strings.Cut(f.Name, "@")
		version, name, ok2 := strings.Cut(rest, "/")
		if !ok || !ok2 {
			t.Fatalf("%s: want MODULE@VERSION/FILE", f.Name)
		}
		m := module.Version{Path: path, Version: version}
		mods[m] = append(mods[m], file{name, f.Data})
	}
	versions := map[string][]string{}
	for m, files := range mods {
		if err := write(dir, m, files); err != nil {
			t.Fatal(err)
		}
		versions[m.Path] = append(versions[m.Path], m.Version)
	}
	for path, list := range versions {
		semver.Sort(list)
		list = slices.DeleteFunc(list, module.IsPseudoVersion)
		put(t, filepath.Join(dir, filepath.FromSlash(path), "@v", "list"), []byte(strings.Join(list, "\n")))
	}
	return dir
}

// URL is how GOPROXY names a folder.
func URL(dir string) string { return (&url.URL{Scheme: "file", Path: filepath.ToSlash(dir)}).String() }

func put(t testing.TB, name string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b, 0o666); err != nil {
		t.Fatal(err)
	}
}

func write(dir string, m module.Version, files []modzip.File) error {
	at := filepath.Join(dir, filepath.FromSlash(m.Path), "@v")
	if err := os.MkdirAll(at, 0o777); err != nil {
		return err
	}
	mod := []byte("module " + m.Path + "\n") // as a proxy does for those without one
	for _, f := range files {
		if f.Path() == "go.mod" {
			mod = f.(file).data
		}
	}
	var z bytes.Buffer
	if err := modzip.Create(&z, m, files); err != nil {
		return err
	}
	for suffix, b := range map[string][]byte{
		".mod": mod, ".zip": z.Bytes(), ".info": fmt.Appendf(nil, `{"Version":%q,"Time":"2024-01-02T03:04:05Z"}`, m.Version),
	} {
		if err := os.WriteFile(filepath.Join(at, m.Version+suffix), b, 0o666); err != nil {
			return err
		}
	}
	return nil
}
