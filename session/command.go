package session

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ingot-go/ingot/display"
)

// Command is a word that a cell may begin with instead of Go: ":time expr", or
// "%time expr" and "%%time" for those used to that. "!ls" runs a shell.
type Command struct {
	Name  string
	Usage string // arguments, such as "CODE"; in brackets if they may be left out
	Help  string // one line

	// whole says that the arguments go on to the end of the cell. Otherwise they
	// end with the line, and the lines that follow are a cell of their own.
	whole bool

	run func(x *invocation) Result
}

// invocation is one use of a command.
type invocation struct {
	s    *inProcess
	ctx  context.Context
	cell Cell // as the client sent it
	sink display.Sink
	args string
}

// Commands returns the commands of a session, sorted by name.
func Commands() []Command { return commands }

// commands is the table, one literal for each command, in the file of its
// family. It is filled in by init because help lists the table it is part of.
var commands []Command

func init() {
	commands = slices.Concat(codeCommands, historyCommands, nameCommands, systemCommands, settingCommands, moduleCommands)
	slices.SortFunc(commands, func(a, b Command) int { return strings.Compare(a.Name, b.Name) })
}

// ParseCommand splits ":name args"; ok is false if the code is not a command.
// "NAME?" is the command "?", and "!ls" the command "!".
func ParseCommand(code string) (name, args string, ok bool) {
	code = strings.TrimSpace(code)
	if strings.HasPrefix(code, "?") || strings.HasSuffix(code, "?") && !strings.Contains(code, "\n") && !strings.Contains(code, "//") {
		return "?", strings.TrimSpace(strings.Trim(code, "?")), true
	}
	if rest, ok := strings.CutPrefix(code, "!"); ok {
		return "!", strings.TrimSpace(rest), true
	}
	word, ok := strings.CutPrefix(code, ":")
	if !ok {
		if word, ok = strings.CutPrefix(code, "%"); !ok {
			return "", "", false
		}
		word = strings.TrimPrefix(word, "%")
	}
	if i := strings.IndexAny(word, " \t\n"); i >= 0 {
		word, args = word[:i], word[i:]
	}
	return word, strings.TrimSpace(args), true
}

func (s *inProcess) command(ctx context.Context, c Cell, sink display.Sink, name, args string) Result {
	if name == "?" {
		return s.describe(ctx, args)
	}
	i := slices.IndexFunc(commands, func(cmd Command) bool { return cmd.Name == name })
	if i < 0 {
		return commandError(fmt.Sprintf("no command :%s", name), ":help lists the commands")
	}
	cmd, rest := commands[i], ""
	if !cmd.whole {
		args, rest, _ = strings.Cut(args, "\n")
		args = strings.TrimSpace(args)
	}
	if cmd.Usage == "" && args != "" {
		return commandError(fmt.Sprintf(":%s takes no arguments", name), "")
	}
	if cmd.Usage != "" && cmd.Usage[0] != '[' && args == "" {
		return commandError(fmt.Sprintf(":%s needs %s", name, cmd.Usage), "")
	}
	res := cmd.run(&invocation{s, ctx, c, sink, args})
	if res.Err != nil || strings.TrimSpace(rest) == "" {
		return res
	}
	c.Code = blank(c.Code, strings.LastIndex(c.Code, rest))
	return s.dispatch(ctx, c, sink)
}

// code evaluates Go that ends the command's cell, at its place there.
func (x *invocation) code(code string) Result {
	c := x.cell
	c.Code = blank(c.Code, strings.LastIndex(c.Code, code))
	return x.s.evalCode(x.ctx, c, x.sink)
}

// word splits the first word off the arguments.
func (x *invocation) word() (word, rest string) {
	i := strings.IndexAny(x.args, " \t\n")
	if i < 0 {
		return x.args, ""
	}
	return x.args[:i], strings.TrimSpace(x.args[i:])
}

func (x *invocation) printf(format string, args ...any) Result {
	x.sink.Emit(display.Stream{Name: "stdout", Text: fmt.Sprintf(format, args...)})
	return Result{}
}

// blank replaces the first n bytes of code by blanks, keeping its lines, so that
// positions in the rest stay right.
func blank(code string, n int) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return ' '
	}, code[:n]) + code[n:]
}

func commandError(msg, hint string) Result {
	return Result{Err: &Error{Name: CommandError, Message: msg, Hint: hint}}
}

// failed is the result of a command that err has stopped.
func failed(err error) Result { return commandError(err.Error(), "") }

// describe answers "name?".
func (s *inProcess) describe(ctx context.Context, name string) Result {
	in := s.Inspect(ctx, name, len([]rune(name)), 1)
	if in.Data == nil {
		return commandError("nothing is known of "+name, "")
	}
	return Result{Value: &display.Bundle{Data: in.Data}, Page: true}
}
