package install_test

import (
	"encoding/json"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/install"
)

// platform is a machine with nothing but the given environment.
func platform(goos, home string, env map[string]string) install.Platform {
	return install.Platform{OS: goos, Home: home, Getenv: func(k string) string { return env[k] }}
}

func ExampleInstall() {
	prefix, _ := os.MkdirTemp("", "ingot")
	defer os.RemoveAll(prefix)
	dir, err := install.Install(install.Options{Exe: "/opt/ingot", Where: install.Where{Prefix: prefix}})
	rel, _ := filepath.Rel(prefix, dir)
	fmt.Println(rel, err)
	// Output: share/jupyter/kernels/ingot <nil>
}

func TestDataDir(t *testing.T) {
	sys, prefix := install.Where{SysPrefix: true}, install.Where{Prefix: "/opt/lab"}
	for _, c := range []struct {
		os    string
		home  string
		env   map[string]string
		where install.Where
		want  string // a folder, or the error
	}{
		{"linux", "/h", nil, install.Where{}, "/h/.local/share/jupyter"},
		{"linux", "/h", map[string]string{"XDG_DATA_HOME": "/x"}, install.Where{}, "/x/jupyter"},
		{"linux", "/h", map[string]string{"XDG_DATA_HOME": "/x", "JUPYTER_DATA_DIR": "/d"}, install.Where{}, "/d"},
		{"darwin", "/h", map[string]string{"XDG_DATA_HOME": "/x"}, install.Where{}, "/h/Library/Jupyter"},
		{"windows", "/h", map[string]string{"APPDATA": "/a"}, install.Where{}, "/a/jupyter"},
		{"windows", "/h", map[string]string{"APPDATA": "/a", "LOCALAPPDATA": "/l", "JUPYTER_PLATFORM_DIRS": "1"}, install.Where{}, "/l/Jupyter"},
		{"darwin", "/h", map[string]string{"JUPYTER_PLATFORM_DIRS": "yes"}, install.Where{}, "/h/Library/Application Support/Jupyter"},
		{"darwin", "/h", map[string]string{"JUPYTER_PLATFORM_DIRS": "False"}, install.Where{}, "/h/Library/Jupyter"},
		{"linux", "/h", map[string]string{"JUPYTER_PLATFORM_DIRS": "1", "XDG_DATA_HOME": "/x"}, install.Where{}, "/x/jupyter"},
		{"linux", "", nil, install.Where{}, "no home folder"},
		{"linux", "/h", map[string]string{"VIRTUAL_ENV": "/v", "CONDA_PREFIX": "/c"}, sys, "/v/share/jupyter"},
		{"linux", "/h", map[string]string{"CONDA_PREFIX": "/c"}, sys, "/c/share/jupyter"},
		{"linux", "/h", nil, sys, "no environment is active"},
		{"linux", "/h", nil, prefix, "/opt/lab/share/jupyter"},
		{"linux", "/h", nil, install.Where{SysPrefix: true, Prefix: "/p"}, "exclude each other"},
	} {
		got, err := platform(c.os, c.home, c.env).DataDir(c.where)
		if err != nil {
			got = err.Error()
		}
		if got = filepath.ToSlash(got); got != c.want && (err == nil || !strings.Contains(got, c.want)) {
			t.Errorf("%s %v %+v: %q, want %q", c.os, c.env, c.where, got, c.want)
		}
	}
}

func TestInstallThenUninstall(t *testing.T) {
	o := install.Options{Name: "my-go", Exe: "/opt/ingot", Where: install.Where{Prefix: t.TempDir()}}
	dir, err := install.Install(o)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spec install.Spec
	if err := json.Unmarshal(data, &spec); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(spec.Argv, " "); got != "/opt/ingot kernel {connection_file}" || spec.InterruptMode != "message" || spec.Language != "go" || spec.DisplayName != "Go (Ingot, my-go)" {
		t.Errorf("kernel.json is %s", data)
	}
	for name, size := range map[string]int{"logo-32x32.png": 32, "logo-64x64.png": 64} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(f)
		f.Close()
		if err != nil || img.Bounds().Dx() != size {
			t.Errorf("%s: %v, error %v", name, img.Bounds(), err)
		}
		if _, _, _, a := img.At(size/2, size/2).RGBA(); a == 0 {
			t.Errorf("%s is empty in the middle", name)
		}
	}
	if got, err := install.Uninstall(o); err != nil || got != dir {
		t.Errorf("uninstall: %q, %v", got, err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("folder is still there")
	}
	if _, err := install.Uninstall(o); err == nil || !strings.Contains(err.Error(), "no kernel is installed in "+dir) {
		t.Errorf("second uninstall: %v", err)
	}
}

func TestUninstallSparesOthers(t *testing.T) {
	o := install.Options{Where: install.Where{Prefix: t.TempDir()}}
	dir, _ := install.Dir(o)
	os.MkdirAll(dir, 0o755)
	other := `{"argv":["python","-m","ipykernel"],"display_name":"Python","language":"python"}`
	os.WriteFile(filepath.Join(dir, "kernel.json"), []byte(other), 0o644)
	if _, err := install.Uninstall(o); err == nil || !strings.Contains(err.Error(), "holds another kernel (Python)") {
		t.Errorf("uninstall of another kernel: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "kernel.json")); err != nil {
		t.Error("the other kernel is gone")
	}
}

func TestInstallErrorsNameTheThing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, nil, 0o644)
	for want, o := range map[string]install.Options{
		`kernel name "a b"`:            {Name: "a b", Exe: "/x"},
		`kernel name ".."`:             {Name: "..", Exe: "/x"},
		`must be absolute: "ingot"`:    {Exe: "ingot", Where: install.Where{Prefix: t.TempDir()}},
		"kernel folder cannot be made": {Exe: "/x", Where: install.Where{Prefix: file}},
	} {
		if _, err := install.Install(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q", err, want)
		}
	}
}

func TestInstallIntoReadOnlyFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no read-only folders in this sense")
	}
	prefix := t.TempDir()
	if os.Geteuid() == 0 {
		// root writes everywhere but into a kernel file system
		prefix = "/proc/ingot"
	} else if err := os.Chmod(prefix, 0o555); err != nil {
		t.Fatal(err)
	}
	_, err := install.Install(install.Options{Exe: "/x", Where: install.Where{Prefix: prefix}})
	if err == nil || !strings.Contains(err.Error(), prefix) {
		t.Errorf("error is %v, want one that names %s", err, prefix)
	}
}
