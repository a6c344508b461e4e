// Package module finds, fetches and verifies third-party modules for cells that
// import them, without a Go toolchain.
//
// It speaks the module protocol to the proxies that GOPROXY names, checks what
// it gets against the checksum database or go.sum, and keeps it where the go
// command does, in GOMODCACHE, so that each finds what the other has fetched. A
// [List] is what one notebook requires; versions are selected as the go command
// selects them.
//
//	l := module.NewList(module.New(module.Environment()), bound)
//	err := l.Get(ctx, "github.com/google/uuid", "v1.6.0")
//	err = l.Load(ctx, "github.com/google/uuid")
package module

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// Config says where modules come from. The fields up to GoNoSumDB are the go
// command's settings of that name.
type Config struct {
	GoProxy    string // such as "https://proxy.golang.org,direct"
	GoModCache string // folder
	GoPath     string // folder; the newest state of the checksum database is kept there
	GoSumDB    string // such as "sum.golang.org", or "off"
	GoNoProxy  string // patterns of modules that no proxy has
	GoNoSumDB  string // patterns of modules that no checksum database has

	Cache string // folder for what is found out about packages; "" keeps nothing

	Sums []string // go.sum files; what the database has confirmed is added to the last
}

// Environment is what the go command would use here: environment variables,
// what `go env -w` has written, and its defaults. Lines of go.sum in the current
// folder count; new ones go to a file in the user's cache folder.
func Environment() Config {
	env := written()
	get := func(name, otherwise string) string {
		if v := os.Getenv(name); v != "" {
			return v
		}
		if v := env[name]; v != "" {
			return v
		}
		return otherwise
	}
	home, _ := os.UserHomeDir()
	gopath, _, _ := strings.Cut(get("GOPATH", filepath.Join(home, "go")), string(filepath.ListSeparator))
	private := get("GOPRIVATE", "")
	c := Config{
		GoProxy: get("GOPROXY", "https://proxy.golang.org,direct"), GoPath: gopath,
		GoModCache: get("GOMODCACHE", filepath.Join(gopath, "pkg", "mod")),
		GoSumDB:    get("GOSUMDB", "sum.golang.org"),
		GoNoProxy:  get("GONOPROXY", private), GoNoSumDB: get("GONOSUMDB", private),
		Sums: []string{"go.sum"},
	}
	if dir, err := os.UserCacheDir(); err == nil {
		c.Sums = append(c.Sums, filepath.Join(dir, "ingot", "go.sum"))
		c.Cache = filepath.Join(dir, "ingot", "packages")
	}
	return c
}

// written reads what `go env -w` has set.
func written() map[string]string {
	m := map[string]string{}
	file := os.Getenv("GOENV")
	if file == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return m
		}
		file = filepath.Join(dir, "go", "env")
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return m
	}
	for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); {
		if k, v, ok := strings.Cut(s.Text(), "="); ok {
			m[k] = v
		}
	}
	return m
}

// Client fetches modules. Its methods may be called at the same time.
type Client struct {
	cfg     Config
	proxies []proxy
	sums    sums
}

// New returns a client. A faulty configuration shows when it is used.
func New(cfg Config) *Client {
	c := &Client{cfg: cfg, proxies: parseProxies(cfg.GoProxy)}
	c.sums.c = c
	return c
}

// errNotFound marks that a proxy answered that it does not have something.
var errNotFound = errors.New("not found")
