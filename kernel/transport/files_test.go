//go:build unix

package transport_test

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"
)

const fewFiles = "INGOT_TEST_FEW_FILES"

// With no descriptor left the kernel waits, rather than spin, and serves again
// when there are some. A process of its own has the limit.
func TestNoFilesLeft(t *testing.T) {
	if os.Getenv(fewFiles) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestNoFilesLeft$", "-test.v")
		cmd.Env = append(os.Environ(), fewFiles+"=1")
		if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("--- PASS")) {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	r := listen(t)
	r.works()
	var limit syscall.Rlimit
	syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit)
	limit.Cur = uint64(descriptors() + 60)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	var held []io.Closer
	for {
		c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(r.at.Shell)))
		if err != nil {
			break
		}
		held = append(held, c)
	}
	if len(held) < 20 {
		t.Fatalf("only %d connections", len(held))
	}
	before := cpuTime()
	time.Sleep(time.Second)
	if used := cpuTime() - before; used > 300*time.Millisecond {
		t.Errorf("%v of computing in a second without files", used)
	}
	for _, c := range held {
		c.Close()
	}
	time.Sleep(1100 * time.Millisecond) // the longest wait of the listener
	r.works()
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
