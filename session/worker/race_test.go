//go:build race

package worker_test

// The race detector allocates for itself and ends the process in its own words
// when it cannot.
func init() { underRace = true }
