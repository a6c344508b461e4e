// Package sessiontest has a session for tests of what stands around sessions:
// kernel, worker, terminal. It knows a dozen words instead of Go, and each does
// one thing that a cell can do:
//
//	s := sessiontest.New()
//	s.Eval(ctx, session.Cell{Code: "set x 5\nget x"}, sink) // value "5"
//
// The words are the keys of the table in this file; a cell is a word a line.
package sessiontest

import (
	"context"
	"fmt"
	"io"
	"math"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session"
)

// Fake is a session of words.
type Fake struct {
	mu    sync.Mutex
	names map[string]string
	stop  chan struct{} // of the running cell
	turn  sync.Mutex
}

var _ session.Session = (*Fake)(nil)

// New returns an empty session.
func New() *Fake { return &Fake{names: map[string]string{}} }

// call is a word at work.
type call struct {
	s    *Fake
	ctx  context.Context
	stop chan struct{}
	cell session.Cell
	sink display.Sink
	arg  string // the rest of the line
}

func (c call) print(name, text string) { c.sink.Emit(display.Stream{Name: name, Text: text}) }

func (c call) number() int {
	n, _ := strconv.Atoi(strings.Fields(c.arg + " 0")[0])
	return n
}

// words maps each word to what it does and what it returns as value, if any.
var words = map[string]func(call) (any, *session.Error){
	"print":  func(c call) (any, *session.Error) { c.print("stdout", c.arg+"\n"); return nil, nil },
	"eprint": func(c call) (any, *session.Error) { c.print("stderr", c.arg+"\n"); return nil, nil },
	"raw": func(c call) (any, *session.Error) {
		s, _ := strconv.Unquote(c.arg)
		c.print("stdout", s)
		return nil, nil
	},
	"value": func(c call) (any, *session.Error) { return c.arg, nil },
	"nan":   func(c call) (any, *session.Error) { return math.NaN(), nil },
	"png":   func(c call) (any, *session.Error) { return []byte("\x89PNG\x00\xff"), nil },
	"get": func(c call) (any, *session.Error) {
		c.s.mu.Lock()
		defer c.s.mu.Unlock()
		v, ok := c.s.names[c.arg]
		if !ok {
			return nil, &session.Error{Name: session.TypeError, Message: "undefined: " + c.arg, Cell: c.cell.N, Line: 1, Col: 5,
				Excerpt: "get " + c.arg + "\n    ^", Frames: []string{fmt.Sprintf("In[%d]:1:5", c.cell.N)}, Hint: "set it first"}
		}
		return v, nil
	},
	"set": func(c call) (any, *session.Error) {
		k, v, _ := strings.Cut(c.arg, " ")
		c.s.mu.Lock()
		defer c.s.mu.Unlock()
		c.s.names[k] = v
		return nil, nil
	},
	"fail": func(c call) (any, *session.Error) {
		return nil, &session.Error{Name: session.Panic, Message: c.arg, Cell: c.cell.N}
	},
	"show": func(c call) (any, *session.Error) {
		c.sink.Emit(display.Data{Bundle: text(c.arg), ID: "d1"})
		return nil, nil
	},
	"badmime": func(c call) (any, *session.Error) {
		c.sink.Emit(display.Data{Bundle: display.Bundle{Data: map[string]any{"no type": 1}}})
		return nil, nil
	},
	"update": func(c call) (any, *session.Error) {
		c.sink.Emit(display.Data{Bundle: text(c.arg), ID: "d1", Update: true})
		return nil, nil
	},
	"wipe": func(c call) (any, *session.Error) { c.sink.Emit(display.Clear{Wait: true}); return nil, nil },
	"sleep": func(c call) (any, *session.Error) {
		select {
		case <-time.After(time.Duration(c.number()) * time.Millisecond):
			return nil, nil
		case <-c.ctx.Done():
		case <-c.stop:
		}
		return nil, &session.Error{Name: session.Interrupted, Message: "interrupted", Cell: c.cell.N}
	},
	"late": func(c call) (any, *session.Error) {
		time.AfterFunc(100*time.Millisecond, func() { c.print("stdout", c.arg+"\n") })
		return nil, nil
	},
	"burst": func(c call) (any, *session.Error) {
		for i := range c.number() {
			c.print("stdout", fmt.Sprintln(i))
		}
		return nil, nil
	},
	"input": func(c call) (any, *session.Error) {
		ctx, cancel := context.WithCancel(c.ctx)
		defer cancel()
		go func() {
			select {
			case <-c.stop:
				cancel()
			case <-ctx.Done():
			}
		}()
		v, err := c.sink.Input(ctx, c.arg, false)
		switch {
		case err == io.EOF:
			return "end of file", nil
		case err == context.Canceled:
			return nil, &session.Error{Name: session.Interrupted, Message: "interrupted", Cell: c.cell.N}
		case err != nil:
			return nil, &session.Error{Name: session.RuntimeError, Message: err.Error(), Cell: c.cell.N}
		}
		return v, nil
	},
	"inputlater": func(c call) (any, *session.Error) {
		go c.sink.Input(context.Background(), c.arg, false)
		time.Sleep(50 * time.Millisecond)
		return nil, nil
	},
	"open": func(c call) (any, *session.Error) {
		c.sink.Emit(display.Comm{Type: "comm_open", Content: map[string]any{"comm_id": "k1", "target_name": c.arg, "data": map[string]any{"v": math.Inf(1)}},
			Metadata: map[string]any{"version": "2.1.0"}, Buffers: [][]byte{{1, 2}}})
		return nil, nil
	},
	"die": func(c call) (any, *session.Error) {
		c.sink.Emit(display.Death{Reason: c.arg})
		return nil, &session.Error{Name: session.WorkerDied, Message: c.arg, Cell: c.cell.N}
	},
	"help": func(c call) (any, *session.Error) { return c.arg, nil },
	"load": func(c call) (any, *session.Error) { return nil, nil },
	"warn": func(c call) (any, *session.Error) { return nil, nil },
}

func text(s string) display.Bundle {
	return display.Bundle{Data: map[string]any{"text/plain": s, "text/html": "<b>" + s + "</b>"}}
}

// Eval runs the words of a cell, up to the first error.
func (s *Fake) Eval(ctx context.Context, cell session.Cell, sink display.Sink) (res session.Result) {
	s.turn.Lock()
	defer s.turn.Unlock()
	start, stop := time.Now(), make(chan struct{})
	s.setStop(stop)
	defer s.setStop(nil)
	defer func() { res.Elapsed = time.Since(start) }()
	for _, line := range strings.Split(cell.Code, "\n") {
		word, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word == "" {
			continue
		}
		do := words[word]
		if s.has(word) { // a name alone is its value
			do, arg = words["get"], word
		}
		if do == nil {
			return session.Result{Err: &session.Error{Name: session.SyntaxError, Message: "unknown word " + word, Cell: cell.N}}
		}
		v, e := do(call{s, ctx, stop, cell, sink, arg})
		if e != nil {
			return session.Result{Err: e}
		}
		res.Value, res.Page = shown(v), word == "help"
		if word == "load" {
			res.Next = &session.Next{Text: arg, Replace: true}
		}
		if word == "warn" {
			res.Warnings = append(res.Warnings, arg)
		}
	}
	return res
}

func shown(v any) *display.Bundle {
	switch v := v.(type) {
	case nil:
		return nil
	case float64:
		return &display.Bundle{Data: map[string]any{"text/plain": fmt.Sprint(v), "application/json": map[string]any{"x": v}}}
	case []byte:
		return &display.Bundle{Data: map[string]any{"text/plain": "picture", "image/png": v}, Metadata: map[string]any{"image/png": map[string]any{"width": 3}}}
	default:
		return &display.Bundle{Data: map[string]any{"text/plain": fmt.Sprint(v)}}
	}
}

func (s *Fake) has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.names[name]
	return ok
}

func (s *Fake) setStop(c chan struct{}) {
	s.mu.Lock()
	s.stop = c
	s.mu.Unlock()
}

// Comm knows one target, echo, which sends back what it gets.
func (s *Fake) Comm(_ context.Context, m display.Comm, sink display.Sink) *session.Error {
	s.turn.Lock()
	defer s.turn.Unlock()
	switch {
	case m.Type == "comm_open" && m.Content["target_name"] != "echo":
		sink.Emit(display.Comm{Type: "comm_close", Content: map[string]any{"comm_id": m.Content["comm_id"], "data": map[string]any{}}})
	case m.Type == "comm_msg" && m.Content["data"] == nil:
		return &session.Error{Name: session.Panic, Message: "no data"}
	case m.Type == "comm_msg":
		sink.Emit(display.Comm{Type: "comm_msg", Content: m.Content, Metadata: m.Metadata, Buffers: m.Buffers})
	}
	return nil
}

// Interrupt stops the words that can be stopped.
func (s *Fake) Interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		close(s.stop)
		s.stop = nil
	}
}

// Complete offers words that begin as the code before the cursor does.
func (s *Fake) Complete(_ context.Context, code string, cursor int) session.Completion {
	before := string([]rune(code)[:cursor])
	start := strings.LastIndexAny(before, " \n") + 1
	c := session.Completion{Start: len([]rune(before[:start])), End: cursor}
	for w := range words {
		if strings.HasPrefix(w, before[start:]) {
			c.Matches = append(c.Matches, session.Match{Text: w, Kind: "function", Signature: "()", Doc: "A word."})
		}
	}
	sort.Slice(c.Matches, func(i, j int) bool { return c.Matches[i].Text < c.Matches[j].Text })
	return c
}

// Inspect knows the words.
func (s *Fake) Inspect(_ context.Context, code string, _, detail int) session.Inspection {
	if words[code] == nil {
		return session.Inspection{}
	}
	return session.Inspection{Data: map[string]any{"text/plain": fmt.Sprintf("%s is a word (detail %d)", code, detail)}}
}

// IsComplete takes a backslash at the end for more to come, and ) for nonsense.
func (s *Fake) IsComplete(code string) session.Completeness {
	switch {
	case strings.HasSuffix(code, "\\"):
		return session.Completeness{Status: "incomplete", Indent: "\t"}
	case strings.HasPrefix(code, ")"):
		return session.Completeness{Status: "invalid"}
	}
	return session.Completeness{Status: "complete"}
}

// Variables lists what was set.
func (s *Fake) Variables() (vs []session.Variable) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, v := range s.names {
		if v == "array" {
			vs = append(vs, session.Variable{Name: k, Type: "*mlx.Array", Value: "(2,3) float32", Bytes: 24, Shape: []int{2, 3}, Dtype: "float32", Device: "cpu"})
			continue
		}
		vs = append(vs, session.Variable{Name: k, Type: "string", Value: v})
	}
	sort.Slice(vs, func(i, j int) bool { return vs[i].Name < vs[j].Name })
	return vs
}

// Reset forgets all.
func (s *Fake) Reset(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.names)
	return nil
}

// Close does nothing.
func (s *Fake) Close() error { return nil }
