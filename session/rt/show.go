package rt

// Failure is panicked when a cell ends in a non-nil error.
type Failure struct{ Err error }

func show(ts []string, vs ...any) {
	quiet(ts, vs...)
	c := Current()
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, v := range vs {
		c.shown = append(c.shown, Shown{ts[i], v})
	}
}

// showCall leaves out a final error, which is nil.
func showCall(ts []string, vs ...any) {
	quiet(ts, vs...)
	show(ts[:len(ts)-1], vs[:len(vs)-1]...)
}

// quiet only looks at a final error.
func quiet(ts []string, vs ...any) {
	if n := len(vs) - 1; n >= 0 && ts[n] == "error" {
		if err, ok := vs[n].(error); ok && err != nil {
			panic(Failure{err})
		}
	}
}
