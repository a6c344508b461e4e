package session_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ingot-go/ingot/session"
	"github.com/ingot-go/ingot/session/corpus"
)

// mark separates the outputs of programs.
const mark = "\n=-=-= "

var address = regexp.MustCompile(`0x[0-9a-f]{6,}`)

// goRun compiles the programs as one, with the toolchain, and returns what each
// prints.
func goRun(t *testing.T, programs []corpus.Program) []string {
	t.Helper()
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n\"encoding/json\"\n\"errors\"\n\"fmt\"\n)\n\nvar _, _ = json.Marshal, errors.New\n\n")
	var main strings.Builder
	for i, p := range programs {
		fmt.Fprintf(&b, "%s\nfunc run%d() {\ndefer func() { if r := recover(); r != nil { fmt.Println(\"PANIC\", r) } }()\n%s}\n\n", p.Decls, i, p.Body)
		fmt.Fprintf(&main, "run%d()\nfmt.Print(%q)\n", i, mark)
	}
	fmt.Fprintf(&b, "func main() {\n%s}\n", main.String())
	for name, text := range map[string]string{"main.go": b.String(), "go.mod": "module generated\n\ngo 1.26\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "run", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "CGO_ENABLED=0")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("go run: %v\n%.3000s", err, errs.String())
	}
	return strings.Split(strings.TrimSuffix(out.String(), mark), mark)
}

// TestDifferential runs generated programs, of types, of control flow and of
// numbers in turn, in one session and with go run, and compares what they print. With INGOT_TEST_ALL there are ten times as many.
func TestDifferential(t *testing.T) {
	if raceDetector {
		t.Skip("goroutines beside interpreted code are data races inside yaegi")
	}
	total := 200
	if os.Getenv("INGOT_TEST_ALL") != "" {
		total = 2000
	}
	const batch = 200
	s := newSession(t)
	eval := func(n int, code string) (string, error) {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		sink := &record{}
		res := s.Eval(ctx, session.Cell{N: n, Code: code}, sink)
		if res.Err != nil {
			return sink.stdout(), res.Err
		}
		return sink.stdout(), nil
	}
	same, refused := 0, 0
	for from := 0; from < total; from += batch {
		var programs []corpus.Program
		for i := range batch {
			generate := []func(int) corpus.Program{corpus.Generate, corpus.GenerateControl, corpus.GenerateArithmetic}[i%3]
			programs = append(programs, generate(from+i))
		}
		want := goRun(t, programs)
		for i, p := range programs {
			n := from + i
			got, err := eval(2*n+1, p.Decls)
			if err == nil {
				got, err = eval(2*n+2, p.Body)
			}
			var e *session.Error
			if err != nil {
				e = err.(*session.Error)
			}
			switch {
			case e != nil && e.Name == session.NotSupported && !strings.Contains(e.Message, "the interpreter cannot run"):
				refused++
				t.Logf("program %d: %v", n, err)
			case e != nil && e.Name == session.Panic:
				got += "PANIC " + e.Message + "\n"
				fallthrough
			case e == nil:
				if got, want := address.ReplaceAllString(got, "0x…"), address.ReplaceAllString(want[i], "0x…"); got != want {
					t.Errorf("program %d prints otherwise than with go run:\n%s\n--- declarations\n%s\n--- statements\n%s", n, firstDifference(got, want), p.Decls, p.Body)
				} else {
					same++
				}
			default:
				t.Errorf("program %d: %v\n--- declarations\n%s\n--- statements\n%s", n, err, p.Decls, p.Body)
			}
		}
	}
	fmt.Printf("count: %d of %d generated programs print what go run prints, %d are refused\n", same, total, refused)
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d: %q\n   want %q", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d: %q", len(g), len(w), strings.Join(g[min(len(g), len(w)):], "\n"))
}
