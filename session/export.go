package session

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/ingot-go/ingot/session/front"
)

// export writes cells as a program: main.go, and a go.mod unless there is one.
func (s *inProcess) export(folder string, cells []Past) error {
	x, err := front.NewExporter(s.frontOptions())
	if err != nil {
		return err
	}
	for _, p := range cells {
		code, ok := exportable(p.Code)
		if !ok {
			continue
		}
		if err := x.Add(p.N, code); err != nil {
			return fmt.Errorf("export: In[%d]: %w; cells that it needs are missing", p.N, err)
		}
	}
	text, imports, err := x.Program()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "main.go"), []byte(text), 0o644); err != nil {
		return err
	}
	mod := filepath.Join(folder, "go.mod")
	if _, err := os.Stat(mod); err == nil {
		return nil
	}
	name, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	return os.WriteFile(mod, []byte(moduleText(filepath.Base(name), imports, s.moduleVersions())), 0o644)
}

// exportable is the Go of a cell. Commands that run code stand for the code; the
// others are of the session.
func exportable(code string) (text string, ok bool) {
	name, args, command := ParseCommand(code)
	if !command {
		return code, true
	}
	switch name {
	case "time":
		return args, true
	case "limit":
		_, args, _ = strings.Cut(args, " ")
		return args, true
	}
	return "", false
}

const ownModule = "github.com/ingot-go/ingot"

// moduleText is a go.mod for the packages of other modules that are imported.
func moduleText(name string, imports []string, versions map[string]string) string {
	clean := strings.Map(func(r rune) rune {
		if r < 0x80 && (r == '-' || r == '_' || r == '.' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z') {
			return r
		}
		return '_'
	}, name)
	text := "module " + strings.Trim(clean, ".") + "\n\ngo 1.26\n"
	var need []string
	for path, version := range versions {
		for _, p := range imports {
			if p == path || strings.HasPrefix(p, path+"/") {
				need = append(need, "\t"+path+" "+version+"\n")
				break
			}
		}
	}
	slices.Sort(need)
	if len(need) > 0 {
		text += "\nrequire (\n" + strings.Join(need, "") + ")\n"
	}
	return text
}

// moduleVersions are the versions of this program's modules and of those that
// the cells require.
func (s *inProcess) moduleVersions() map[string]string {
	m := buildVersions()
	if s.modules != nil {
		for _, v := range s.modules.Versions() {
			m[v.Path] = v.Version
		}
	}
	return m
}

// buildVersions are the modules of this program with their versions.
func buildVersions() map[string]string {
	m := map[string]string{ownModule: "v0.0.0"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return m
	}
	for _, d := range append(info.Deps, &info.Main) {
		if d.Version != "" && d.Version != "(devel)" {
			m[d.Path] = d.Version
		}
	}
	return m
}
