package session_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/ingot-go/ingot/session"
	"github.com/ingot-go/ingot/session/bind"
	"github.com/ingot-go/ingot/session/module"
	"github.com/ingot-go/ingot/session/module/moduletest"
)

// moduleConfig takes modules from testdata/proxy.txt.
func moduleConfig(t testing.TB) module.Config {
	t.Helper()
	ar, err := txtar.ParseFile("testdata/proxy.txt")
	if err != nil {
		t.Fatal(err)
	}
	d := t.TempDir()
	return module.Config{GoProxy: moduletest.URL(moduletest.Proxy(t, ar)), GoModCache: filepath.Join(d, "mod"), GoPath: d, GoSumDB: "off",
		Cache: filepath.Join(d, "cache"), Sums: []string{filepath.Join(d, "go.sum")}}
}

func newModuleSession(t testing.TB, cfg module.Config) session.Session {
	t.Helper()
	s, err := session.New(session.Options{Bindings: bind.All(), Modules: &cfg})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestModulesAgain runs the transcript in a session that has everything from
// its caches.
func TestModulesAgain(t *testing.T) {
	ar, err := txtar.ParseFile("testdata/modules.txtar")
	if err != nil {
		t.Fatal(err)
	}
	cfg := moduleConfig(t)
	replay(newModuleSession(t, cfg), ar)
	kept, err := os.ReadDir(cfg.Cache)
	if err != nil || len(kept) < 4 {
		t.Fatalf("%d files are kept, %v", len(kept), err)
	}
	compare(t, ar, replay(newModuleSession(t, cfg), ar))
}

// moduleProgram is what cells and a Go program both can do.
const moduleProgram = `
	fmt.Println(state.Logged(), state.Limits(), state.Table(), state.Order(), state.Count())
	state.Level = 9
	state.Deepen()
	fmt.Println(state.Logged(), state.Level, state.Limits(), registry.Names())
	r, err := shape.NewRect(2, 3)
	fmt.Println(r, r.Area(), err)
	_, err = shape.NewRect(2, -3)
	fmt.Println(err, errors.Is(err, shape.ErrNegative))
	fmt.Printf("%v %+v %T %#v\n", shape.Circle{R: 1}, shape.Circle{R: 1}, shape.Circle{R: 1}, shape.Circle{R: 1})
	fmt.Println(shape.Largest[shape.Shape](r, shape.Circle{R: 1}))
	var s shape.Stack[string]
	s.Push("a").Push("b")
	for i, v := range s.All() {
		fmt.Println(i, v, s.Len())
	}
`

const moduleImports = `import (
	"errors"
	"fmt"

	"example.org/shape"
	"example.org/state"
	"example.org/state/registry"
	_ "example.org/state/plug"
)
`

// TestModulesAsGo compares a session with what go run does.
func TestModulesAsGo(t *testing.T) {
	cfg := moduleConfig(t)
	sink := &record{}
	s := newModuleSession(t, cfg)
	for n, code := range []string{":get example.org/state@v1.0.0", moduleImports, moduleProgram} {
		if r := s.Eval(context.Background(), session.Cell{N: n + 1, Code: code}, sink); r.Err != nil {
			t.Fatal(r.Err.Report())
		}
	}
	_, got, _ := strings.Cut(sink.stdout(), "\n") // the version
	dir := t.TempDir()
	for name, text := range map[string]string{
		"main.go": "package main\n" + moduleImports + "func main() {" + moduleProgram + "}\n",
		"go.mod":  "module m\n\ngo 1.26\n\nrequire (\n\texample.org/shape v1.0.0\n\texample.org/state v1.0.0\n)\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	run := exec.Command("go", "run", "-mod=mod", ".")
	run.Dir = dir
	run.Env = append(os.Environ(), "GOPROXY="+cfg.GoProxy, "GOMODCACHE="+cfg.GoModCache, "GOSUMDB=off", "GOFLAGS=-modcacherw", "GOWORK=off")
	run.Stderr = os.Stderr
	want, err := run.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("cells print\n%s\nGo prints\n%s", got, want)
	}
}

// BenchmarkImport imports a package that an earlier session has imported.
func BenchmarkImport(b *testing.B) {
	cfg := moduleConfig(b)
	eval := func(s session.Session, code string) {
		if r := s.Eval(context.Background(), session.Cell{N: 1, Code: code}, &record{}); r.Err != nil {
			b.Fatal(r.Err)
		}
	}
	eval(newModuleSession(b, cfg), `import "example.org/shape"`)
	for b.Loop() {
		b.StopTimer()
		s := newModuleSession(b, cfg)
		eval(s, "1")
		b.StartTimer()
		eval(s, `import "example.org/shape"`)
		b.StopTimer()
		s.Close()
		b.StartTimer()
	}
}
