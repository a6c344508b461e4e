package exec

import "sync"

// captures counts the programs that are alive and whose functions mention a
// variable. The value of a variable whose name has been forgotten is given up
// with the last of them. One that holds a closure that mentions itself stays.
type captures struct {
	mu        sync.Mutex
	count     map[string]int
	forgotten map[string]int // name → place
}

func (c *captures) capture(names []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range names {
		c.count[n]++
	}
}

// forget reports whether nothing mentions the variable.
func (c *captures) forget(name string, place int) (free bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count[name] == 0 {
		return true
	}
	c.forgotten[name] = place
	return false
}

// drop takes a program off the counts and returns the places of variables that
// nothing mentions any more.
func (c *captures) drop(names []string) (free []int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range names {
		if c.count[n]--; c.count[n] > 0 {
			continue
		}
		delete(c.count, n)
		if place, ok := c.forgotten[n]; ok {
			delete(c.forgotten, n)
			free = append(free, place)
		}
	}
	return free
}
