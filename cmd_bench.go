package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/traefik/yaegi/interp"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/mlx/bench"
	"github.com/ingot-go/ingot/session"
)

// runBench times the array engine, then what a cell costs beside raw yaegi.
func runBench(_ context.Context, args []string) error {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	asJSON := f.Bool("json", false, "")
	only := f.String("only", ".", "")
	budget := f.Float64("budget", 1, "")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	match, err := regexp.Compile(*only)
	if err != nil {
		return usagef("bench: --only: %w", err)
	}
	o := bench.Options{Only: match, Budget: time.Duration(*budget * float64(time.Second)), Version: version}
	var out io.Writer = os.Stdout
	if !*asJSON {
		out = tableWriter{}
	}
	if err := bench.Run(out, o); err != nil {
		return err
	}
	return benchCells(out, o)
}

// cellRows are the workloads that run through a session. The peer of a row
// says who ran it: "ingot-cell" is a cell beside the compiled row of that name.
var cellRows = []struct{ workload, peer, setup, code string }{
	{"cell_trivial", "ingot", "x := 1", "x + 1"},
	{"chain_add_f32_10x1000", "ingot-cell", "a, one := random.Normal(10), mlx.Ones(10)", "y := a\nfor i := 0; i < 1000; i++ {\n\ty = y + one\n}\ny.Eval();"},
	{"dispatch_add_f32_1", "ingot-cell", "b := random.Normal(1)", "(b + b).Eval();"},
}

func benchCells(out io.Writer, o bench.Options) error {
	s, err := newSession()
	if err != nil {
		return err
	}
	defer s.Close()
	n := 0
	eval := func(code string) {
		n++
		if r := s.Eval(context.Background(), session.Cell{N: n, Code: code, Silent: true}, display.Discard); r.Err != nil {
			panic(r.Err)
		}
	}
	enc := json.NewEncoder(out)
	for _, c := range cellRows {
		if !o.Only.MatchString(c.workload) {
			continue
		}
		eval(c.setup)
		row := bench.Row{Workload: c.workload, Peer: c.peer, Version: o.Version}
		row.Time(func() { eval(c.code) }, o.Budget)
		if err := enc.Encode(row); err != nil {
			return err
		}
	}
	if !o.Only.MatchString("cell_trivial") {
		return nil
	}
	in := interp.New(interp.Options{})
	if _, err := in.Eval("x := 1"); err != nil {
		return err
	}
	row := bench.Row{Workload: "cell_trivial", Peer: "yaegi"}
	row.Time(func() {
		if _, err := in.EvalWithContext(context.Background(), "x + 1"); err != nil {
			panic(err)
		}
	}, o.Budget)
	return enc.Encode(row)
}

// tableWriter turns the JSON lines of rows into a table for people.
type tableWriter struct{}

func (tableWriter) Write(line []byte) (int, error) {
	var r bench.Row
	if err := json.Unmarshal(line, &r); err != nil {
		return 0, err
	}
	took := r.Error
	if took == "" {
		took = time.Duration(r.Median * float64(time.Second)).String()
	}
	fmt.Println(strings.TrimRight(fmt.Sprintf("%-28s %-12s %s", r.Workload, r.Peer, took), " "))
	return len(line), nil
}
