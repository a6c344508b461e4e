package kernel

import (
	"context"
	"encoding/json"
	"io"
	"sync"

	"github.com/ingot-go/ingot/kernel/wire"
)

// stdin pairs input requests with their replies: one at a time, for not all
// clients say which request a reply answers.
type stdin struct {
	turn sync.Mutex // held by who asks

	mu      sync.Mutex
	waiting chan string // nil when nobody waits
	request string      // the id of the request, once it is sent
}

// endOfFile is what clients send for Ctrl-D.
const endOfFile = "\x04"

// ask sends a request and waits for its reply, or for the end of ctx.
func (s *stdin) ask(ctx context.Context, send func() (id string)) (string, error) {
	s.turn.Lock()
	defer s.turn.Unlock()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	reply := make(chan string, 1)
	s.expect(reply, "")
	defer s.expect(nil, "")
	s.expect(reply, send())
	select {
	case v := <-reply:
		if v == endOfFile {
			return "", io.EOF
		}
		return v, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (s *stdin) expect(reply chan string, request string) {
	s.mu.Lock()
	s.waiting, s.request = reply, request
	s.mu.Unlock()
}

// answer takes a message of the stdin socket. A reply that nobody waits for,
// such as one to a cell that was interrupted meanwhile, is dropped.
func (s *stdin) answer(m *wire.Message) {
	var c struct {
		Value string `json:"value"`
	}
	var parent wire.Header
	if m.Header.Type != "input_reply" || json.Unmarshal(m.Content, &c) != nil || json.Unmarshal(m.Parent, &parent) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	stale := parent.ID != "" && s.request != "" && parent.ID != s.request
	if s.waiting == nil || stale {
		return
	}
	select {
	case s.waiting <- c.Value:
	default: // answered twice
	}
}
