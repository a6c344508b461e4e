package session

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/ingot-go/ingot/display"
)

// settingCommands tell and change how the session behaves.
var settingCommands = []Command{
	{Name: "config", Usage: "[NAME VALUE]", Help: "list the settings, or change one", run: func(x *invocation) Result {
		name, value := x.word()
		for _, set := range settings {
			if name == "" {
				x.printf("%s\t%s\t%s\n", set.name, onOff(*set.of(x.s)), set.help)
				continue
			}
			if set.name != name {
				continue
			}
			if value != "on" && value != "off" {
				return commandError(fmt.Sprintf(":config %s needs on or off, got %q", name, value), "")
			}
			*set.of(x.s) = value == "on"
			return Result{}
		}
		if name != "" {
			return commandError("no setting "+name, ":config lists the settings")
		}
		return Result{}
	}},

	{Name: "help", Help: "list the commands and what needs no import", run: func(x *invocation) Result {
		var b strings.Builder
		w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		for _, c := range commands {
			lead := ":"
			if c.Name == "!" {
				lead = ""
			}
			fmt.Fprintf(w, "%s%s\t%s\n", lead, strings.TrimSpace(c.Name+" "+c.Usage), c.Help)
		}
		fmt.Fprintf(w, "NAME?\tdescribe a name\n")
		w.Flush()
		b.WriteString("% does for :, and %% before a whole cell.\n\n")
		b.WriteString("A cell is Go. Its last expression is shown, unless a semicolon ends it; _ is the last value shown, _3 that of cell 3.\n" +
			"Packages import themselves when their name is used: fmt, math, strings, time and others that only one package has.\n")
		return x.printf("%s", b.String())
	}},
}

// setting is one that is on or off.
type setting struct {
	name, help string
	of         func(s *inProcess) *bool
}

var settings = []setting{
	{"time", "tell after each cell how long it took", func(s *inProcess) *bool { return &s.tellTime }},
	{"warnings", "tell when a function keeps an old meaning of a name", func(s *inProcess) *bool { return &s.tellWarnings }},
}

func onOff(v bool) string {
	if v {
		return "on"
	}
	return "off"
}

// conclude remembers a cell that ran, and applies the settings to its result.
func (s *inProcess) conclude(c Cell, res *Result, sink display.Sink) {
	if res.Err == nil {
		s.names.Lock()
		s.past = append(s.past, Past{c.N, c.Code})
		s.names.Unlock()
	}
	if !s.tellWarnings {
		res.Warnings = nil
	}
	if _, _, command := ParseCommand(c.Code); s.tellTime && !command {
		sink.Emit(display.Stream{Name: "stdout", Text: fmt.Sprintf("time: %s\n", roundTime(res.Elapsed))})
	}
}
