package session

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/ingot-go/ingot/display"
)

// systemCommands work on files, the environment and other programs.
var systemCommands = []Command{
	{Name: "cd", Usage: "[FOLDER]", Help: "change the working directory; without FOLDER to the home directory", run: func(x *invocation) Result {
		dir, err := x.args, error(nil)
		if rest, home := strings.CutPrefix(dir, "~"); home || dir == "" {
			if dir, err = os.UserHomeDir(); err != nil {
				return failed(err)
			}
			dir = filepath.Join(dir, rest)
		}
		if err := os.Chdir(dir); err != nil {
			return failed(err)
		}
		return x.workingDirectory()
	}},

	{Name: "pwd", Help: "print the working directory", run: func(x *invocation) Result { return x.workingDirectory() }},

	{Name: "ls", Usage: "[FOLDER]", Help: "list the files of a folder", run: func(x *invocation) Result {
		dir := x.args
		if dir == "" {
			dir = "."
		}
		files, err := os.ReadDir(dir)
		if err != nil {
			return failed(err)
		}
		for _, f := range files {
			name := f.Name()
			if f.IsDir() {
				name += string(filepath.Separator)
			}
			x.printf("%s\n", name)
		}
		return Result{}
	}},

	{Name: "env", Usage: "[NAME[=VALUE]]", Help: "print the environment, or one variable of it, or set it", run: func(x *invocation) Result {
		name, value, set := strings.Cut(x.args, "=")
		switch {
		case set:
			if err := os.Setenv(strings.TrimSpace(name), strings.TrimSpace(value)); err != nil {
				return failed(err)
			}
		case name != "":
			value, ok := os.LookupEnv(name)
			if !ok {
				return commandError("the environment has no "+name, "")
			}
			x.printf("%s\n", value)
		default:
			for _, e := range slices.Sorted(slices.Values(os.Environ())) {
				x.printf("%s\n", e)
			}
		}
		return Result{}
	}},

	{Name: "!", Usage: "COMMAND", Help: "run a command of the shell", run: func(x *invocation) Result {
		if runtime.GOOS == "windows" {
			return x.program("", "cmd", "/C", x.args)
		}
		return x.program("", "sh", "-c", x.args)
	}},

	{Name: "bash", Usage: "SCRIPT", Help: "run the rest of the cell with bash", whole: true, run: func(x *invocation) Result {
		return x.program(x.args+"\n", "bash", "-s")
	}},

	{Name: "writefile", Usage: "[-a] FILE TEXT", Help: "write the rest of the cell to a file; -a appends", whole: true, run: func(x *invocation) Result {
		line, text, _ := strings.Cut(x.args, "\n")
		flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
		name, add := strings.CutPrefix(line, "-a ")
		if add {
			flags = os.O_WRONLY | os.O_CREATE | os.O_APPEND
		}
		name = strings.TrimSpace(name)
		if name == "" {
			return commandError(":writefile needs the name of a file", "")
		}
		f, err := os.OpenFile(name, flags, 0o644)
		if err != nil {
			return failed(err)
		}
		_, err = f.WriteString(text + "\n")
		if err = errors.Join(err, f.Close()); err != nil {
			return failed(err)
		}
		return x.printf("%d bytes written to %s\n", len(text)+1, name)
	}},
}

func (x *invocation) workingDirectory() Result {
	dir, err := os.Getwd()
	if err != nil {
		return failed(err)
	}
	return x.printf("%s\n", dir)
}

// program runs another program, whose output is the cell's. An interrupt ends it
// and what it has started.
func (x *invocation) program(input, name string, args ...string) Result {
	r := x.s.begin(x.ctx, x.cell, x.sink)
	defer x.s.end(r)
	cmd := exec.CommandContext(r.cell.Context(), name, args...)
	cmd.Stdin = strings.NewReader(input)
	cmd.Stdout, cmd.Stderr = streamTo{x.sink, "stdout"}, streamTo{x.sink, "stderr"}
	cmd.WaitDelay = time.Second // for those who keep its output open
	ownGroup(cmd)
	err := cmd.Run()
	var status *exec.ExitError
	switch {
	case r.cell.Stopping():
		return Result{Err: &Error{Name: Interrupted, Message: "interrupted", Cell: r.n}}
	case r.ctx.Err() != nil:
		return Result{Err: x.s.stopError(r)}
	case errors.As(err, &status):
		return commandError(fmt.Sprintf("%s: %s", name, status), "")
	case err != nil:
		return failed(err)
	}
	return Result{}
}

// streamTo writes to a stream of a sink.
type streamTo struct {
	sink display.Sink
	name string
}

func (w streamTo) Write(p []byte) (int, error) {
	w.sink.Emit(display.Stream{Name: w.name, Text: string(p)})
	return len(p), nil
}
