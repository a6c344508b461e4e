package worker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session"
)

// process is one worker, from its start to its death.
type process struct {
	cmd   *exec.Cmd
	out   *pipeWriter
	ready chan struct{} // closed when cells can run
	gone  chan struct{} // closed when all that the worker said has been read

	// Valid when gone is closed.
	reason string
	trace  []string

	mu      sync.Mutex
	seq     uint32
	pending map[uint32]chan []byte // questions under way
	cells   map[uint32]*cell
	newest  uint32
	owed    int    // credit not yet given back
	killed  string // why we killed it
}

// startProcess starts a worker. What it writes to standard error, but for the
// words of a dying Go program, goes to stray.
func startProcess(ctx context.Context, cfg Config, stray func(string)) (*process, error) {
	p := &process{
		ready: make(chan struct{}), gone: make(chan struct{}),
		pending: map[uint32]chan []byte{}, cells: map[uint32]*cell{},
	}
	p.cmd = exec.Command(cfg.Command[0], cfg.Command[1:]...)
	p.cmd.Env = append(os.Environ(), cfg.Env...)
	detach(p.cmd)
	// Pipes of our own: Wait would otherwise close them before they are read.
	in, err1 := newPipe()
	out, err2 := newPipe()
	errs, err3 := newPipe()
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, fmt.Errorf("worker: %w", err)
	}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = in.r, out.w, errs.w
	err := p.cmd.Start()
	in.r.Close()
	out.w.Close()
	errs.w.Close()
	if err != nil {
		in.w.Close()
		out.r.Close()
		errs.r.Close()
		return nil, fmt.Errorf("worker: cannot start %s: %w", cfg.Command[0], err)
	}
	p.out = &pipeWriter{w: in.w}
	mine := helloBody{Protocol: protocol, Version: cfg.Version, Memory: max(cfg.Memory, 0)}
	p.out.send(frame{kind: hello}, mine)
	words := newLastWords(stray)
	frames, text := make(chan struct{}), make(chan struct{})
	go func() { defer close(frames); defer out.r.Close(); p.read(bufio.NewReaderSize(out.r, 64<<10), mine) }()
	go func() { defer close(text); defer errs.r.Close(); words.read(errs.r) }()
	go p.wait(frames, text, words)
	go func() {
		select {
		case <-ctx.Done():
			p.close()
		case <-p.gone:
		}
	}()
	return p, nil
}

type pipe struct{ r, w *os.File }

func newPipe() (p pipe, err error) {
	p.r, p.w, err = os.Pipe()
	return p, err
}

// wait notices the death of the worker and finds its reason. The pipes end with
// the worker, except where a grandchild keeps them open.
func (p *process) wait(frames, text chan struct{}, words *lastWords) {
	const patience = 500 * time.Millisecond
	err := p.cmd.Wait()
	late := time.After(patience)
	for _, ended := range []chan struct{}{frames, text} {
		select {
		case <-ended:
		case <-late:
		}
	}
	p.out.w.Close()
	p.mu.Lock()
	killed := p.killed
	for seq, ch := range p.pending {
		close(ch)
		delete(p.pending, seq)
	}
	for _, c := range p.cells {
		c.unaskAll()
	}
	p.mu.Unlock()
	p.reason, p.trace = words.reason()
	switch {
	case killed != "":
		p.reason, p.trace = killed, nil
	case p.reason != "":
	case err != nil:
		p.reason = explain(err)
	default:
		p.reason = "the process exited with status 0"
	}
	close(p.gone)
}

// explain puts the end of a process into words.
func explain(err error) string {
	var e *exec.ExitError
	if !errors.As(err, &e) {
		return err.Error()
	}
	if code := e.ExitCode(); code >= 0 {
		return fmt.Sprintf("the process exited with status %d", code)
	}
	if s := e.String(); s != "signal: killed" {
		return s
	}
	return "signal: killed, perhaps because memory ran out"
}

func (p *process) isGone() bool   { return closed(p.gone) }
func (p *process) wasReady() bool { return closed(p.ready) }

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// kill ends the worker at once; why becomes the reason of its death.
func (p *process) kill(why string) {
	p.mu.Lock()
	if p.killed == "" {
		p.killed = why
	}
	p.mu.Unlock()
	p.cmd.Process.Kill()
}

// close asks the worker to leave and sees to it that it does.
func (p *process) close() {
	const patience = 500 * time.Millisecond
	go p.out.send(frame{kind: leave}, nil) // it may not be reading
	select {
	case <-p.gone:
	case <-time.After(patience):
		p.kill("the session was closed")
		<-p.gone
	}
}

// eval sends a cell.
func (p *process) eval(c *cell, code session.Cell) error {
	p.mu.Lock()
	p.seq++
	c.id = p.seq
	p.cells[c.id] = c
	p.newest = c.id
	p.forget()
	p.mu.Unlock()
	return p.out.send(frame{kind: eval, cell: c.id, seq: c.id}, code)
}

// forget drops the oldest cells, of which goroutines are hardly alive; what one
// still says goes to the newest cell.
func (p *process) forget() {
	const remembered = 1000
	if len(p.cells) <= remembered {
		return
	}
	oldest := p.newest
	for id := range p.cells {
		oldest = min(oldest, id)
	}
	delete(p.cells, oldest)
}

// ask sends a question and waits for the reply.
func (p *process) ask(ctx context.Context, k kind, q questionBody) ([]byte, error) {
	select {
	case <-p.ready:
	case <-p.gone:
		return nil, errors.New("worker: " + p.reason)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ch := make(chan []byte, 1)
	p.mu.Lock()
	p.seq++
	seq := p.seq
	p.pending[seq] = ch
	p.mu.Unlock()
	if err := p.out.send(frame{kind: k, seq: seq}, q); err != nil {
		return nil, err
	}
	select {
	case body, ok := <-ch:
		if !ok {
			return nil, errors.New("worker: it died before it answered")
		}
		return body, nil
	case <-p.gone:
		return nil, errors.New("worker: " + p.reason)
	case <-ctx.Done():
		p.mu.Lock()
		delete(p.pending, seq)
		p.mu.Unlock()
		return nil, ctx.Err()
	}
}

// read takes the frames of the worker until its end. Bytes that are no frames
// mean that it cannot be trusted any more.
func (p *process) read(r *bufio.Reader, mine helloBody) {
	for {
		f, err := readFrame(r)
		if err == nil {
			err = p.take(f, mine)
		}
		if err != nil {
			if !isEnd(err) {
				p.kill(err.Error())
			}
			return
		}
	}
}

func (p *process) take(f frame, mine helloBody) error {
	switch f.kind {
	case hello:
		var theirs helloBody
		if err := f.into(&theirs); err != nil {
			return err
		}
		return mine.check(theirs)
	case ready:
		close(p.ready)
	case failed:
		var b failedBody
		if err := f.into(&b); err != nil {
			return err
		}
		return fmt.Errorf("the session cannot start: %s", b.Message)
	case reply:
		return p.reply(f)
	default:
		return p.event(f)
	}
	return nil
}

func (p *process) reply(f frame) error {
	if f.cell == 0 {
		p.mu.Lock()
		defer p.mu.Unlock()
		if ch := p.pending[f.seq]; ch != nil {
			ch <- f.body
			delete(p.pending, f.seq)
		}
		return nil
	}
	if c := p.cell(f.cell); c != nil {
		c.events.put(func() { c.result <- unpackResult(f) })
	}
	return nil
}

func (p *process) cell(id uint32) *cell {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.cells[id]; c != nil {
		return c
	}
	return p.cells[p.newest]
}

// event delivers what a cell sent, in order.
func (p *process) event(f frame) error {
	c := p.cell(f.cell)
	if c == nil {
		return fmt.Errorf("worker pipe: frame of kind %d before any cell", f.kind)
	}
	switch f.kind {
	case stream:
		if len(f.blobs) != 1 {
			return errors.New("worker pipe: stream without text")
		}
		var e display.Stream
		if err := f.into(&e); err != nil {
			return err
		}
		e.Text = string(f.blobs[0])
		c.events.put(func() {
			c.sink.Emit(e)
			p.grant(len(e.Text))
		})
	case data:
		var b dataBody
		if err := f.into(&b); err != nil {
			return err
		}
		bundle, err := b.unpack(f.blobs)
		if err != nil {
			return err
		}
		c.events.put(func() { c.sink.Emit(display.Data{Bundle: bundle, ID: b.ID, Update: b.Update}) })
	case wipe:
		var e display.Clear
		if err := f.into(&e); err != nil {
			return err
		}
		c.events.put(func() { c.sink.Emit(e) })
	case comm:
		var e display.Comm
		if err := f.into(&e); err != nil {
			return err
		}
		e.Buffers = f.blobs
		c.events.put(func() { c.sink.Emit(e) })
	case ask:
		var q askBody
		if err := f.into(&q); err != nil {
			return err
		}
		c.events.put(func() {
			c.ask(f.seq, q, func(a answerBody) { p.out.send(frame{kind: answer, cell: f.cell, seq: f.seq}, a) })
		})
	case unask:
		c.events.put(func() { c.unask(f.seq) })
	default:
		return fmt.Errorf("worker pipe: unknown kind %d", f.kind)
	}
	return nil
}

// grant gives credit back, in portions worth a frame.
func (p *process) grant(n int) {
	const portion = windowSize / 4
	p.mu.Lock()
	p.owed += n
	n = 0
	if p.owed >= portion {
		n, p.owed = p.owed, 0
	}
	p.mu.Unlock()
	if n > 0 {
		p.out.send(frame{kind: credit}, creditBody{n})
	}
}
