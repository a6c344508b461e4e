package transport

import "sync"

// subscriptions are the topics of one peer. A message is for it if its topic
// begins with one of them. Most peers have one, the empty one; some have
// thousands, so what counts is how many lengths they have.
type subscriptions struct {
	mu      sync.RWMutex
	count   map[string]int // how often each was subscribed to
	lengths map[int]int    // how many topics have each length
}

// add subscribes once more; false means that there are too many topics.
func (s *subscriptions) add(topic string, limit int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count == nil {
		s.count, s.lengths = map[string]int{}, map[int]int{}
	}
	if s.count[topic] == 0 {
		if len(s.count) >= limit {
			return false
		}
		s.lengths[len(topic)]++
	}
	s.count[topic]++
	return true
}

// remove takes one subscription back.
func (s *subscriptions) remove(topic string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count[topic] == 0 {
		return
	}
	if s.count[topic]--; s.count[topic] > 0 {
		return
	}
	delete(s.count, topic)
	if s.lengths[len(topic)]--; s.lengths[len(topic)] == 0 {
		delete(s.lengths, len(topic))
	}
}

func (s *subscriptions) match(topic []byte) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for n := range s.lengths {
		if n <= len(topic) && s.count[string(topic[:n])] > 0 {
			return true
		}
	}
	return false
}
