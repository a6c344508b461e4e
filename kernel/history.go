package kernel

import (
	"path"

	"github.com/ingot-go/ingot/session"
)

// entry is one remembered cell.
type entry struct {
	n      int
	input  string
	output any // text of its value, or nil
}

func newEntry(n int, code string, res session.Result) entry {
	e := entry{n: n, input: code}
	if res.Value != nil {
		e.output = res.Value.Data["text/plain"]
	}
	return e
}

type historyRequest struct {
	Output  bool   `json:"output"`
	Access  string `json:"hist_access_type"`
	Session int    `json:"session"`
	Start   int    `json:"start"`
	Stop    *int   `json:"stop"`
	N       int    `json:"n"`
	Pattern string `json:"pattern"`
	Unique  bool   `json:"unique"`
}

// thisSession is our number in history: we remember no other session, so range
// counts from it, and 0 and -1 are no others.
const thisSession = 1

// historyReply lists cells of this kernel.
func (k *kernel) historyReply(r *request) (content, error) {
	q := historyRequest{Access: "tail"}
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	var all []entry
	k.state.update(func(s *stateFields) { all = s.history[:len(s.history):len(s.history)] })
	found := q.choose(all)
	list := make([][]any, len(found))
	for i, e := range found {
		list[i] = []any{thisSession, e.n, e.input}
		if q.Output {
			list[i][2] = []any{e.input, e.output}
		}
	}
	return content{"history": list}, nil
}

func (q *historyRequest) choose(all []entry) []entry {
	switch q.Access {
	case "range":
		if q.Session != 0 && q.Session != thisSession {
			return nil
		}
		return filter(all, func(e entry) bool { return e.n >= q.Start && (q.Stop == nil || e.n < *q.Stop) })
	case "search":
		all = filter(all, func(e entry) bool { return glob(q.Pattern, e.input) })
		if q.Unique {
			all = lastOfEach(all)
		}
	}
	if q.N > 0 && q.N < len(all) {
		all = all[len(all)-q.N:]
	}
	return all
}

func filter(all []entry, keep func(entry) bool) (kept []entry) {
	for _, e := range all {
		if keep(e) {
			kept = append(kept, e)
		}
	}
	return kept
}

// lastOfEach keeps the newest entry of each input.
func lastOfEach(all []entry) []entry {
	last := map[string]int{}
	for i, e := range all {
		last[e.input] = i
	}
	i := -1
	return filter(all, func(e entry) bool { i++; return last[e.input] == i })
}

// glob matches as path.Match does, but * also spans slashes.
func glob(pattern, s string) bool {
	swap := func(t string) string {
		b := []byte(t)
		for i := range b {
			if b[i] == '/' {
				b[i] = 0
			}
		}
		return string(b)
	}
	ok, err := path.Match(swap(pattern), swap(s))
	return ok && err == nil
}
