package front

import (
	"fmt"
	"go/types"
	"regexp"
	"strings"
)

var (
	undefinedName  = regexp.MustCompile(`^undefined: (?:(\w+)\.)?(\w+)$`)
	undefinedField = regexp.MustCompile(`undefined \(type (\S+) has no field or method (\w+)`)
)

// hint proposes what the first error's author may have meant.
func (s *Session) hint(c *cell, e *Error) {
	msg := e.List[0].Msg
	if m := undefinedName.FindStringSubmatch(msg); m != nil {
		e.Hint = s.hintName(c, m[1], m[2])
	} else if m := undefinedField.FindStringSubmatch(msg); m != nil {
		e.Hint = s.hintField(c, m[2])
	}
}

func (s *Session) hintName(c *cell, pkg, name string) string {
	if pkg != "" {
		p := s.packageOf(c, pkg)
		if p == nil {
			return ""
		}
		if best := closest(name, p.Scope().Names()); best != "" {
			return fmt.Sprintf("did you mean %s.%s?", pkg, best)
		}
		return ""
	}
	if paths := s.imp.byName[name]; len(paths) > 1 {
		return fmt.Sprintf("import one of %s", strings.Join(quoted(paths), ", "))
	}
	names := append(sortedKeys(s.objs), sortedKeys(c.names)...)
	names = append(names, types.Universe.Names()...)
	names = append(names, sortedKeys(s.imp.byName)...)
	if best := closest(name, names); best != "" {
		return fmt.Sprintf("did you mean %s?", best)
	}
	return ""
}

func quoted(l []string) (q []string) {
	for _, s := range l {
		q = append(q, fmt.Sprintf("%q", s))
	}
	return q
}

// packageOf finds the package that a name stands for in the cell.
func (s *Session) packageOf(c *cell, name string) *types.Package {
	for _, m := range []map[string]string{c.imports, s.imports, c.autos} {
		if path := m[name]; path != "" {
			if p, err := s.Import(path); err == nil {
				return p
			}
		}
	}
	return nil
}

// hintField looks for a similar member of the type on which name was looked up.
func (s *Session) hintField(c *cell, name string) string {
	if c.info == nil {
		return ""
	}
	for sel := range selectorsNamed(c, name) {
		t := c.info.TypeOf(sel.X)
		if t == nil {
			continue
		}
		var names []string
		for _, m := range s.members(t) {
			names = append(names, m.Name())
		}
		if best := closest(name, names); best != "" {
			return fmt.Sprintf("did you mean .%s?", best)
		}
	}
	return ""
}

// closest returns the candidate that differs from name by few edits, or "".
func closest(name string, candidates []string) string {
	best, bestD := "", 1+len(name)/4
	for _, c := range candidates {
		if strings.Contains(c, "ᐧ") || c == "_" {
			continue
		}
		d := distance(strings.ToLower(name), strings.ToLower(c))
		if d < len(name) && (d < bestD || d == bestD && best == "") {
			best, bestD = c, d
		}
	}
	if best == name {
		return ""
	}
	return best
}

// distance counts insertions, deletions, replacements and swaps of neighbours.
func distance(a, b string) int {
	if d := len(a) - len(b); d > 3 || d < -3 {
		return 9
	}
	var prev2 []int
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], prev2[j-2]+1)
			}
		}
		prev2, prev = prev, row
	}
	return prev[len(b)]
}
