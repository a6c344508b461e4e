package front

import "fmt"

// fresh makes a name that no cell can write: ᐧ is a letter to the scanner, but
// the front end's own.
func (s *Session) fresh(base string) string {
	s.seq++
	return fmt.Sprintf("%sᐧ%d", clean(base), s.seq)
}
