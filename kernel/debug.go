package kernel

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/session"
)

// The variable panel of JupyterLab speaks the Debug Adapter Protocol inside
// debug_request messages. Ingot answers what the panel asks; a debugger that
// stops cells is not there yet, and says so when a breakpoint is set. Such a
// debugger goes into this table.

// debugRequest is a request of the Debug Adapter Protocol.
type debugRequest struct {
	Seq       int             `json:"seq"`
	Command   string          `json:"command"`
	Arguments json.RawMessage `json:"arguments"`
}

// debugCommands maps commands to the body of their response. One that needs an
// evaluation waits for its turn among the cells.
var debugCommands map[string]debugCommand

type debugCommand struct {
	where place
	do    func(*kernel, *debugArguments) (content, error)
}

// debugArguments are those that any command has.
type debugArguments struct {
	Name      string `json:"variableName"`
	Reference int    `json:"variablesReference"`
	Code      string `json:"code"`
	Target    string `json:"dstVariableName"`
	Lines     []struct {
		Line int `json:"line"`
	} `json:"breakpoints"`
}

func init() {
	nothing := func(*kernel, *debugArguments) (content, error) { return content{}, nil }
	debugCommands = map[string]debugCommand{
		"debugInfo":               {aside, (*kernel).debugInfo},
		"initialize":              {aside, (*kernel).debugInitialize},
		"attach":                  {aside, (*kernel).debugAttach},
		"disconnect":              {aside, (*kernel).debugDetach},
		"terminate":               {aside, (*kernel).debugDetach},
		"configurationDone":       {aside, nothing},
		"setExceptionBreakpoints": {aside, nothing},
		"setBreakpoints":          {aside, (*kernel).debugBreakpoints},
		"dumpCell":                {aside, (*kernel).debugDumpCell},
		"modules":                 {aside, (*kernel).debugModules},
		"threads":                 {aside, (*kernel).debugThreads},
		"inspectVariables":        {aside, (*kernel).debugInspect},
		"variables":               {aside, (*kernel).debugChildren},
		"richInspectVariables":    {inOrder, (*kernel).debugRich},
	}
}

// debugPlace is where a debug_request is handled.
func debugPlace(r *request) place {
	var q debugRequest
	if json.Unmarshal(r.Content, &q) == nil {
		return debugCommands[q.Command].where
	}
	return inOrder
}

// debug answers a debug_request. An error is part of the response, as the
// protocol of debuggers wants it.
func (k *kernel) debug(r *request) (content, error) {
	var q debugRequest
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	var a debugArguments
	reply := content{"type": "response", "seq": q.Seq, "request_seq": q.Seq, "command": q.Command, "success": true}
	err := fmt.Errorf("%s is not supported: Ingot has no debugger that stops cells yet", q.Command)
	var body content
	if c, ok := debugCommands[q.Command]; ok {
		if err = json.Unmarshal(orObject(q.Arguments), &a); err == nil {
			body, err = c.do(k, &a)
		}
	}
	if err != nil {
		reply["success"], reply["message"], body = false, err.Error(), content{}
	}
	reply["body"] = body
	return reply, nil
}

func orObject(b json.RawMessage) json.RawMessage {
	if len(b) == 0 {
		return json.RawMessage("{}")
	}
	return b
}

// Names of the files that clients think cells to be in.
const (
	debugSeed   = 0xc70f6907
	debugSuffix = ".go"
)

func debugPrefix() string {
	return filepath.Join(os.TempDir(), fmt.Sprintf("ingot_%d", os.Getpid())) + string(filepath.Separator)
}

func (k *kernel) debugInfo(*debugArguments) (content, error) {
	started := false
	k.state.update(func(s *stateFields) { started = s.debugging })
	return content{
		"isStarted": started, "hashMethod": "Murmur2", "hashSeed": debugSeed,
		"tmpFilePrefix": debugPrefix(), "tmpFileSuffix": debugSuffix,
		"breakpoints": []any{}, "stoppedThreads": []any{}, "exceptionPaths": []any{},
		"richRendering": true, "copyToGlobals": false,
	}, nil
}

func (k *kernel) debugInitialize(*debugArguments) (content, error) {
	return content{"supportsConfigurationDoneRequest": true}, nil
}

func (k *kernel) debugAttach(*debugArguments) (content, error) {
	k.state.update(func(s *stateFields) { s.debugging = true })
	return content{}, nil
}

func (k *kernel) debugDetach(*debugArguments) (content, error) {
	k.state.update(func(s *stateFields) { s.debugging = false })
	return content{}, nil
}

// debugBreakpoints takes breakpoints and says of each that it will not stop.
func (k *kernel) debugBreakpoints(a *debugArguments) (content, error) {
	list := make([]content, len(a.Lines))
	for i, b := range a.Lines {
		list[i] = content{"verified": false, "line": b.Line, "message": "Ingot has no debugger that stops cells yet"}
	}
	return content{"breakpoints": list}, nil
}

// debugDumpCell names the file that a client computes for the cell as well.
func (k *kernel) debugDumpCell(a *debugArguments) (content, error) {
	hash := murmur2([]byte(a.Code), debugSeed)
	return content{"sourcePath": debugPrefix() + strconv.FormatUint(uint64(hash), 10) + debugSuffix}, nil
}

func (k *kernel) debugModules(*debugArguments) (content, error) {
	return content{"modules": []any{}, "totalModules": 0}, nil
}

func (k *kernel) debugThreads(*debugArguments) (content, error) {
	return content{"threads": []content{{"id": 1, "name": "cells"}}}, nil
}

// debugInspect lists the variables of the session. What holds more than its
// text gets a reference, under which it can be unfolded: its number from 1.
func (k *kernel) debugInspect(*debugArguments) (content, error) {
	vars := k.session.Variables()
	list := make([]content, len(vars))
	for i, v := range vars {
		list[i] = content{"name": v.Name, "type": typeText(v), "value": v.Value, "evaluateName": v.Name, "variablesReference": 0}
		if len(details(v)) > 0 {
			list[i]["variablesReference"] = i + 1
		}
	}
	return content{"variables": list}, nil
}

// debugChildren unfolds a variable of the list.
func (k *kernel) debugChildren(a *debugArguments) (content, error) {
	vars := k.session.Variables()
	if a.Reference < 1 || a.Reference > len(vars) {
		return nil, fmt.Errorf("no variable has reference %d; the list has %d", a.Reference, len(vars))
	}
	return content{"variables": details(vars[a.Reference-1])}, nil
}

// typeText is the type as the panel shows it. JupyterLab shows nothing else of
// what can be unfolded, so that of an array tells its shape and dtype.
func typeText(v session.Variable) string {
	if v.Dtype != "" {
		return v.Type + " " + v.Value
	}
	return v.Type
}

// details of a variable: shape, dtype and device of an array, bytes of anything.
func details(v session.Variable) (list []content) {
	add := func(name, kind, value string) {
		list = append(list, content{"name": name, "type": kind, "value": value, "variablesReference": 0})
	}
	if v.Dtype != "" {
		shape, _, _ := strings.Cut(v.Value, " ")
		add("shape", "[]int", shape)
		add("dtype", "mlx.Dtype", v.Dtype)
		add("device", "string", v.Device)
	}
	if v.Bytes > 0 {
		add("bytes", "int", strconv.FormatInt(v.Bytes, 10))
	}
	return list
}

// debugRich shows a variable as its cell would.
func (k *kernel) debugRich(a *debugArguments) (content, error) {
	found := false
	for _, v := range k.session.Variables() {
		found = found || v.Name == a.Name
	}
	if !found { // and what is no variable is not evaluated
		return nil, fmt.Errorf("no variable is called %q", a.Name)
	}
	res := k.session.Eval(k.ctx, session.Cell{Code: a.Name, Silent: true}, display.Discard)
	if res.Err != nil {
		return nil, res.Err
	}
	if res.Value == nil {
		return content{"data": content{}, "metadata": content{}}, nil
	}
	return bundle(*res.Value, nil), nil
}

// murmur2 is the hash that clients name cells with.
func murmur2(b []byte, seed uint32) uint32 {
	const m = 0x5bd1e995
	h := seed ^ uint32(len(b))
	for ; len(b) >= 4; b = b[4:] {
		k := (uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24) * m
		h = h*m ^ (k^k>>24)*m
	}
	for i := len(b) - 1; i >= 0; i-- {
		h ^= uint32(b[i]) << (8 * i)
	}
	if len(b) > 0 {
		h *= m
	}
	h = (h ^ h>>13) * m
	return h ^ h>>15
}
