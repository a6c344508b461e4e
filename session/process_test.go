package session_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/session"
	"github.com/ingot-go/ingot/session/bind"
)

// captureVariable makes the test binary a process that does nothing but evaluate.
const captureVariable = "INGOT_TEST_CAPTURE"

func TestMain(m *testing.M) {
	if os.Getenv(captureVariable) != "" {
		evaluateOnly()
		return
	}
	os.Exit(m.Run())
}

func evaluateOnly() {
	s, err := session.New(session.Options{Bindings: bind.All(), CaptureProcess: true})
	if err != nil {
		panic(err)
	}
	sink := &record{}
	r := s.Eval(context.Background(), session.Cell{N: 1, Code: `os.NewFile(1, "raw").WriteString("descriptor 1\n")
fmt.Fprintln(os.Stdout, "os.Stdout")
log.SetFlags(0)
log.Println("log")
slog.SetLogLoggerLevel(slog.LevelDebug)
slog.Debug("slog");`}, sink)
	if r.Err != nil {
		panic(r.Err)
	}
	s.Close()
	fmt.Fprintf(os.NewFile(2, "stderr"), "[%s][%s]", sink.stdout(), sink.stderr())
}

// TestOutputPastTheSession checks that what is written past the session, to the files
// and loggers of the process, is the cell's.
func TestOutputPastTheSession(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("file descriptors cannot be replaced there")
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), captureVariable+"=1")
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	for _, want := range []string{"descriptor 1\n", "os.Stdout\n", "][log\n", "DEBUG slog\n]"} {
		if !strings.Contains(errs.String(), want) || out.String() != "" {
			t.Errorf("the cell printed %s and the process %q, want %q", errs.String(), out.String(), want)
		}
	}
}
