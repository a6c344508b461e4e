package moduletest

import (
	"bytes"
	"io"
	"os"
	"path"
	"time"
)

// file is a file of a module, as package zip wants it.
type file struct {
	name string
	data []byte
}

func (f file) Path() string                 { return f.name }
func (f file) Lstat() (os.FileInfo, error)  { return info{f}, nil }
func (f file) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.data)), nil }

type info struct{ file }

func (i info) Name() string     { return path.Base(i.name) }
func (i info) Size() int64      { return int64(len(i.data)) }
func (info) Mode() os.FileMode  { return 0o644 }
func (info) ModTime() time.Time { return time.Time{} }
func (info) IsDir() bool        { return false }
func (info) Sys() any           { return nil }
