package kernel

import (
	"path"

	"github.com/ingot-go/ingot/session"
)

// entry is one remembered cell.
type entry struct {
	session int // number of its session
	n       int
	input   string
	output  string // text of its value, if it had one
}

func newEntry(n int, code string, res session.Result) entry {
	e := entry{n: n, input: code}
	if res.Value != nil {
		e.output, _ = res.Value.Data["text/plain"].(string)
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

// historyReply lists cells of this kernel and of those before it.
func (k *kernel) historyReply(r *request) (content, error) {
	q := historyRequest{Access: "tail"}
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	all, session, err := k.history.all()
	if err != nil {
		return nil, err
	}
	found := q.choose(all, session)
	list := make([][]any, len(found))
	for i, e := range found {
		list[i] = []any{e.session, e.n, e.input}
		if q.Output {
			pair := []any{e.input, nil}
			if e.output != "" {
				pair[1] = e.output
			}
			list[i][2] = pair
		}
	}
	return content{"history": list}, nil
}

// choose picks what the request is about. A range counts sessions from the
// first, or from this one backwards: 0 is this one, -1 the one before.
func (q *historyRequest) choose(all []entry, session int) []entry {
	switch q.Access {
	case "range":
		wanted := q.Session
		if wanted <= 0 {
			wanted += session
		}
		return filter(all, func(e entry) bool {
			return e.session == wanted && e.n >= q.Start && (q.Stop == nil || e.n < *q.Stop)
		})
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
