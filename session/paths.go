package session

import (
	"os"
	"path/filepath"
	"strings"
)

// quoted finds the string literal that the end of a text is in, and returns what
// it has so far.
func quoted(text string) (content string, ok bool) {
	line := text[strings.LastIndexByte(text, '\n')+1:]
	open := -1
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '"':
			if open < 0 {
				open = i + 1
			} else {
				open = -1
			}
		case '/':
			if open < 0 && strings.HasPrefix(line[i:], "//") {
				return "", false
			}
		}
	}
	if open < 0 {
		return "", false
	}
	return line[open:], true
}

// completePath lists the files whose path begins with what stands before the
// cursor.
func completePath(prefix string, cursor int) Completion {
	dir, name := filepath.Split(prefix)
	folder := dir
	if rest, ok := strings.CutPrefix(dir, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			folder = filepath.Join(home, rest)
		}
	}
	if folder == "" {
		folder = "."
	}
	c := Completion{Start: cursor - len([]rune(name)), End: cursor}
	files, err := os.ReadDir(folder)
	if err != nil {
		return c
	}
	for _, f := range files {
		if !strings.HasPrefix(f.Name(), name) || name == "" && strings.HasPrefix(f.Name(), ".") {
			continue
		}
		m := Match{Text: f.Name(), Kind: "path"}
		if f.IsDir() {
			m.Text += string(filepath.Separator)
		}
		c.Matches = append(c.Matches, m)
	}
	return c
}
