package worker

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/ingot-go/ingot/display"
)

// process is one life of a worker, as the supervisor sees it.
type process struct {
	cmd   *exec.Cmd
	out   *wire
	stdin io.Closer
	log   *tail
	ready chan struct{} // closed after the handshake, or at the end
	dead  chan struct{} // closed when the process is gone

	mu     sync.Mutex
	seq    uint64
	calls  map[uint64]chan frame
	sinks  map[uint64]display.Sink // of running cells and the latest finished ones
	cells  map[uint64]life         // of running cells
	recent []uint64                // finished cells whose sinks are kept, oldest first
	killed string                  // why we ended it; "" if it ended by itself
	fault  error                   // why the pipe was given up
	reason string                  // why it is gone; set before dead is closed
	told   bool                    // a cell has said that it is gone
}

// life is the time in which a cell may ask for input: until it ends.
type life struct {
	ctx context.Context
	end context.CancelFunc
}

// keepSinks is how many finished cells may still have background output.
const keepSinks = 256

// startProcess starts a worker and the goroutines that listen to it.
func startProcess(c Config) (*process, error) {
	cmd := exec.Command(c.Command[0], c.Command[1:]...)
	cmd.Env = c.Env
	cmd.Dir = c.Dir
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("worker: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("worker: %w", err)
	}
	p := &process{cmd: cmd, out: &wire{w: stdin}, stdin: stdin, ready: make(chan struct{}), dead: make(chan struct{}),
		calls: map[uint64]chan frame{}, sinks: map[uint64]display.Sink{}, cells: map[uint64]life{}}
	p.log = &tail{deliver: p.stray}
	cmd.Stderr = p.log
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("worker: %w", err)
	}
	go p.listen(bufio.NewReader(stdout), hello{protocol, c.Version})
	return p, nil
}

// listen reads frames until the process is gone.
func (p *process) listen(r io.Reader, us hello) {
	err := p.shakeHands(r, us)
	close(p.ready)
	for err == nil {
		var f frame
		if f, err = readFrame(r); err == nil {
			err = p.handle(f)
		}
	}
	if !errors.Is(err, io.EOF) {
		p.mu.Lock()
		p.fault = err
		p.mu.Unlock()
		p.cmd.Process.Kill()
	}
	state := p.cmd.Wait()
	p.mu.Lock()
	p.reason = p.cause(state)
	p.mu.Unlock()
	close(p.dead)
}

func (p *process) shakeHands(r io.Reader, us hello) error {
	if err := p.out.send(frame{kind: kindHello}, us); err != nil {
		return io.EOF // it is gone already; its exit says more than the broken pipe
	}
	f, err := readFrame(r)
	if err != nil {
		return err
	}
	var them hello
	if err := json.Unmarshal(f.body, &them); err != nil || f.kind != kindHello {
		return fmt.Errorf("%w: no hello", errFrame)
	}
	return us.check(them)
}

// cause says in one line why the process is gone.
func (p *process) cause(state error) string {
	switch {
	case p.killed != "":
		return p.killed
	case p.fault != nil:
		return p.fault.Error()
	}
	if text := p.log.fatal(); text != "" {
		return text
	}
	if state == nil {
		return "exit status 0"
	}
	return state.Error()
}

// handle deals with one frame of the child.
func (p *process) handle(f frame) error {
	switch f.kind {
	case kindReply:
		p.mu.Lock()
		reply := p.calls[f.seq]
		delete(p.calls, f.seq)
		p.mu.Unlock()
		if reply != nil {
			reply <- f
		}
		return nil
	case kindAsk:
		var a ask
		if err := json.Unmarshal(f.body, &a); err != nil {
			return fmt.Errorf("%w: %v", errFrame, err)
		}
		go p.answer(f.seq, f.cell, a)
		return nil
	}
	e, err := decodeEvent(f)
	if err != nil {
		return err
	}
	p.sink(f.cell).Emit(e)
	if s, ok := e.(display.Stream); ok {
		// It has been shown, so as much more may come.
		p.out.send(frame{kind: kindCredit}, credit{len(s.Text)})
	}
	return nil
}

// decodeEvent is the event that a frame carries. Adding an event is one case
// here and one in child's sink.
func decodeEvent(f frame) (display.Event, error) {
	var err error
	switch f.kind {
	case kindStream:
		var e display.Stream
		err = json.Unmarshal(f.body, &e)
		return e, err
	case kindData:
		var d data
		if err = json.Unmarshal(f.body, &d); err != nil {
			return nil, fmt.Errorf("%w: %v", errFrame, err)
		}
		b, err := d.Bundle.unpack(f.blobs)
		return display.Data{Bundle: b, ID: d.ID, Update: d.Update}, err
	case kindClear:
		var e display.Clear
		err = json.Unmarshal(f.body, &e)
		return e, err
	case kindComm:
		var e display.Comm
		err = json.Unmarshal(f.body, &e)
		e.Buffers = f.blobs
		return e, err
	}
	return nil, fmt.Errorf("%w: kind %d", errFrame, f.kind)
}

// answer puts an input request to whoever shows the cell. It is given up when
// the cell ends.
func (p *process) answer(seq, cell uint64, a ask) {
	p.mu.Lock()
	life, running := p.cells[cell]
	p.mu.Unlock()
	if !running {
		p.out.send(frame{kind: kindAnswer, seq: seq}, answer{Err: "the cell has ended"})
		return
	}
	text, err := p.sink(cell).Input(life.ctx, a.Prompt, a.Password)
	reply := answer{Text: text, NoInput: errors.Is(err, display.ErrNoInput)}
	if err != nil {
		reply.Err = err.Error()
	}
	p.out.send(frame{kind: kindAnswer, seq: seq}, reply)
}

// sink finds the sink of a cell. Output of a cell from long ago goes nowhere.
func (p *process) sink(cell uint64) display.Sink {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.sinks[cell]; s != nil {
		return s
	}
	return display.Discard
}

// mourn tells of the death where no call waits to hear of it: nobody would know
// that the variables are gone.
func (p *process) mourn() {
	p.mu.Lock()
	heard := p.told || len(p.cells) > 0
	p.mu.Unlock()
	if !heard {
		p.sink(p.last()).Emit(display.Death{Reason: p.reason})
	}
}

// last is the cell that began last.
func (p *process) last() (last uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for cell := range p.sinks {
		last = max(last, cell)
	}
	return last
}

// stray delivers text that the process wrote to its standard error as such.
func (p *process) stray(text string) {
	p.sink(p.last()).Emit(display.Stream{Name: "stderr", Text: text})
}

// begin registers a call and gives its sequence and the channel of its reply.
// A sink makes it the call of a cell.
func (p *process) begin(sink display.Sink) (uint64, chan frame) {
	reply := make(chan frame, 1)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seq++
	p.calls[p.seq] = reply
	if sink != nil {
		p.sinks[p.seq] = sink
		ctx, cancel := context.WithCancel(context.Background())
		p.cells[p.seq] = life{ctx, cancel}
	}
	return p.seq, reply
}

// used reports whether the process has been called.
func (p *process) used() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seq > 0
}

// end forgets a call. The sink of a cell stays for a while.
func (p *process) end(seq uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.calls, seq)
	if life, ok := p.cells[seq]; ok {
		life.end()
		delete(p.cells, seq)
	}
	if p.sinks[seq] == nil {
		return
	}
	p.recent = append(p.recent, seq)
	if len(p.recent) > keepSinks {
		delete(p.sinks, p.recent[0])
		p.recent = p.recent[1:]
	}
}

// kill ends the process for the given reason.
func (p *process) kill(reason string) {
	p.mu.Lock()
	if p.killed == "" {
		p.killed = reason
	}
	p.mu.Unlock()
	p.cmd.Process.Kill()
}

// stop lets the process end by itself, and ends it if it does not.
func (p *process) stop() {
	p.stdin.Close()
	select {
	case <-p.dead:
	case <-time.After(time.Second):
		p.kill("stopped")
		<-p.dead
	}
}

// tail keeps the end of what a process writes to its standard error. Ordinary
// text is delivered after a moment; text that the runtime writes as it dies is
// kept, for it is the reason of the death.
type tail struct {
	mu      sync.Mutex
	pending strings.Builder
	dying   bool
	deliver func(string)
	timer   *time.Timer
}

const (
	tailDelay = 30 * time.Millisecond
	tailMax   = 64 << 10
)

// lastWords begin the text that a Go program dies with.
var lastWords = []string{"fatal error:", "panic:", "runtime:", "out of memory:", "SIG", "unexpected fault"}

func (t *tail) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pending.Len() < tailMax {
		t.pending.Write(text)
	}
	for _, w := range lastWords {
		t.dying = t.dying || strings.HasPrefix(t.pending.String(), w) || strings.Contains(t.pending.String(), "\n"+w)
	}
	if !t.dying && t.timer == nil {
		t.timer = time.AfterFunc(tailDelay, t.flush)
	}
	return len(text), nil
}

func (t *tail) flush() {
	t.mu.Lock()
	t.timer = nil
	text := ""
	if !t.dying {
		text = t.pending.String()
		t.pending.Reset()
	}
	t.mu.Unlock()
	if text != "" {
		t.deliver(text)
	}
}

// fatal is the first line of the last words, with the line after it if that
// says more.
func (t *tail) fatal() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.dying {
		return ""
	}
	for _, line := range strings.Split(t.pending.String(), "\n") {
		for _, w := range lastWords {
			if strings.HasPrefix(line, w) {
				return strings.TrimSpace(line)
			}
		}
	}
	return strings.TrimSpace(t.pending.String())
}
