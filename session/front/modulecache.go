package front

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"go/token"
	"hash/crc32"
	"runtime"

	"golang.org/x/tools/go/gcexportdata"
)

// What importing a package needs to know of it is kept: the types of what it
// exports, and what its initialisation does. Its source is parsed and checked
// again only when a function of it is lowered.

// remembered is what is kept beside the export data.
type remembered struct {
	Parts  []part
	Change []string
}

// cacheKey names a package as it is to this version of this program, whose
// compiled packages it may use.
func (s *Session) cacheKey(m *module) string {
	h := sha256.New()
	fmt.Fprintln(h, cacheFormat, runtime.Version(), crc32.ChecksumIEEE(s.opts.Data), m.source.Key)
	return hex.EncodeToString(h.Sum(nil))
}

// cacheFormat is to be raised when what is kept changes.
const cacheFormat = 1

// remember keeps what is known of a package.
func (s *Session) remember(m *module) {
	if s.opts.Cache == nil || m.source.Key == "" {
		return
	}
	head, err := json.Marshal(remembered{m.parts, m.change})
	if err != nil {
		return
	}
	var b bytes.Buffer
	b.Write(head)
	b.WriteByte('\n')
	if gcexportdata.Write(&b, token.NewFileSet(), m.pkg) == nil {
		s.opts.Cache.Put(s.cacheKey(m), b.Bytes())
	}
}

// recall reports whether it found what was kept of a package.
func (s *Session) recall(m *module) bool {
	if s.opts.Cache == nil || m.source.Key == "" {
		return false
	}
	head, data, ok := bytes.Cut(s.opts.Cache.Get(s.cacheKey(m)), []byte("\n"))
	var r remembered
	if !ok || json.Unmarshal(head, &r) != nil {
		return false
	}
	p, err := gcexportdata.Read(bytes.NewReader(data), s.fset, s.imp.pkgs, m.source.Path)
	if err != nil {
		return false
	}
	m.pkg, m.parts, m.change = p, r.Parts, r.Change
	return true
}
