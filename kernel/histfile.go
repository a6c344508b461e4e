package kernel

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// history is the cells of this kernel and of all that share its file, which may
// run at the same time.
//
// The file has a JSON object a line and only grows, so that writers need no
// lock. A session begins with a line of its own; its number is how many of
// those there are up to its. When a kernel finds the file too long it puts it
// aside, in place of the one put aside before.
type history struct {
	id   string
	path string // empty: nothing outlives the kernel
	mu   sync.Mutex
	file *os.File // once there is something to keep
	own  []entry
}

// line is one line of the file: the beginning of a session, or one of its cells.
type line struct {
	Session string `json:"s"`
	N       int    `json:"n,omitempty"` // 0: the session begins
	Input   string `json:"in,omitempty"`
	Output  string `json:"out,omitempty"`
}

const (
	maxHistory = 16 << 20 // bytes of the file
	maxInput   = 1 << 20  // longer cells are remembered by this kernel alone
	maxOutput  = 4 << 10
)

// add remembers a cell. An error means that it will not outlive the kernel.
func (h *history) add(e entry) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.own = append(h.own, e)
	if h.path == "" || len(e.input) > maxInput {
		return nil
	}
	if h.file == nil {
		if err := h.begin(); err != nil {
			h.path = "" // and is not tried again
			return fmt.Errorf("history: %w", err)
		}
	}
	return h.write("", line{Session: h.id, N: e.n, Input: e.input, Output: e.output[:min(len(e.output), maxOutput)]})
}

// begin opens the file, which nobody else may read, and begins the session.
func (h *history) begin() error {
	if err := os.MkdirAll(filepath.Dir(h.path), 0o700); err != nil {
		return err
	}
	if info, err := os.Stat(h.path); err == nil && info.Size() > maxHistory {
		os.Rename(h.path, h.aside())
	}
	f, err := os.OpenFile(h.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	h.file = f
	// A kernel that was killed may have left half a line.
	return h.write("\n", line{Session: h.id})
}

func (h *history) aside() string { return h.path + ".old" }

// write appends a line in one piece.
func (h *history) write(before string, l line) error {
	b, err := json.Marshal(l)
	if err == nil {
		_, err = h.file.Write(append(append([]byte(before), b...), '\n'))
	}
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	return nil
}

// all lists the cells by session and number, and gives our session's number.
func (h *history) all() (list []entry, session int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	sessions := map[string]int{}
	if h.path != "" {
		for _, path := range []string{h.aside(), h.path} {
			if list, err = h.read(path, list, sessions); err != nil {
				return nil, 0, fmt.Errorf("history: %w", err)
			}
		}
	}
	session = sessions[h.id]
	if session == 0 {
		session = len(sessions) + 1
	}
	for _, e := range h.own {
		e.session = session
		list = append(list, e)
	}
	slices.SortStableFunc(list, func(a, b entry) int { return a.session - b.session })
	return list, session, nil
}

// read adds the cells in a file of the other sessions. What is no line of ours
// is passed over.
func (h *history) read(path string, list []entry, sessions map[string]int) ([]entry, error) {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return list, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 64<<10)
	for {
		text, err := r.ReadBytes('\n')
		var l line
		if len(bytes.TrimSpace(text)) > 0 && json.Unmarshal(text, &l) == nil && l.Session != "" {
			n := sessions[l.Session]
			if n == 0 {
				n = len(sessions) + 1
				sessions[l.Session] = n
			}
			if l.N > 0 && l.Session != h.id {
				list = append(list, entry{session: n, n: l.N, input: l.Input, output: l.Output})
			}
		}
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func (h *history) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.file != nil {
		h.file.Close()
		h.file, h.path = nil, ""
	}
}
