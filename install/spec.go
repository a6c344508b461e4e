// Package install puts the kernel where Jupyter finds it, takes it away again,
// and finds out why it does not start.
//
//	dir, err := install.Install(install.Options{Exe: "/usr/local/bin/ingot"})
//
// writes kernel.json and the logos to the user's Jupyter data folder. [Doctor]
// checks everything from the kernelspec to a cell that runs.
package install

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Options say what to install where.
type Options struct {
	Where
	Name     string   // of the kernelspec; "ingot" if empty
	Exe      string   // absolute path of the program that the kernelspec starts
	Platform Platform // Host() if zero
}

func (o *Options) fill() error {
	if o.Name == "" {
		o.Name = "ingot"
	}
	if o.Platform.Getenv == nil {
		o.Platform = Host()
	}
	return checkName(o.Name)
}

// Spec is the content of kernel.json.
type Spec struct {
	Argv          []string          `json:"argv"`
	DisplayName   string            `json:"display_name"`
	Language      string            `json:"language"`
	InterruptMode string            `json:"interrupt_mode"`
	Env           map[string]string `json:"env,omitempty"`
	Metadata      map[string]any    `json:"metadata,omitempty"`
}

func newSpec(o Options) Spec {
	name := "Go (Ingot)"
	if o.Name != "ingot" {
		name = fmt.Sprintf("Go (Ingot, %s)", o.Name)
	}
	return Spec{
		Argv:          []string{o.Exe, "kernel", "{connection_file}"},
		DisplayName:   name,
		Language:      "go",
		InterruptMode: "message",
		Metadata: map[string]any{
			"debugger":             true, // JupyterLab shows its variable panel
			"supported_encryption": []string{"curve"},
		},
	}
}

// Dir is the folder of the kernelspec.
func Dir(o Options) (string, error) {
	if err := o.fill(); err != nil {
		return "", err
	}
	data, err := o.Platform.DataDir(o.Where)
	if err != nil {
		return "", err
	}
	return filepath.Join(data, "kernels", o.Name), nil
}

// Install writes the kernelspec and returns its folder. An older one of the
// same name is replaced.
func Install(o Options) (string, error) {
	dir, err := Dir(o)
	if err != nil {
		return "", fmt.Errorf("install: %w", err)
	}
	o.fill()
	if !filepath.IsAbs(o.Exe) {
		return "", fmt.Errorf("install: path of the program must be absolute: %q", o.Exe)
	}
	spec, err := json.MarshalIndent(newSpec(o), "", "  ")
	if err != nil {
		return "", fmt.Errorf("install: %w", err)
	}
	files, err := logos()
	if err != nil {
		return "", fmt.Errorf("install: %w", err)
	}
	files["kernel.json"] = append(spec, '\n')
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("install: the kernel folder cannot be made: %w", err)
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return "", fmt.Errorf("install: the kernel folder cannot be written: %w", err)
		}
	}
	return dir, nil
}

// Uninstall removes the kernelspec and returns the folder that it removed. It
// refuses a folder that does not hold a kernel of this program.
func Uninstall(o Options) (string, error) {
	dir, err := Dir(o)
	if err != nil {
		return "", fmt.Errorf("uninstall: %w", err)
	}
	spec, err := readSpec(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("uninstall: no kernel is installed in %s", dir)
	case err != nil:
		return "", fmt.Errorf("uninstall: %w", err)
	case len(spec.Argv) < 2 || spec.Argv[1] != "kernel" || spec.Language != "go":
		return "", fmt.Errorf("uninstall: %s holds another kernel (%s); nothing was removed", dir, spec.DisplayName)
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", fmt.Errorf("uninstall: %w", err)
	}
	return dir, nil
}

func readSpec(dir string) (Spec, error) {
	var s Spec
	path := filepath.Join(dir, "kernel.json")
	data, err := os.ReadFile(path)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}
