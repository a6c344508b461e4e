package session

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// historyCommands read and write the text of cells.
var historyCommands = []Command{
	{Name: "history", Usage: "[CELLS]", Help: "list the cells, or some: 3 5-7", run: func(x *invocation) Result {
		cells, err := x.s.chosen(x.args)
		if err != nil {
			return failed(err)
		}
		for _, p := range cells {
			head := fmt.Sprintf("In[%d]: ", p.N)
			x.printf("%s%s\n", head, strings.ReplaceAll(p.Code, "\n", "\n"+strings.Repeat(" ", len(head))))
		}
		return Result{}
	}},

	{Name: "load", Usage: "FILE or CELL", Help: "put a file, or an earlier cell, into the next cell", run: func(x *invocation) Result {
		text, err := x.s.textOf(x.args)
		if err != nil {
			return failed(err)
		}
		return Result{Next: &Next{Text: text, Replace: true}}
	}},

	{Name: "edit", Usage: "[FILE or CELL]", Help: "write the next cell in an editor, beginning with a file or an earlier cell", run: func(x *invocation) Result {
		text := ""
		if x.args != "" {
			var err error
			if text, err = x.s.textOf(x.args); err != nil {
				return failed(err)
			}
		}
		return Result{Next: &Next{Text: text, Edit: true}}
	}},

	{Name: "save", Usage: "FILE [CELLS]", Help: "write the cells that ran to a file: Go text, or a notebook if it ends in .ipynb", run: func(x *invocation) Result {
		file, which := x.word()
		cells, err := x.s.chosen(which)
		if err != nil {
			return failed(err)
		}
		text := saveText(cells)
		if strings.HasSuffix(file, ".ipynb") {
			text = saveNotebook(cells)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return failed(err)
		}
		return x.printf("%d cells written to %s\n", len(cells), file)
	}},

	{Name: "export", Usage: "[FOLDER [CELLS]]", Help: "write the cells that ran as a Go program: main.go and go.mod", run: func(x *invocation) Result {
		folder, which := x.word()
		if folder == "" {
			folder = "."
		}
		cells, err := x.s.chosen(which)
		if err != nil {
			return failed(err)
		}
		if err := x.s.export(folder, cells); err != nil {
			return failed(err)
		}
		return x.printf("%d cells written to %s and %s\n", len(cells), filepath.Join(folder, "main.go"), filepath.Join(folder, "go.mod"))
	}},

	{Name: "restore", Usage: "[CELLS]", Help: "run the cells again that were lost with a worker; without CELLS list them", run: func(x *invocation) Result {
		return x.printf("nothing was lost\n")
	}},
}

// Next is text for the next cell, which the client shall offer.
type Next struct {
	Text    string `json:"text"`
	Replace bool   `json:"replace,omitempty"` // instead of the cell that asked
	Edit    bool   `json:"edit,omitempty"`    // in an editor, where there is one
}

// Past is a cell that has run without an error.
type Past struct {
	N    int
	Code string
}

// chosen lists the cells that ran, or those of them that "3 5-7" names.
func (s *inProcess) chosen(which string) ([]Past, error) {
	s.names.Lock()
	defer s.names.Unlock()
	return Choose(s.past, which)
}

// Choose picks cells by their numbers: "3 5-7", or all of them.
func Choose(cells []Past, which string) ([]Past, error) {
	fields := strings.FieldsFunc(which, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' })
	if len(fields) == 0 {
		return cells, nil
	}
	var out []Past
	for _, f := range fields {
		from, to, isRange := strings.Cut(f, "-")
		if !isRange {
			to = from
		}
		a, err := strconv.Atoi(from)
		if err != nil {
			return nil, fmt.Errorf("%q is not the number of a cell; write 3 or 5-7", f)
		}
		b, err := strconv.Atoi(to)
		if err != nil || b < a {
			return nil, fmt.Errorf("%q is not a range of cells; write 3 or 5-7", f)
		}
		found := false
		for _, p := range cells {
			if a <= p.N && p.N <= b {
				out, found = append(out, p), true
			}
		}
		if !found && !isRange {
			return nil, fmt.Errorf("no cell %d has run without an error", a)
		}
	}
	return out, nil
}

// textOf is the text of a cell, by its number, or of a file.
func (s *inProcess) textOf(arg string) (string, error) {
	if _, err := strconv.Atoi(arg); err != nil {
		b, err := os.ReadFile(arg)
		return string(b), err
	}
	cells, err := s.chosen(arg)
	if err != nil {
		return "", err
	}
	return cells[len(cells)-1].Code, nil
}

func saveText(cells []Past) []byte {
	var b strings.Builder
	for i, p := range cells {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "// In[%d]\n%s\n", p.N, p.Code)
	}
	return []byte(b.String())
}

// notebookFile is what is used of a notebook's format.
type notebookFile struct {
	Cells    []notebookCell `json:"cells"`
	Metadata map[string]any `json:"metadata"`
	Format   int            `json:"nbformat"`
	Minor    int            `json:"nbformat_minor"`
}

type notebookCell struct {
	Type     string         `json:"cell_type"`
	Count    *int           `json:"execution_count"`
	Metadata map[string]any `json:"metadata"`
	Outputs  []any          `json:"outputs"`
	Source   any            `json:"source"` // a string, or its lines
}

// notebookCells is the text of a notebook's code cells.
func notebookCells(b []byte) (cells []string, err error) {
	var nb notebookFile
	if err := json.Unmarshal(b, &nb); err != nil {
		return nil, fmt.Errorf("not a notebook: %w", err)
	}
	for _, c := range nb.Cells {
		if c.Type != "code" {
			continue
		}
		switch src := c.Source.(type) {
		case string:
			cells = append(cells, src)
		case []any:
			text := ""
			for _, l := range src {
				line, _ := l.(string)
				text += line
			}
			cells = append(cells, text)
		}
	}
	return cells, nil
}

func saveNotebook(cells []Past) []byte {
	nb := notebookFile{Cells: []notebookCell{}, Format: 4, Minor: 4, Metadata: map[string]any{
		"kernelspec": map[string]string{"name": "ingot", "display_name": "Go (Ingot)", "language": "go"},
	}}
	for _, p := range cells {
		nb.Cells = append(nb.Cells, notebookCell{Type: "code", Count: &p.N, Metadata: map[string]any{}, Outputs: []any{}, Source: p.Code})
	}
	b, err := json.MarshalIndent(nb, "", " ")
	if err != nil {
		panic(err) // of strings and numbers only
	}
	return append(b, '\n')
}
