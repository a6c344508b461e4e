package module_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/tools/txtar"

	"github.com/ingot-go/ingot/session/module"
	"github.com/ingot-go/ingot/session/module/moduletest"
)

var ctx = context.Background()

// proxyDir has the modules of testdata/proxy.txt.
func proxyDir(t *testing.T) string {
	ar, err := txtar.ParseFile("testdata/proxy.txt")
	if err != nil {
		t.Fatal(err)
	}
	return moduletest.Proxy(t, ar)
}

// config has a module cache of its own, and no checksum database.
func config(t *testing.T, goproxy string) module.Config {
	d := t.TempDir()
	return module.Config{GoProxy: goproxy, GoModCache: filepath.Join(d, "mod"), GoPath: d, GoSumDB: "off", Sums: []string{filepath.Join(d, "go.sum")}}
}

func newList(cfg module.Config) *module.List {
	return module.NewList(module.New(cfg), func(path string) bool { return path == "fmt" })
}

// wantError checks that an error says something.
func wantError(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("error %v, want one with %q", err, text)
	}
}

func TestQuery(t *testing.T) {
	c := module.New(config(t, moduletest.URL(proxyDir(t))))
	for _, tt := range []struct{ path, query, want string }{
		{"example.org/b", "latest", "v1.2.0"}, // v1.2.1 is retracted, v1.3.0 no release
		{"example.org/b", "", "v1.2.0"},
		{"example.org/b", "v1", "v1.2.0"},
		{"example.org/b", "v1.1", "v1.1.0"},
		{"example.org/b", "v1.2.1", "v1.2.1"},
		{"example.org/b", "v1.3.0-beta.1", "v1.3.0-beta.1"},
		{"example.org/beta", "latest", "v0.1.0-rc.1"},
		{"example.org/b", "v2", "error: has no version v2.*"},
		{"example.org/b", "v1.9.9", "error: not found"},
		{"example.org/b", "v2.0.0", "error: v2"},
		{"example.org/none", "latest", "error: not found"},
		{"no path", "latest", "error: malformed"},
		{"example.org/b", "main", "error: not found"},
	} {
		got, err := c.Query(ctx, tt.path, tt.query)
		if want, ok := strings.CutPrefix(tt.want, "error: "); ok {
			wantError(t, err, want)
		} else if got != tt.want || err != nil {
			t.Errorf("%s@%s is %s, %v, want %s", tt.path, tt.query, got, err, tt.want)
		}
	}
}

func TestSelection(t *testing.T) {
	url := moduletest.URL(proxyDir(t))
	for _, tt := range []struct {
		get, want string
	}{
		{"example.org/a@v1.0.0", "[example.org/a@v1.0.0 example.org/b@v1.1.0 example.org/c@v1.0.0]"},
		{"example.org/a example.org/b@v1.2.1", "[example.org/a@v1.0.0 example.org/b@v1.2.1 example.org/c@v1.1.0]"}, // what c requires is pruned
		{"example.org/c@v1.1.0", "error: module example.org/missing"},                                              // but not here: c is old
		{"example.org/new", "[example.org/b@v1.2.0 example.org/new@v1.0.0]"},                                       // what b requires is pruned
		{"example.org/new example.org/b@v1.1.0", "error: example.org/b@v1.1.0 is not possible: another module requires v1.2.0"},
		{"example.org/c/sub/deep@v1.0.0", "[example.org/c@v1.0.0]"},
		{"example.org/liar", "error: module example.org/liar calls itself example.org/other"},
	} {
		l := newList(config(t, url))
		var err error
		for _, arg := range strings.Fields(tt.get) {
			path, query, _ := strings.Cut(arg, "@")
			if _, err = l.Get(ctx, path, query); err != nil {
				break
			}
		}
		if want, ok := strings.CutPrefix(tt.want, "error: "); ok {
			wantError(t, err, want)
		} else if got := fmt.Sprint(l.Versions()); got != tt.want || err != nil {
			t.Errorf("%s selects %s, %v, want %s", tt.get, got, err, tt.want)
		}
	}
}

func TestLoad(t *testing.T) {
	cfg := config(t, moduletest.URL(proxyDir(t)))
	l := newList(cfg)
	if err := l.Load(ctx, "example.org/a"); err != nil {
		t.Fatal(err)
	}
	a, b := l.Package("example.org/a"), l.Package("example.org/b")
	if a == nil || b == nil || b.Module.Version != "v1.1.0" || fmt.Sprint(a.Imports) != "[example.org/b fmt]" || !strings.Contains(string(a.Files[0].Data), "package a") {
		t.Errorf("loaded %+v and %+v", a, b)
	}
	if _, err := l.Get(ctx, "example.org/b", "v1.2.0"); err == nil {
		t.Error("a package that is in use got another version")
	}
	for path, want := range map[string]string{
		"example.org/cgo":          "c.go needs cgo",
		"example.org/oddstd":       "package example.org/oddstd imports package runtime/cgo is not available in a session",
		"example.org/lost":         "package example.org/lost imports package example.org/nowhere/x: module example.org/nowhere/x",
		"example.org/a/absent":     "module example.org/a@v1.0.0 has no package example.org/a/absent",
		"example.org/a/internal/x": "is internal",
		"nodot/x":                  "package nodot/x is not available in a session",
	} {
		wantError(t, l.Load(ctx, path), want)
	}
	again := cfg
	again.GoProxy = "off" // the cache has it all
	l = newList(again)
	if _, err := l.Get(ctx, "example.org/a", "v1.0.0"); err != nil {
		t.Error(err)
	}
	if err := l.Load(ctx, "example.org/a"); err != nil {
		t.Error(err)
	}
	if got := l.Package("example.org/a"); got.Key != a.Key {
		t.Error("the key of a package is not the same the next time")
	}
}

// TestBuildConstraints: a pure Go version is preferred to assembly.
func TestBuildConstraints(t *testing.T) {
	l := newList(config(t, moduletest.URL(proxyDir(t))))
	for path, want := range map[string]string{"example.org/fast": "fast.go pure.go sum_generic.go", "example.org/half": "go.go"} {
		if err := l.Load(ctx, path); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range l.Package(path).Files {
			names = append(names, filepath.Base(f.Name))
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s has %s, want %s", path, got, want)
		}
	}
	if w := l.Package("example.org/half").Without; fmt.Sprint(w) != "[c.go needs cgo]" {
		t.Errorf("left out: %v", w)
	}
}

// TestProxyList: after a comma the next proxy is asked only if the one before
// has no such module, after a bar in any case.
func TestProxyList(t *testing.T) {
	good := moduletest.URL(proxyDir(t))
	status := func(code int) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }))
		t.Cleanup(s.Close)
		return s.URL
	}
	missing, gone, broken := status(404), status(410), status(500)
	for _, tt := range []struct{ proxies, want string }{
		{good, ""},
		{missing + "," + good, ""},
		{gone + "," + good, ""},
		{broken + "," + good, "500"},
		{broken + "|" + good, ""},
		{missing + ",off", "modules are not fetched"},
		{"off", "GOPROXY=off"},
		{"direct", `not "direct" from repositories`},
		{missing + ",direct", "404 Not Found"},
		{"", "names no proxy"},
		{"ftp://example.org", "no scheme https"},
	} {
		_, err := newList(config(t, tt.proxies)).Get(ctx, "example.org/a", "v1.0.0")
		if tt.want != "" {
			wantError(t, err, tt.want)
		} else if err != nil {
			t.Errorf("GOPROXY=%s: %v", tt.proxies, err)
		}
	}
	cfg := config(t, good)
	cfg.GoNoProxy = "example.org"
	_, err := newList(cfg).Get(ctx, "example.org/a", "v1.0.0")
	wantError(t, err, "GONOPROXY")
}

func TestGoSum(t *testing.T) {
	cfg := config(t, moduletest.URL(proxyDir(t)))
	sum := filepath.Join(t.TempDir(), "go.sum")
	write := func(text string) {
		if err := os.WriteFile(sum, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("example.org/c v1.0.0 h1:AAAA=\n")
	cfg.Sums = append([]string{sum}, cfg.Sums...)
	_, err := newList(cfg).Get(ctx, "example.org/c/sub/deep", "v1.0.0")
	wantError(t, err, "example.org/c@v1.0.0 is not what go.sum says it is")
	if zips, _ := filepath.Glob(filepath.Join(cfg.GoModCache, "cache/download/example.org/c/@v/*.zip")); len(zips) > 0 {
		t.Errorf("what failed to verify is in the cache: %v", zips)
	}

	write("")
	if err := newList(cfg).Load(ctx, "example.org/c/sub/deep"); err == nil {
		t.Error("c v1.1.0 requires what is missing, and was loaded")
	}
	l := newList(cfg)
	if _, err := l.Get(ctx, "example.org/c", "v1.0.0"); err != nil {
		t.Fatal(err)
	}
	if err := l.Load(ctx, "example.org/c/sub/deep"); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(cfg.Sums[1])
	if err != nil || !strings.Contains(string(kept), "example.org/c v1.0.0 h1:") || !strings.Contains(string(kept), "example.org/c v1.0.0/go.mod h1:") {
		t.Errorf("go.sum has\n%s%v", kept, err)
	}
}

// TestChecksumDatabase runs a database that knows the modules of the proxy as
// they are, and then another one that does not.
func TestChecksumDatabase(t *testing.T) {
	dir := proxyDir(t)
	for name, tamper := range map[string]string{"honest": "", "changed": "example.org/b"} {
		t.Run(name, func(t *testing.T) {
			signer, key, err := note.GenerateKey(nil, "sums.example.org")
			if err != nil {
				t.Fatal(err)
			}
			db := sumdb.NewTestServer(signer, func(path, version string) ([]byte, error) {
				at := filepath.Join(dir, filepath.FromSlash(path), "@v", version)
				zip, err := dirhash.HashZip(at+".zip", dirhash.Hash1)
				if err != nil {
					return nil, err
				}
				mod, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) { return os.Open(at + ".mod") })
				if err != nil {
					return nil, err
				}
				if path == tamper {
					zip = mod
				}
				return fmt.Appendf(nil, "%s %s %s\n%s %s/go.mod %s\n", path, version, zip, path, version, mod), nil
			})
			mux := http.NewServeMux()
			s := sumdb.NewServer(db)
			for _, p := range sumdb.ServerPaths {
				mux.Handle(p, s)
			}
			web := httptest.NewServer(mux)
			defer web.Close()
			cfg := config(t, moduletest.URL(dir))
			cfg.GoSumDB = key + " " + web.URL
			l := newList(cfg)
			if _, err := l.Get(ctx, "example.org/a", "v1.0.0"); err != nil {
				t.Fatal(err)
			}
			err = l.Load(ctx, "example.org/a")
			if tamper == "" {
				if err != nil {
					t.Error(err)
				}
			} else {
				wantError(t, err, "example.org/b@v1.1.0 is not what the checksum database says it is")
			}
			web.Close()
			other := config(t, cfg.GoProxy) // with another cache
			other.GoSumDB = cfg.GoSumDB
			_, err = newList(other).Get(ctx, "example.org/b", "v1.2.0")
			wantError(t, err, "cannot be verified: go.sum has no line for it")
		})
	}
}
