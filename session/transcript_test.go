package session_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session"
)

var update = flag.Bool("update", false, "rewrite the transcripts")

// TestTranscripts runs the cells of testdata/*.txtar and compares what follows.
// A transcript whose comment has the word arrays gets package arr; one with the
// word mlx the operators of package mlx, one with the word modules a proxy.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			name, err := filepath.Abs(name)
			if err != nil {
				t.Fatal(err)
			}
			if raceDetector && bytes.Contains(txtar.Format(ar), []byte("the recursion has no end")) {
				t.Skip("a recursion that was stopped still reads the table of globals while the next cell makes it larger")
			}
			if strings.Contains(string(ar.Comment), "a new folder") {
				t.Chdir(t.TempDir())
			}
			var s session.Session
			switch comment := string(ar.Comment); {
			case strings.Contains(comment, "arrays"):
				s = newArraySession(t)
			case strings.Contains(comment, "modules"):
				s = newModuleSession(t, moduleConfig(t))
			case strings.Contains(comment, "mlx"):
				s = newMLXSession(t)
			default:
				s = newSession(t)
			}
			got := replay(s, ar)
			if *update {
				if err := os.WriteFile(name, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			compare(t, ar, got)
		})
	}
}

func compare(t *testing.T, want, got *txtar.Archive) {
	t.Helper()
	if len(want.Files) != len(got.Files) {
		t.Errorf("%d sections, want %d: run go test -update", len(got.Files), len(want.Files))
	}
	for i := range min(len(want.Files), len(got.Files)) {
		if w, g := want.Files[i], got.Files[i]; w.Name != g.Name || string(w.Data) != string(g.Data) {
			t.Errorf("section %q:\n%s\nwant %q:\n%s", g.Name, g.Data, w.Name, w.Data)
		}
	}
}

// replay evaluates the cells of a transcript and writes down what they do.
func replay(s session.Session, ar *txtar.Archive) *txtar.Archive {
	out := &txtar.Archive{Comment: ar.Comment}
	n := 0
	for _, f := range ar.Files {
		if !strings.HasPrefix(f.Name, "cell") {
			continue
		}
		n++
		sink := &record{answer: func(string) (string, error) { return "forty two\n", nil }}
		res := s.Eval(context.Background(), session.Cell{N: n, Code: strings.TrimSuffix(string(f.Data), "\n"), AllowStdin: true}, sink)
		out.Files = append(out.Files, txtar.File{Name: fmt.Sprintf("cell %d", n), Data: f.Data},
			txtar.File{Name: fmt.Sprintf("gives %d", n), Data: []byte(account(sink, res))})
	}
	return out
}

var unsteady = regexp.MustCompile(`(0x[0-9a-f]{6,}|time: [0-9.]+[a-zµ]+(?: ± [0-9.]+[a-zµ]+ .*)?|stack grew to \d+|ID:[0-9a-f]{16}|file:///[^ ]*/00\d+/)`)

// account tells what a cell did, without what differs from run to run.
func account(sink *record, res session.Result) string {
	var b strings.Builder
	section := func(head, text string) {
		if text != "" {
			fmt.Fprintf(&b, "[%s]\n%s\n", head, strings.TrimSuffix(text, "\n"))
		}
	}
	section("stdout", sink.stdout())
	section("stderr", sink.stderr())
	for _, e := range sink.events {
		switch e := e.(type) {
		case display.Data:
			head := "display"
			if e.Update {
				head = "update"
			}
			section(head, bundle(e.Bundle))
		default:
			section(fmt.Sprintf("%T", e), fmt.Sprintf("%+v", e))
		}
	}
	if res.Next != nil {
		section(fmt.Sprintf("next, replace %v, edit %v", res.Next.Replace, res.Next.Edit), res.Next.Text)
	}
	section("warnings", strings.Join(res.Warnings, "\n"))
	if res.Value != nil {
		section("value", bundle(*res.Value))
	}
	if res.Err != nil {
		section("error", res.Err.Report())
	}
	text := b.String()
	if dir, err := os.Getwd(); err == nil {
		text = strings.ReplaceAll(text, dir, "DIR")
	}
	return unsteady.ReplaceAllStringFunc(text, func(s string) string {
		if strings.HasPrefix(s, "time: ") {
			return "time: …"
		}
		if i := strings.LastIndexAny(s, " x:"); i > 0 {
			return s[:i+1] + "…"
		}
		return s
	})
}

// bundle lists the representations; of text that is short it shows the text.
func bundle(d display.Bundle) string {
	var l []string
	for _, mime := range slices.Sorted(maps.Keys(d.Data)) {
		switch v := d.Data[mime].(type) {
		case string:
			l = append(l, mime+": "+v)
		case []byte:
			l = append(l, fmt.Sprintf("%s: %d bytes", mime, len(v)))
		default:
			l = append(l, fmt.Sprintf("%s: %v", mime, v))
		}
	}
	return strings.Join(l, "\n")
}
