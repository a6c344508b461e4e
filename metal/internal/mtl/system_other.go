//go:build !darwin

package mtl

import "errors"

// System fails: only darwin has Metal.
func System() (Runtime, error) { return Runtime{}, errors.New("no Metal device on this system") }
