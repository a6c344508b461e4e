package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/install"
	"github.com/ingot-go/ingot/session"
)

// parse reads flags and allows none to be left; operands says how many
// arguments may follow.
func parse(f *flag.FlagSet, args []string, operands int) error {
	f.SetOutput(io.Discard)
	if err := f.Parse(args); err != nil {
		return usagef("%s: %w", f.Name(), err)
	}
	if f.NArg() != operands {
		return usagef("%s: takes %d arguments, got %d", f.Name(), operands, f.NArg())
	}
	return nil
}

// installOptions reads the flags that install, uninstall and doctor share.
func installOptions(verb string, args []string) (install.Options, error) {
	var o install.Options
	f := flag.NewFlagSet(verb, flag.ContinueOnError)
	user := f.Bool("user", false, "")
	f.BoolVar(&o.SysPrefix, "sys-prefix", false, "")
	f.StringVar(&o.Prefix, "prefix", "", "")
	f.StringVar(&o.Name, "name", "ingot", "")
	if err := parse(f, args, 0); err != nil {
		return o, err
	}
	if *user && (o.SysPrefix || o.Prefix != "") {
		return o, usagef("%s: --user, --sys-prefix and --prefix exclude each other", verb)
	}
	exe, err := executable()
	o.Exe = exe
	return o, err
}

func runInstall(_ context.Context, args []string) error {
	o, err := installOptions("install", args)
	if err != nil {
		return err
	}
	dir, err := install.Install(o)
	if err != nil {
		return err
	}
	fmt.Printf("installed the kernel %q in %s\n", o.Name, dir)
	return nil
}

func runUninstall(_ context.Context, args []string) error {
	o, err := installOptions("uninstall", args)
	if err != nil {
		return err
	}
	dir, err := install.Uninstall(o)
	if err != nil {
		return err
	}
	fmt.Printf("removed %s\n", dir)
	return nil
}

func runDoctor(ctx context.Context, args []string) error {
	o, err := installOptions("doctor", args)
	if err != nil {
		return err
	}
	findings, ok := install.Doctor(ctx, install.Patient{Options: o, Version: versionLine(), Evaluate: evaluateOnce})
	for _, f := range findings {
		mark := "ok  "
		switch {
		case f.Warn:
			mark = "note"
		case !f.OK:
			mark = "FAIL"
		}
		fmt.Printf("%s  %-11s %s\n", mark, f.Check, f.Text)
	}
	if !ok {
		return exitStatus(exitFailed)
	}
	return nil
}

// evaluateOnce runs a cell in a worker of its own and gives the text of its value.
func evaluateOnce(ctx context.Context, code string) (string, error) {
	s, err := startWorker()
	if err != nil {
		return "", err
	}
	defer s.Close()
	r := s.Eval(ctx, session.Cell{N: 1, Code: code}, display.Discard)
	switch {
	case r.Err != nil:
		return "", r.Err
	case r.Value == nil:
		return "", fmt.Errorf("%s has no value", code)
	}
	text, _ := r.Value.Data["text/plain"].(string)
	return text, nil
}
