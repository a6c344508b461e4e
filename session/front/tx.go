package front

import "go/token"

// A cell that fails must leave nothing behind. Everything that compiling it
// writes into the session's tables goes through put, which remembers how to
// take it back.

func put[K comparable, V any](s *Session, m map[K]V, k K, v V) {
	old, had := m[k]
	s.undo = append(s.undo, func() {
		if had {
			m[k] = old
		} else {
			delete(m, k)
		}
	})
	m[k] = v
}

// begin starts a transaction.
func (s *Session) begin() {
	s.undo = nil
	s.out = output{captured: map[string]bool{}}
	s.queue, s.initQueue = nil, nil
	s.at = token.NoPos
}

// rollback takes back what was put since begin.
func (s *Session) rollback() {
	for i := len(s.undo) - 1; i >= 0; i-- {
		s.undo[i]()
	}
	s.dropFiles()
	s.begin()
}

// dropFiles forgets the positions in what was parsed since begin.
func (s *Session) dropFiles() {
	for _, f := range s.files {
		s.fset.RemoveFile(f)
	}
	s.files = nil
}
