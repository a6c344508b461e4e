//go:build !unix

package worker

import "os"

// Detach is for systems where files can be duplicated.
func Detach(out *os.File) (*os.File, error) { return out, nil }
