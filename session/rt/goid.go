package rt

import (
	"bytes"
	"fmt"
	"runtime"
	"strconv"
)

// begin is the first statement of a cell: it notes the goroutine.
func begin() {
	if c := Current(); c != nil {
		c.id.Store(goroutineID())
	}
}

func goroutineID() int64 {
	var buf [64]byte
	f := bytes.Fields(buf[:runtime.Stack(buf[:], false)])
	if len(f) < 2 {
		return 0
	}
	id, _ := strconv.ParseInt(string(f[1]), 10, 64)
	return id
}

// Blocked reports whether the cell's goroutine waits for something that only
// another goroutine or the outside can bring, so that it will not reach a poll.
func (c *Cell) Blocked() bool {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	head := []byte(fmt.Sprintf("goroutine %d [", c.id.Load()))
	i := bytes.Index(buf, head)
	if i < 0 {
		return true
	}
	state := buf[i+len(head):]
	for _, s := range []string{"chan ", "select", "semacquire", "sync.", "sleep", "IO wait"} {
		if bytes.HasPrefix(state, []byte(s)) {
			return true
		}
	}
	return false
}
