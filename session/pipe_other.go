//go:build !unix

package session

// take reads what has arrived, or waits for something.
func (p *pipe) take(chunk []byte) (int, error) { return p.r.Read(chunk) }

// quiet cannot tell here; the mark does.
func (p *pipe) quiet() bool { return false }

// standOut is for systems where files can be duplicated.
func (p *pipe) standOut() (restore func(), err error) { return func() {}, nil }
