package worker

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session"
)

// record remembers the cells that have run, so that they can be run again in
// another worker when theirs is gone. Nothing runs again by itself.
type record struct {
	mu   sync.Mutex
	ran  []session.Past // in the present worker
	lost []lostCell     // with earlier workers
}

type lostCell struct {
	session.Past
	killed bool // the worker ended while it ran
}

func (r *record) add(c session.Cell) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ran = append(r.ran, session.Past{N: c.N, Code: c.Code})
}

// lose moves what has run to what is lost. Killer is the cell that was running.
func (r *record) lose(killer session.Cell) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.ran {
		r.lost = append(r.lost, lostCell{Past: p})
	}
	if !killer.Silent {
		r.lost = append(r.lost, lostCell{session.Past{N: killer.N, Code: killer.Code}, true})
	}
	r.ran = nil
}

func (r *record) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ran, r.lost = nil, nil
}

// take removes cells from what is lost: those named, "all" for all but those
// that ended a worker.
func (r *record) take(which string) ([]session.Past, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []session.Past
	for _, l := range r.lost {
		if which != "all" || !l.killed {
			all = append(all, l.Past)
		}
	}
	if which == "all" {
		which = ""
	}
	cells, err := session.Choose(all, which)
	if err == nil {
		r.lost = slices.DeleteFunc(r.lost, func(l lostCell) bool { return slices.Contains(cells, l.Past) })
	}
	return cells, err
}

// list tells what is lost.
func (r *record) list() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lost) == 0 {
		return "nothing was lost\n"
	}
	var b strings.Builder
	for _, l := range r.lost {
		first, more, _ := strings.Cut(strings.TrimSpace(l.Code), "\n")
		if more != "" {
			first += " …"
		}
		mark := ""
		if l.killed {
			mark = "  <- ended the worker"
		}
		fmt.Fprintf(&b, "In[%d]: %s%s\n", l.N, first, mark)
	}
	b.WriteString(":restore all runs them again, but for those that ended the worker; :restore 1 3-5 runs these\n")
	return b.String()
}

// restore runs lost cells again, up to one that fails.
func (s *Supervisor) restore(ctx context.Context, which string, sink display.Sink) session.Result {
	if _, err := s.live(ctx); err != nil { // notices a death that nobody has seen
		return session.Result{Err: &session.Error{Name: session.WorkerDied, Message: err.Error()}}
	}
	if which == "" {
		sink.Emit(display.Stream{Name: "stdout", Text: s.record.list()})
		return session.Result{}
	}
	cells, err := s.record.take(which)
	if err != nil {
		return session.Result{Err: &session.Error{Name: session.CommandError, Message: err.Error()}}
	}
	for i, p := range cells {
		if r := s.eval(ctx, session.Cell{N: p.N, Code: p.Code}, sink); r.Err != nil {
			s.record.giveBack(cells[i+1:])
			return r
		}
	}
	sink.Emit(display.Stream{Name: "stdout", Text: fmt.Sprintf("%d cells restored\n", len(cells))})
	return session.Result{}
}

// giveBack returns cells that were taken and have not run.
func (r *record) giveBack(cells []session.Past) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range cells {
		r.lost = append(r.lost, lostCell{Past: p})
	}
}
