package front

import (
	"fmt"
	"go/ast"
	"slices"
	"sort"
	"strings"
)

// A cell that declares a name again changes what depends on it. relink adds the
// earlier functions and types that use a redefined name to the cell, so that
// they are compiled again and see the new meaning.
func (s *Session) relink(c *cell) {
	changed := map[string]bool{}
	for n := range c.names {
		if s.objs[n] != nil {
			changed[n] = true
		}
	}
	s.keepTypes(c, changed)
	own := map[string]bool{}
	for _, f := range c.funcs {
		own[declKey(f)] = true
	}
	s.renewGeneric(c, changed)
	for k := range own { // a redefined function or method also changes its dependents
		if s.funcs[k] != nil {
			changed[k] = true
		}
	}
	if len(changed) == 0 {
		return
	}
	for again := true; again; {
		again = s.relinkTypes(c, changed) || s.relinkFuncs(c, changed, own)
	}
}

// declKey is "f" or "T.M".
func declKey(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	base, _ := recvBase(f)
	return base + "." + f.Name.Name
}

// keepTypes finds types that are declared again exactly as before and depend on
// nothing that changes: they stay the same type, so that earlier values keep
// fitting.
func (s *Session) keepTypes(c *cell, changed map[string]bool) {
	for _, ts := range c.types {
		if old := s.tdecls[ts.Name.Name]; old != nil && changed[ts.Name.Name] && old.text == specText(ts) {
			c.kept[ts.Name.Name] = true
		}
	}
	for again := true; again; {
		again = false
		for _, n := range sortedKeys(c.kept) {
			if !s.fits(c, n, func(d string) bool { return changed[d] && !c.kept[d] }) {
				delete(c.kept, n)
				again = true
			}
		}
	}
	c.types = slices.DeleteFunc(c.types, func(ts *ast.TypeSpec) bool { return c.kept[ts.Name.Name] })
	for n := range c.kept {
		delete(changed, n)
		delete(c.names, n)
	}
}

// fits reports whether a type that is declared again as it was can stay: neither
// it nor the signature of a method in the cell depends on what is renewed, and
// no method gets another signature.
func (s *Session) fits(c *cell, name string, renewed func(string) bool) bool {
	for d := range s.tdecls[name].deps {
		if renewed(d) {
			return false
		}
	}
	for _, f := range c.funcs {
		if f.Recv == nil {
			continue
		}
		if base, _ := recvBase(f); base != name {
			continue
		}
		if old := s.funcs[declKey(f)]; old != nil && specText(old.node.Type) != specText(f.Type) {
			return false
		}
		used := false
		ast.Inspect(f.Type, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			used = used || ok && id.Name != name && renewed(id.Name)
			return true
		})
		if used {
			return false
		}
	}
	return true
}

// renewGeneric declares a generic type again when a cell adds a method to it:
// the type checker cannot add one to a type that has been instantiated.
func (s *Session) renewGeneric(c *cell, changed map[string]bool) {
	for _, f := range c.funcs {
		if f.Recv == nil {
			continue
		}
		b, tps := recvBase(f)
		if o := s.tdecls[b]; len(tps) > 0 && o != nil && !c.names[b] {
			c.types = append(c.types, o.spec)
			c.names[b], c.relinked[b], changed[b] = true, true, true
			delete(c.kept, b)
		}
	}
}

func (s *Session) relinkTypes(c *cell, changed map[string]bool) (again bool) {
	for _, k := range sortedKeys(s.tdecls) {
		t := s.tdecls[k]
		if changed[k] || c.names[k] || c.relinked[k] || s.objs[k] == nil || slices.Contains(c.dropped, k) {
			continue
		}
		if overlap(t.deps, changed) {
			changed[k], c.relinked[k], again = true, true, true
			c.types = append(c.types, t.spec)
			c.names[k] = true
		}
	}
	return again
}

func (s *Session) relinkFuncs(c *cell, changed, own map[string]bool) (again bool) {
	for _, k := range sortedKeys(s.funcs) {
		f := s.funcs[k]
		if own[k] || c.relinked[k] || f.node.Recv == nil && (c.names[k] || s.objs[k] == nil) || slices.Contains(c.dropped, k) {
			continue
		}
		base := ""
		if f.node.Recv != nil {
			if base, _ = recvBase(f.node); s.objs[base] == nil {
				continue
			}
		}
		if overlap(f.deps, changed) || base != "" && changed[base] {
			changed[k], c.relinked[k], again = true, true, true
			c.funcs = append(c.funcs, f.node)
			if base == "" {
				c.names[k] = true
			}
		}
	}
	return again
}

func overlap(a, b map[string]bool) bool {
	for k := range a {
		if b[k] {
			return true
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// specText is a canonical form of a type declaration, independent of layout.
func specText(n ast.Node) string {
	var b strings.Builder
	ast.Inspect(n, func(n ast.Node) bool {
		switch x := n.(type) {
		case nil:
			b.WriteString(") ")
		case *ast.Comment, *ast.CommentGroup:
			return false
		case *ast.Ident:
			b.WriteString("(" + x.Name + " ")
		case *ast.BasicLit:
			b.WriteString("(" + x.Value + " ")
		case *ast.ChanType:
			fmt.Fprintf(&b, "(chan%d ", x.Dir)
		case *ast.UnaryExpr:
			b.WriteString("(" + x.Op.String() + " ")
		case *ast.BinaryExpr:
			b.WriteString("(" + x.Op.String() + " ")
		default:
			fmt.Fprintf(&b, "(%T ", x)
		}
		return true
	})
	return b.String()
}
