package module

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	modzip "golang.org/x/mod/zip"
)

// file is where the module cache has a file of a version.
func (c *Client) file(m module.Version, suffix string) (string, error) {
	p, err := module.EscapePath(m.Path)
	if err != nil {
		return "", err
	}
	v, err := module.EscapeVersion(m.Version)
	if err != nil {
		return "", err
	}
	return filepath.Join(c.cfg.GoModCache, "cache", "download", filepath.FromSlash(p), "@v", v+suffix), nil
}

// save writes a file at once, for the go command may look at the same time.
func save(name string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(b); err != nil {
		f.Close()
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// infoVersion reads the canonical version from what a proxy tells of one.
func infoVersion(path string, b []byte) (string, error) {
	var info struct{ Version string }
	if err := json.Unmarshal(b, &info); err != nil {
		return "", fmt.Errorf("module %s: %w", path, err)
	}
	if err := module.Check(path, info.Version); err != nil {
		return "", err
	}
	return info.Version, nil
}

// modFile returns a version's verified go.mod.
func (c *Client) modFile(ctx context.Context, m module.Version) ([]byte, error) {
	name, err := c.file(m, ".mod")
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(name)
	cached := err == nil
	if !cached {
		v, err := module.EscapeVersion(m.Version)
		if err != nil {
			return nil, err
		}
		if b, err = c.fetch(ctx, m.Path, "@v/"+v+".mod"); err != nil {
			return nil, err
		}
	}
	h, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil })
	if err != nil {
		return nil, err
	}
	if err := c.sums.check(ctx, m, "/go.mod", h); err != nil {
		return nil, err
	}
	if cached {
		return b, nil
	}
	return b, save(name, b)
}

// zip opens a version's verified files. Of a zip that is in the cache the hash
// beside it is believed, as the go command does.
func (c *Client) zip(ctx context.Context, m module.Version) (*zip.Reader, error) {
	name, err := c.file(m, ".zip")
	if err != nil {
		return nil, err
	}
	hash, err := c.file(m, ".ziphash")
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(name); err != nil {
		if err := c.download(ctx, m, name, hash); err != nil {
			return nil, err
		}
	} else if h, err := os.ReadFile(hash); err == nil {
		if err := c.sums.check(ctx, m, "", strings.TrimSpace(string(h))); err != nil {
			return nil, err
		}
	} else if err := c.verify(ctx, m, name, hash); err != nil {
		return nil, err
	}
	z, err := zip.OpenReader(name) // stays open for as long as the process imports
	if err != nil {
		return nil, fmt.Errorf("module %s: %w", m, err)
	}
	return &z.Reader, nil
}

// hash is the verified hash of a zip that has been opened.
func (c *Client) hash(m module.Version) string {
	name, err := c.file(m, ".ziphash")
	if err != nil {
		return ""
	}
	h, _ := os.ReadFile(name)
	return strings.TrimSpace(string(h))
}

func (c *Client) download(ctx context.Context, m module.Version, name, hash string) error {
	v, err := module.EscapeVersion(m.Version)
	if err != nil {
		return err
	}
	b, err := c.fetch(ctx, m.Path, "@v/"+v+".zip")
	if err != nil {
		return err
	}
	unchecked := name + ".unchecked"
	if err := save(unchecked, b); err != nil {
		return err
	}
	defer os.Remove(unchecked)
	if err := c.verify(ctx, m, unchecked, hash); err != nil {
		return err
	}
	return os.Rename(unchecked, name)
}

// verify hashes a zip, and writes its hash to a file.
func (c *Client) verify(ctx context.Context, m module.Version, name, hash string) error {
	if _, err := modzip.CheckZip(m, name); err != nil {
		return fmt.Errorf("module %s: %w", m, err)
	}
	h, err := dirhash.HashZip(name, dirhash.Hash1)
	if err != nil {
		return err
	}
	if err := c.sums.check(ctx, m, "", h); err != nil {
		return err
	}
	return save(hash, []byte(h))
}
