package install

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Where says which Jupyter data folder is meant. The zero value is the user's.
type Where struct {
	SysPrefix bool   // of the active virtual or conda environment
	Prefix    string // PREFIX/share/jupyter
}

// Platform is what paths depend on; tests give their own.
type Platform struct {
	OS     string              // as runtime.GOOS
	Getenv func(string) string // as os.Getenv
	Home   string
}

// Host is the platform that this program runs on.
func Host() Platform {
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	return Platform{OS: runtime.GOOS, Getenv: os.Getenv, Home: home}
}

// DataDir is the Jupyter data folder that w names on p: kernels are in its
// kernels folder. The rules are those of jupyter_core.
func (p Platform) DataDir(w Where) (string, error) {
	switch {
	case w.SysPrefix && w.Prefix != "":
		return "", errors.New("--sys-prefix and --prefix exclude each other")
	case w.Prefix != "":
		dir, err := filepath.Abs(w.Prefix)
		return filepath.Join(dir, "share", "jupyter"), err
	case w.SysPrefix:
		env := p.environment()
		if env == "" {
			return "", errors.New("--sys-prefix: no environment is active (neither VIRTUAL_ENV nor CONDA_PREFIX is set); activate one or give --prefix")
		}
		return filepath.Join(env, "share", "jupyter"), nil
	}
	return p.userDataDir()
}

// environment is the active Python environment, or "".
func (p Platform) environment() string {
	if v := p.Getenv("VIRTUAL_ENV"); v != "" {
		return v
	}
	return p.Getenv("CONDA_PREFIX")
}

func (p Platform) userDataDir() (string, error) {
	if dir := p.Getenv("JUPYTER_DATA_DIR"); dir != "" {
		return dir, nil
	}
	native := p.wantsNativeDirs()
	if p.OS == "windows" && native {
		if dir := p.Getenv("LOCALAPPDATA"); dir != "" {
			return filepath.Join(dir, "Jupyter"), nil
		}
	}
	if p.OS == "windows" {
		if dir := p.Getenv("APPDATA"); dir != "" {
			return filepath.Join(dir, "jupyter"), nil
		}
	}
	if p.OS != "darwin" && p.OS != "windows" {
		if dir := p.Getenv("XDG_DATA_HOME"); dir != "" {
			return filepath.Join(dir, "jupyter"), nil
		}
	}
	if p.Home == "" {
		return "", errors.New("no home folder: set HOME or JUPYTER_DATA_DIR, or give --prefix")
	}
	switch p.OS {
	case "darwin":
		if native {
			return filepath.Join(p.Home, "Library", "Application Support", "Jupyter"), nil
		}
		return filepath.Join(p.Home, "Library", "Jupyter"), nil
	case "windows":
		return filepath.Join(p.Home, ".jupyter", "data"), nil
	}
	return filepath.Join(p.Home, ".local", "share", "jupyter"), nil
}

// wantsNativeDirs tells whether Jupyter was told to use the folders that the
// system has for application data, rather than those that it always used.
func (p Platform) wantsNativeDirs() bool {
	switch strings.ToLower(p.Getenv("JUPYTER_PLATFORM_DIRS")) {
	case "", "no", "n", "false", "off", "0", "0.0":
		return false
	}
	return true
}

// SearchPath lists the data folders in the order in which Jupyter looks for a
// kernel: JUPYTER_PATH, then the environment and the user, then the system.
func (p Platform) SearchPath() []string {
	var dirs []string
	add := func(dir string) {
		if dir == "" {
			return
		}
		for _, d := range dirs {
			if d == dir {
				return
			}
		}
		dirs = append(dirs, dir)
	}
	for _, d := range filepath.SplitList(p.Getenv("JUPYTER_PATH")) {
		add(d)
	}
	if env := p.environment(); env != "" {
		add(filepath.Join(env, "share", "jupyter"))
	}
	if dir, err := p.userDataDir(); err == nil {
		add(dir)
	}
	if p.OS == "windows" {
		if dir := p.Getenv("PROGRAMDATA"); dir != "" {
			add(filepath.Join(dir, "jupyter"))
		}
		return dirs
	}
	add("/usr/local/share/jupyter")
	add("/usr/share/jupyter")
	return dirs
}

// checkName accepts the kernel names that Jupyter accepts.
func checkName(name string) error {
	ok := name != ""
	for _, r := range name {
		ok = ok && (r < 0x80 && (r == '-' || r == '_' || r == '.' ||
			'0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'))
	}
	if !ok || strings.Trim(name, ".") == "" {
		return fmt.Errorf("kernel name %q: only letters, digits, '-', '_' and '.' are allowed", name)
	}
	return nil
}
