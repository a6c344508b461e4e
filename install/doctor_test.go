package install_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/install"
)

// healthy is an installed kernel that passes every check.
func healthy(t *testing.T) (install.Patient, string) {
	t.Helper()
	tmp := t.TempDir()
	exe := filepath.Join(tmp, "ingot")
	if err := os.WriteFile(exe, []byte("#!/bin/sh\necho ingot test\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"VIRTUAL_ENV": filepath.Join(tmp, "env")}
	p := install.Patient{
		Options: install.Options{
			Exe:      exe,
			Where:    install.Where{SysPrefix: true},
			Platform: platform("linux", filepath.Join(tmp, "home"), env),
		},
		Version:  "ingot test",
		Evaluate: func(context.Context, string) (string, error) { return "42", nil },
		LookPath: func(string) (string, error) { return "/bin/jupyter", nil },
	}
	dir, err := install.Install(p.Options)
	if err != nil {
		t.Fatal(err)
	}
	return p, dir
}

func TestDoctorFindsNothing(t *testing.T) {
	p, _ := healthy(t)
	findings, ok := install.Doctor(context.Background(), p)
	for _, f := range findings {
		if !f.OK {
			t.Errorf("%s: %s", f.Check, f.Text)
		}
	}
	if !ok || len(findings) != 7 {
		t.Errorf("ok %v with %d findings", ok, len(findings))
	}
}

// Each fault is planted alone and must be found by the check that is for it.
func TestDoctorFindsPlantedFaults(t *testing.T) {
	write := func(path, text string) {
		os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, check, want string
		warn              bool
		plant             func(p *install.Patient, dir string)
	}{
		{"not installed", "kernelspec", "run `ingot install`", false,
			func(p *install.Patient, dir string) { os.RemoveAll(dir) }},
		{"broken JSON", "kernelspec", "cannot be read", false,
			func(p *install.Patient, dir string) { write(filepath.Join(dir, "kernel.json"), "{") }},
		{"no connection file", "kernelspec", "lacks {connection_file}", false,
			func(p *install.Patient, dir string) { write(filepath.Join(dir, "kernel.json"), `{"argv":["/x"]}`) }},
		{"program gone", "program", "is not there", false,
			func(p *install.Patient, dir string) { os.Remove(p.Exe) }},
		{"program not executable", "program", "chmod +x", false,
			func(p *install.Patient, dir string) { os.Chmod(p.Exe, 0o644) }},
		{"other version", "program", `starts "ingot test"`, true,
			func(p *install.Patient, dir string) { p.Version = "ingot new" }},
		{"hidden by another", "shadowing", "hides it", false,
			func(p *install.Patient, dir string) {
				other := t.TempDir()
				write(filepath.Join(other, "kernels", "ingot", "kernel.json"), "{}")
				getenv := p.Platform.Getenv
				p.Platform.Getenv = func(k string) string {
					if k == "JUPYTER_PATH" {
						return other
					}
					return getenv(k)
				}
			}},
		{"off the search path", "shadowing", "set JUPYTER_PATH=", true,
			func(p *install.Patient, dir string) {
				os.RemoveAll(dir)
				p.Where = install.Where{Prefix: t.TempDir()}
				install.Install(p.Options)
			}},
		{"no sockets", "sockets", "127.0.0.1", false,
			func(p *install.Patient, dir string) {
				p.Listen = func(string, string) (net.Listener, error) { return nil, errors.New("denied") }
			}},
		{"worker broken", "evaluation", "does not run a cell: boom", false,
			func(p *install.Patient, dir string) {
				p.Evaluate = func(context.Context, string) (string, error) { return "", errors.New("boom") }
			}},
		{"wrong sum", "evaluation", `6 * 7 is "41"`, false,
			func(p *install.Patient, dir string) {
				p.Evaluate = func(context.Context, string) (string, error) { return "41", nil }
			}},
		{"no jupyter", "jupyter", "no jupyter on PATH", true,
			func(p *install.Patient, dir string) {
				p.LookPath = func(string) (string, error) { return "", errors.New("none") }
			}},
		{"bad name", "name", "kernel name", false,
			func(p *install.Patient, dir string) { p.Name = "a/b" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, dir := healthy(t)
			c.plant(&p, dir)
			findings, ok := install.Doctor(context.Background(), p)
			for _, f := range findings {
				if f.Check == c.check {
					if f.OK || f.Warn != c.warn || !strings.Contains(f.Text, c.want) || ok != c.warn {
						t.Errorf("finding %+v, kernel ok %v; want %q", f, ok, c.want)
					}
					return
				}
			}
			t.Errorf("no finding %q in %+v", c.check, findings)
		})
	}
}

func TestDoctorFindsReadOnlyFolder(t *testing.T) {
	p, dir := healthy(t)
	if os.Geteuid() == 0 {
		// Root may write anywhere, so the folder is one that no file can be made in.
		p.Where = install.Where{Prefix: t.TempDir()}
		dir, _ = install.Dir(p.Options)
		os.MkdirAll(filepath.Dir(dir), 0o755)
		if err := os.Symlink("/proc/self", dir); err != nil {
			t.Fatal(err)
		}
	} else if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	findings, _ := install.Doctor(context.Background(), p)
	for _, f := range findings {
		if f.Check == "folder" {
			if f.OK || !f.Warn || !strings.Contains(f.Text, "read-only") {
				t.Errorf("finding %+v", f)
			}
			return
		}
	}
	t.Error("folder was not checked")
}
