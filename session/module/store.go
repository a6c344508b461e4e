package module

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
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

// chosen is the module and version that a package was last taken from.
func (c *Client) chosen(path string) (module.Version, bool) {
	if c.cfg.Cache == "" {
		return module.Version{}, false
	}
	mod, version, ok := strings.Cut(string(Store{c.cfg.Cache}.Get(chosenKey(path))), "@")
	return module.Version{Path: mod, Version: version}, ok
}

func (c *Client) choose(path string, m module.Version) {
	if c.cfg.Cache != "" {
		Store{c.cfg.Cache}.Put(chosenKey(path), []byte(m.String()))
	}
}

func chosenKey(path string) string { return "version-" + url.PathEscape(path) }
