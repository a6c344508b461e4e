package session

import (
	"context"
	"slices"
	"strings"

	"github.com/ingot-go/ingot/session/front"
)

// Complete, Inspect and IsComplete ask the front end; nothing is executed.

func (s *inProcess) Complete(_ context.Context, code string, cursor int) Completion {
	off := byteOffset(code, cursor)
	if name, _, ok := ParseCommand(code[:off]); ok && name != "?" && !strings.ContainsAny(code[:off], " \t\n") {
		return completeCommand(name, cursor)
	}
	if path, ok := fileArgument(code[:off]); ok {
		return completePath(path, cursor)
	}
	if path, ok := quoted(code[:off]); ok {
		return completePath(path, cursor)
	}
	lead := commandLength(code)
	s.names.Lock()
	start, items := s.front.Complete(strings.Repeat(" ", lead)+code[lead:], off)
	s.names.Unlock()
	c := Completion{Start: len([]rune(code[:start])), End: cursor}
	for _, it := range items {
		c.Matches = append(c.Matches, Match{Text: it.Name, Kind: it.Kind, Signature: it.Signature, Doc: it.Doc})
	}
	return c
}

func completeCommand(prefix string, cursor int) Completion {
	c := Completion{Start: cursor - len([]rune(prefix)), End: cursor}
	for _, cmd := range commands {
		if strings.HasPrefix(cmd.Name, prefix) {
			c.Matches = append(c.Matches, Match{Text: cmd.Name, Kind: "magic", Signature: cmd.Usage, Doc: cmd.Help})
		}
	}
	return c
}

// fileArgument is the last word of a command that takes files, as far as it is
// written.
func fileArgument(text string) (word string, ok bool) {
	name, _, ok := ParseCommand(text)
	i := slices.IndexFunc(commands, func(c Command) bool { return c.Name == name })
	if !ok || i < 0 || strings.Contains(text, "\n") {
		return "", false
	}
	usage := strings.TrimPrefix(commands[i].Usage, "[")
	if name != "!" && name != "writefile" && !strings.HasPrefix(usage, "FILE") && !strings.HasPrefix(usage, "FOLDER") {
		return "", false
	}
	return text[strings.LastIndexAny(text, " \t!")+1:], true
}

// commandLength is the length of the ":time" that precedes Go code.
func commandLength(code string) int {
	name, args, ok := ParseCommand(code)
	if !ok || name == "?" {
		return 0
	}
	return strings.LastIndex(code, args)
}

func (s *inProcess) Inspect(_ context.Context, code string, cursor, detail int) Inspection {
	off := byteOffset(code, cursor)
	s.names.Lock()
	d, ok := s.front.Inspect(code, off)
	s.names.Unlock()
	if !ok {
		return Inspection{}
	}
	text := d.Signature
	md := "```go\n" + d.Signature + "\n```\n"
	if d.Doc != "" {
		text += "\n\n" + d.Doc
		md += "\n" + d.Doc + "\n"
	}
	if detail > 0 && d.Source != "" {
		text += "\n\n" + d.Source
		md += "\n```go\n" + d.Source + "\n```\n"
	}
	return Inspection{Data: map[string]any{"text/plain": text, "text/markdown": md}}
}

func (s *inProcess) IsComplete(code string) Completeness {
	if _, args, ok := ParseCommand(code); ok {
		if args == "" || strings.HasSuffix(strings.TrimSpace(code), "?") {
			return Completeness{Status: "complete"}
		}
		code = args
	}
	status, indent := front.IsComplete(code)
	return Completeness{Status: status, Indent: indent}
}

// byteOffset turns a count of code points into one of bytes.
func byteOffset(code string, cursor int) int {
	for i := range code {
		if cursor <= 0 {
			return i
		}
		cursor--
	}
	return len(code)
}
