package wire

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
)

// Signer signs and checks messages with the key of the connection file. The
// zero Signer neither signs nor checks, as the protocol says of an empty key.
type Signer struct {
	key []byte
	new func() hash.Hash
}

// NewSigner returns a signer for a signature_scheme: hmac-sha256 (also when the
// scheme is empty), hmac-sha512 or hmac-md5.
func NewSigner(scheme, key string) (Signer, error) {
	s := Signer{key: []byte(key)}
	switch scheme {
	case "", "hmac-sha256":
		s.new = sha256.New
	case "hmac-sha512":
		s.new = sha512.New
	case "hmac-md5":
		s.new = md5.New
	default:
		return Signer{}, fmt.Errorf("signature_scheme %q is none of hmac-sha256, hmac-sha512, hmac-md5", scheme)
	}
	return s, nil
}

// Sign returns the signature of parts in hexadecimal, empty without a key.
func (s Signer) Sign(parts [][]byte) []byte {
	if len(s.key) == 0 {
		return []byte{}
	}
	m := hmac.New(s.new, s.key)
	for _, p := range parts {
		m.Write(p)
	}
	return hex.AppendEncode(nil, m.Sum(nil))
}

// Verify tells whether sig is the signature of parts, in constant time.
func (s Signer) Verify(sig []byte, parts [][]byte) bool {
	return len(s.key) == 0 || hmac.Equal(sig, s.Sign(parts))
}
