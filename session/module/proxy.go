package module

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
)

// proxy is one entry of GOPROXY.
type proxy struct {
	url   string // or "direct", "off"
	onAny bool   // the next one is asked after any error, not only after "not found"
}

// parseProxies splits a list at commas and bars.
func parseProxies(list string) (l []proxy) {
	for list != "" {
		i := strings.IndexAny(list, ",|")
		word, sep := list, byte(',')
		if i >= 0 {
			word, sep, list = list[:i], list[i], list[i+1:]
		} else {
			list = ""
		}
		if word = strings.TrimSpace(word); word != "" {
			l = append(l, proxy{strings.TrimSuffix(word, "/"), sep == '|'})
		}
	}
	return l
}

// fetch asks the proxies in turn for a file of a module, "@v/v1.0.0.mod" say.
func (c *Client) fetch(ctx context.Context, path, file string) ([]byte, error) {
	if module.MatchPrefixPatterns(c.cfg.GoNoProxy, path) {
		return nil, fmt.Errorf("module %s: GONOPROXY or GOPRIVATE keeps it from proxies, and a session cannot fetch from its repository", path)
	}
	escaped, err := module.EscapePath(path)
	if err != nil {
		return nil, err
	}
	var first error
	for i, p := range c.proxies {
		var b []byte
		switch p.url {
		case "off":
			err = errors.New("GOPROXY=off: modules are not fetched")
		case "direct":
			err = errors.New("a session fetches from proxies only, not \"direct\" from repositories")
			if i > 0 { // the proxies before it have said that there is no such module
				return nil, fmt.Errorf("module %s: %w", path, first)
			}
		default:
			b, err = get(ctx, p.url+"/"+escaped+"/"+file)
		}
		if err == nil {
			return b, nil
		}
		if first == nil {
			first = err
		}
		if p.url == "off" || !p.onAny && !errors.Is(err, errNotFound) {
			return nil, fmt.Errorf("module %s: %w", path, err)
		}
	}
	if first == nil {
		first = errors.New("GOPROXY names no proxy")
	}
	return nil, fmt.Errorf("module %s: %w", path, first)
}

// get reads a URL, which may be a file's.
func get(ctx context.Context, address string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	switch u.Scheme {
	case "file":
		b, err := os.ReadFile(filepath.FromSlash(u.Path))
		if errors.Is(err, os.ErrNotExist) {
			err = fmt.Errorf("%s: %w", address, errNotFound)
		}
		return b, err
	case "http", "https":
	default:
		return nil, fmt.Errorf("GOPROXY: %s has no scheme https, http or file", address)
	}
	req, err := http.NewRequestWithContext(ctx, "GET", address, nil)
	if err != nil {
		return nil, err
	}
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	switch r.StatusCode {
	case http.StatusOK:
		return io.ReadAll(io.LimitReader(r.Body, maxDownload))
	case http.StatusNotFound, http.StatusGone:
		return nil, fmt.Errorf("%s: %s: %w", u.Redacted(), r.Status, errNotFound)
	}
	return nil, fmt.Errorf("%s: %s", u.Redacted(), r.Status)
}

// maxDownload is what the go command allows a zip to have.
const maxDownload = 500 << 20
