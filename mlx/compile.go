package mlx

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
)

// CompileOptions are the options of [CompileWith].
type CompileOptions struct {
	// Shapeless asks for one program for all lengths of the axes. A program is
	// taken for that once it was seen to be the same for two different shapes;
	// until then, and where it is not, the function is called for each.
	Shapeless bool
	// State is trees of arrays that the function captures. Without it what is
	// captured is that of the first call; these are read at each call, and what
	// the function has [Array.Set] is set at each call.
	State []any
}

// Compile is f, called only once for arguments of the same shapes and dtypes:
// later calls repeat the graph that the first one made, in which equal parts are
// there once. What f captures or prints is that of the first call, but random
// numbers are drawn anew. f must not read or print the arrays.
func Compile(f func(*Array) *Array) func(*Array) *Array {
	g := CompileN(func(a ...*Array) []*Array { return []*Array{f(a[0])} })
	return func(x *Array) *Array { return g(x)[0] }
}

// CompileN is [Compile] for functions of several arrays with several results.
func CompileN(f func(...*Array) []*Array) func(...*Array) []*Array {
	return CompileWith(f, CompileOptions{})
}

// CompileWith is [CompileN] with options.
func CompileWith(f func(...*Array) []*Array, o CompileOptions) func(...*Array) []*Array {
	c := &compiler{o: o, programs: map[string]*program{}}
	return func(args ...*Array) []*Array { return c.call("", f, args) }
}

var compileOff atomic.Bool

// EnableCompile has compiled functions compiled, as in the beginning.
func EnableCompile() { compileOff.Store(false) }

// DisableCompile has compiled functions called as they are, so that they can be
// looked into.
func DisableCompile() { compileOff.Store(true) }

// compiler keeps the programs of one compiled function.
type compiler struct {
	o  CompileOptions
	mu sync.Mutex
	// programs by the dtypes and shapes of the arguments; the general ones by
	// the dtypes and numbers of axes.
	programs map[string]*program
}

// call runs the program for the arguments, which is recorded from f where there
// is none yet. Programs with different keys have nothing to do with each other.
func (c *compiler) call(key string, f func(...*Array) []*Array, args []*Array) []*Array {
	const name = "compile"
	if compileOff.Load() {
		return f(args...)
	}
	state := c.state()
	ins := make([]*node, 0, len(args)+len(state))
	for _, a := range append(args[:len(args):len(args)], state...) {
		ins = append(ins, a.node(name))
	}
	var exact, general strings.Builder
	for _, n := range ins {
		fmt.Fprint(&exact, n.dtype, n.shape)
		fmt.Fprint(&general, n.dtype, len(n.shape))
	}
	exactKey, generalKey := key+exact.String(), key+"shapeless "+general.String()
	c.mu.Lock()
	p, g := c.programs[exactKey], c.programs[generalKey]
	c.mu.Unlock()
	if p == nil && g != nil && g.general {
		p = g
	}
	used := p != nil
	if !used {
		p = record(name, f, ins[:len(args)], state)
		c.mu.Lock()
		c.programs[exactKey] = p
		if c.o.Shapeless {
			if g == nil {
				c.programs[generalKey] = p
			} else {
				g.general = g.general || g.sameAs(p)
			}
		}
		c.mu.Unlock()
	}
	outs := p.replay(ins, used)
	together(outs)
	for i, h := range state {
		h.n = outs[p.returned+i]
	}
	results := make([]*Array, p.returned)
	for i := range results {
		results[i] = wrap(outs[i])
	}
	return results
}

func (c *compiler) state() (handles []*Array) {
	for _, t := range c.o.State {
		handles = append(handles, TreeArrays(t)...)
	}
	return handles
}
