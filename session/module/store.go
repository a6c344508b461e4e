package module

import (
	"os"
	"path/filepath"
)

// Store keeps data by key in a folder.
type Store struct{ Dir string }

// Get returns what was put, or nil.
func (s Store) Get(key string) []byte {
	b, err := os.ReadFile(filepath.Join(s.Dir, key))
	if err != nil {
		return nil
	}
	return b
}

// Put keeps data; if that fails, it is not there the next time.
func (s Store) Put(key string, data []byte) { _ = save(filepath.Join(s.Dir, key), data) }
