package repl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/reeflective/readline"
	"github.com/reeflective/readline/inputrc"
	"golang.org/x/term"

	"github.com/ingot-go/ingot/session"
)

// errCancelled says that the user gave up the cell being typed.
var errCancelled = errors.New("cancelled")

// editor reads cells of several lines with the keys of readline.
type editor struct {
	shell *readline.Shell
	n     int // the cell being read
}

// settings make the editor take pasted text whole, keep é and ü, and offer
// completions in a menu.
var settings = map[string]any{
	"enable-bracketed-paste":       true,
	"convert-meta":                 false,
	"input-meta":                   true,
	"output-meta":                  true,
	"menu-complete-display-prefix": true,
	"multiline-column-custom":      "\x1b[2m   ...:\x1b[0m ",
}

func newEditor(s session.Session, history string) (*editor, error) {
	// Bindings that users keep in ~/.inputrc stay in force.
	sh := readline.NewShell(inputrc.WithApp("ingot"))
	e := &editor{shell: sh}
	for name, value := range settings {
		if err := sh.Config.Set(name, value); err != nil {
			return nil, fmt.Errorf("editor setting %s: %w", name, err)
		}
	}
	for _, keymap := range []string{"emacs", "vi-insert"} {
		if err := sh.Config.Bind(keymap, inputrc.Unescape(`\C-i`), "menu-complete", false); err != nil {
			return nil, fmt.Errorf("editor key Tab: %w", err)
		}
	}
	sh.Prompt.Primary(func() string { return fmt.Sprintf("\x1b[32mIn [%d]:\x1b[0m ", e.n) })
	sh.Prompt.Secondary(func() string { return "\x1b[2m   ...:\x1b[0m " })
	sh.AcceptMultiline = func(line []rune) bool { return accept(s, string(line)) }
	sh.SyntaxHighlighter = func(line []rune) string { return highlight(string(line)) }
	sh.Completer = func(line []rune, cursor int) readline.Completions {
		return complete(s, string(line), cursor)
	}
	if history != "" {
		if err := openHistory(sh, history); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// openHistory keeps the history in a file that only the user can read.
func openHistory(sh *readline.Shell, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	sh.History.Delete()
	sh.History.AddFromFile("ingot", path)
	return nil
}

// accept decides what Enter does: run the cell, or go on to another line. An
// empty last line runs it in any case.
func accept(s session.Session, code string) bool {
	if strings.TrimSpace(code) == "" || strings.HasSuffix(code, "\n") {
		return true
	}
	return s.IsComplete(code).Status != "incomplete"
}

func (e *editor) read(n int) (string, error) {
	e.n = n
	code, err := e.shell.Readline()
	switch {
	case errors.Is(err, io.EOF):
		return "", io.EOF
	case errors.Is(err, readline.ErrInterrupt):
		return "", errCancelled
	}
	return code, err
}

// offer puts text into the next cell, after a stay in the user's own editor if
// that is asked for.
func (e *editor) offer(next session.Next) error {
	text := next.Text
	if next.Edit {
		var err error
		if text, err = edited(text); err != nil {
			return err
		}
	}
	// As pasted text its lines are not cells of their own.
	e.shell.Keys.Feed(false, []rune("\x1b[200~"+strings.TrimRight(text, "\n")+"\x1b[201~")...)
	return nil
}

// edited is what the program that VISUAL or EDITOR names makes of text.
func edited(text string) (string, error) {
	f, err := os.CreateTemp("", "ingot-*.go")
	if err != nil {
		return "", fmt.Errorf("edit: %w", err)
	}
	defer os.Remove(f.Name())
	if _, err := f.WriteString(text); err != nil {
		return "", fmt.Errorf("edit: %w", err)
	}
	if err := f.Close(); err != nil {
		return "", fmt.Errorf("edit: %w", err)
	}
	program := strings.Fields(cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR"), "vi"))
	cmd := exec.Command(program[0], append(program[1:], f.Name())...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("edit: %s: %w", program[0], err)
	}
	b, err := os.ReadFile(f.Name())
	if err != nil {
		return "", fmt.Errorf("edit: %w", err)
	}
	return string(b), nil
}

// complete turns the session's matches into those of the editor, which replaces
// the word before the cursor: a match that starts earlier is cut to fit.
func complete(s session.Session, code string, cursor int) readline.Completions {
	c := s.Complete(context.Background(), code, cursor)
	line := []rune(code)
	candidates := make([]readline.Completion, 0, len(c.Matches))
	for _, m := range c.Matches {
		note := m.Signature
		if note == "" {
			note = m.Kind
		}
		candidates = append(candidates, readline.Completion{Value: m.Text, Description: note})
	}
	out := readline.CompleteRaw(candidates).NoSpace('*')
	if c.Start >= 0 && c.Start <= cursor && cursor <= len(line) {
		out.PREFIX = string(line[c.Start:cursor])
	}
	return out
}

func readPassword(out io.Writer) (string, error) {
	line, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(out)
	return string(line), err
}
