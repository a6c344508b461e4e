package session

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ingot-go/ingot/display"
)

// runLimit runs code and interrupts it after a time, as the user would.
func runLimit(s *inProcess, ctx context.Context, c Cell, sink display.Sink, args string) Result {
	word := args
	if i := strings.IndexAny(args, " \t\n"); i >= 0 {
		word = args[:i]
	}
	limit, err := time.ParseDuration(word)
	if err != nil || limit <= 0 {
		return commandError(fmt.Sprintf(":limit needs a duration such as 500ms or 2s, got %q", word), "")
	}
	c.Code = blank(c.Code, strings.Index(c.Code, word)+len(word))
	timer := time.AfterFunc(limit, s.Interrupt)
	defer timer.Stop()
	return s.evalCode(ctx, c, sink)
}

// blank replaces the first n bytes of code by blanks, so that positions in the
// rest stay right.
func blank(code string, n int) string {
	return strings.Repeat(" ", len([]rune(code[:n]))) + code[n:]
}
