package rt

import "time"

// What timeit spends on finding out how often to run, and on each round.
const (
	timeitRound  = 50 * time.Millisecond
	timeitRounds = 7
)

// timeit runs f, which repeats something n times, as often as it takes to tell
// how long once takes, and leaves the times with the cell.
func timeit(f func(n int)) {
	once := func(n int) time.Duration {
		start := time.Now()
		f(n)
		return time.Since(start)
	}
	n := 1
	for took := once(n); took < timeitRound && n < 1e9; took = once(n) {
		n *= max(2, min(10, int(timeitRound/max(took, 1))))
	}
	var rounds []time.Duration
	for range timeitRounds {
		rounds = append(rounds, once(n))
	}
	if c := Current(); c != nil {
		c.mu.Lock()
		c.rounds, c.perRound = rounds, n
		c.mu.Unlock()
	}
}

// Timing is what timeit measured: how long each round of n runs took.
func (c *Cell) Timing() (rounds []time.Duration, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rounds, c.perRound
}
