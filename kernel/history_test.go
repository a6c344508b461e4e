package kernel_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/kernel/transport"
)

func (c *client) run(codes ...string) {
	c.t.Helper()
	for _, code := range codes {
		c.execute(code)
		c.next(transport.Shell)
	}
	c.history(`{"hist_access_type":"range","start":9999}`, "[]") // once it is answered, the cells are kept
}

func (c *client) history(ask, want string) {
	c.t.Helper()
	c.send(transport.Shell, "history_request", ask)
	var r struct{ History json.RawMessage }
	m := c.next(transport.Shell)
	if json.Unmarshal(m.Content, &r); string(r.History) != want {
		c.t.Errorf("%s: %s, want %s", ask, m.Content, want)
	}
}

// Two kernels run at the same time, a third comes later: the cells of each
// stay together, under the number of its session.
func TestHistoryOutlivesKernels(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state", "history")
	a, b := startWith(t, file), startWith(t, file)
	a.run("value a1")
	b.run("value b1")
	a.run("value a2")
	a.history(`{"hist_access_type":"tail","n":10}`, `[[1,1,"value a1"],[1,2,"value a2"],[2,1,"value b1"]]`)
	b.history(`{"hist_access_type":"range","session":0}`, `[[2,1,"value b1"]]`)
	c := startWith(t, file)
	c.history(`{"hist_access_type":"range","session":-2,"start":2}`, `[[1,2,"value a2"]]`)
	c.run("value c1", "value a1")
	c.history(`{"hist_access_type":"tail","n":3,"output":true}`,
		`[[2,1,["value b1","b1"]],[3,1,["value c1","c1"]],[3,2,["value a1","a1"]]]`)
	c.history(`{"hist_access_type":"search","pattern":"*a1","unique":true}`, `[[3,2,"value a1"]]`)
	c.history(`{"hist_access_type":"range","session":1,"start":1,"stop":2}`, `[[1,1,"value a1"]]`)
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("file: %v, %v", info, err)
	}
}

func TestHistoryFileOfAnyKind(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history")
	os.WriteFile(file, []byte("no JSON\n{\"s\":\"x\"}\n[]\n{\"s\":\"x\",\"n\":1,\"in\":\"good\"}\n{\"s\":\"x\",\"n\":2,\"in\":\"cut o"), 0o600)
	c := startWith(t, file)
	c.run("value 1")
	c.history(`{"hist_access_type":"tail","n":10}`, `[[1,1,"good"],[2,1,"value 1"]]`)
	if b, _ := os.ReadFile(file); !strings.Contains(string(b), "cut o\n{") {
		t.Errorf("the session begins within the line that was cut: %s", b)
	}

	os.WriteFile(file, []byte("{\"s\":\"y\"}\n{\"s\":\"y\",\"n\":1,\"in\":\"old\"}\n"+strings.Repeat("x", 17<<20)), 0o600)
	c = startWith(t, file)
	c.run("value 2")
	c.history(`{"hist_access_type":"tail","n":10}`, `[[1,1,"old"],[2,1,"value 2"]]`)
	if info, _ := os.Stat(file); info.Size() > 1000 {
		t.Errorf("the file has %d bytes", info.Size())
	}

	c = startWith(t, "/proc/none/history")
	c.run("value 3")
	c.history(`{"hist_access_type":"tail","n":10}`, `[[1,1,"value 3"]]`)
	if !strings.Contains(c.log.String(), "history: ") {
		t.Errorf("nothing in the log: %s", c.log.String())
	}
}
