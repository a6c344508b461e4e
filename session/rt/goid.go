package rt

import (
	"bytes"
	"fmt"
	"runtime"
	"strconv"
)

// begin is the first statement of a cell: its declarations stand.
func begin() {
	if c := Current(); c != nil {
		c.OnBegin()
		c.id.Store(goroutineID())
	}
}

// goroutineID asks a child, whose stack says who created it: the caller's own
// stack is deep in the interpreter, and the runtime would walk all of it.
func goroutineID() int64 {
	id := make(chan int64)
	go func() {
		var buf [4096]byte
		stack := buf[:runtime.Stack(buf[:], false)]
		_, parent, _ := bytes.Cut(stack, []byte(" in goroutine "))
		digits, _, _ := bytes.Cut(parent, []byte("\n"))
		n, _ := strconv.ParseInt(string(digits), 10, 64)
		id <- n
	}()
	return <-id
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
