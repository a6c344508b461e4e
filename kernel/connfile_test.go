package kernel_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/kernel"
	"github.com/ingot-go/ingot/session/sessiontest"
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
		{`"key":"k"`, `"curve_publickey":"k"`, "curve_publickey is not a key"},
		{`"key":"k"`, `"curve_publickey":"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"`, "curve_secretkey is not a key"},
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

// Only who asks for it is open to other machines.
func TestRemoteAddressIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "connection.json")
	for ip, remote := range map[string]bool{
		"0.0.0.0": true, "192.168.7.7": true, "*": true, "::": true, "example.org": true,
		"127.0.0.1": false, "127.9.9.9": false, "::1": false, "localhost": false,
	} {
		text := strings.Replace(goodFile, "127.0.0.1", ip, 1)
		os.WriteFile(path, []byte(text), 0o600)
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // those that are let in end at once, or find their ports taken
		err := kernel.Run(ctx, path, kernel.Config{Session: sessiontest.New()})
		if refused := err != nil && strings.Contains(err.Error(), "ip "+ip+" can be reached from other machines"); refused != remote {
			t.Errorf("%s: %v, want it refused: %v", ip, err, remote)
		}
	}
	os.WriteFile(path, []byte(strings.Replace(goodFile, "127.0.0.1", "192.0.2.1", 1)), 0o600)
	if err := kernel.Run(t.Context(), path, kernel.Config{Session: sessiontest.New(), Remote: true}); err == nil || strings.Contains(err.Error(), "reached") {
		t.Errorf("with Remote: %v, want a failure to bind", err)
	}
	keys := `"key":"k","curve_publickey":"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID","curve_secretkey":"D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"`
	os.WriteFile(path, []byte(strings.NewReplacer("127.0.0.1", "192.0.2.1", `"key":"k"`, keys).Replace(goodFile)), 0o600)
	if err := kernel.Run(t.Context(), path, kernel.Config{Session: sessiontest.New()}); err == nil || strings.Contains(err.Error(), "reached") {
		t.Errorf("with keys: %v, want a failure to bind", err)
	}
}
