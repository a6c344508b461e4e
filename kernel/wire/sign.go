package wire

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"sync"
)

// Signer signs and checks messages with the key of the connection file. The
// zero Signer neither signs nor checks, as the protocol says of an empty key.
type Signer struct {
	key  []byte
	macs *sync.Pool // of keyed hashes, which are dear to make
}

// NewSigner returns a signer for a signature_scheme: hmac-sha256 (also when the
// scheme is empty), hmac-sha512 or hmac-md5.
func NewSigner(scheme, key string) (Signer, error) {
	var algorithm func() hash.Hash
	switch scheme {
	case "", "hmac-sha256":
		algorithm = sha256.New
	case "hmac-sha512":
		algorithm = sha512.New
	case "hmac-md5":
		algorithm = md5.New
	default:
		return Signer{}, fmt.Errorf("signature_scheme %q is none of hmac-sha256, hmac-sha512, hmac-md5", scheme)
	}
	return Signer{[]byte(key), &sync.Pool{New: func() any { return hmac.New(algorithm, []byte(key)) }}}, nil
}

// Sign returns the signature of parts in hexadecimal, empty without a key.
func (s Signer) Sign(parts [][]byte) []byte {
	if len(s.key) == 0 {
		return []byte{}
	}
	m := s.macs.Get().(hash.Hash)
	defer s.macs.Put(m)
	m.Reset()
	for _, p := range parts {
		m.Write(p)
	}
	return hex.AppendEncode(nil, m.Sum(nil))
}

// Verify tells whether sig is the signature of parts, in constant time.
func (s Signer) Verify(sig []byte, parts [][]byte) bool {
	return len(s.key) == 0 || hmac.Equal(sig, s.Sign(parts))
}
