package session

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ingot-go/ingot/display"
)

// Command is a word that a cell may begin with instead of Go: ":time expr", or
// "%time expr" for those used to that.
type Command struct {
	Name  string
	Usage string // arguments, such as "CODE"
	Help  string // one line

	run func(s *inProcess, ctx context.Context, c Cell, sink display.Sink, args string) Result
}

// Commands returns the commands of a session, sorted by name.
func Commands() []Command { return commands }

// commands has one literal per command. It is filled in by init because help
// lists the table that it is part of.
var commands []Command

func init() {
	commands = []Command{
		{"get", "MODULE[@VERSION]...", "require versions of third-party modules", runGet},
		{"help", "", "list the commands and what needs no import", runHelp},
		{"limit", "DURATION CODE", "run CODE and interrupt it after DURATION", runLimit},
		{"reset", "", "forget all variables, functions, types and imports", runReset},
		{"time", "CODE", "run CODE and tell how long it took", runTime},
		{"who", "", "list the variables", runWho},
	}
}

// command splits ":name args"; ok is false if the code is not a command.
func command(code string) (name, args string, ok bool) {
	code = strings.TrimSpace(code)
	if strings.HasPrefix(code, "?") || strings.HasSuffix(code, "?") && !strings.Contains(code, "\n") && !strings.Contains(code, "//") {
		return "?", strings.TrimSpace(strings.Trim(code, "?")), true
	}
	if code == "" || code[0] != ':' && code[0] != '%' {
		return "", "", false
	}
	word := code[1:]
	if i := strings.IndexAny(word, " \t\n"); i >= 0 {
		word, args = word[:i], word[i:]
	}
	return word, strings.TrimSpace(args), true
}

func (s *inProcess) command(ctx context.Context, c Cell, sink display.Sink, name, args string) Result {
	if name == "?" {
		return s.describe(ctx, args)
	}
	for _, cmd := range commands {
		if cmd.Name != name {
			continue
		}
		if cmd.Usage == "" && args != "" {
			return commandError(fmt.Sprintf(":%s takes no arguments", name), "")
		}
		if cmd.Usage != "" && args == "" {
			return commandError(fmt.Sprintf(":%s needs %s", name, cmd.Usage), "")
		}
		return cmd.run(s, ctx, c, sink, args)
	}
	return commandError(fmt.Sprintf("no command :%s", name), ":help lists the commands")
}

func commandError(msg, hint string) Result {
	return Result{Err: &Error{Name: CommandError, Message: msg, Hint: hint}}
}

// describe answers "name?".
func (s *inProcess) describe(ctx context.Context, name string) Result {
	in := s.Inspect(ctx, name, len([]rune(name)), 1)
	if in.Data == nil {
		return commandError("nothing is known of "+name, "")
	}
	return Result{Value: &display.Bundle{Data: in.Data}, Page: true}
}

func printed(sink display.Sink, text string) Result {
	sink.Emit(display.Stream{Name: "stdout", Text: text})
	return Result{}
}

func runHelp(s *inProcess, _ context.Context, _ Cell, sink display.Sink, _ string) Result {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, c := range commands {
		fmt.Fprintf(w, ":%s\t%s\n", strings.TrimSpace(c.Name+" "+c.Usage), c.Help)
	}
	fmt.Fprintf(w, "NAME?\tdescribe a name\n")
	w.Flush()
	b.WriteString("\nA cell is Go. Its last expression is shown, unless a semicolon ends it; _ is the last value shown, _3 that of cell 3.\n" +
		"Packages import themselves when their name is used: fmt, math, strings, time and others that only one package has.\n")
	return printed(sink, b.String())
}

func runReset(s *inProcess, _ context.Context, _ Cell, _ display.Sink, _ string) Result {
	if err := s.start(); err != nil {
		return Result{Err: &Error{Name: InternalError, Message: err.Error()}}
	}
	return Result{}
}

func runTime(s *inProcess, ctx context.Context, c Cell, sink display.Sink, args string) Result {
	c.Code = blank(c.Code, strings.Index(c.Code, "time")+len("time"))
	start := time.Now()
	res := s.evalCode(ctx, c, sink)
	printed(sink, fmt.Sprintf("time: %s\n", roundTime(time.Since(start))))
	return res
}

// roundTime keeps three digits.
func roundTime(d time.Duration) time.Duration {
	for unit := time.Duration(1); ; unit *= 10 {
		if d < 1000*unit {
			return d.Round(unit)
		}
	}
}

func runWho(s *inProcess, _ context.Context, _ Cell, sink display.Sink, _ string) Result {
	vars := s.Variables()
	if len(vars) == 0 {
		return printed(sink, "no variables\n")
	}
	sort.Slice(vars, func(i, j int) bool { return vars[i].Name < vars[j].Name })
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "name\ttype\tcell\tvalue")
	for _, v := range vars {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", v.Name, v.Type, v.Cell, v.Value)
	}
	w.Flush()
	return printed(sink, b.String())
}
