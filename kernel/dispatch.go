package kernel

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/ingot-go/ingot/kernel/transport"
	"github.com/ingot-go/ingot/kernel/wire"
	"github.com/ingot-go/ingot/session"
)

// messageType says how requests of one type are handled.
type messageType struct {
	reply  string // type of the reply; empty for messages that get none
	where  place
	handle func(*kernel, *request) (content, error)
	choose func(*request) place // instead of where, if it depends on the content
}

// place is where a handler runs.
type place int

const (
	inOrder place = iota // after all cells sent before it
	cell                 // in order; says busy itself, when the session is at work
	aside                // while a cell runs, one at a time
	now                  // by the reader of the socket; must not wait
)

// messageTypes is the table of requests. It is set up in init because handlers
// refer to it through the kernel.
var messageTypes map[string]*messageType

func init() {
	messageTypes = map[string]*messageType{
		"kernel_info_request": {reply: "kernel_info_reply", where: now, handle: (*kernel).info},
		"connect_request":     {reply: "connect_reply", where: now, handle: (*kernel).connect},
		"execute_request":     {reply: "execute_reply", where: cell, handle: (*kernel).execute},
		"complete_request":    {reply: "complete_reply", where: aside, handle: (*kernel).complete},
		"inspect_request":     {reply: "inspect_reply", where: aside, handle: (*kernel).inspect},
		"is_complete_request": {reply: "is_complete_reply", where: aside, handle: (*kernel).isComplete},
		"history_request":     {reply: "history_reply", where: inOrder, handle: (*kernel).historyReply},
		"comm_info_request":   {reply: "comm_info_reply", where: aside, handle: (*kernel).commInfo},
		"comm_open":           {where: inOrder, handle: (*kernel).comm},
		"comm_msg":            {where: inOrder, handle: (*kernel).comm},
		"comm_close":          {where: inOrder, handle: (*kernel).comm},
		"debug_request":       {reply: "debug_reply", choose: debugPlace, handle: (*kernel).debug},
		"usage_request":       {reply: "usage_reply", where: now, handle: (*kernel).usage},
		"interrupt_request":   {reply: "interrupt_reply", where: now, handle: (*kernel).interrupt},
		"shutdown_request":    {reply: "shutdown_reply", where: now, handle: (*kernel).shutdown},
	}
}

var errReplay = errors.New("its signature has been used before")

// read drains a socket for the life of the kernel. No message can end it.
func (k *kernel) read(ch transport.Channel) {
	for {
		frames, err := k.conn.Recv(ch)
		if err != nil {
			return
		}
		m, err := wire.Decode(k.signer, frames)
		if err == nil && k.replays.Seen(m.Signature) {
			err = errReplay
		}
		if err != nil {
			k.log.Printf("%s: message dropped, the %d. so far: %v", ch, k.dropped.Add(1), err)
			continue
		}
		if ch == transport.Stdin {
			k.stdin.answer(m)
			continue
		}
		k.route(&request{Message: m, channel: ch})
	}
}

// route puts a request where it belongs.
func (k *kernel) route(r *request) {
	r.kind = messageTypes[r.Header.Type]
	if r.kind == nil {
		k.log.Printf("%s: message type %q is not known", r.channel, r.Header.Type)
		return
	}
	r.where = r.kind.where
	if r.kind.choose != nil {
		r.where = r.kind.choose(r)
	}
	switch r.where {
	case now:
		k.handle(r)
	case aside:
		k.aside.push(r)
	default:
		k.shell.push(r)
	}
}

// work handles the requests of an inbox until it is closed.
func (k *kernel) work(q *inbox) {
	for r := q.pop(); r != nil; r = q.pop() {
		k.handle(r)
	}
}

// Contents of the status messages around each request.
var (
	stateBusy = json.RawMessage(`{"execution_state":"busy"}`)
	stateIdle = json.RawMessage(`{"execution_state":"idle"}`)
)

// handle answers one request between busy and idle. Idle comes last: clients
// take it as the end of all output.
func (k *kernel) handle(r *request) {
	r.busy = sync.OnceFunc(func() { k.publish(r.RawHeader, "status", stateBusy) })
	if r.where != cell {
		r.busy()
	}
	reply := k.answer(r)
	r.busy()
	if r.kind.reply != "" {
		k.send(r.channel, r.IDs, r.RawHeader, r.kind.reply, reply, r.metadata)
	}
	k.publish(r.RawHeader, "status", stateIdle)
	if r.after != nil {
		r.after()
	}
}

// answer runs the handler. A fault of ours costs one reply, not the kernel.
func (k *kernel) answer(r *request) (reply content) {
	defer func() {
		if p := recover(); p != nil {
			k.log.Printf("%s: %v\n%s", r.Header.Type, p, debug.Stack())
			reply = failure(&session.Error{Name: session.InternalError, Message: fmt.Sprint(p)})
		}
	}()
	reply, err := r.kind.handle(k, r)
	if err != nil {
		k.log.Printf("%s: %v", r.Header.Type, err)
		return failure(&session.Error{Name: badRequest, Message: r.Header.Type + ": " + err.Error()})
	}
	if reply == nil {
		reply = content{}
	}
	if reply["status"] == nil {
		reply["status"] = "ok"
	}
	return reply
}

// badRequest is the name of the error for a request whose content has the wrong
// shape.
const badRequest = "BadRequest"

// decode reads the content of a request. Fields that are missing keep the
// value they have in into.
func decode(r *request, into any) error {
	if err := json.Unmarshal(r.Content, into); err != nil {
		return fmt.Errorf("content: %w", err)
	}
	return nil
}

// decodeMetadata reads the metadata of a request.
func decodeMetadata(r *request, into any) error { return json.Unmarshal(r.Metadata, into) }

// failure is the reply for an error.
func failure(e *session.Error) content {
	return content{"status": "error", "ename": e.Name, "evalue": e.Message, "traceback": e.Traceback()}
}
