//go:build !race

package session

// raceDetector reports that the program was built with -race.
const raceDetector = false
