// Command conform replays recorded calls of MLX, from files of gzipped JSON
// lines, and reports what this library does differently:
//
//	go run ./mlx/conform [--backend reference|cpu] [--deliberate] FILE.jsonl.gz…
//
// It prints one JSON object a line for each record that differs, and closes
// with the counts of each module. With --deliberate it prints those that differ
// by intent too, with the reason. It exits with 1 when a record differs otherwise.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/ingot-go/ingot/cpu"
	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/backend/reference"
	"github.com/ingot-go/ingot/mlx/internal/replay"
)

var backends = map[string]backend.Backend{"cpu": cpu.Backend{}, "reference": reference.Backend{}}

func main() {
	device := flag.String("backend", "cpu", "what evaluates: reference or cpu")
	intended := flag.Bool("deliberate", false, "print records that differ by intent too")
	flag.Parse()
	b, ok := backends[*device]
	if !ok || flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: conform [--backend reference|cpu] [--deliberate] FILE.jsonl.gz…")
		os.Exit(2)
	}
	mlx.SetBackend(b)
	total, err := conform(os.Stdout, flag.Args(), *intended)
	if err != nil {
		fmt.Fprintln(os.Stderr, "conform:", err)
		os.Exit(2)
	}
	if total.Differ > 0 {
		os.Exit(1)
	}
}

// difference is the line printed for a record that differs.
type difference struct {
	ID     string `json:"id"`
	Op     string `json:"op"`
	Kind   string `json:"kind,omitempty"`
	Reason string `json:"reason"`
}

// counts is how many records pass, differ by intent, and differ.
type counts struct {
	Pass       int `json:"pass"`
	Deliberate int `json:"deliberate"`
	Differ     int `json:"differ"`
}

func (c *counts) add(err error) {
	switch {
	case err == nil:
		c.Pass++
	case errors.As(err, new(replay.Deliberate)):
		c.Deliberate++
	default:
		c.Differ++
	}
}

// conform replays files and writes the report.
func conform(w io.Writer, files []string, intended bool) (total counts, err error) {
	out := json.NewEncoder(w)
	modules := map[string]*counts{}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return total, err
		}
		err = replay.Read(f, func(r *replay.Record) error {
			m := modules[r.Module()]
			if m == nil {
				m = &counts{}
				modules[r.Module()] = m
			}
			before, verdict := *m, r.Replay()
			m.add(verdict)
			total.add(verdict)
			if m.Differ > before.Differ || intended && m.Deliberate > before.Deliberate {
				return out.Encode(difference{r.ID, r.Name(), r.Kind, verdict.Error()})
			}
			return nil
		})
		f.Close()
		if err != nil {
			return total, fmt.Errorf("%s: %w", name, err)
		}
	}
	return total, out.Encode(map[string]any{"total": total, "modules": modules})
}
