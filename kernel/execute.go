package kernel

import (
	"sync"
	"time"

	"github.com/ingot-go/ingot/display"
	"github.com/ingot-go/ingot/kernel/wire"
	"github.com/ingot-go/ingot/session"
)

// grace is how long after an error the kernel listens before it aborts the
// cells that wait: those that the client sent along with the failed one may
// still be on the way. What the client sends when it has seen the reply comes
// later.
const grace = 20 * time.Millisecond

type executeRequest struct {
	Code            string            `json:"code"`
	Silent          bool              `json:"silent"`
	StoreHistory    *bool             `json:"store_history"` // true unless silent
	AllowStdin      bool              `json:"allow_stdin"`
	StopOnError     bool              `json:"stop_on_error"`
	UserExpressions map[string]string `json:"user_expressions"`
}

// stores tells whether the cell counts and is remembered.
func (q *executeRequest) stores() bool {
	return !q.Silent && (q.StoreHistory == nil || *q.StoreHistory)
}

// execute runs one cell.
func (k *kernel) execute(r *request) (content, error) {
	q := executeRequest{StopOnError: true}
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	var n int
	k.state.update(func(s *stateFields) {
		if q.stores() && !r.aborted {
			s.count++
		}
		n = s.count
	})
	if r.aborted {
		return content{"status": "aborted", "execution_count": n}, nil
	}
	r.metadata = content{"started": timestamp(time.Now()), "dependencies_met": true, "engine": k.id}
	out := newOutput(k, r, q.AllowStdin)
	defer k.announce(r, &q, n, out)()
	var meta struct {
		Cell string `json:"cellId"`
	}
	_ = decodeMetadata(r, &meta) // a client's own; it may be anything
	res := k.session.Eval(k.ctx, session.Cell{
		N: n, ID: meta.Cell, Code: q.Code, Silent: !q.stores(), AllowStdin: q.AllowStdin,
	}, out)
	reply := k.finish(out, res, q, n)
	if q.stores() {
		r.after = func() { // and nobody waits for the disk
			if err := k.history.add(newEntry(n, q.Code, res)); err != nil {
				k.log.Print(err)
			}
		}
	}
	reply["execution_count"] = n
	if res.Err != nil && q.StopOnError {
		time.Sleep(grace)
		k.shell.abort()
	}
	return reply, nil
}

// announce publishes the start of a cell while the session already works on it;
// its output waits. The returned function waits too.
func (k *kernel) announce(r *request, q *executeRequest, n int, out *output) (wait func()) {
	var done sync.WaitGroup
	out.mu.Lock()
	done.Go(func() {
		defer out.mu.Unlock()
		r.busy()
		if !q.Silent {
			k.publish(r.RawHeader, "execute_input", content{"code": q.Code, "execution_count": n})
		}
	})
	return done.Wait
}

// finish publishes how a cell ended and makes its reply.
func (k *kernel) finish(out *output, res session.Result, q executeRequest, n int) content {
	for _, w := range res.Warnings {
		out.Emit(display.Stream{Name: "stderr", Text: "warning: " + w + "\n"})
	}
	if res.Err != nil {
		out.finish()
		reply := failure(res.Err)
		k.publish(out.parent, "error", content{
			"ename": reply["ename"], "evalue": reply["evalue"], "traceback": reply["traceback"],
		})
		return reply
	}
	if res.Value != nil && !q.Silent && !res.Page {
		out.result(*res.Value, n)
	}
	out.finish()
	return content{"payload": payload(res), "user_expressions": k.expressions(q.UserExpressions, n)}
}

// payload is what the front end shall do besides: show help, or put text in
// place of the cell.
func payload(res session.Result) []content {
	list := []content{}
	if res.Page && res.Value != nil {
		data, _ := wire.Bundle(res.Value.Data)
		list = append(list, content{"source": "page", "data": data, "start": 0})
	}
	if res.Next != nil {
		list = append(list, content{"source": "set_next_input", "text": res.Next.Text, "replace": res.Next.Replace})
	}
	return list
}

// expressions evaluates each expression as a silent cell, whose output nobody
// sees.
func (k *kernel) expressions(exprs map[string]string, n int) content {
	values := content{}
	for name, code := range exprs {
		res := k.session.Eval(k.ctx, session.Cell{N: n, Code: code, Silent: true}, display.Discard)
		switch {
		case res.Err != nil:
			values[name] = failure(res.Err)
		case res.Value == nil:
			values[name] = failure(&session.Error{Name: session.TypeError, Message: "the expression has no value"})
		default:
			v := bundle(*res.Value, nil)
			v["status"] = "ok"
			values[name] = v
		}
	}
	return values
}
