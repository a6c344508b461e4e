package session

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/ingot-go/ingot/display"
)

// nameCommands tell about names, or forget them.
var nameCommands = []Command{
	{Name: "who", Help: "list the variables", run: func(x *invocation) Result { return x.listVariables(false) }},

	{Name: "whos", Help: "list the variables with the bytes they hold", run: func(x *invocation) Result { return x.listVariables(true) }},

	{Name: "type", Usage: "EXPRESSION", Help: "tell the type of an expression without evaluating it", run: func(x *invocation) Result {
		code := blank(x.cell.Code, strings.LastIndex(x.cell.Code, x.args))
		x.s.names.Lock()
		x.s.sources[x.cell.N] = code
		t, err := x.s.front.TypeOf(x.cell.N, code)
		x.s.names.Unlock()
		if err != nil {
			return Result{Err: x.s.compileError(err)}
		}
		return x.printf("%s\n", t)
	}},

	{Name: "doc", Usage: "NAME", Help: "describe a name, as NAME? does", run: func(x *invocation) Result {
		in := x.s.Inspect(x.ctx, x.args, len([]rune(x.args)), 0)
		if in.Data == nil {
			return commandError("nothing is known of "+x.args, "")
		}
		return Result{Value: &display.Bundle{Data: in.Data}}
	}},

	{Name: "src", Usage: "NAME", Help: "show the source of a function or type of the session", run: func(x *invocation) Result {
		x.s.names.Lock()
		d, ok := x.s.front.Inspect(x.args, len(x.args))
		x.s.names.Unlock()
		if !ok || d.Source == "" {
			return commandError("the source of "+x.args+" is not at hand", "cells declare what has source")
		}
		return x.printf("%s\n", d.Source)
	}},

	{Name: "reset", Help: "forget all variables, functions, types and imports", run: func(x *invocation) Result {
		if err := x.s.start(); err != nil {
			return Result{Err: &Error{Name: InternalError, Message: err.Error()}}
		}
		return Result{}
	}},
}

// listVariables prints a table of the variables.
func (x *invocation) listVariables(sizes bool) Result {
	vars := x.s.Variables()
	if len(vars) == 0 {
		return x.printf("no variables\n")
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	row := func(name, typ string, cell, bytes any, value string) {
		fmt.Fprintf(w, "%s\t%s\t%v\t", name, typ, cell)
		if sizes {
			fmt.Fprintf(w, "%v\t", bytes)
		}
		fmt.Fprintln(w, value)
	}
	row("name", "type", "cell", "bytes", "value")
	for _, v := range vars {
		row(v.Name, v.Type, v.Cell, v.Bytes, v.Value)
	}
	w.Flush()
	return x.printf("%s", b.String())
}
