package module

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// Query finds the version that a query stands for: "latest" (or ""), a version,
// the beginning of one such as "v1", or the name of a branch or a commit.
func (c *Client) Query(ctx context.Context, path, query string) (string, error) {
	if err := module.CheckPath(path); err != nil {
		return "", err
	}
	switch {
	case query == "" || query == "latest" || query == "upgrade":
		return c.latest(ctx, path, "")
	case module.CanonicalVersion(query) == query:
		if err := module.Check(path, query); err != nil {
			return "", err
		}
		_, err := c.modFile(ctx, module.Version{Path: path, Version: query})
		return query, err
	case semver.IsValid(query) && semver.Build(query) == "" && semver.Prerelease(query) == "":
		return c.latest(ctx, path, query+".")
	}
	return c.branch(ctx, path, query)
}

// branch asks what a branch or commit is now; the answer is not kept.
func (c *Client) branch(ctx context.Context, path, query string) (string, error) {
	escaped, err := module.EscapeVersion(query)
	if err != nil {
		return "", fmt.Errorf("module %s: %w", path, err)
	}
	b, err := c.fetch(ctx, path, "@v/"+escaped+".info")
	if err != nil {
		return "", err
	}
	return infoVersion(path, b)
}

// latest is the highest version that begins with prefix: a release if there is
// one, and none that its authors have retracted.
func (c *Client) latest(ctx context.Context, path, prefix string) (string, error) {
	b, err := c.fetch(ctx, path, "@v/list")
	if err != nil {
		return "", err
	}
	var release, other []string
	for _, v := range strings.Fields(string(b)) {
		if !strings.HasPrefix(v+".", prefix) || module.Check(path, v) != nil {
			continue
		}
		if semver.Prerelease(v) == "" {
			release = append(release, v)
		} else {
			other = append(other, v)
		}
	}
	semver.Sort(release)
	semver.Sort(other)
	all := append(other, release...)
	if len(all) == 0 {
		if prefix != "" {
			return "", fmt.Errorf("module %s has no version %s*: %w", path, prefix, errNotFound)
		}
		return c.newest(ctx, path)
	}
	retracted, err := c.retracted(ctx, module.Version{Path: path, Version: all[len(all)-1]})
	if err != nil {
		return "", err
	}
	for i := len(all) - 1; i >= 0; i-- {
		if !retracted(all[i]) {
			return all[i], nil
		}
	}
	return "", fmt.Errorf("module %s: all versions are retracted", path)
}

// newest is the head of a module without versions.
func (c *Client) newest(ctx context.Context, path string) (string, error) {
	b, err := c.fetch(ctx, path, "@latest")
	if err != nil {
		return "", err
	}
	return infoVersion(path, b)
}

// retracted reads from the newest version's go.mod which ones are withdrawn.
func (c *Client) retracted(ctx context.Context, newest module.Version) (func(string) bool, error) {
	f, err := c.parse(ctx, newest)
	if err != nil {
		return nil, err
	}
	return func(v string) bool {
		for _, r := range f.Retract {
			if semver.Compare(r.Low, v) <= 0 && semver.Compare(v, r.High) <= 0 {
				return true
			}
		}
		return false
	}, nil
}

// parse reads a version's go.mod.
func (c *Client) parse(ctx context.Context, m module.Version) (*modfile.File, error) {
	b, err := c.modFile(ctx, m)
	if err != nil {
		return nil, err
	}
	f, err := modfile.ParseLax(m.String()+"/go.mod", b, nil)
	if err != nil {
		return nil, err
	}
	if f.Module != nil && f.Module.Mod.Path != m.Path {
		return nil, fmt.Errorf("module %s calls itself %s", m.Path, f.Module.Mod.Path)
	}
	return f, nil
}

// isNotFound reports whether a proxy has answered that something does not exist.
func isNotFound(err error) bool { return errors.Is(err, errNotFound) }
