package kernel_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/kernel"
)

const goodFile = `{"transport":"tcp","ip":"127.0.0.1","key":"k","signature_scheme":"hmac-sha256",
"shell_port":1,"iopub_port":2,"stdin_port":"3","control_port":4,"hb_port":5}`

func TestConnectionFile(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ old, new, want string }{
		{"", "", ""},
		{"}", "", "unexpected end of JSON"},
		{`"ip":"127.0.0.1",`, "", "ip is missing"},
		{`"tcp"`, `"pgm"`, `transport "pgm"`},
		{`"iopub_port":2,`, "", "iopub_port is missing"},
		{`"hb_port":5`, `"hb_port":70000`, "hb_port is missing or out of range: 70000"},
		{`"shell_port":1`, `"shell_port":"x"`, `"x" is not a port`},
		{`"key":"k"`, `"curve_publickey":"k"`, "curve_publickey"},
	} {
		path := filepath.Join(dir, "connection.json")
		os.WriteFile(path, []byte(strings.Replace(goodFile, c.old, c.new, 1)), 0o600)
		f, err := kernel.ReadConnectionFile(path)
		switch {
		case c.want == "" && (err != nil || f.StdinPort != 3):
			t.Errorf("good file: %+v, %v", f, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path)):
			t.Errorf("with %q: %v, want %q and the file", c.new, err, c.want)
		}
	}
	if _, err := kernel.ReadConnectionFile(filepath.Join(dir, "none")); err == nil {
		t.Error("a missing file was read")
	}
	path := filepath.Join(dir, "scheme.json")
	os.WriteFile(path, []byte(strings.Replace(goodFile, "sha256", "rot13", 1)), 0o600)
	if err := kernel.Run(t.Context(), path, kernel.Config{}); err == nil || !strings.Contains(err.Error(), "hmac-rot13") {
		t.Errorf("unknown scheme: %v", err)
	}
}
