package notebook

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session"
)

// RaisesException is the cell tag that says: this cell is meant to fail. Run
// goes on after it, as nbclient does.
const RaisesException = "raises-exception"

// Run executes the code cells in order and stores their outputs. It stops at
// the first cell that fails, unless the cell is tagged [RaisesException], and
// returns that cell's error. before, if not nil, is called ahead of each cell.
func (nb *Notebook) Run(ctx context.Context, s session.Session, before func(n int, c *Cell)) error {
	shown := &board{}
	n := 0
	for _, c := range nb.Cells {
		if c.Type != "code" {
			continue
		}
		c.Outputs, c.Count = nil, 0
		if strings.TrimSpace(c.Source) == "" {
			continue
		}
		n++
		if before != nil {
			before(n, c)
		}
		c.Count = n
		r := s.Eval(ctx, session.Cell{N: n, ID: c.ID, Code: c.Source}, shown.cell(c))
		shown.finish(c, r)
		if r.Err != nil && !c.tagged(RaisesException) {
			return fmt.Errorf("cell %d: %w", n, r.Err)
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("cell %d: %w", n, err)
		}
	}
	return nil
}

func (c *Cell) tagged(tag string) bool {
	tags, _ := c.Metadata["tags"].([]any)
	return slices.Contains(tags, any(tag))
}

// board collects the outputs of all cells: an update may change the output of
// an earlier one.
type board struct {
	mu    sync.Mutex
	cells []*Cell
	clear map[*Cell]bool // cleared when the next output arrives
}

// page is the part of the board that one cell writes to.
type page struct {
	*board
	cell *Cell
}

func (b *board) cell(c *Cell) display.Sink {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cells = append(b.cells, c)
	return page{b, c}
}

// finish adds the value or the error of a cell.
func (b *board) finish(c *Cell, r session.Result) {
	p := page{b, c}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range r.Warnings {
		p.stream("stderr", "warning: "+w+"\n")
	}
	if r.Value != nil {
		p.add(Output{Type: "execute_result", Count: c.Count, Data: encode(r.Value.Data), Metadata: r.Value.Metadata})
	}
	if r.Err != nil {
		p.add(Output{Type: "error", EName: r.Err.Name, EValue: r.Err.Message, Traceback: r.Err.Traceback()})
	}
}

// Input implements [display.Sink]: nobody sits at a notebook that is run.
func (p page) Input(context.Context, string, bool) (string, error) {
	return "", display.ErrNoInput
}

// Emit implements [display.Sink].
func (p page) Emit(e display.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := e.(type) {
	case display.Stream:
		p.stream(e.Name, e.Text)
	case display.Clear:
		if !e.Wait {
			p.cell.Outputs = nil
			return
		}
		if p.clear == nil {
			p.clear = map[*Cell]bool{}
		}
		p.clear[p.cell] = true
	case display.Data:
		if !e.Update {
			p.add(Output{Type: "display_data", Data: encode(e.Data), Metadata: e.Metadata, id: e.ID})
			return
		}
		p.update(e)
	}
}

func (p page) add(o Output) {
	if p.clear[p.cell] {
		delete(p.clear, p.cell)
		p.cell.Outputs = nil
	}
	p.cell.Outputs = append(p.cell.Outputs, o)
}

// stream appends to the last output if that is the same stream.
func (p page) stream(name, text string) {
	if last := len(p.cell.Outputs) - 1; last >= 0 && !p.clear[p.cell] {
		if o := &p.cell.Outputs[last]; o.Type == "stream" && o.Name == name {
			o.Text += text
			return
		}
	}
	p.add(Output{Type: "stream", Name: name, Text: text})
}

// update replaces every output with the id of e, in whichever cell it is.
func (p page) update(e display.Data) {
	for _, c := range p.cells {
		for i := range c.Outputs {
			if o := &c.Outputs[i]; o.id == e.ID {
				o.Data, o.Metadata = encode(e.Data), e.Metadata
			}
		}
	}
}

// encode makes a bundle fit for JSON: binary data becomes base64.
func encode(data map[string]any) map[string]any {
	out := make(map[string]any, len(data))
	for k, v := range data {
		if b, ok := v.([]byte); ok {
			v = base64.StdEncoding.EncodeToString(b)
		}
		out[k] = v
	}
	return out
}
