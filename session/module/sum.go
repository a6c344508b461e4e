package module

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb"
)

// sums knows the hashes that modules must have: from go.sum files and from the
// checksum database.
type sums struct {
	c     *Client
	mu    sync.Mutex
	lines map[string][]string // "path version" or "path version/go.mod" → hashes
	once  sync.Once
	db    *database
	err   error
}

// check compares a hash with what is known. A line of go.sum decides; then the
// database does. What no database answers for is believed the first time, if
// the settings say so, and remembered.
func (s *sums) check(ctx context.Context, m module.Version, suffix, hash string) error {
	key := m.Path + " " + m.Version + suffix
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lines == nil {
		if err := s.read(); err != nil {
			return err
		}
	}
	if known := s.lines[key]; known != nil {
		return compare(m, suffix, hash, known, "go.sum")
	}
	if s.c.cfg.GoSumDB != "off" && !module.MatchPrefixPatterns(s.c.cfg.GoNoSumDB, m.Path) {
		s.once.Do(func() { s.db, s.err = s.c.dial() })
		if s.err != nil {
			return s.err
		}
		lines, err := s.db.lookup(ctx, m.Path, m.Version+suffix)
		if err != nil {
			return fmt.Errorf("module %s cannot be verified: go.sum has no line for it, and the checksum database: %w", m, err)
		}
		var known []string
		for _, l := range lines {
			if h, ok := strings.CutPrefix(l, key+" "); ok {
				known = append(known, h)
			}
		}
		if err := compare(m, suffix, hash, known, "the checksum database"); err != nil {
			return err
		}
	}
	s.lines[key] = append(s.lines[key], hash)
	return s.write(key + " " + hash)
}

// compare reports a module that is not what it was when others looked at it.
func compare(m module.Version, suffix, hash string, known []string, by string) error {
	for _, h := range known {
		if h == hash {
			return nil
		}
	}
	return fmt.Errorf("module %s%s is not what %s says it is: its hash is %s, not %s", m, suffix, by, hash, strings.Join(known, " or "))
}

func (s *sums) read() error {
	s.lines = map[string][]string{}
	for _, name := range s.c.cfg.Sums {
		b, err := os.ReadFile(name)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(b)) {
			if f := strings.Fields(line); len(f) == 3 && strings.HasPrefix(f[2], "h1:") {
				key := f[0] + " " + f[1]
				s.lines[key] = append(s.lines[key], f[2])
			}
		}
	}
	return nil
}

// write adds a line to the last of the go.sum files.
func (s *sums) write(line string) error {
	if len(s.c.cfg.Sums) == 0 {
		return nil
	}
	name := s.c.cfg.Sums[len(s.c.cfg.Sums)-1]
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(f, line); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// database is a client of the checksum database.
type database struct {
	c    *Client
	name string
	key  string
	url  string // "" until it is known how to reach it
	lib  *sumdb.Client
	ctx  context.Context // of the lookup in progress; sums.mu is held
	bad  string          // what the database has been caught at
}

// goSumKey is the key of Go's public checksum database.
const goSumKey = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"

// dial reads GOSUMDB: "sum.golang.org", or a key and perhaps a URL.
func (c *Client) dial() (*database, error) {
	setting := c.cfg.GoSumDB
	if setting == "sum.golang.google.cn" {
		setting = "sum.golang.org https://sum.golang.google.cn"
	}
	f := strings.Fields(setting)
	if len(f) == 0 || len(f) > 2 {
		return nil, fmt.Errorf("GOSUMDB: want a name or a key, and perhaps a URL, not %q", setting)
	}
	d := &database{c: c, key: f[0]}
	if f[0] == "sum.golang.org" {
		d.key = goSumKey
	}
	var ok bool
	if d.name, _, ok = strings.Cut(d.key, "+"); !ok {
		return nil, fmt.Errorf("GOSUMDB: the key of %s is not known", f[0])
	}
	if len(f) == 2 {
		d.url = f[1]
	}
	d.lib = sumdb.NewClient(d)
	return d, nil
}

func (d *database) lookup(ctx context.Context, path, version string) ([]string, error) {
	d.ctx = ctx
	lines, err := d.lib.Lookup(path, version)
	if d.bad != "" {
		return nil, errors.New(d.bad)
	}
	return lines, err
}

// ReadRemote asks the database, through the first proxy that passes it on.
func (d *database) ReadRemote(path string) ([]byte, error) {
	if d.url == "" {
		if err := d.find(); err != nil {
			return nil, err
		}
	}
	return get(d.ctx, d.url+path)
}

func (d *database) find() error {
	for _, p := range d.c.proxies {
		if p.url == "off" || p.url == "direct" {
			break
		}
		through := p.url + "/sumdb/" + d.name
		_, err := get(d.ctx, through+"/supported")
		if err == nil {
			d.url = through
			return nil
		}
		if !p.onAny && !errors.Is(err, errNotFound) {
			return err
		}
	}
	d.url = "https://" + d.name
	return nil
}

func (d *database) config(file string) string {
	return filepath.Join(d.c.cfg.GoPath, "pkg", "sumdb", filepath.FromSlash(file))
}

// ReadConfig gives the key, or the newest state of the database that is known.
func (d *database) ReadConfig(file string) ([]byte, error) {
	if file == "key" {
		return []byte(d.key), nil
	}
	b, err := os.ReadFile(d.config(file))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// WriteConfig replaces that state.
func (d *database) WriteConfig(file string, old, new []byte) error {
	now, err := d.ReadConfig(file)
	if err != nil {
		return err
	}
	if string(now) != string(old) {
		return sumdb.ErrWriteConflict
	}
	return save(d.config(file), new)
}

func (d *database) cacheFile(file string) string {
	return filepath.Join(d.c.cfg.GoModCache, "cache", "download", "sumdb", filepath.FromSlash(file))
}

// ReadCache returns what the database has said before.
func (d *database) ReadCache(file string) ([]byte, error) { return os.ReadFile(d.cacheFile(file)) }

// WriteCache keeps it; what cannot be kept is asked for again.
func (d *database) WriteCache(file string, data []byte) { _ = save(d.cacheFile(file), data) }

// Log is not needed.
func (d *database) Log(string) {}

// SecurityError notes that the database has contradicted itself.
func (d *database) SecurityError(msg string) { d.bad = msg }
