package install

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// Patient is what Doctor looks at. The functions are what cannot be seen in the
// file system.
type Patient struct {
	Options
	Version  string                                                 // of this program
	Evaluate func(ctx context.Context, code string) (string, error) // runs a cell in a worker
	LookPath func(string) (string, error)                           // exec.LookPath if nil
	Listen   func(network, addr string) (net.Listener, error)       // net.Listen if nil
}

// Finding is the outcome of one check.
type Finding struct {
	Check string // what was looked at
	OK    bool
	Warn  bool   // worth knowing, but the kernel works
	Text  string // what was found, and what to do about it
}

// check is one thing that can be wrong. Adding a check is one entry in checks.
type check struct {
	name string
	run  func(context.Context, *exam) (string, error)
}

// exam is a patient with what earlier checks have found out.
type exam struct {
	Patient
	dir  string // of the kernelspec
	spec Spec
}

// advice is an error that does not stop the kernel from working.
type advice struct{ error }

var checks = []check{
	{"kernelspec", checkSpec},
	{"program", checkProgram},
	{"shadowing", checkShadow},
	{"folder", checkFolder},
	{"sockets", checkSockets},
	{"evaluation", checkEvaluation},
	{"jupyter", checkJupyter},
}

// Doctor runs all checks and returns one finding each. ok is false when the
// kernel cannot work.
func Doctor(ctx context.Context, p Patient) (findings []Finding, ok bool) {
	ok = true
	x := &exam{Patient: p}
	if x.LookPath == nil {
		x.LookPath = exec.LookPath
	}
	if x.Listen == nil {
		x.Listen = net.Listen
	}
	if err := x.fill(); err != nil {
		return []Finding{{Check: "name", Text: err.Error()}}, false
	}
	for _, c := range checks {
		text, err := c.run(ctx, x)
		f := Finding{Check: c.name, OK: err == nil, Text: text}
		if err != nil {
			f.Text = err.Error()
			var a advice
			f.Warn = errors.As(err, &a)
			ok = ok && f.Warn
		}
		findings = append(findings, f)
	}
	return findings, ok
}

func checkSpec(_ context.Context, x *exam) (string, error) {
	dir, err := Dir(x.Options)
	if err != nil {
		return "", err
	}
	x.dir = dir
	x.spec, err = readSpec(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("no kernel in %s: run `ingot install`", dir)
	case err != nil:
		return "", fmt.Errorf("the kernelspec cannot be read: %w; run `ingot install` again", err)
	case len(x.spec.Argv) == 0:
		return "", fmt.Errorf("%s has no argv: run `ingot install` again", filepath.Join(dir, "kernel.json"))
	case !slices.Contains(x.spec.Argv, "{connection_file}"):
		return "", fmt.Errorf("argv in %s lacks {connection_file}: run `ingot install` again", filepath.Join(dir, "kernel.json"))
	}
	return dir, nil
}

func checkProgram(ctx context.Context, x *exam) (string, error) {
	if len(x.spec.Argv) == 0 {
		return "", errors.New("not checked: there is no kernelspec")
	}
	exe := x.spec.Argv[0]
	info, err := os.Stat(exe)
	switch {
	case err != nil:
		return "", fmt.Errorf("the kernelspec starts %s, which is not there: run `ingot install` again", exe)
	case info.IsDir() || x.Platform.OS != "windows" && info.Mode()&0o111 == 0:
		return "", fmt.Errorf("the kernelspec starts %s, which cannot be executed: chmod +x it", exe)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, exe, "version").Output()
	if err != nil {
		return "", fmt.Errorf("%s version: %w", exe, err)
	}
	if got := string(out); got != x.Version+"\n" {
		return "", advice{fmt.Errorf("the kernelspec starts %q, this is %q: run `ingot install` to use this one", got[:max(len(got)-1, 0)], x.Version)}
	}
	return exe, nil
}

// checkShadow finds a kernel of the same name that Jupyter sees first.
func checkShadow(_ context.Context, x *exam) (string, error) {
	for _, data := range x.Platform.SearchPath() {
		dir := filepath.Join(data, "kernels", x.Name)
		if dir == x.dir {
			return "Jupyter sees this kernel first", nil
		}
		if _, err := os.Stat(filepath.Join(dir, "kernel.json")); err == nil {
			return "", fmt.Errorf("a kernel of the same name hides it: %s", dir)
		}
	}
	return "", advice{fmt.Errorf("%s is not on Jupyter's search path: set JUPYTER_PATH=%s, or use the Jupyter of that environment", x.dir, filepath.Dir(filepath.Dir(x.dir)))}
}

func checkFolder(_ context.Context, x *exam) (string, error) {
	if _, err := os.Stat(x.dir); err != nil {
		return "", errors.New("not checked: there is no kernelspec")
	}
	f, err := os.CreateTemp(x.dir, ".doctor-*")
	if err != nil {
		return "", advice{fmt.Errorf("the kernel folder is read-only, so that `ingot install` cannot update it: %w", err)}
	}
	f.Close()
	if err := os.Remove(f.Name()); err != nil {
		return "", err
	}
	return "can be updated", nil
}

func checkSockets(_ context.Context, x *exam) (string, error) {
	l, err := x.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("no port can be opened on 127.0.0.1, which the kernel talks over: %w", err)
	}
	defer l.Close()
	return "ports can be opened on 127.0.0.1", nil
}

func checkEvaluation(ctx context.Context, x *exam) (string, error) {
	if x.Evaluate == nil {
		return "", errors.New("not checked: no evaluator")
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	start := time.Now()
	got, err := x.Evaluate(ctx, "6 * 7")
	switch {
	case err != nil:
		return "", fmt.Errorf("the worker does not run a cell: %w", err)
	case got != "42":
		return "", fmt.Errorf("the worker says that 6 * 7 is %q", got)
	}
	return fmt.Sprintf("a worker starts and runs a cell in %v", time.Since(start).Round(time.Millisecond)), nil
}

func checkJupyter(_ context.Context, x *exam) (string, error) {
	path, err := x.LookPath("jupyter")
	if err != nil {
		return "", advice{errors.New("no jupyter on PATH; the REPL and `ingot run` work without it")}
	}
	return path, nil
}
