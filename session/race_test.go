//go:build race

package session_test

const (
	raceDetector = true
	slow         = 5 // times slower
)
