package worker

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/session"
)

// TestRestore runs cells again that a worker took with it: those that are asked
// for, and the one that ended it only by its number.
func TestRestore(t *testing.T) {
	s, r := start(t, "serve"), &recorder{}
	n := 0
	run := func(code string) session.Result {
		n++
		return s.Eval(context.Background(), session.Cell{N: n, Code: code}, r)
	}
	value := func(code, want string) {
		t.Helper()
		if res := run(code); res.Err != nil || res.Value.Data["text/plain"] != want {
			t.Errorf("%s gives %+v %v, want %s", code, res.Value, res.Err, want)
		}
	}
	value("count", "1")
	value("count", "2")
	if res := run("exit"); res.Err == nil || !strings.Contains(res.Err.Hint, ":restore all") {
		t.Fatalf("%+v", res.Err)
	}
	run(":restore")
	if want := "In[1]: count\nIn[2]: count\nIn[3]: exit  <- ended the worker\n"; !strings.HasPrefix(r.text(), want) {
		t.Errorf("the list is\n%s", r.text())
	}
	if res := run(":restore all"); res.Err != nil {
		t.Fatal(res.Err)
	}
	value("count", "3")
	if res := run(":restore 3"); res.Err == nil || res.Err.Name != session.WorkerDied {
		t.Errorf("the cell that ended the worker was not run by its number: %+v", res.Err)
	}
	if res := run("%restore 1-2"); res.Err != nil {
		t.Error(res.Err)
	}
	value("count", "3")
	if res := run(":restore 99"); res.Err == nil {
		t.Error("a cell was restored that never ran")
	}
	s.Reset(context.Background())
	r.events = nil
	if run(":restore"); r.text() != "nothing was lost\n" {
		t.Errorf("after a reset %s", r.text())
	}
}

// TestRestoreAfterIdleDeath is about a worker that ends between cells.
func TestRestoreAfterIdleDeath(t *testing.T) {
	s, r := start(t, "serve"), &recorder{}
	eval(s, r, "count")
	p, err := os.FindProcess(s.proc.cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	dead := s.proc.dead
	p.Kill()
	<-dead
	if res := eval(s, r, ":restore all"); res.Err != nil {
		t.Fatal(res.Err)
	}
	if res := eval(s, r, "count"); res.Value.Data["text/plain"] != "2" {
		t.Errorf("%v", res.Value)
	}
}
