package session

import (
	"fmt"
	"go/token"
	"math"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session/front"
)

// codeCommands run Go in another way than a plain cell does.
var codeCommands = []Command{
	{Name: "time", Usage: "CODE", Help: "run CODE and tell how long it took", whole: true, run: func(x *invocation) Result {
		start := time.Now()
		res := x.code(x.args)
		x.printf("time: %s\n", roundTime(time.Since(start)))
		return res
	}},

	{Name: "timeit", Usage: "CODE", Help: "run CODE many times and tell what one run takes", whole: true, run: func(x *invocation) Result {
		c := x.cell
		c.Code = blank(c.Code, strings.LastIndex(c.Code, x.args))
		r, res := x.s.evalWith(x.ctx, c, x.sink, front.CellOptions{Quiet: true, Timed: true})
		if res.Err != nil {
			return res
		}
		rounds, n := r.cell.Timing()
		mean, dev := spread(rounds)
		x.printf("time: %s ± %s (mean and deviation of %d rounds of %d)\n", roundTime(mean/time.Duration(n)), roundTime(dev/time.Duration(n)), len(rounds), n)
		return res
	}},

	{Name: "limit", Usage: "DURATION CODE", Help: "run CODE and interrupt it after DURATION", whole: true, run: func(x *invocation) Result {
		word, code := x.word()
		limit, err := time.ParseDuration(word)
		if err != nil || limit <= 0 || code == "" {
			return commandError(fmt.Sprintf(":limit needs a duration such as 500ms or 2s, and code, got %q", x.args), "")
		}
		timer := time.AfterFunc(limit, x.s.Interrupt)
		defer timer.Stop()
		return x.code(code)
	}},

	{Name: "capture", Usage: "NAME CODE", Help: "run CODE and put what it prints into the string NAME", whole: true, run: func(x *invocation) Result {
		name, code := x.word()
		if !token.IsIdentifier(name) || name == "_" || code == "" {
			return commandError(fmt.Sprintf(":capture needs the name of a variable, and code, got %q", x.args), "")
		}
		held := &captured{Sink: x.sink}
		into := *x
		into.sink = held
		if res := into.code(code); res.Err != nil {
			x.printf("%s", held.text())
			return res
		}
		c := x.cell
		c.Code = name + " := " + strconv.Quote(held.text())
		return x.s.evalCode(x.ctx, c, x.sink)
	}},

	{Name: "run", Usage: "FILE", Help: "run a file of Go, or the cells of a notebook", run: func(x *invocation) Result {
		cells, err := cellsOf(x.args)
		if err != nil {
			return failed(err)
		}
		var res Result
		for _, code := range cells {
			c := x.cell
			c.Code = code
			if res = x.s.dispatch(x.ctx, c, x.sink); res.Err != nil {
				break
			}
		}
		return res
	}},
}

// roundTime keeps three digits.
func roundTime(d time.Duration) time.Duration {
	for unit := time.Duration(1); ; unit *= 10 {
		if d < 1000*unit {
			return d.Round(unit)
		}
	}
}

// spread is the mean and the standard deviation.
func spread(l []time.Duration) (mean, dev time.Duration) {
	for _, d := range l {
		mean += d / time.Duration(len(l))
	}
	sum := 0.0
	for _, d := range l {
		sum += float64(d-mean) * float64(d-mean)
	}
	return mean, time.Duration(math.Sqrt(sum / float64(len(l))))
}

// captured is a sink that keeps printed text.
type captured struct {
	display.Sink
	mu   sync.Mutex
	kept strings.Builder
}

func (c *captured) Emit(e display.Event) {
	s, ok := e.(display.Stream)
	if !ok {
		c.Sink.Emit(e)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept.WriteString(s.Text)
}

func (c *captured) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept.String()
}

// cellsOf reads a file of Go as one cell, and a notebook as its code cells.
func cellsOf(path string) ([]string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(path, ".ipynb") {
		return notebookCells(b)
	}
	return []string{string(b)}, nil
}
