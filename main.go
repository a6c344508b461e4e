// Command ingot is a Jupyter kernel and a REPL for Go arrays.
//
// Run `ingot help` for its commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/ingot-go/ingot/repl"
	"github.com/ingot-go/ingot/session/worker"
)

// version is set by the build from the file VERSION.
var version = "devel"

// The statuses that ingot exits with.
const (
	exitFailed = 1 // a cell or a command failed
	exitUsage  = 2 // the command line is wrong
)

// verb is one command of the command line. Adding a verb is one literal in verbs.
type verb struct {
	name string
	args string // as shown in help
	help string // one line; empty for verbs that only programs use
	run  func(ctx context.Context, args []string) error
}

func verbs() []verb {
	return []verb{
		{"install", "[--user|--sys-prefix|--prefix P] [--name N]", "put the kernel where Jupyter finds it", runInstall},
		{"uninstall", "[--user|--sys-prefix|--prefix P] [--name N]", "take it away again", runUninstall},
		{"doctor", "[--user|--sys-prefix|--prefix P] [--name N]", "find out why the kernel does not start", runDoctor},
		{"run", "FILE.go|FILE.ipynb [-o OUT.ipynb]", "run a program or a notebook without Jupyter", runFile},
		{"kernel", "[--allow-remote] CONNECTION_FILE", "serve a Jupyter client", runKernel},
		{"worker", "", "", runWorker},
		{"bench", "[--json] [--only REGEX] [--budget SECONDS]", "time the array engine and the session", runBench},
		{"version", "", "print the version", runVersion},
		{"help", "", "print this", runHelp},
	}
}

// usageError is a mistake on the command line.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// floor keeps the collector from running every few cells while the heap is
// small: it counts as live memory, but its pages are never touched. A kernel
// holds little but what is on its way, and need not keep as much garbage.
var floor []byte

func main() {
	size := 64 << 20
	if len(os.Args) > 1 && os.Args[1] == "kernel" {
		size = 16 << 20
	}
	floor = make([]byte, size)
	defer runtime.KeepAlive(floor)
	err := dispatch(context.Background(), os.Args[1:])
	var usage usageError
	var exit exitStatus
	switch {
	case err == nil:
		return
	case errors.As(err, &exit):
		os.Exit(int(exit))
	case errors.As(err, &usage):
		fmt.Fprintf(os.Stderr, "ingot: %v\nusage: ingot help lists the commands\n", err)
		os.Exit(exitUsage)
	case !errors.Is(err, repl.ErrFailed):
		fmt.Fprintf(os.Stderr, "ingot: %v\n", err)
	}
	os.Exit(exitFailed)
}

func dispatch(ctx context.Context, args []string) error {
	if len(args) > 0 && strings.HasPrefix(args[0], "--max-memory") {
		_, size, joined := strings.Cut(args[0], "=")
		args = args[1:]
		if !joined && len(args) > 0 {
			size, args = args[0], args[1:]
		}
		if err := worker.LimitMemory(size); err != nil {
			return usagef("--max-memory: %w", err)
		}
	}
	switch {
	case len(args) == 0:
		return runREPL(ctx)
	case args[0] == "-e" && len(args) == 2:
		return runCode(ctx, args[1])
	case args[0] == "-e":
		return usagef("-e takes one argument, the code")
	case args[0] == "-h" || args[0] == "--help":
		return runHelp(ctx, nil)
	case args[0] == "--version":
		return runVersion(ctx, nil)
	}
	for _, v := range verbs() {
		if v.name == args[0] {
			return v.run(ctx, args[1:])
		}
	}
	return usagef("no such command: %q", args[0])
}

func runVersion(context.Context, []string) error {
	fmt.Println(versionLine())
	return nil
}

func versionLine() string { return "ingot " + version }

func runHelp(context.Context, []string) error {
	writeHelp(os.Stdout)
	return nil
}

func writeHelp(w io.Writer) {
	fmt.Fprint(w, `Ingot is a Jupyter kernel and a REPL for Go arrays.

    ingot                the REPL; reads cells from standard input if that is not a terminal
    ingot -e CODE        run one cell

--max-memory SIZE in front of these, such as 4GiB, ends the process that runs the
cells when it uses more; without it the limit is three quarters of the machine's.
`)
	for _, v := range verbs() {
		if v.help != "" {
			fmt.Fprintf(w, "    ingot %s\n        %s\n", strings.TrimSpace(v.name+" "+v.args), v.help)
		}
	}
}
