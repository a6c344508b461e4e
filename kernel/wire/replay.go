package wire

import "sync"

// Replays remembers signatures, so that a message that somebody has overheard
// cannot be sent again. The zero value is ready; it may be used from any
// goroutine. Only the last remembered many are known.
type Replays struct {
	mu       sync.Mutex
	new, old map[[signatureBytes]byte]struct{}
}

const (
	signatureBytes = 16 // of the hexadecimal text: 64 bits, which nobody can choose without the key
	remembered     = 1 << 16
)

// Seen tells whether the signature was seen before, and remembers it. Messages
// without a signature are always new.
func (r *Replays) Seen(signature []byte) bool {
	var key [signatureBytes]byte
	if copy(key[:], signature) == 0 {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	_, recent := r.new[key]
	_, before := r.old[key]
	if recent || before {
		return true
	}
	if r.new == nil || len(r.new) >= remembered {
		r.old, r.new = r.new, make(map[[signatureBytes]byte]struct{})
	}
	r.new[key] = struct{}{}
	return false
}
